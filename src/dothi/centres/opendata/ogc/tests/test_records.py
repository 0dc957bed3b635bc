"""The catalogue as records: found by words, boxes, ids and facets."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/ogc/collections/catalogue.datasets"


@pytest.fixture
def keys(published):
    trees = published(
        key="street-trees", spatial=[106.0, 10.0, 107.0, 11.0], themes=["ENVI"], temporal_from="2020-01-01"
    )
    lakes = published(
        key="lakes",
        title={"vi": "Hồ nước", "en": "Lakes"},
        description={"vi": "-"},
        spatial=[100.0, 5.0, 101.0, 6.0],
    )
    return trees, lakes


def ids(answer):
    return sorted(each["id"] for each in answer.json()["features"])


def test_each_dataset_is_a_record_with_ways_to_get_it(client, keys):
    record = client.get(f"{URL}/items/street-trees", lang="en").json()
    assert (record["properties"]["type"], record["properties"]["title"]) == ("dataset", "Trees")
    assert record["geometry"]["type"] == "Polygon"
    assert record["time"] == {"interval": ["2020-01-01", ".."]}
    assert {"enclosure", "service", "self", "collection"} <= {each["rel"] for each in record["links"]}
    assert client.get(f"{URL}/items/none").status == 404
    assert client.get(URL).json()["itemType"] == "record"


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=ho nuoc", ["lakes"]), ("bbox=106,10,106.5,10.5", ["street-trees"]), ("ids=lakes,none", ["lakes"]),
     ("theme=ENVI", ["street-trees"]), ("datetime=2019-01-01/2019-06-01", ["lakes"]), ("type=service", []),
     ("", ["lakes", "street-trees"])],
)  # fmt: skip
def test_records_are_found(client, keys, query, found):
    assert ids(client.get(f"{URL}/items?{query.replace(' ', '%20')}")) == found


def test_pages_of_records_follow_each_other(client, keys):
    first = client.get(f"{URL}/items", limit=1, sortby="id")
    assert first.json()["numberMatched"] == 2
    assert ids(first) + ids(client.follow(first.link("next"))) == ["lakes", "street-trees"]


@pytest.mark.parametrize("query", ["theme__ge=A", "sortby=theme", "bbox=170,0,-170,1", "nothing=1"])
def test_what_cannot_be_asked_of_records_is_refused(client, keys, query):
    assert client.get(f"{URL}/items?{query}").status == 400
