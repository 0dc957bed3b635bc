"""Many entities in one request."""

from __future__ import annotations

from typing import Any

from dothi.kernel.context.testing import Client


def car(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"urn:ngsi-ld:Car:{number}", "type": "Car", "speed": number} | more


def speeds(client: Client) -> dict[str, Any]:
    found = client("GET", "entities?type=Car&options=keyValues&limit=100").json()
    return {each["id"].rpartition(":")[2]: each.get("speed") for each in found}


def test_creating_answers_with_the_ids(client: Client) -> None:
    answer = client("POST", "entityOperations/create", [car(1), car(2)])
    assert (answer.status, answer.json()) == (201, ["urn:ngsi-ld:Car:1", "urn:ngsi-ld:Car:2"])


def test_a_bad_entity_is_reported_and_the_rest_is_kept(client: Client) -> None:
    answer = client("POST", "entityOperations/create", [car(1), {"id": "urn:ngsi-ld:Car:9"}, car(2)])
    assert answer.status == 207
    assert answer.json()["success"] == ["urn:ngsi-ld:Car:1", "urn:ngsi-ld:Car:2"]
    (error,) = answer.json()["errors"]
    assert error["entityId"] == "urn:ngsi-ld:Car:9"
    assert "[1].type" in error["error"]["detail"]
    assert speeds(client) == {"1": 1, "2": 2}


def test_the_same_id_twice_is_handled_in_order(client: Client) -> None:
    answer = client("POST", "entityOperations/create", [car(1), car(1, speed=5)])
    assert answer.json()["errors"][0]["error"]["title"] == "Already exists"
    client("POST", "entityOperations/upsert?options=update", [car(1, speed=6), car(1, speed=7)])
    assert speeds(client) == {"1": 7}


def test_an_upsert_says_what_is_new(client: Client) -> None:
    client("POST", "entities", car(1))
    assert client("POST", "entityOperations/upsert", [car(1), car(2)]).json() == ["urn:ngsi-ld:Car:2"]
    assert client("POST", "entityOperations/upsert", [car(1), car(2)]).status == 204


def test_an_upsert_replaces_unless_told_to_update(client: Client) -> None:
    client("POST", "entities", car(1, colour="red"))
    client("POST", "entityOperations/upsert?options=update", [car(1, speed=9)])
    assert client("GET", "entities/urn:ngsi-ld:Car:1?options=keyValues").json()["colour"] == "red"
    client("POST", "entityOperations/upsert", [car(1, speed=9)])
    assert "colour" not in client("GET", "entities/urn:ngsi-ld:Car:1").json()


def test_an_update_reports_what_is_not_there(client: Client) -> None:
    client("POST", "entities", car(1))
    answer = client("POST", "entityOperations/update", [car(1, speed=3), car(2)])
    assert (answer.status, answer.json()["success"]) == (207, ["urn:ngsi-ld:Car:1"])
    assert speeds(client) == {"1": 3}


def test_a_merge_goes_into_depth(client: Client) -> None:
    client("POST", "entities", car(1, speed={"type": "Property", "value": 1, "unitCode": "KMH"}))
    merged = [{"id": "urn:ngsi-ld:Car:1", "type": "Car", "speed": {"value": 2}}]
    assert client("POST", "entityOperations/merge", merged).status == 204
    speed = client("GET", "entities/urn:ngsi-ld:Car:1").json()["speed"]
    assert speed == {"type": "Property", "value": 2, "unitCode": "KMH"}


def test_deleting_reports_what_was_not_there(client: Client) -> None:
    client("POST", "entityOperations/create", [car(1), car(2)])
    answer = client("POST", "entityOperations/delete", ["urn:ngsi-ld:Car:1", "urn:ngsi-ld:Car:7", "nonsense"])
    assert (answer.status, answer.json()["success"]) == (207, ["urn:ngsi-ld:Car:1"])
    assert {each["entityId"] for each in answer.json()["errors"]} == {"urn:ngsi-ld:Car:7", "nonsense"}
    assert client("POST", "entityOperations/delete", ["urn:ngsi-ld:Car:2"]).status == 204


def test_each_entity_of_an_ld_json_batch_has_its_own_context(client: Client) -> None:
    context = {"@context": {"speed": "https://example.org/speed"}}
    answer = client(
        "POST", "entityOperations/create", [car(1) | context, car(2)], content_type="application/ld+json"
    )
    assert answer.status == 207
    assert answer.json()["success"] == ["urn:ngsi-ld:Car:1"]
    assert "https://example.org/speed" in client("GET", "entities/urn:ngsi-ld:Car:1").json()


def test_an_empty_batch_is_refused(client: Client) -> None:
    assert client("POST", "entityOperations/create", []).status == 400
    assert client("POST", "entityOperations/delete", []).status == 400
    assert client("POST", "entityOperations/upsert", {"id": "urn:a:b"}).status == 400


def test_a_batch_that_must_not_overwrite_says_what_it_left_alone(client: Client) -> None:
    entity = {"id": "urn:ngsi-ld:Car:1", "type": "Car", "speed": {"type": "Property", "value": 1}}
    client("POST", "entities", entity)
    answer = client("POST", "entityOperations/update?options=noOverwrite", [entity])
    assert (answer.status, answer.json()["errors"][0]["entityId"]) == (207, entity["id"])


def test_a_batch_has_its_context_in_the_body_or_in_the_header(client: Client) -> None:
    entity = {"id": "urn:ngsi-ld:Car:1", "type": "Car", "@context": {}}
    link = '<https://example.org/c>; rel="http://www.w3.org/ns/json-ld#context"'
    answer = client(
        "POST", "entityOperations/create", [entity], content_type="application/ld+json", link=link
    )
    assert answer.status == 400
