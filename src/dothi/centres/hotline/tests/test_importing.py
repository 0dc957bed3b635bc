"""Files of other systems: what is taken, what is not and why, once however often, all or nothing of a group."""

from __future__ import annotations

import csv
import json

import pytest

from dothi.centres.hotline.importing import mapping as mappings
from dothi.centres.hotline.importing.actions import import_reports
from dothi.centres.hotline.models import ImportedReport
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.errors import BadInput, Unauthenticated
from dothi.kernel.cases import queries
from dothi.kernel.cases.models import Case
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM

HEADER = (
    "srnumber,requesttype,status,actiontaken,createddate,closeddate,requestsource,latitude,longitude,address"
)


@pytest.fixture
def los_angeles():
    return mappings.load("los-angeles", catalogue.categories())


@pytest.fixture
def file(tmp_path):
    def write(*rows, name="requests.csv"):
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8-sig")
        return path

    return write


GOOD = "1-1,Graffiti Removal,Closed,SR Created,1/1/20 0:05,1/2/20 8:43,Call,34.19,-118.49,16815 W Vanowen St"


def test_a_closed_request_is_a_closed_case_with_its_times(ward, file, los_angeles):
    done = import_reports(file(GOOD), los_angeles, by=SYSTEM)
    assert (done.read, done.taken, dict(done.endings)) == (1, 1, {"answered": 1})
    case = queries.get(ImportedReport.objects.get().case, by=SYSTEM)
    assert (case.state, case.channel, case.data["category"]) == ("closed", "phone", "illegal-advertising")
    assert case.data["answer_text"] == "SR Created"
    assert case.opened_us == 1_577_865_900_000_000  # 00:05 in Los Angeles
    assert case.position == (-118.49, 34.19)


@pytest.mark.parametrize(
    ("status", "state"),
    [("Cancelled", "withdrawn"), ("Referred Out", "refused"), ("Open", "new"), ("Pending", "new")],
)
def test_each_ending_is_a_state(ward, file, los_angeles, status, state):
    done = import_reports(file(GOOD.replace("Closed", status)), los_angeles, by=SYSTEM)
    assert done.taken == 1
    assert queries.get(ImportedReport.objects.get().case, by=SYSTEM).state == state


def test_what_is_not_taken_is_explained_row_by_row(ward, file, los_angeles, tmp_path):
    rows = [
        GOOD,
        GOOD,
        GOOD.replace("1-1", ""),
        GOOD.replace("1-1", "1-3").replace("Graffiti Removal", "Other"),
        GOOD.replace("1-1", "1-4").replace("Graffiti Removal", "Potholes"),
        GOOD.replace("1-1", "1-5").replace("1/1/20 0:05", "yesterday"),
        GOOD.replace("1-1", "1-6").replace("1/1/20 0:05", ""),
        GOOD.replace("1-1", "1-7").replace("1/2/20 8:43", "12/31/19 8:43"),
        GOOD.replace("1-1", "1-8").replace("1/1/20 0:05", "1/1/60 0:05"),
        GOOD.replace("1-1", "1-9").replace("34.19", "north"),
        GOOD.replace("1-1", "1-10").replace("34.19,-118.49", "0,0"),
        GOOD.replace("1-1", "1-11").replace("34.19,-118.49,16815 W Vanowen St", ",,"),
        GOOD.replace("1-1", "1-12").replace("Closed", "Lost"),
    ]
    rejects = tmp_path / "rejects.csv"
    done = import_reports(file(*rows), los_angeles, by=SYSTEM, rejects=rejects)
    assert (done.read, done.taken, done.rejected.total()) == (13, 1, 12)
    with rejects.open(encoding="utf-8-sig") as found:
        lines = list(csv.DictReader(found))
    reasons = {(int(row["row"]), row["id"]): row["reason"] for row in lines}
    assert len(reasons) == 12
    assert len(set(reasons.values())) == 12
    assert "left out" in reasons[5, "1-3"]
    assert "it says nothing" in reasons[5, "1-3"]
    assert next(row["lý do"] for row in lines if row["id"] == "1-3").endswith("không nói rõ việc gì")
    assert reasons[8, "1-6"] == "It does not say when it was opened."


def test_a_file_read_again_brings_nothing_new(ward, file, los_angeles):
    path = file(GOOD, GOOD.replace("1-1", "1-2"))
    import_reports(path, los_angeles, by=SYSTEM)
    again = import_reports(path, los_angeles, by=SYSTEM)
    assert (again.taken, again.before, ImportedReport.objects.count()) == (0, 2, 2)


def test_a_group_is_taken_wholly_or_not_at_all(ward, file, los_angeles, monkeypatch):
    def broken(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(ImportedReport.objects, "bulk_create", broken)
    with pytest.raises(RuntimeError):
        import_reports(file(GOOD), los_angeles, by=SYSTEM)
    assert not Case.objects.exists()


def test_looking_first_changes_nothing(ward, file, los_angeles):
    assert import_reports(file(GOOD), los_angeles, by=SYSTEM, dry=True).taken == 1
    assert not ImportedReport.objects.exists()


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_answers_of_open311_are_read(ward, tmp_path, kind):
    request = {
        "service_request_id": "77", "status": "closed", "status_notes": "Đã vá", "service_code": "pothole",
        "description": "Ổ gà lớn", "requested_datetime": "2026-10-01T08:00:00+07:00",
        "updated_datetime": "2026-10-03T08:00:00+07:00", "address": "1 Lê Lợi", "lat": "10.7757", "long": "106.7009",
    }  # fmt: skip
    path = tmp_path / f"requests.{kind}"
    if kind == "json":
        path.write_text(json.dumps([request]))
    else:
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in request.items())
        path.write_text(f"<service_requests><request>{inner}</request></service_requests>")
    done = import_reports(path, mappings.load("open311", catalogue.categories()), by=SYSTEM)
    assert dict(done.rejected) == {}
    case = queries.get(ImportedReport.objects.get().case, by=SYSTEM)
    assert (case.data["description"], case.data["answer_text"], case.state) == ("Ổ gà lớn", "Đã vá", "closed")


def test_an_open311_request_elsewhere_is_not_the_citys(ward, tmp_path):
    path = tmp_path / "requests.json"
    row = {"service_request_id": "1", "status": "open", "service_code": "pothole", "lat": 48.2, "long": 16.4}
    path.write_text(json.dumps([row | {"requested_datetime": "2026-10-01T08:00:00Z"}]))
    done = import_reports(path, mappings.load("open311", catalogue.categories()), by=SYSTEM)
    assert dict(done.rejected) == {"It lies outside the city.": 1}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", "{"), ("a.xml", "<request>"), ("a.csv", b"\xff\xfe\x00x"), ("a.pdf", "x")],
)
def test_a_file_that_is_none_is_bad_input(ward, tmp_path, los_angeles, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadInput):
        import_reports(path, los_angeles, by=SYSTEM)


@pytest.mark.parametrize(
    "text",
    ["source: x", "source: city\ncolumns: {id: [a], category: [b], opened: [c]}\ncategories: {A: no-such}",
     "source: city\nzone: Mars/Olympus\ncolumns: {id: [a], category: [b], opened: [c]}\ncategories: {}", ": :"],
)  # fmt: skip
def test_a_mapping_that_is_wrong_says_what(ward, tmp_path, text):
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    with pytest.raises(BadInput):
        mappings.load(path, catalogue.categories())


def test_whoever_may_not_import_does_not(ward, file, los_angeles):
    with pytest.raises(Unauthenticated):
        import_reports(file(GOOD), los_angeles, by=ANONYMOUS)
