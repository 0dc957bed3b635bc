"""One entity over HTTP: created, read, changed, deleted."""

from __future__ import annotations

from typing import Any

from dothi.kernel.context.testing import Client

CAR = "urn:ngsi-ld:Car:1"


def car(**more: Any) -> dict[str, Any]:
    return {"id": CAR, "type": "Car", "speed": {"type": "Property", "value": 50, "unitCode": "KMH"}} | more


def simple(client: Client, urn: str = CAR) -> Any:
    return client("GET", f"entities/{urn}?options=keyValues").json()


def test_a_created_entity_can_be_read_where_location_says(client: Client) -> None:
    created = client("POST", "entities", car())
    assert created.status == 201
    assert created.headers["location"] == f"/ngsi-ld/v1/entities/{CAR}"
    assert client("GET", f"entities/{CAR}").json() == car()


def test_an_entity_is_created_once(client: Client) -> None:
    client("POST", "entities", car())
    again = client("POST", "entities", car())
    assert (again.status, again.error) == (409, "AlreadyExists")


def test_a_json_answer_names_its_context_in_a_link_header(client: Client) -> None:
    client("POST", "entities", car())
    assert "ngsi-ld-core-context" in client("GET", f"entities/{CAR}").links[0]


def test_an_ld_json_answer_carries_its_context(client: Client) -> None:
    client("POST", "entities", car())
    answer = client("GET", f"entities/{CAR}", accept="application/ld+json")
    assert answer.headers["content-type"] == "application/ld+json"
    assert "@context" in answer.json()
    assert not answer.links


def test_geojson_is_a_feature(client: Client) -> None:
    where = {"type": "Point", "coordinates": [106.7, 10.8]}
    client("POST", "entities", car(location={"type": "GeoProperty", "value": where}))
    feature = client("GET", f"entities/{CAR}", accept="application/geo+json").json()
    assert (feature["type"], feature["geometry"], feature["properties"]["type"]) == ("Feature", where, "Car")


def test_concise_and_simplified_forms(client: Client) -> None:
    client("POST", "entities", car(name="Tàu"))
    assert client("GET", f"entities/{CAR}?options=concise").json()["speed"] == {
        "value": 50,
        "unitCode": "KMH",
    }
    assert simple(client) == {"id": CAR, "type": "Car", "speed": 50, "name": "Tàu"}


def test_system_times_are_shown_when_asked_for(client: Client) -> None:
    client("POST", "entities", car())
    shown = client("GET", f"entities/{CAR}?options=sysAttrs").json()
    assert shown["createdAt"] == shown["modifiedAt"] == shown["speed"]["createdAt"]


def test_only_the_attributes_asked_for_are_shown(client: Client) -> None:
    client("POST", "entities", car(name="x", colour="red"))
    assert client("GET", f"entities/{CAR}?attrs=name&options=keyValues").json() == {
        "id": CAR,
        "type": "Car",
        "name": "x",
    }
    assert client("GET", f"entities/{CAR}?pick=name&options=keyValues").json() == {"name": "x"}
    assert "name" not in client("GET", f"entities/{CAR}?omit=name").json()


def test_what_was_shown_before_is_not_shown_after_a_change(client: Client) -> None:
    client("POST", "entities", car())
    before = client("GET", f"entities/{CAR}")
    client("PATCH", f"entities/{CAR}/attrs", {"speed": 60})
    after = client("GET", f"entities/{CAR}", if_none_match=before.headers["etag"])
    assert (after.status, after.json()["speed"]["value"]) == (200, 60)


def test_an_unchanged_entity_is_not_sent_again(client: Client) -> None:
    client("POST", "entities", car())
    tag = client("GET", f"entities/{CAR}").headers["etag"]
    again = client("GET", f"entities/{CAR}", if_none_match=tag)
    assert (again.status, again.body) == (304, b"")


def test_replacing_leaves_only_what_was_given(client: Client) -> None:
    client("POST", "entities", car())
    assert client("PUT", f"entities/{CAR}", {"type": "Car", "colour": "red"}).status == 204
    assert simple(client) == {"id": CAR, "type": "Car", "colour": "red"}


def test_merging_changes_what_was_given_and_null_takes_away(client: Client) -> None:
    client("POST", "entities", car(name="x"))
    assert (
        client("PATCH", f"entities/{CAR}", {"speed": {"value": 70}, "name": "urn:ngsi-ld:null"}).status == 204
    )
    assert client("GET", f"entities/{CAR}").json()["speed"] == {
        "type": "Property",
        "value": 70,
        "unitCode": "KMH",
    }
    assert "name" not in simple(client)


def test_a_merge_may_come_as_merge_patch_json(client: Client) -> None:
    client("POST", "entities", car())
    answer = client("PATCH", f"entities/{CAR}", {"speed": 1}, content_type="application/merge-patch+json")
    assert answer.status == 204


def test_a_deleted_entity_is_gone_and_can_be_created_anew(client: Client) -> None:
    client("POST", "entities", car())
    assert client("DELETE", f"entities/{CAR}").status == 204
    assert client("GET", f"entities/{CAR}").status == 404
    assert client("DELETE", f"entities/{CAR}").error == "ResourceNotFound"
    assert client("POST", "entities", car(colour="red")).status == 201
    assert simple(client)["colour"] == "red"


def test_attributes_are_appended_and_overwritten(client: Client) -> None:
    client("POST", "entities", car())
    assert client("POST", f"entities/{CAR}/attrs", {"speed": 1, "name": "x"}).status == 204
    assert simple(client) == {"id": CAR, "type": "Car", "speed": 1, "name": "x"}


def test_attributes_are_not_overwritten_when_told_so(client: Client) -> None:
    client("POST", "entities", car())
    answer = client("POST", f"entities/{CAR}/attrs?options=noOverwrite", {"speed": 1, "name": "x"})
    assert answer.status == 207
    assert answer.json()["updated"] == ["name"]
    assert answer.json()["notUpdated"][0]["attributeName"] == "speed"


def test_an_update_adds_attributes_that_do_not_exist_but_no_scope(client: Client) -> None:
    client("POST", "entities", car())
    assert client("PATCH", f"entities/{CAR}/attrs", {"speed": 2, "name": "x"}).status == 204
    answer = client("PATCH", f"entities/{CAR}/attrs", {"scope": "/x"})
    assert (answer.status, answer.json()["notUpdated"][0]["attributeName"]) == (207, "scope")


def test_a_scope_is_deleted_like_an_attribute_and_not_replaced_like_one(client: Client) -> None:
    client("POST", "entities", car() | {"scope": "/a"})
    assert client("PUT", f"entities/{CAR}/attrs/scope", {"type": "Property", "value": 1}).status == 400
    assert client("DELETE", f"entities/{CAR}/attrs/scope").status == 204
    assert "scope" not in client("GET", f"entities/{CAR}").json()
    assert client("DELETE", f"entities/{CAR}/attrs/scope").status == 404


def test_one_attribute_is_updated_in_part_replaced_and_deleted(client: Client) -> None:
    client("POST", "entities", car())
    assert client("PATCH", f"entities/{CAR}/attrs/speed", {"value": 3}).status == 204
    assert client("GET", f"entities/{CAR}").json()["speed"] == {
        "type": "Property",
        "value": 3,
        "unitCode": "KMH",
    }
    assert client("PUT", f"entities/{CAR}/attrs/speed", {"type": "Property", "value": 4}).status == 204
    assert client("GET", f"entities/{CAR}").json()["speed"] == {"type": "Property", "value": 4}
    assert client("DELETE", f"entities/{CAR}/attrs/speed").status == 204
    assert client("DELETE", f"entities/{CAR}/attrs/speed").error == "ResourceNotFound"


def test_instances_of_an_attribute_are_told_apart_by_dataset(client: Client) -> None:
    other = {"type": "Property", "value": 51, "datasetId": "urn:gps:2"}
    client("POST", "entities", car(speed=[{"type": "Property", "value": 50}, other]))
    assert client("DELETE", f"entities/{CAR}/attrs/speed?datasetId=urn:gps:2").status == 204
    assert client("GET", f"entities/{CAR}").json()["speed"] == {"type": "Property", "value": 50}


def test_a_change_may_be_meant_for_one_type_only(client: Client) -> None:
    client("POST", "entities", car())
    assert client("DELETE", f"entities/{CAR}?type=Bus").status == 404
    assert client("DELETE", f"entities/{CAR}?type=Car").status == 204


def test_ids_with_slashes_are_reached_when_encoded(client: Client) -> None:
    client("POST", "entities", car(id="http://example.org/car/1"))
    assert client("GET", "entities/http%3A%2F%2Fexample.org%2Fcar%2F1").json()["type"] == "Car"


def test_an_entity_past_its_time_is_not_there(client: Client) -> None:
    client("POST", "entities", car(expiresAt="2020-01-01T00:00:00Z"))
    assert client("GET", f"entities/{CAR}").status == 404
    assert client("GET", "entities?type=Car").json() == []
    assert client("POST", "entities", car()).status == 201


def test_tenants_do_not_see_each_other(client: Client) -> None:
    assert client("POST", "entities", car(), ngsild_tenant="north").status == 201
    assert client("GET", f"entities/{CAR}").status == 404
    there = client("GET", f"entities/{CAR}", ngsild_tenant="north")
    assert (there.status, there.headers["ngsild-tenant"]) == (200, "north")
    assert client("GET", "entities?type=Car", ngsild_tenant="south").error == "NonexistentTenant"


def test_a_tenant_is_created_by_creating_only(client: Client) -> None:
    answer = client("DELETE", f"entities/{CAR}", ngsild_tenant="nowhere")
    assert (answer.status, answer.error) == (404, "NonexistentTenant")


def test_head_has_no_body(client: Client) -> None:
    client("POST", "entities", car())
    answer = client("HEAD", f"entities/{CAR}")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_a_resource_says_which_methods_it_has(client: Client) -> None:
    refused = client("DELETE", "types")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "PATCH" in client("OPTIONS", f"entities/{CAR}").headers["allow"]


def test_what_comes_later_says_so(client: Client) -> None:
    assert client("GET", "subscriptions").status == 501
    assert client("POST", "csourceRegistrations", {}).status == 501


def test_the_source_says_who_it_is(client: Client) -> None:
    assert client("GET", "info/sourceIdentity").json()["type"] == "ContextSourceIdentity"
