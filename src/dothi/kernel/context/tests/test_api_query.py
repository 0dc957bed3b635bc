"""Finding entities."""

from __future__ import annotations

from typing import Any

import pytest

from dothi.kernel.context.testing import Client, Reply

ORIGIN = (106.7, 10.8)


def station(number: int, **more: Any) -> dict[str, Any]:
    where = {"type": "Point", "coordinates": [ORIGIN[0] + number / 100, ORIGIN[1]]}
    return {
        "id": f"urn:ngsi-ld:Station:{number}", "type": "Station" if number % 2 else "Buoy", "pm25": number * 10,
        "location": {"type": "GeoProperty", "value": where}, "scope": f"/HCMC/W{number}",
        "station": {"type": "Relationship", "object": f"urn:ngsi-ld:Owner:{number % 3}"},
    } | more  # fmt: skip


@pytest.fixture
def city(client: Client) -> Client:
    assert client("POST", "entityOperations/create", [station(number) for number in range(10)]).status == 201
    return client


def numbers(answer: Reply) -> list[int]:
    assert answer.status == 200, answer.body
    return sorted(int(each["id"].rpartition(":")[2]) for each in answer.json())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=Station", [1, 3, 5, 7, 9]),
        ("type=Station,Buoy", list(range(10))),
        ("type=(Station;Buoy)", []),
        ("type=Nothing", []),
        ("type=Station&id=urn:ngsi-ld:Station:1,urn:ngsi-ld:Station:2", [1]),
        ("type=Buoy&idPattern=.*:[24]$", [2, 4]),
        ("attrs=pm25&type=Buoy", [0, 2, 4, 6, 8]),
        ("attrs=nothing", []),
        ("q=pm25>50", [6, 7, 8, 9]),
        ("q=pm25>=20;pm25<40", [2, 3]),
        ("q=pm25==10..30", [1, 2, 3]),
        ('q=station=="urn:ngsi-ld:Owner:0"', [0, 3, 6, 9]),
        ("q=pm25>50&type=Buoy", [6, 8]),
        ("type=Station&scopeQ=/HCMC/W3", [3]),
        ("type=Station&scopeQ=/HCMC/%23", [1, 3, 5, 7, 9]),
        ("georel=near;maxDistance==1500&geometry=Point&coordinates=[106.7,10.8]", [0, 1]),
        ("georel=near;minDistance==8500&geometry=Point&coordinates=[106.7,10.8]&type=Station", [9]),
        (
            "georel=within&geometry=Polygon&coordinates=[[[106.705,10.7],[106.735,10.7],[106.735,10.9],[106.705,10.9],[106.705,10.7]]]",
            [1, 2, 3],
        ),
        ("georel=intersects&geometry=LineString&coordinates=[[106.72,10.7],[106.72,10.9]]", [2]),
        ("georel=disjoint&geometry=Point&coordinates=[106.7,10.8]&type=Buoy", [2, 4, 6, 8]),
        ("georel=equals&geometry=Point&coordinates=[106.75,10.8]", [5]),
        ("georel=near;maxDistance==3500&geometry=Point&coordinates=[106.7,10.8]&q=pm25>10&type=Buoy", [2]),
    ],
)
def test_a_query_finds_what_it_means(city: Client, query: str, expected: list[int]) -> None:
    assert numbers(city("GET", f"entities?{query}")) == expected


def test_pages_follow_each_other_without_gap_or_overlap(city: Client) -> None:
    seen: list[int] = []
    path: str | None = "entities?type=Station,Buoy&limit=3&count=true"
    while path:
        answer = city("GET", path)
        assert answer.headers["ngsild-results-count"] == "10"
        seen += numbers(answer)
        following = [link for link in answer.links if 'rel="next"' in link]
        path = following[0].split(">")[0].removeprefix("</ngsi-ld/v1/") if following else None
    assert sorted(seen) == list(range(10))


def test_the_page_before_is_linked_too(city: Client) -> None:
    links = city("GET", "entities?type=Station&limit=2&offset=2").links
    assert any('rel="prev"' in link and "offset=0" in link for link in links)


def test_counting_alone_gives_no_entities(city: Client) -> None:
    answer = city("GET", "entities?q=pm25>50&count=true&limit=0")
    assert (answer.json(), answer.headers["ngsild-results-count"]) == ([], "4")


def test_a_query_without_any_condition_is_refused(city: Client) -> None:
    assert city("GET", "entities").error == "BadRequestData"


def test_geojson_is_a_collection(city: Client) -> None:
    found = city("GET", "entities?type=Station", accept="application/geo+json").json()
    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == 5


def test_a_query_may_come_by_post(city: Client) -> None:
    asked = {
        "type": "Query",
        "entities": [{"type": "Station"}, {"type": "Buoy", "idPattern": ".*:4"}],
        "q": "pm25<60",
    }
    assert numbers(city("POST", "entityOperations/query", asked)) == [1, 3, 4, 5]


def test_a_moved_entity_is_found_where_it_is(city: Client) -> None:
    there = {"location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [105.0, 20.0]}}}
    city("PATCH", "entities/urn:ngsi-ld:Station:1/attrs", there)
    near = "georel=near;maxDistance==1500&geometry=Point&coordinates="
    assert numbers(city("GET", f"entities?{near}[106.7,10.8]")) == [0]
    assert numbers(city("GET", f"entities?{near}[105,20]")) == [1]


def test_an_entity_without_location_is_found_nowhere(city: Client) -> None:
    city("DELETE", "entities/urn:ngsi-ld:Station:0/attrs/location")
    assert (
        numbers(city("GET", "entities?georel=near;maxDistance==100&geometry=Point&coordinates=[106.7,10.8]"))
        == []
    )


def test_areas_are_found_by_what_they_touch(client: Client) -> None:
    ring = [[106.0, 10.0], [107.0, 10.0], [107.0, 11.0], [106.0, 11.0], [106.0, 10.0]]
    area = {"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [ring]}}
    client("POST", "entities", {"id": "urn:ngsi-ld:Area:1", "type": "Area", "location": area})
    assert numbers(client("GET", "entities?georel=contains&geometry=Point&coordinates=[106.5,10.5]")) == [1]
    assert numbers(client("GET", "entities?georel=intersects&geometry=Point&coordinates=[108.5,10.5]")) == []


def test_an_entity_that_gets_a_type_is_found_by_it(city: Client) -> None:
    city("POST", "entities/urn:ngsi-ld:Station:1/attrs", {"type": "Lighthouse"})
    assert numbers(city("GET", "entities?type=Lighthouse")) == [1]
    assert numbers(city("GET", "entities?type=(Lighthouse;Station)")) == [1]


def test_types_and_attributes_are_discovered(city: Client) -> None:
    assert city("GET", "types").json()["typeList"] == ["Buoy", "Station"]
    details = {each["typeName"]: each["attributeNames"] for each in city("GET", "types?details=true").json()}
    assert details["Buoy"] == ["location", "pm25", "station"]
    one = city("GET", "types/Station").json()
    assert one["entityCount"] == 5
    assert {each["attributeName"]: each["attributeTypes"] for each in one["attributeDetails"]}["pm25"] == [
        "Property"
    ]
    assert city("GET", "attributes").json()["attributeList"] == ["location", "pm25", "station"]
    assert city("GET", "attributes/pm25").json()["attributeCount"] == 10
    assert city("GET", "attributes/pm25").json()["typeNames"] == ["Buoy", "Station"]


def test_what_is_no_longer_there_is_not_discovered(city: Client) -> None:
    for number in range(0, 10, 2):
        city("DELETE", f"entities/urn:ngsi-ld:Station:{number}")
    assert city("GET", "types").json()["typeList"] == ["Station"]
    assert city("GET", "types/Buoy").status == 404
    for number in range(1, 10, 2):
        city("DELETE", f"entities/urn:ngsi-ld:Station:{number}/attrs/pm25")
    assert city("GET", "attributes").json()["attributeList"] == ["location", "station"]
    assert city("GET", "attributes/pm25").status == 404


def test_names_are_those_of_the_readers_context(client: Client) -> None:
    context = {"@context": {"tốc_độ": "https://example.org/speed", "Xe": "https://example.org/Car"}}
    sent = {"id": "urn:ngsi-ld:Car:1", "type": "Xe", "tốc_độ": 5} | context
    assert client("POST", "entities", sent, content_type="application/ld+json").status == 201
    place = client("POST", "jsonldContexts", context).headers["location"]
    link = f'<http://here{place}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    shown = client("GET", "entities?type=Xe&options=keyValues", link=link)
    assert shown.json() == [{"id": "urn:ngsi-ld:Car:1", "type": "Xe", "tốc_độ": 5}]
    assert place in shown.links[0]
    assert client("GET", "entities?type=Xe").json() == []


def test_contexts_are_kept_listed_served_and_deleted(client: Client) -> None:
    document = {"@context": {"a": "https://example.org/a"}}
    place = client("POST", "jsonldContexts", document).headers["location"]
    assert client("GET", "jsonldContexts").json() == [f"http://localhost{place}"]
    assert client("GET", "jsonldContexts?details=true").json()[0]["kind"] == "Hosted"
    name = place.removeprefix("/ngsi-ld/v1/")
    assert client("GET", name).json() == document
    assert client("DELETE", name).status == 204
    assert client("GET", name).status == 404


def test_the_packs_names_are_served_as_a_context(client: Client) -> None:
    served = client("GET", "jsonldContexts/dothi").json()["@context"][0]
    assert served["pm25"] == "https://smartdatamodels.org/dataModel.Environment/pm25"
