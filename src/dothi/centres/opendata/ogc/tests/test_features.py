"""Datasets as features: pages, filters, boxes, times; what a reader may not see stays away."""

from __future__ import annotations

import pytest

from dothi.centres.opendata.ogc.base import CRS84
from dothi.kernel.identity.access import Actor, Grant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def url(published):
    return f"/ogc/collections/{published()}"


def ids(answer):
    return [each["id"] for each in answer.json()["features"]]


def test_the_landing_page_leads_to_api_conformance_and_data(client):
    answer = client.get("/ogc/")
    assert answer.status == 200
    rels = {each["rel"] for each in answer.json()["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= rels
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        assert client.follow(answer.link(rel)).status == 200
    assert "ogcapi-features-1/1.0/conf/core" in str(client.get("/ogc/conformance").json())


def test_a_published_dataset_with_places_is_a_collection(client, published):
    key = published()
    found = {each["id"]: each for each in client.get("/ogc/collections").json()["collections"]}
    assert found[key]["itemType"] == "feature"
    assert found[key]["crs"] == [CRS84]
    alone = client.get(f"/ogc/collections/{key}", lang="en").json()
    assert (alone["id"], alone["title"], alone["description"]) == (key, "Trees", "Street trees")
    assert {"self", "items", "alternate"} <= {each["rel"] for each in alone["links"]}


def test_collections_come_in_pages(client, published):
    keys = sorted(published() for _ in range(3))
    answer, found = client.get("/ogc/collections", limit=2), []
    while True:
        found += [each["id"] for each in answer.json()["collections"]]
        if answer.link("next") is None:
            break
        answer = client.follow(answer.link("next"))
    assert [id for id in found if id in keys] == keys
    assert len(found) == len(set(found))


def test_a_feature_has_its_place_its_key_as_id_and_masks(client, url):
    feature = client.get(f"{url}/items").json()["features"][0]
    assert feature == {
        "type": "Feature", "id": "t1", "geometry": {"type": "Point", "coordinates": [106.7, 10.78]},
        "properties": {"code": "t1", "kind": "sao", "height": 12.5, "seen_at": "2026-01-03T04:05:06Z", "keeper": "••••••"},
    }  # fmt: skip


def test_pages_follow_each_other_by_links(client, url):
    answer, seen = client.get(f"{url}/items", limit=1), []
    while True:
        seen += ids(answer)
        assert answer.json()["numberReturned"] == len(answer.json()["features"])
        following = answer.link("next")
        if following is None:
            break
        assert "offset" not in following
        answer = client.follow(following)
    assert seen == ["t1", "t2", "t3", "t4"]


def test_a_box_leaves_what_lies_in_it(client, url):
    assert ids(client.get(f"{url}/items", bbox="106.705,10.70,106.75,10.85")) == ["t2", "t3"]
    assert ids(client.get(f"{url}/items", bbox="106.705,10.70,0,106.75,10.795,100")) == ["t2"]


def test_a_box_across_the_date_line_is_both_its_halves_in_pages(client, published):
    from dothi.centres.opendata.ogc.tests.conftest import ROWS

    far = [("a", "x", 1.0, None, None, 179.5, -17.0), ("b", "x", 1.0, None, None, -179.5, -17.0)]
    url = f"/ogc/collections/{published(rows=[*ROWS, *far])}/items"
    assert ids(client.get(url, bbox="179,-20,-179,-10")) == ["a", "b"]
    first = client.get(url, bbox="179,-20,-179,-10", limit=1)
    assert (ids(first), ids(client.follow(first.link("next")))) == (["a"], ["b"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2026-02-01T00:00:00Z", ["t2"]),
        ("2026-02-01", ["t2"]),
        ("2026-02-01/..", ["t2", "t3"]),
        ("../2026-02-01T00:00:00Z", ["t1", "t2"]),
        ("2026-01-01/2026-01-31", ["t1"]),
        ("/2026-01-31", ["t1"]),
    ],
)
def test_datetime_asks_the_time_column(client, url, asked, found):
    assert ids(client.get(f"{url}/items", datetime=asked)) == found


def test_properties_filter_sort_and_are_chosen(client, url):
    assert ids(client.get(f"{url}/items", kind="sao")) == ["t1", "t3"]
    assert ids(client.get(f"{url}/items", height__ge="5", sortby="-height")) == ["t1", "t2"]
    chosen = client.get(f"{url}/items", properties="kind", limit=1, skipGeometry="true").json()["features"][0]
    assert (chosen["id"], chosen["properties"], chosen["geometry"]) == ("t1", {"kind": "sao"}, None)


@pytest.mark.parametrize(
    "query",
    ["nothing=1", "limit=0", "limit=x", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=1,9,2,3", "datetime=yesterday",
     "datetime=2026-02-01/2026-01-01", "keeper=x", "sortby=keeper", "properties=wage", "after=zzz",
     "bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857&bbox=1,2,3,4", "height=tall", "f=xml"],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_with_the_parameter(client, url, query):
    answer = client.get(f"{url}/items?{query}")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_more_than_the_most_is_the_most(client, url):
    assert client.get(f"{url}/items", limit=1_000_000).status == 200


def test_one_feature_by_its_id(client, url):
    answer = client.get(f"{url}/items/t2")
    assert (answer.json()["id"], answer.headers["content-type"]) == ("t2", "application/geo+json")
    assert client.follow(answer.link("collection")).status == 200
    assert client.get(f"{url}/items/none").status == 404


def test_without_key_columns_the_id_is_the_rows_number(client, published):
    url = f"/ogc/collections/{published(keys=())}/items"
    assert ids(client.get(url, sortby="-height", limit=2)) == [0, 1]
    assert client.get(f"{url}/2").json()["properties"]["code"] == "t3"
    assert [client.get(f"{url}/{id}").status for id in ("4", "x", "-1")] == [404] * 3


def test_keys_of_several_parts_make_one_id(client, published):
    url = f"/ogc/collections/{published(keys=('kind', 'code'))}/items"
    id = ids(client.get(url, limit=1))[0]
    assert id == "sao,t1"
    assert client.get(f"{url}/{id}").json()["properties"]["height"] == 12.5


def test_an_unchanged_page_is_not_sent_again(client, url):
    first = client.get(f"{url}/items")
    again = client.get(f"{url}/items", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_people_get_pages(client, url):
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "vi"}
    for path in (
        "/ogc/",
        "/ogc/collections",
        "/ogc/conformance",
        "/ogc/api",
        url,
        f"{url}/items",
        f"{url}/items/t1",
    ):
        answer = client.get(path, headers=browser)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html"), path
        assert "script" not in answer.body.decode()


def test_markup_in_data_stays_text(client, published):
    rows = [("<b>", "<script>alert(1)</script>", 1.0, None, None, 106.7, 10.7)]
    page = client.get(f"/ogc/collections/{published(rows=rows)}/items?f=html").body.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_shared_data_is_for_who_may_read_it(client, published):
    url = f"/ogc/collections/{published(access='shared', unit='26734', catalogue=False)}/items"
    assert client.get(url).status in (401, 403)
    client.actor = Actor("account", "an", "An", (Grant("warehouse.read", "26734"),), account="an")
    assert client.get(url).status == 200
    client.actor = Actor("account", "an", "An", (Grant("warehouse.read", "26740"),), account="an")
    assert client.get(url).status == 403


def test_places_that_may_not_be_seen_are_neither_shown_nor_asked_about(client, published):
    from dothi.centres.opendata.ogc.tests.conftest import COLUMNS

    guarded = [
        each | ({"sensitivity": "personal"} if each["name"] in ("lon", "lat") else {}) for each in COLUMNS
    ]
    url = f"/ogc/collections/{published(columns=guarded)}/items"
    feature = client.get(url).json()["features"][0]
    assert feature["geometry"] is None
    assert "106" not in str(feature)
    assert client.get(url, bbox="106,10,107,11").status == 403


def test_what_is_not_there_is_not_found(client, url):
    paths = (
        "/ogc/collections/none",
        "/ogc/nothing",
        "/ogc/collections/registers.none/items",
        f"{url}/nothing",
    )
    assert [client.get(path).status for path in paths] == [404] * len(paths)
    assert client.get(f"{url}/items", method="POST").status == 405


def test_queryables_say_what_may_be_asked(client, url):
    told = client.get(f"{url}/queryables", lang="en").json()
    assert set(told["properties"]) == {"code", "kind", "height", "seen_at", "lon", "lat"}
    assert told["properties"]["seen_at"]["format"] == "date-time"
    assert told["properties"]["code"]["title"] == "Code"
