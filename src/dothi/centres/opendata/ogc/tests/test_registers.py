"""Registers as features: what each reader may see, and nothing about places they may not."""

from __future__ import annotations

import pytest

from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.registers import actions, types
from dothi.kernel.registers.tests.conftest import OTHER, TREE, WARD, declared

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/ogc/collections/registers.tree"


def guarded():
    """The type with its places personal."""
    schema = TREE["schema"]
    place = schema["properties"]["place"] | {"x-sensitivity": "personal"}
    properties = schema["properties"] | {"place": place}
    return declared(TREE, schema=schema | {"properties": properties})


@pytest.fixture
def trees(db, wired):
    """Three trees in two wards; the types are known."""
    types.use([declared(TREE)])
    made = []
    for species, lon, unit in (("Me", 106.70, WARD), ("Sao", 106.71, WARD), ("Dầu", 106.80, OTHER)):
        place = {"type": "Point", "coordinates": [lon, 10.77]}
        data = {"species": species, "place": place, "unit": unit, "remark": "gần chợ"}
        made.append(actions.create("tree", data, by=SYSTEM))
    yield made
    types.reload()


def reader(*patterns, unit=None):
    return Actor("account", "0190", "An", tuple(Grant(each, unit) for each in patterns), account="0190")


def species(answer):
    return [each["properties"]["species"] for each in answer.json()["features"]]


def test_a_type_with_places_is_a_collection(client, trees):
    ids = [each["id"] for each in client.get("/ogc/collections").json()["collections"]]
    assert "registers.tree" in ids
    assert "registers.person" not in ids
    assert client.get(URL, lang="en").json()["title"] == "Trees"


def test_anybody_sees_the_open_part_of_an_open_register(client, trees):
    answer = client.get(f"{URL}/items")
    assert species(answer) == ["Me", "Sao", "Dầu"]
    feature = answer.json()["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [106.70, 10.77]}
    assert "remark" not in feature["properties"]
    assert answer.headers["cache-control"] == "no-store"


def test_who_reads_the_register_sees_more_of_it(client, trees):
    client.actor = reader("registers.read.*")
    assert client.get(f"{URL}/items").json()["features"][0]["properties"]["remark"] == "gần chợ"


def test_pages_boxes_and_filters(client, trees):
    first = client.get(f"{URL}/items", limit=2)
    assert species(first) + species(client.follow(first.link("next"))) == ["Me", "Sao", "Dầu"]
    assert species(client.get(f"{URL}/items", bbox="106.705,10,106.75,11")) == ["Sao"]
    assert species(client.get(f"{URL}/items", species="Dầu")) == ["Dầu"]
    assert species(client.get(f"{URL}/items", unit=WARD)) == ["Me", "Sao"]


def test_one_record_by_its_id(client, trees):
    answer = client.get(f"{URL}/items/{trees[0].id}")
    assert answer.json()["properties"]["species"] == "Me"
    assert [
        client.get(f"{URL}/items/{id}").status for id in ("x", "00000000-0000-0000-0000-000000000000")
    ] == [404, 404]


@pytest.mark.parametrize("query", ["remark=x", "sortby=species", "bbox=170,0,-170,1", "purpose=none"])
def test_what_cannot_be_asked_is_refused(client, trees, query):
    assert client.get(f"{URL}/items?{query}").status == 400


def test_places_that_are_personal_are_neither_shown_nor_asked_about(client, trees):
    types.use([guarded()])
    client.actor = reader("registers.read.*")
    assert [each["geometry"] for each in client.get(f"{URL}/items").json()["features"]] == [None] * 3
    assert client.get(f"{URL}/items", bbox="106,10,107,11").status == 403
    client.actor = reader("registers.read.*", "registers.personal.*")
    seen = client.get(f"{URL}/items", purpose="care", bbox="106.705,10,106.75,11").json()["features"]
    assert [each["geometry"]["coordinates"] for each in seen] == [[106.71, 10.77]]


def test_a_closed_register_is_for_its_readers_in_their_unit(client, trees):
    types.use([declared(TREE, access={})])
    assert client.get(f"{URL}/items").status in (401, 403)
    client.actor = reader("registers.read.*", unit=OTHER)
    assert species(client.get(f"{URL}/items")) == ["Dầu"]
    assert client.get(f"{URL}/items/{trees[0].id}").status == 403
