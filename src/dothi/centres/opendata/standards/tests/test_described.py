"""Data Package, CSVW and Atom: what they say of a dataset, and that others' readers understand it."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from dothi.centres.opendata import queries
from dothi.centres.opendata.atom.feed import Entry, Feed, document
from dothi.centres.opendata.catalogue.listing import Column, Words
from dothi.centres.opendata.csvw.metadata import column
from dothi.centres.opendata.distributions import distributions
from dothi.centres.opendata.frictionless.package import field
from dothi.centres.opendata.standards.tests.conftest import COLUMNS

pytestmark = pytest.mark.django_db(transaction=True)
ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_data_package_describes_the_csv_column_by_column(http, statistics):
    key = statistics()
    answer = http.get(f"/data/{key}/datapackage.json")
    package = answer.json()
    assert (package["name"], package["title"], package["profile"]) == (
        key,
        "Dân số theo phường",
        "tabular-data-package",
    )
    resource = package["resources"][0]
    assert resource["path"].endswith(f"/data/v1/{key}/versions/1/download.csv")
    assert [each["name"] for each in resource["schema"]["fields"]] == [each["name"] for each in COLUMNS]
    assert resource["schema"]["primaryKey"] == ["ward", "year"]
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["sources"] == [{"title": "Niên giám"}]
    again = http.get(f"/data/{key}/datapackage.json", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_csvw_metadata_says_types_labels_and_keys(http, statistics):
    key = statistics()
    told = http.get(f"/data/{key}/csv-metadata.json").json()
    assert told["@context"][0] == "http://www.w3.org/ns/csvw"
    assert told["tableSchema"]["primaryKey"] == ["ward", "year"]
    year = told["tableSchema"]["columns"][1]
    assert (year["titles"], year["datatype"]) == (["year"], "integer")
    assert {"@value": "Year", "@language": "en"} in year["rdfs:label"]


@pytest.mark.parametrize("path", ["datapackage.json", "csv-metadata.json"])
def test_what_is_not_published_is_not_described(http, path):
    assert http.get(f"/data/nothing/{path}").status_code == 404


@pytest.mark.parametrize(
    ("type", "package", "csvw"),
    [("string", "string", "string"), ("number", "number", "double"), ("boolean", "boolean", "boolean"),
     ("date", "date", "date"), ("datetime", "datetime", "dateTimeStamp"), ("json", "string", "json")],
)  # fmt: skip
def test_each_type_has_its_name_in_each_standard(type, package, csvw):
    made = Column("c", type, Words("Cột", "Column"), unit="m")
    assert (field(made, "en")["type"], column(made)["datatype"]) == (package, csvw)
    assert (field(made, "en")["title"], field(made, "en")["unit"]) == ("Column", "m")


def test_forms_of_a_dataset_are_offered_where_it_has_them(statistics, http):
    plain = {each.key for each in distributions(queries.needed(statistics()))}
    assert {"sdmx", "datapackage"} <= plain
    assert "ogc" not in plain
    placed = [
        *COLUMNS,
        {"name": "lon", "type": "number", "role": "longitude"},
        {"name": "lat", "type": "number", "role": "latitude"},
    ]
    rows = [("1", 2024, 1, 1.0, None, 106.7, 10.7)]
    assert {"ogc", "tiles"} <= {each.key for each in distributions(queries.needed(statistics(placed, rows)))}


def feed_of(answer):
    return ElementTree.fromstring(answer.content)


def test_a_feed_tells_what_happened_newest_first(http, statistics):
    keys = [statistics(), statistics()]
    root = feed_of(http.get("/catalog.atom"))
    titles = [each.find(f"{ATOM}title").text for each in root.findall(f"{ATOM}entry")]
    ids = [each.find(f"{ATOM}id").text for each in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    assert all(title == "Công bố: Dân số theo phường" for title in titles)
    assert [key for each in ids for key in keys if key in each] == keys[::-1]
    alone = feed_of(http.get(f"/data/{keys[0]}.atom"))
    assert all(keys[0] in each.find(f"{ATOM}id").text for each in alone.findall(f"{ATOM}entry"))


def test_feeds_refuse_what_they_do_not_know(http, statistics):
    assert http.get("/data/nothing.atom").status_code == 404
    assert http.get("/catalog.atom?before=x").status_code == 400
    assert len(feed_of(http.get("/catalog.atom?before=1")).findall(f"{ATOM}entry")) == 0


def test_texts_in_feeds_cannot_break_them():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    feed = Feed("https://x/a?b=1&c=2", "<&>", "A & B", "https://x", moment, "vi", "https://x/a?before=1&c=2")
    made = "".join(document(feed, [Entry(1, "k", 'odd"kind', 1, "<b>\x00\x0b", "]]>", moment)]))
    root = ElementTree.fromstring(made.encode())
    assert root.find(f"{ATOM}title").text == "<&>"
    assert root.find(f"{ATOM}entry/{ATOM}summary").text == "]]>"
