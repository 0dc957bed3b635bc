"""Statistical datasets as SDMX: structures, and the same observations in every form."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from dothi.centres.opendata.sdmx import observations
from dothi.centres.opendata.sdmx.flows import key_of, name_of
from dothi.centres.opendata.standards.tests.conftest import COLUMNS, ROWS, body

pytestmark = pytest.mark.django_db(transaction=True)
CSV = {"accept": "application/vnd.sdmx.data+csv;version=1.0.0"}
JSON = {"accept": "application/vnd.sdmx.data+json;version=1.0.0"}
SPECIFIC = {"accept": "application/vnd.sdmx.structurespecificdata+xml;version=2.1"}
STR = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure}"
GEN = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic}"


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(body(answer).decode())))


@pytest.fixture
def flow(statistics):
    return name_of(statistics())


def test_a_statistical_dataset_is_a_dataflow_with_its_structure(http, flow):
    answer = http.get(f"/sdmx/dataflow/all/{flow}/latest?references=all")
    root = ElementTree.fromstring(body(answer))
    assert answer["Content-Type"] == "application/vnd.sdmx.structure+xml;version=2.1"
    dimensions = [each.get("id") for each in root.iter(f"{STR}Dimension")]
    assert dimensions == ["WARD", "MEASURE"]
    assert [each.get("id") for each in root.iter(f"{STR}TimeDimension")] == ["TIME_PERIOD"]
    assert [each.get("id") for each in root.iter(f"{STR}Attribute")] == ["NOTE"]
    codes = {
        each.get("id"): [code.get("id") for code in each.iter(f"{STR}Code")]
        for each in root.iter(f"{STR}Codelist")
    }
    assert codes == {f"CL_{flow}_MEASURE": ["PEOPLE", "AREA"], f"CL_{flow}_WARD": ["26734", "26740"]}


def test_each_part_of_a_structure_has_its_address(http, flow):
    asked = [f"dataflow/DOTHI/{flow}", f"datastructure/DOTHI/DSD_{flow}/1.0", f"conceptscheme/DOTHI/CS_{flow}",
             f"codelist/DOTHI/CL_{flow}_WARD", "agencyscheme", "dataflow"]  # fmt: skip
    for path in asked:
        answer = http.get(f"/sdmx/{path}")
        assert answer.status_code == 200, path
        ElementTree.fromstring(body(answer))
    wrong = [
        "dataflow/OTHER",
        "dataflow/DOTHI/NONE",
        "codelist/DOTHI/CL_NONE_X",
        f"dataflow/DOTHI/{flow}/9.0",
        "data/NONE",
    ]
    assert [http.get(f"/sdmx/{path}").status_code for path in wrong] == [404] * len(wrong)


def test_every_value_of_every_measure_is_an_observation(http, flow):
    found = {
        (row["WARD"], row["MEASURE"], row["TIME_PERIOD"]): row["OBS_VALUE"]
        for row in rows_of(http.get(f"/sdmx/data/{flow}", headers=CSV))
    }
    expected = {(ward, "PEOPLE", str(year)): str(people) for ward, year, people, _, _ in ROWS}
    expected |= {(ward, "AREA", str(year)): str(area) for ward, year, _, area, _ in ROWS if area is not None}
    assert found == expected


def test_all_forms_say_the_same(http, flow):
    table = [
        (row["WARD"], row["MEASURE"], row["TIME_PERIOD"], float(row["OBS_VALUE"]), row["NOTE"])
        for row in rows_of(http.get(f"/sdmx/data/{flow}", headers=CSV))
    ]
    root = ElementTree.fromstring(body(http.get(f"/sdmx/data/{flow}")))
    generic = []
    for each in root.iter(f"{GEN}Obs"):
        key = {value.get("id"): value.get("value") for value in each.find(f"{GEN}ObsKey")}
        told = each.find(f"{GEN}Attributes")
        note = "" if told is None else told[0].get("value")
        generic.append(
            (
                key["WARD"],
                key["MEASURE"],
                key["TIME_PERIOD"],
                float(each.find(f"{GEN}ObsValue").get("value")),
                note,
            )
        )
    document = http.get(f"/sdmx/data/{flow}", headers=JSON).json()["data"]
    parts = [
        [value["id"] for value in each["values"]]
        for each in document["structure"]["dimensions"]["observation"]
    ]
    notes = [value["id"] for value in document["structure"]["attributes"]["observation"][0]["values"]]
    plain = []
    for key, (value, note) in document["dataSets"][0]["observations"].items():
        names = [values[int(place)] for values, place in zip(parts, key.split(":"), strict=True)]
        plain.append((*names, value, "" if note is None else notes[note]))
    root = ElementTree.fromstring(body(http.get(f"/sdmx/data/{flow}", headers=SPECIFIC)))
    specific = [
        (obs.get("WARD"), obs.get("MEASURE"), obs.get("TIME_PERIOD"), float(obs.get("OBS_VALUE")), obs.get("NOTE", ""))
        for obs in root.iter("Obs")
    ]  # fmt: skip
    assert table == generic == specific == plain
    assert len(table) == 7


@pytest.mark.parametrize(
    ("path", "query", "count"),
    [("26734..X", "", 0), ("26734.", "", 4), (".PEOPLE", "", 4), ("26734+26740.AREA", "", 3), ("all", "startPeriod=2025", 4),
     ("all", "endPeriod=2024", 3), ("26740.PEOPLE", "startPeriod=2024&endPeriod=2024-12", 1)],
)  # fmt: skip
def test_keys_and_periods_narrow(http, flow, path, query, count):
    answer = http.get(f"/sdmx/data/{flow}/{path}?{query}", headers=CSV)
    assert (answer.status_code, len(rows_of(answer)) if answer.status_code == 200 else 0) == (
        200 if count else 400,
        count,
    )


def test_a_wrong_period_is_refused(http, flow):
    assert http.get(f"/sdmx/data/{flow}?startPeriod=soon").status_code == 400


def test_a_dataset_without_keys_or_measures_is_no_dataflow(http, statistics):
    key = statistics(keys=())
    plain = statistics(columns=[each | {"role": ""} for each in COLUMNS])
    for each in (key, plain):
        assert http.get(f"/sdmx/dataflow/all/{name_of(each)}").status_code == 404
    assert key_of(name_of(key)) == key


def test_personal_columns_are_no_attributes(http, statistics):
    columns = [each | ({"sensitivity": "personal"} if each["name"] == "note" else {}) for each in COLUMNS]
    answer = http.get(f"/sdmx/data/{name_of(statistics(columns))}", headers=CSV)
    assert "NOTE" not in rows_of(answer)[0]
    assert "ước tính" not in body(http.get(f"/sdmx/data/{name_of(statistics(columns))}")).decode()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("2024", "2024-01-01", "2024-12-31"), ("2024-02", "2024-02-01", "2024-02-29"), ("2024-Q2", "2024-04-01", "2024-06-30"),
     ("2024-05-07", "2024-05-07", "2024-05-07")],
)  # fmt: skip
def test_a_period_is_from_its_first_to_its_last_day(text, start, end):
    assert (observations._start(text).date().isoformat(), observations._end(text).date().isoformat()) == (
        start,
        end,
    )


def test_json_is_there_in_the_form_libraries_read(http, flow):
    official = http.get(f"/sdmx/data/{flow}", headers=JSON).json()
    draft = http.get(f"/sdmx/data/{flow}", headers={"accept": f"{JSON['accept']}-wd"})
    assert draft["Content-Type"].endswith("1.0.0-wd")
    assert draft.json()["dataSets"] == official["data"]["dataSets"]
    assert draft.json()["header"]["id"] == flow


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (SPECIFIC["accept"], "structurespecificdata"),
        (f"application/vnd.sdmx.genericdata+xml;version=2.1, {SPECIFIC['accept']}", "genericdata"),
        (f"{SPECIFIC['accept']}, application/vnd.sdmx.genericdata+xml;version=2.1", "structurespecificdata"),
        ("*/*", "genericdata"),
        ("application/xml", "genericdata"),
    ],
)
def test_the_form_in_xml_is_the_one_asked_for_first(http, flow, accept, given):
    assert given in http.get(f"/sdmx/data/{flow}", headers={"accept": accept})["Content-Type"]
