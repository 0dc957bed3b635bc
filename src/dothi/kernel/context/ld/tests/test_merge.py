"""What each operation makes of a stored entity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.kernel.context.ld import merge
from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_attribute, parse_entity
from dothi.kernel.context.ld.errors import BadRequestData, ResourceNotFound
from dothi.kernel.context.ld.model import dump
from dothi.kernel.context.ld.names import time_us
from dothi.kernel.context.ld.render import Form, as_dict

CORE = Contexts().core
V = CORE.definitions.vocab
NULL = "urn:ngsi-ld:null"
T1, T2 = time_us("2026-01-01T00:00:00Z"), time_us("2026-01-02T00:00:00Z")
HEAD = {"id": "urn:x:1", "type": "T"}


def entity(**attributes):
    return merge.create(parse_entity(HEAD | attributes, CORE), T1).entity


def fragment(kind="fragment", **members):
    return parse_entity(members, CORE, kind=kind)


def shown(outcome_or_entity, **form):
    found = getattr(outcome_or_entity, "entity", outcome_or_entity)
    result = as_dict(found, CORE, Form(**form))
    return {name: value for name, value in result.items() if name not in ("id", "type")}


def merged(before, patch, **options):
    return merge.merge(before, fragment("merge", **patch), T2, **options)


def names(iris):
    return [CORE.name(iri) for iri in iris]


def prop(value, **more):
    return {"type": "Property", "value": value} | more


def test_creation_stamps_entity_and_attributes():
    found = as_dict(entity(a=1), CORE, Form(sys_attrs=True))
    assert found["createdAt"] == found["modifiedAt"] == found["a"]["createdAt"] == "2026-01-01T00:00:00Z"


def test_update_overwrites_the_whole_attribute():
    outcome = merge.update(entity(a=prop(25, unitCode="CEL"), b=1), fragment(a=prop(100)), T2)
    assert shown(outcome) == {"a": prop(100), "b": prop(1)}
    assert names(outcome.updated) == ["a"]


def test_update_keeps_when_an_attribute_was_created():
    found = as_dict(merge.update(entity(a=1), fragment(a=2), T2).entity, CORE, Form(sys_attrs=True))
    assert (found["a"]["createdAt"], found["a"]["modifiedAt"]) == (
        "2026-01-01T00:00:00Z",
        "2026-01-02T00:00:00Z",
    )
    assert (found["createdAt"], found["modifiedAt"]) == ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")


def test_update_adds_new_attributes_and_types():
    outcome = merge.update(entity(a=1), fragment(type="U", b=2), T2)
    assert shown(outcome) == {"a": prop(1), "b": prop(2)}
    assert names(outcome.entity.types) == ["T", "U"]


def test_update_leaves_the_entity_given_as_it_was():
    before = entity(a=1)
    bytes_before = dump(before)
    merge.update(before, fragment(a=2, b=3), T2)
    merged(before, {"a": NULL})
    merge.delete_attribute(before, f"{V}a", T2)
    assert dump(before) == bytes_before


def test_no_overwrite_leaves_existing_attributes_and_says_so():
    outcome = merge.update(entity(a=1), fragment(a=2, b=3), T2, overwrite=False)
    assert shown(outcome) == {"a": prop(1), "b": prop(3)}
    assert outcome.not_updated == [(f"{V}a", "the attribute exists and must not be overwritten")]


def test_an_update_adds_no_scope_to_an_entity_without_one_and_says_so():
    parsed = fragment(a=2, b=3)
    parsed.scopes = ("/a",)
    outcome = merge.update(entity(a=1), parsed, T2, adds_scope=False)
    assert shown(outcome) == {"a": prop(2), "b": prop(3)}
    assert outcome.entity.scopes == ()
    assert outcome.not_updated == [(merge.SCOPE, "the entity has no scope")]


def test_a_scope_that_must_not_be_overwritten_is_added_to():
    before, parsed = entity(a=1), fragment(b=3)
    before.scopes, parsed.scopes = ("/a",), ("/b", "/a")
    assert merge.update(before, parsed, T2, overwrite=False).entity.scopes == ("/a", "/b")


def test_an_update_of_one_instance_leaves_the_others():
    before = entity(a=[prop(1), prop(2, datasetId="urn:d:1")])
    outcome = merge.update(before, fragment(a=prop(9, datasetId="urn:d:1")), T2)
    assert shown(outcome)["a"] == [prop(1), prop(9, datasetId="urn:d:1")]


def test_an_instance_with_a_new_dataset_is_added():
    outcome = merge.update(entity(a=1), fragment(a=prop(9, datasetId="urn:d:1")), T2)
    assert shown(outcome)["a"] == [prop(1), prop(9, datasetId="urn:d:1")]


def test_null_deletes_the_attribute_or_the_instance_named():
    before = entity(a=[prop(1), prop(2, datasetId="urn:d:1")], b=1)
    assert shown(merge.update(before, fragment(a=NULL), T2)) == {
        "a": prop(2, datasetId="urn:d:1"),
        "b": prop(1),
    }
    outcome = merge.update(before, fragment(a=prop(NULL, datasetId="urn:d:1"), b=NULL), T2)
    assert shown(outcome) == {"a": prop(1)}
    assert names(iri for iri, _ in outcome.deleted) == ["a", "b"]


def test_null_for_what_is_not_there_changes_nothing():
    outcome = merge.update(entity(a=1), fragment(b=NULL), T2)
    assert not outcome.touched
    assert outcome.entity.modified_us == T1


def test_scope_is_replaced_by_an_update():
    before = merge.create(parse_entity(HEAD | {"scope": "/a"}, CORE), T1).entity
    outcome = merge.update(before, fragment(scope="/b"), T2)
    assert outcome.entity.scopes == ("/b",)
    assert outcome.head_changed


def test_replace_drops_what_is_not_given_and_keeps_creation():
    outcome = merge.replace(entity(a=1, b=2), parse_entity(HEAD | {"b": 3}, CORE), T2)
    found = as_dict(outcome.entity, CORE, Form(sys_attrs=True))
    assert "a" not in found
    assert found["createdAt"] == found["b"]["createdAt"] == "2026-01-01T00:00:00Z"
    assert names(iri for iri, _ in outcome.deleted) == ["a"]


def test_merge_keeps_the_members_it_is_not_given():
    before = entity(a=prop(25, unitCode="CEL", observedAt="2022-03-14T01:59:26.535Z"))
    outcome = merged(before, {"a": prop(100, observedAt="2022-03-14T13:00:00.000Z")})
    assert shown(outcome)["a"] == prop(100, unitCode="CEL", observedAt="2022-03-14T13:00:00.000Z")
    assert outcome.changed[0][1].observed_us == time_us("2022-03-14T13:00:00Z")


def test_merge_goes_into_json_values():
    before = entity(a=prop({"street": "Lê Lợi", "city": "Huế", "country": "VN"}))
    outcome = merged(before, {"a": {"value": {"street": "Lê Duẩn", "country": NULL}}})
    assert shown(outcome)["a"] == prop({"street": "Lê Duẩn", "city": "Huế"})


def test_merge_replaces_arrays_and_geometries_as_a_whole():
    before = entity(a=[1, 2, 3], location={"type": "Point", "coordinates": [1, 2]})
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
    assert shown(merged(before, {"a": [4], "location": line})) == {
        "a": prop([4]), "location": {"type": "GeoProperty", "value": line}}  # fmt: skip


def test_merge_removes_members_and_sub_attributes_by_null():
    before = entity(a=prop(1, unitCode="CEL", b=prop(2), c=prop(3)))
    assert shown(merged(before, {"a": {"unitCode": NULL, "b": NULL}}))["a"] == prop(1, c=prop(3))


def test_merge_goes_into_sub_attributes():
    before = entity(a=prop(1, b=prop(2, unitCode="CEL")))
    assert shown(merged(before, {"a": {"b": {"value": 5}}}))["a"] == prop(1, b=prop(5, unitCode="CEL"))


def test_merge_adds_attributes_instances_and_types():
    outcome = merged(entity(a=1), {"type": "U", "b": 2, "a": prop(9, datasetId="urn:d:1")})
    assert shown(outcome) == {"a": [prop(1), prop(9, datasetId="urn:d:1")], "b": prop(2)}
    assert names(outcome.entity.types) == ["T", "U"]


def test_a_bare_value_keeps_the_type_of_the_attribute():
    before = entity(
        r={"object": "urn:b:1"},
        l={"languageMap": {"vi": "đỏ", "en": "red"}},
        v={"vocab": "x"},
        p={"objectList": ["urn:b:1"]},
    )
    outcome = merged(before, {"r": "urn:b:2", "l": "rouge", "p": ["urn:b:3"]}, lang="fr")
    assert shown(outcome, representation="concise") == {
        "r": {"object": "urn:b:2"},
        "l": {"languageMap": {"vi": "đỏ", "en": "red", "fr": "rouge"}},
        "v": {"vocab": "x"},
        "p": {"objectList": [{"object": "urn:b:3"}]},
    }


def test_merge_of_languages_removes_the_one_that_is_null():
    before = entity(l={"languageMap": {"vi": "đỏ", "en": "red"}})
    assert shown(merged(before, {"l": {"languageMap": {"en": NULL}}}))["l"]["languageMap"] == {"vi": "đỏ"}


def test_a_merge_may_change_the_type_of_an_attribute():
    assert shown(merged(entity(a=prop(1, b=prop(2))), {"a": {"type": "Relationship", "object": "urn:b:1"}}))["a"] == {
        "type": "Relationship", "object": "urn:b:1", "b": prop(2)}  # fmt: skip


def test_the_common_time_of_a_merge_goes_where_there_was_a_time():
    before = entity(
        a=prop(1, observedAt="2020-01-01T00:00:00Z"), b=1, c=prop(1, observedAt="2020-01-01T00:00:00Z")
    )
    patch = {"a": 2, "b": 2, "c": prop(2, observedAt="2021-01-01T00:00:00Z")}
    found = shown(merged(before, patch, observed_us=time_us("2026-01-01T00:00:00Z")))
    assert found == {
        "a": prop(2, observedAt="2026-01-01T00:00:00Z"), "b": prop(2), "c": prop(2, observedAt="2021-01-01T00:00:00Z")}  # fmt: skip


def test_a_merge_that_would_leave_no_value_is_refused():
    with pytest.raises(BadRequestData, match="without 'value'"):
        merged(entity(), {"a": {"unitCode": "CEL"}})


def test_partial_update_replaces_members_one_level_down():
    iri, patch = parse_attribute({"value": 100, "b": {"value": 5}}, "a", CORE, partial=True)
    outcome = merge.partial(entity(a=prop(25, unitCode="CEL", b=prop(1, unitCode="CEL"))), iri, patch, T2)
    assert shown(outcome)["a"] == prop(100, unitCode="CEL", b=prop(5))


def test_partial_update_removes_a_member_by_null_and_the_attribute_by_a_null_value():
    before = entity(a=prop(25, unitCode="CEL"))
    assert shown(merge.partial(before, *parse_attribute({"unitCode": NULL}, "a", CORE, partial=True), T2))[
        "a"
    ] == prop(25)
    assert shown(merge.partial(before, *parse_attribute({"value": NULL}, "a", CORE, partial=True), T2)) == {}


def test_partial_update_does_not_change_the_type():
    patch = parse_attribute({"type": "Relationship", "object": "urn:b:1"}, "a", CORE, partial=True)
    with pytest.raises(BadRequestData, match="is a Property"):
        merge.partial(entity(a=1), *patch, T2)


def test_replacing_an_attribute_keeps_its_creation_and_other_instances():
    before = entity(a=[prop(1, unitCode="CEL"), prop(2, datasetId="urn:d:1")])
    outcome = merge.replace_attribute(before, *parse_attribute(prop(9), "a", CORE), T2)
    assert shown(outcome)["a"] == [prop(9), prop(2, datasetId="urn:d:1")]
    assert outcome.changed[0][1].created_us == T1


def test_deleting_takes_the_default_instance_the_one_named_or_all():
    before = entity(a=[prop(1), prop(2, datasetId="urn:d:1")], b=1)
    assert shown(merge.delete_attribute(before, f"{V}a", T2))["a"] == prop(2, datasetId="urn:d:1")
    assert shown(merge.delete_attribute(before, f"{V}a", T2, dataset="urn:d:1"))["a"] == prop(1)
    assert shown(merge.delete_attribute(before, f"{V}a", T2, everything=True)) == {"b": prop(1)}


@pytest.mark.parametrize(("name", "dataset"), [("b", ""), ("a", "urn:d:9")])
def test_deleting_what_is_not_there_is_not_found(name, dataset):
    with pytest.raises(ResourceNotFound):
        merge.delete_attribute(entity(a=1), f"{V}{name}", T2, dataset=dataset)


json_values = st.recursive(
    st.integers(-9, 9) | st.text("abc", max_size=2) | st.just(NULL),
    lambda inner: (
        st.dictionaries(st.sampled_from("xyz"), inner, max_size=3) | st.lists(st.integers(), max_size=2)
    ),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from("xyz"), json_values, max_size=3)


def without_nulls(value):
    return merge.merge_patch({}, value)


@given(objects, objects)
def test_merging_twice_is_merging_once(target, patch):
    once = merge.merge_patch(without_nulls(target), patch)
    assert merge.merge_patch(once, patch) == once


@given(objects)
def test_an_empty_patch_changes_nothing(target):
    target = without_nulls(target)
    assert merge.merge_patch(target, {}) == target


@given(objects, objects)
def test_no_null_survives_a_merge(target, patch):
    assert NULL not in str(merge.merge_patch(without_nulls(target), patch))


@given(objects, st.sampled_from("xyz"), st.integers())
def test_a_member_set_is_there_and_others_stay(target, name, value):
    target = without_nulls(target)
    result = merge.merge_patch(target, {name: value})
    assert result[name] == value
    assert {k: v for k, v in result.items() if k != name} == {k: v for k, v in target.items() if k != name}
