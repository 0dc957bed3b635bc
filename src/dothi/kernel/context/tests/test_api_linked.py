"""Asking for an entity together with those it points to; and what is left of one when only parts are asked for."""

import pytest

HALL = "urn:ngsi-ld:Building:hall"
WARD = "urn:ngsi-ld:Ward:26740"
CITY = "urn:ngsi-ld:City:79"


def relationship(*targets):
    return {"type": "Relationship", "object": targets[0] if len(targets) == 1 else list(targets)}


@pytest.fixture
def town(client):
    for entity in (
        {"id": HALL, "type": "Building", "name": {"type": "Property", "value": "Hall"}, "standsIn": relationship(WARD)},
        {"id": WARD, "type": "Ward", "name": {"type": "Property", "value": "Sài Gòn"}, "partOf": relationship(CITY), "has": relationship(HALL)},
        {"id": CITY, "type": "City", "name": {"type": "Property", "value": "TP.HCM"}},
    ):  # fmt: skip
        assert client("POST", "entities", entity).status == 201
    return client


def test_the_linked_entity_stands_inside_the_relationship(town):
    shown = town("GET", f"entities/{HALL}?join=inline").json()
    assert shown["standsIn"]["object"] == WARD
    assert shown["standsIn"]["entity"]["name"]["value"] == "Sài Gòn"
    assert "entity" not in shown["standsIn"]["entity"]["partOf"]


def test_two_steps_are_followed_when_asked_and_never_in_a_circle(town):
    ward = town("GET", f"entities/{HALL}?join=inline&joinLevel=3").json()["standsIn"]["entity"]
    assert ward["partOf"]["entity"]["id"] == CITY
    assert ward["has"] == relationship(HALL)


def test_in_simple_form_the_entity_takes_the_place_of_its_id(town):
    shown = town("GET", f"entities/{HALL}?join=inline&options=keyValues").json()
    assert shown["standsIn"]["name"] == "Sài Gòn"


def test_beside_each_other_each_entity_stands_once(town):
    found = town("GET", "entities?type=Building&join=flat&joinLevel=2").json()
    assert [each["id"] for each in found] == [HALL, WARD, CITY]


def test_one_entity_alone_stands_alone(town):
    assert town("GET", f"entities/{CITY}?join=flat").json()["id"] == CITY


def test_what_is_shown_of_linked_entities_can_be_chosen(town):
    shown = town("GET", f"entities/{HALL}?join=inline&joinLevel=2&pick=id,standsIn{{name}}").json()
    assert shown == {
        "id": HALL,
        "standsIn": {**relationship(WARD), "entity": {"name": {"type": "Property", "value": "Sài Gòn"}}},
    }
    left = town("GET", f"entities/{HALL}?join=inline&omit=name,standsIn{{name,partOf,has}}").json()
    assert left["standsIn"]["entity"] == {"id": WARD, "type": "Ward"}


def test_what_is_above_already_is_not_repeated(town):
    shown = town("GET", f"entities/{HALL}?join=inline&containedBy={WARD}").json()
    assert shown["standsIn"] == relationship(WARD)


def test_a_relationship_to_nothing_stays_as_it_is(town):
    town("DELETE", f"entities/{WARD}")
    assert town("GET", f"entities/{HALL}?join=inline").json()["standsIn"] == relationship(WARD)


def test_several_targets_become_several_entities(town):
    town(
        "POST", "entities", {"id": "urn:ngsi-ld:Route:1", "type": "Route", "stops": relationship(WARD, CITY)}
    )
    shown = town("GET", "entities?type=Route&join=inline&pick=stops{id}").json()
    assert shown[0]["stops"]["entity"] == [{"id": WARD}, {"id": CITY}]


def test_a_visitor_is_not_shown_what_a_link_leads_to_but_must_not_be_seen(visitor, client):
    client("POST", "entities", {"id": "urn:ngsi-ld:Secret:1", "type": "Secret"})
    context = "https://smartdatamodels.org/dataModel.Environment/AirQualityObserved"
    client(
        "POST",
        "entities",
        {"id": "urn:ngsi-ld:A:1", "type": context, "refers": relationship("urn:ngsi-ld:Secret:1")},
    )
    assert "entity" not in visitor("GET", "entities/urn:ngsi-ld:A:1?join=inline").json()["refers"]


@pytest.mark.parametrize("asked", ["attrs=height", "pick=height", "omit=id,type,name,standsIn"])
def test_an_entity_without_anything_asked_for_is_not_found(town, asked):
    assert town("GET", f"entities/{HALL}?{asked}").status == 404


def test_a_page_leaves_out_entities_of_which_nothing_is_asked_for(town):
    assert town("GET", "entities?type=Building,City&pick=standsIn").json() == [
        {"standsIn": relationship(WARD)}
    ]


def test_a_map_of_linked_entities_has_them_in_its_properties(town):
    shown = town("GET", f"entities/{HALL}?join=inline", accept="application/geo+json").json()
    assert shown["properties"]["standsIn"]["entity"]["id"] == WARD
    assert "@context" in shown


def test_geojson_leaves_its_context_to_a_header_when_the_client_prefers_json(town):
    answer = town("GET", f"entities/{HALL}", accept="application/geo+json", prefer="body=json")
    assert "@context" not in answer.json()
    assert answer.links
