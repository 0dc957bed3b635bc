"""What every form of an attribute is stored as."""

import pytest

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import context_of, parse_attribute, parse_entity
from dothi.kernel.context.ld.model import dump_instances, load_instances
from dothi.kernel.context.ld.names import time_text, time_us

CORE = Contexts().core
V = "https://uri.etsi.org/ngsi-ld/default-context/"
HEAD = {"id": "urn:ngsi-ld:T:1", "type": "T"}
NULL = "urn:ngsi-ld:null"
POINT = {"type": "Point", "coordinates": [106.7, 10.8]}


def stored(value, kind="create", **options):
    parsed = parse_entity(HEAD | {"a": value}, CORE, kind=kind, **options)
    [instance] = parsed.attributes[f"{V}a"]
    return instance


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"type": "Property", "value": 5}, {"type": "Property", "value": 5}),
        (5, {"type": "Property", "value": 5}),
        ("text", {"type": "Property", "value": "text"}),
        (True, {"type": "Property", "value": True}),
        ([1, 2], {"type": "Property", "value": [1, 2]}),
        (["a", "b"], {"type": "Property", "value": ["a", "b"]}),
        ([{"x": 1}, {"x": 2}], {"type": "Property", "value": [{"x": 1}, {"x": 2}]}),
        ({"value": 5, "unitCode": "CEL"}, {"type": "Property", "value": 5, "unitCode": "CEL"}),
        ({"city": "Huế"}, {"type": "Property", "value": {"city": "Huế"}}),
        ({"type": "PostalAddress", "city": "Huế"}, {"type": "Property", "value": {"type": "PostalAddress", "city": "Huế"}}),
        (POINT, {"type": "GeoProperty", "value": POINT}),
        ({"value": POINT}, {"type": "GeoProperty", "value": POINT}),
        ({"type": "GeoProperty", "value": POINT}, {"type": "GeoProperty", "value": POINT}),
        ({"object": "urn:b:1"}, {"type": "Relationship", "object": "urn:b:1"}),
        ({"object": ["urn:b:1", "urn:b:2"]}, {"type": "Relationship", "object": ["urn:b:1", "urn:b:2"]}),
        (
            {"object": "urn:b:1", "objectType": "B"},
            {"type": "Relationship", "object": "urn:b:1", "objectType": f"{V}B"},
        ),
        ({"languageMap": {"vi": "đỏ", "en": ["red"]}}, {"type": "LanguageProperty", "languageMap": {"vi": "đỏ", "en": ["red"]}}),
        ({"vocab": "Male"}, {"type": "VocabProperty", "vocab": f"{V}Male"}),
        ({"vocab": ["Male", "https://x.org/F"]}, {"type": "VocabProperty", "vocab": [f"{V}Male", "https://x.org/F"]}),
        ({"json": {"id": None, "type": 5}}, {"type": "JsonProperty", "json": {"id": None, "type": 5}}),
        ({"json": None}, {"type": "JsonProperty", "json": None}),
        ({"valueList": [1, [2]]}, {"type": "ListProperty", "valueList": [1, [2]]}),
        ({"objectList": ["urn:b:1"]}, {"type": "ListRelationship", "objectList": [{"object": "urn:b:1"}]}),
        ({"objectList": [{"object": "urn:b:1"}]}, {"type": "ListRelationship", "objectList": [{"object": "urn:b:1"}]}),
        ({"value": 5, "acc": 0.1}, {"type": "Property", "value": 5, f"{V}acc": {"type": "Property", "value": 0.1}}),
        (
            {"value": 5, "by": {"object": "urn:b:1", "since": {"value": 1}}},
            {"type": "Property", "value": 5, f"{V}by": {
                "type": "Relationship", "object": "urn:b:1", f"{V}since": {"type": "Property", "value": 1}}},
        ),
        (
            {"value": 5, "b": [{"value": 1, "datasetId": "urn:d:1"}, {"value": 2}]},
            {"type": "Property", "value": 5, f"{V}b": [
                {"type": "Property", "value": 1, "datasetId": "urn:d:1"}, {"type": "Property", "value": 2}]},
        ),
        ({"value": 5, "valueType": "xyz"}, {"type": "Property", "value": 5, "valueType": f"{V}xyz"}),
        (
            {"https://uri.etsi.org/ngsi-ld/hasValue": 5, "@type": "https://uri.etsi.org/ngsi-ld/Property"},
            {"type": "Property", "value": 5},
        ),
        ({"value": 5, "ngsi-ld:unitCode": "CEL"}, {"type": "Property", "value": 5, "unitCode": "CEL"}),
        ({"type": "Property", "value": 5, "createdAt": "2020-01-01T00:00:00Z"}, {"type": "Property", "value": 5}),
        ({"type": "Property", "value": {"@type": "@json", "@value": None}}, {"type": "Property", "value": {"@type": "@json", "@value": None}}),
    ],
)  # fmt: skip
def test_every_form_is_stored_normalized_with_full_names(given, body):
    assert stored(given).decoded() == body


def test_members_of_plain_attributes_are_stored_in_one_order():
    one = stored({"observedAt": "2020-01-01T00:00:00Z", "unitCode": "CEL", "value": 5, "type": "Property"})
    assert (
        bytes(one.body)
        == b'{"type":"Property","value":5,"unitCode":"CEL","observedAt":"2020-01-01T00:00:00Z"}'
    )


def test_the_time_is_kept_in_microseconds():
    one = stored({"value": 5, "observedAt": "2020-01-01T00:00:00.5Z"})
    assert one.observed_us == 1577836800_500_000


def test_a_decimal_comma_in_a_time_is_read_and_stored_as_a_point():
    for attribute in ({"type": "Property", "value": 5}, {"value": 5, "b": 1}):
        one = stored(attribute | {"observedAt": "2020-01-01T00:00:00,5Z"})
        assert one.decoded()["observedAt"] == "2020-01-01T00:00:00.5Z"


@pytest.mark.parametrize(
    "text",
    ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5Z", "1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"],
)
def test_a_time_is_written_as_it_was_read(text):
    assert time_text(time_us(text)) == text


@pytest.mark.parametrize(("value", "number"), [(5, 5), (5.5, 5.5), (True, None), ("5", None), ([5], None)])
def test_a_number_is_known_without_decoding_the_body(value, number):
    assert stored({"type": "Property", "value": value}).number == number
    assert stored(value).number == number
    assert stored({"value": value, "b": 1}).number == number


def test_several_instances_are_told_apart_by_their_dataset():
    parsed = parse_entity(HEAD | {"a": [{"value": 1}, {"value": 2, "datasetId": "urn:d:1"}]}, CORE)
    assert [(each.dataset, each.number) for each in parsed.attributes[f"{V}a"]] == [("", 1), ("urn:d:1", 2)]


def test_types_are_expanded_and_given_once():
    parsed = parse_entity({"id": "urn:x:1", "type": ["A", "B", "A"]}, CORE)
    assert parsed.types == (f"{V}A", f"{V}B")


def test_scopes_get_their_slash():
    assert parse_entity(HEAD | {"scope": ["a/b", "/c"]}, CORE).scopes == ("/a/b", "/c")
    assert parse_entity(HEAD, CORE).scopes is None


def test_an_entity_may_expire():
    assert parse_entity(HEAD | {"expiresAt": "2030-01-01T00:00:00Z"}, CORE).expires_us == time_us(
        "2030-01-01T00:00:00Z"
    )


def test_system_times_sent_by_a_client_are_ignored():
    parsed = parse_entity(HEAD | {"createdAt": "2020-01-01T00:00:00Z", "modifiedAt": "x", "a": 1}, CORE)
    assert list(parsed.attributes) == [f"{V}a"]


def test_json_ld_keywords_name_id_and_type():
    parsed = parse_entity({"@id": "urn:x:1", "@type": "T", "a": 1}, CORE)
    assert (parsed.id, parsed.types) == ("urn:x:1", (f"{V}T",))


def test_bytes_and_objects_are_read_alike():
    assert parse_entity(b'{"id":"urn:ngsi-ld:T:1","type":"T","a":5}', CORE) == parse_entity(
        HEAD | {"a": 5}, CORE
    )


def test_the_context_of_an_entity_is_found_without_reading_the_rest():
    assert context_of(b'{"a":1,"@context":["https://x.org/c"]}') == b'["https://x.org/c"]'
    assert context_of(b'{"a":1}') is None
    assert context_of(b"no json") is None


@pytest.mark.parametrize("value", [{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
                                   {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]]},
                                   {"type": "LineString", "coordinates": [[0, 0], [1, 0]]},
                                   {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 0]]]},
                                   {"type": "MultiPoint", "coordinates": [[0, 0], [1, 0, 5]]}])  # fmt: skip
def test_every_geometry_but_the_collection_is_a_place(value):
    assert stored(value).decoded() == {"type": "GeoProperty", "value": value}


@pytest.mark.parametrize(
    "value",
    [NULL, {"type": "Property", "value": NULL}, {"object": NULL}, {"languageMap": {"@none": NULL}}, {"vocab": NULL},
     {"json": NULL}, {"valueList": [NULL]}, {"objectList": [NULL]}, {"type": "GeoProperty", "value": NULL}],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["update", "fragment", "merge"])
def test_ngsi_ld_null_marks_a_deletion_in_updates(value, kind):
    assert stored(value, kind=kind).null


def test_a_deletion_says_which_instance():
    assert stored({"value": NULL, "datasetId": "urn:d:1"}, kind="fragment").dataset == "urn:d:1"


def test_simplified_input_takes_values_as_they_are():
    assert stored({"type": "Property", "value": 1}, simplified=True).decoded() == {
        "type": "Property", "value": {"type": "Property", "value": 1}}  # fmt: skip
    assert stored({"languageMap": {"vi": "đỏ"}}, simplified=True).kind == "LanguageProperty"
    assert stored(POINT, simplified=True).kind == "GeoProperty"


def test_a_merge_may_leave_out_type_and_value():
    assert stored({"unitCode": "CEL"}, kind="merge").decoded() == {"unitCode": "CEL"}
    assert stored({"acc": {"value": 1}}, kind="merge").decoded() == {f"{V}acc": {"value": 1}}
    assert stored({"street": "x"}, kind="merge").decoded() == {"value": {"street": "x"}}


def test_one_attribute_can_be_sent_alone():
    iri, [instance] = parse_attribute(b'{"value":5,"@context":[]}', "a", CORE)
    assert (iri, instance.number) == (f"{V}a", 5)


def test_instances_survive_their_codec():
    parsed = parse_entity(HEAD | {"a": [{"value": 1, "b": 2}, {"value": "x", "datasetId": "urn:d:1"}]}, CORE)
    instances = parsed.attributes[f"{V}a"]
    assert load_instances(dump_instances(instances)) == instances


def test_deep_says_that_names_inside_can_be_shortened():
    assert not stored({"type": "Property", "value": {"x": 1}, "unitCode": "C62"}).deep
    assert stored({"value": 1, "b": 2}).deep
    assert stored({"vocab": "x"}).deep
