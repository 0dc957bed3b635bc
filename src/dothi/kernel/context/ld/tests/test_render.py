"""Answers in every representation."""

import json

import pytest

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.merge import create
from dothi.kernel.context.ld.names import time_us
from dothi.kernel.context.ld.render import Form, as_dict, feature, feature_collection, render, render_many

CORE = Contexts().core
V = CORE.definitions.vocab
NOW = time_us("2026-01-01T00:00:00Z")
POINT = {"type": "Point", "coordinates": [106.7, 10.8]}
EVERYTHING = {
    "id": "urn:x:1",
    "type": ["A", "B"],
    "scope": "/a",
    "plain": {"type": "Property", "value": 5},
    "unit": {"type": "Property", "value": 5.5, "unitCode": "CEL", "observedAt": "2020-01-01T00:00:00Z"},
    "text": {"type": "Property", "value": "Bến Thành"},
    "array": {"type": "Property", "value": [1, 2]},
    "object": {"type": "Property", "value": {"city": "Huế"}},
    "place": {"type": "GeoProperty", "value": POINT},
    "to": {"type": "Relationship", "object": "urn:b:1", "objectType": "B"},
    "colour": {"type": "LanguageProperty", "languageMap": {"vi": "đỏ", "en-US": "red"}},
    "sex": {"type": "VocabProperty", "vocab": "Female"},
    "json": {"type": "JsonProperty", "json": {"id": None}},
    "list": {"type": "ListProperty", "valueList": [1, 2]},
    "route": {"type": "ListRelationship", "objectList": [{"object": "urn:b:1"}]},
    "deep": {"type": "Property", "value": 1, "acc": {"type": "Property", "value": 2, "by": {"type": "Relationship", "object": "urn:b:1"}}},
    "many": [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d:1"}],
}  # fmt: skip


def stored(document):
    return create(parse_entity(document, CORE), NOW).entity


ENTITY = stored(EVERYTHING)


def shown(**form):
    return as_dict(ENTITY, CORE, Form(**form))


def test_normalized_is_what_was_given():
    assert shown() == EVERYTHING


def test_concise_leaves_out_what_can_be_inferred():
    assert shown(representation="concise") == {
        "id": "urn:x:1",
        "type": ["A", "B"],
        "scope": "/a",
        "plain": 5,
        "unit": {"value": 5.5, "unitCode": "CEL", "observedAt": "2020-01-01T00:00:00Z"},
        "text": "Bến Thành",
        "array": [1, 2],
        "object": {"value": {"city": "Huế"}},
        "place": POINT,
        "to": {"object": "urn:b:1", "objectType": "B"},
        "colour": {"languageMap": {"vi": "đỏ", "en-US": "red"}},
        "sex": {"vocab": "Female"},
        "json": {"json": {"id": None}},
        "list": {"valueList": [1, 2]},
        "route": {"objectList": [{"object": "urn:b:1"}]},
        "deep": {"value": 1, "acc": {"value": 2, "by": {"object": "urn:b:1"}}},
        "many": [{"value": 1}, {"value": 2, "datasetId": "urn:d:1"}],
    }


def test_key_values_have_the_values_only():
    assert shown(representation="keyValues") == {
        "id": "urn:x:1",
        "type": ["A", "B"],
        "scope": "/a",
        "plain": 5,
        "unit": 5.5,
        "text": "Bến Thành",
        "array": [1, 2],
        "object": {"city": "Huế"},
        "place": POINT,
        "to": "urn:b:1",
        "colour": {"languageMap": {"vi": "đỏ", "en-US": "red"}},
        "sex": {"vocab": "Female"},
        "json": {"json": {"id": None}},
        "list": [1, 2],
        "route": ["urn:b:1"],
        "deep": 1,
        "many": {"dataset": {"@none": 1, "urn:d:1": 2}},
    }


@pytest.mark.parametrize("representation", ["normalized", "concise"])
def test_system_times_are_shown_when_asked_for(representation):
    found = shown(representation=representation, sys_attrs=True)
    for part in (found, found["unit"], found["deep"], found["place"], found["colour"], found["plain"]):
        assert part["createdAt"] == part["modifiedAt"] == "2026-01-01T00:00:00Z"
    assert found["plain"]["value"] == 5


@pytest.mark.parametrize(
    ("lang", "language", "text"),
    [(("vi",), "vi", "đỏ"), (("VI",), "vi", "đỏ"), (("vi-VN",), "vi", "đỏ"), (("en",), "en-US", "red"), (("fr", "en-US"), "en-US", "red"),
     (("fr",), "vi", "đỏ"), (("*",), "vi", "đỏ")],
)  # fmt: skip
def test_a_language_filter_turns_language_maps_into_text(lang, language, text):
    assert shown(lang=lang)["colour"] == {"type": "Property", "value": text, "lang": language}
    assert shown(lang=lang, representation="keyValues")["colour"] == text


def test_projections_show_a_part():
    attrs = frozenset({f"{V}plain"})
    assert list(shown(attrs=attrs)) == ["id", "type", "scope", "plain"]
    assert list(shown(pick=attrs | {"id"})) == ["id", "plain"]
    assert "plain" not in shown(omit=attrs | {"id"})
    assert "id" not in shown(omit=attrs | {"id"})


def test_datasets_select_instances():
    assert shown(datasets=frozenset({"urn:d:1"})) == {
        "id": "urn:x:1", "type": ["A", "B"], "scope": "/a", "many": {"type": "Property", "value": 2, "datasetId": "urn:d:1"}}  # fmt: skip
    assert shown(datasets=frozenset({""}))["many"] == {"type": "Property", "value": 1}


def test_another_context_shows_other_names():
    other = Contexts().of({"acc": "https://x.org/acc"})
    found = as_dict(stored({"id": "urn:x:1", "type": "T", "a": {"value": 1, "https://x.org/acc": 2}}), other)
    assert found["a"] == {"type": "Property", "value": 1, "acc": {"type": "Property", "value": 2}}
    core = as_dict(stored({"id": "urn:x:1", "type": "T", "a": {"value": 1, "https://x.org/acc": 2}}), CORE)
    assert "https://x.org/acc" in core["a"]


def test_the_context_is_a_member_when_given():
    assert json.loads(render(ENTITY, CORE, context="https://x.org/c"))["@context"] == "https://x.org/c"


def test_many_entities_are_an_array():
    assert json.loads(render_many([ENTITY, ENTITY], CORE)) == [EVERYTHING, EVERYTHING]
    assert render_many([], CORE) == b"[]"


def test_an_entity_without_anything_to_show_is_an_empty_object():
    assert render(ENTITY, CORE, Form(pick=frozenset({"https://x.org/none"}))) == b"{}"


def test_names_that_need_escaping_are_escaped():
    found = as_dict(stored({"id": "urn:x:1", "type": "T", "https://x.org/a\u00e9": 1}), CORE)
    assert found["https://x.org/aé"] == {"type": "Property", "value": 1}


def test_an_entity_is_a_feature_at_its_location():
    found = feature(stored({"id": "urn:x:1", "type": "T", "a": 1, "location": POINT}), CORE)
    assert found == {
        "id": "urn:x:1",
        "type": "Feature",
        "geometry": POINT,
        "properties": {
            "type": "T", "a": {"type": "Property", "value": 1}, "location": {"type": "GeoProperty", "value": POINT}},
    }  # fmt: skip


def test_a_feature_may_be_placed_by_another_geometry_or_nowhere():
    assert feature(ENTITY, CORE)["geometry"] is None
    assert feature(ENTITY, CORE, geometry=f"{V}place")["geometry"] == POINT
    assert feature(ENTITY, CORE, geometry=f"{V}plain")["geometry"] is None


def test_a_feature_collection_holds_features_with_simple_values():
    found = json.loads(
        feature_collection([ENTITY], CORE, Form("keyValues"), geometry=f"{V}place", context="https://x.org/c")
    )
    assert found["type"] == "FeatureCollection"
    assert found["features"][0]["properties"]["plain"] == 5
    assert found["@context"] == "https://x.org/c"


def test_the_end_of_a_transient_entity_is_shown():
    found = as_dict(stored({"id": "urn:x:1", "type": "T", "expiresAt": "2030-01-01T00:00:00Z"}), CORE)
    assert found["expiresAt"] == "2030-01-01T00:00:00Z"
