"""Query strings and query bodies."""

import pytest

from dothi.kernel.context.ld import params, params_write
from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.errors import BadRequestData, InvalidRequest, TooManyResults
from dothi.kernel.context.ld.names import time_us

CORE = Contexts().core
V = CORE.definitions.vocab
TIME = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}


def query(**parameters):
    return params.query_entities({"type": "A"} | parameters, CORE)


def test_a_query_has_its_conditions_page_and_form():
    found = query(
        q="a>1",
        limit="5",
        offset="10",
        count="true",
        options="keyValues,sysAttrs",
        id="urn:x:1",
        scopeQ="/a",
        lang="vi",
    )
    assert (found.limit, found.offset, found.count) == (5, 10, True)
    assert (found.form.representation, found.form.sys_attrs, found.form.lang) == ("keyValues", True, ("vi",))
    assert found.select.ids == {"urn:x:1"}
    assert found.select.types.mentions == {f"{V}A"}
    assert found.select.q.needs == {f"{V}a"}


def test_a_query_has_defaults():
    found = query()
    assert (found.limit, found.offset, found.count, found.form.representation, found.local) == (
        20,
        0,
        False,
        "normalized",
        False,
    )


@pytest.mark.parametrize(
    ("parameters", "representation"),
    [
        ({"options": "concise"}, "concise"),
        ({"format": "simplified"}, "keyValues"),
        ({"format": "concise", "options": "keyValues"}, "concise"),
        ({}, "normalized"),
    ],
)
def test_format_counts_before_options(parameters, representation):
    assert query(**parameters).form.representation == representation


def test_attrs_select_and_show():
    found = params.query_entities({"attrs": "a,b"}, CORE)
    assert found.select.attrs == found.form.attrs == {f"{V}a", f"{V}b"}


def test_an_id_outranks_a_pattern():
    found = query(id="urn:x:1", idPattern="^urn:y")
    assert found.select.matches_id is None
    assert query(idPattern="^urn:y").select.matches_id("urn:y:1")


def test_every_type_may_be_asked_for_locally():
    assert params.query_entities({"type": "*", "local": "true"}, CORE).select.types is None


@pytest.mark.parametrize(
    ("parameters", "error", "phrase"),
    [
        ({"typ": "A"}, InvalidRequest, "did you mean 'type'"),
        ({"invalidParam": "x"}, InvalidRequest, "invalidParam: is not a parameter"),
        ({"timerel": "after"}, InvalidRequest, "timerel: is not a parameter"),
        ({"limit": "-1"}, BadRequestData, "limit:"),
        ({"limit": "x"}, BadRequestData, "limit:"),
        ({"limit": "0"}, BadRequestData, "count=true"),
        ({"limit": "1001"}, TooManyResults, "limit:"),
        ({"offset": "-1"}, BadRequestData, "offset:"),
        ({"count": "maybe"}, BadRequestData, "count:"),
        ({"options": "pretty"}, InvalidRequest, "options: 'pretty' is none of"),
        ({"options": "keyValues,concise"}, BadRequestData, "exclude each other"),
        ({"options": "temporalValues"}, InvalidRequest, "options:"),
        ({"format": "xml"}, InvalidRequest, "format: 'xml' is none of"),
        ({"attrs": "a,,b"}, BadRequestData, "attrs:"),
        ({"attrs": "a b"}, BadRequestData, "attrs"),
        ({"attrs": "a", "pick": "b"}, BadRequestData, "attrs:"),
        ({"attrs": "a", "omit": "b"}, BadRequestData, "attrs:"),
        ({"pick": "a,b", "omit": "b"}, BadRequestData, "b is in pick and in omit"),
        ({"pick": "a{b}"}, BadRequestData, "needs join"),
        ({"lang": "x y"}, BadRequestData, "lang:"),
        ({"datasetId": "x"}, BadRequestData, "datasetId:"),
        ({"id": "x"}, BadRequestData, "id: 'x' is not a URI"),
        ({"idPattern": "("}, BadRequestData, "idPattern:"),
        ({"q": "a>"}, BadRequestData, "q: expected a value at position 3"),
        ({"q": "a{b}"}, BadRequestData, "deeper than join"),
        ({"q": "a{b{c}}", "join": "flat"}, BadRequestData, "deeper than join"),
        ({"scopeQ": "//"}, BadRequestData, "scopeQ:"),
        ({"georel": "within"}, BadRequestData, "also needs geometry and coordinates"),
        ({"geometry": "Point", "coordinates": "[1,2]"}, BadRequestData, "also needs georel"),
        ({"geometryProperty": "location"}, BadRequestData, "application/geo+json"),
        ({"join": "sideways"}, BadRequestData, "join:"),
        ({"joinLevel": "2"}, BadRequestData, "joinLevel: needs join"),
        ({"join": "inline", "joinLevel": "0"}, BadRequestData, "joinLevel:"),
    ],
)
def test_a_wrong_query_is_refused(parameters, error, phrase):
    with pytest.raises(error) as caught:
        query(**parameters)
    assert phrase in str(caught.value)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"id": "urn:x:1"},
        {"attrs": "createdAt"},
        {"q": "modifiedAt>2020-01-01T00:00:00Z"},
        {"scopeQ": "/a"},
    ],
)
def test_a_query_that_is_too_wide_is_refused_unless_local(parameters):
    with pytest.raises(BadRequestData, match="too wide"):
        params.query_entities(parameters, CORE)
    assert params.query_entities(parameters | {"local": "true"}, CORE).local


def test_linked_entities_are_joined():
    found = query(join="inline", joinLevel="2", containedBy="urn:x:1", pick="a{b}", q="c{d{e}}")
    assert (found.join.mode, found.join.level, found.join.contained_by) == ("inline", 2, {"urn:x:1"})


def test_geojson_may_choose_its_geometry():
    assert (
        params.query_entities({"type": "A", "geometryProperty": "area"}, CORE, geojson=True).geometry
        == f"{V}area"
    )


def test_retrieval_takes_a_type_and_a_form():
    found = params.retrieve_entity({"type": "A", "options": "concise"}, CORE)
    assert found.form.representation == "concise"
    assert found.types([f"{V}A"])
    with pytest.raises(InvalidRequest):
        params.retrieve_entity({"q": "a"}, CORE)


def test_a_query_body_gives_one_query_for_each_selector():
    body = {
        "type": "Query", "entities": [{"type": "A"}, {"id": ["urn:x:1", "urn:x:2"], "type": "B"}, {"idPattern": "^urn", "type": "C"}],
        "attrs": ["a", "b"], "q": "a>1", "geoQ": {"georel": "near;maxDistance==5", "geometry": "Point", "coordinates": [1, 2]},
    }  # fmt: skip
    first, second, third = params.query_body(body, {"limit": "5"}, CORE)
    assert first.select.types.mentions == {f"{V}A"}
    assert second.select.ids == {"urn:x:1", "urn:x:2"}
    assert third.select.matches_id("urn:z")
    assert {first.select.geo.relation, second.select.geo.relation} == {"maxDistance"}
    assert first.form.attrs == {f"{V}a", f"{V}b"}
    assert third.limit == 5


@pytest.mark.parametrize(
    ("body", "phrase"),
    [
        ([], '"type": "Query"'), ({}, '"type": "Query"'), ({"type": "Q"}, "type:"), ({"type": "Query"}, "too wide"),
        ({"type": "Query", "foo": 1}, "foo: is not a member"), ({"type": "Query", "entities": []}, "entities:"),
        ({"type": "Query", "entities": {"type": "A"}}, "entities:"), ({"type": "Query", "entities": [{"typ": "A"}]}, "entities.typ"),
        ({"type": "Query", "entities": [{"type": 5}]}, "entities:"), ({"type": "Query", "entities": [{"type": "A", "id": "x"}]}, "entities.id"),
        ({"type": "Query", "entities": [{"type": "A"}], "attrs": [5]}, "attrs:"), ({"type": "Query", "entities": [{"type": "A"}], "geoQ": "x"}, "geoQ:"),
    ],
)  # fmt: skip
def test_a_wrong_query_body_is_refused(body, phrase):
    with pytest.raises(BadRequestData) as caught:
        params.query_body(body, {}, CORE)
    assert phrase in str(caught.value)


def test_a_temporal_query_needs_its_time():
    found = params.query_temporal({"type": "A", "lastN": "5", "options": "temporalValues"} | TIME, CORE)
    assert (found.time.last_n, found.representation) == (5, "temporalValues")
    with pytest.raises(BadRequestData, match="timerel"):
        params.query_temporal({"type": "A"}, CORE)


def test_a_temporal_retrieval_may_aggregate():
    found = params.retrieve_temporal({"options": "aggregatedValues", "aggrMethods": "avg"}, CORE)
    assert found.aggregation.methods == ("avg",)
    for wrong in (
        {"options": "aggregatedValues"},
        {"aggrMethods": "avg"},
        {"options": "aggregatedValues,temporalValues", "aggrMethods": "avg"},
    ):
        with pytest.raises(BadRequestData):
            params.retrieve_temporal(wrong, CORE)


def test_a_temporal_query_body_has_its_temporal_part():
    body = {"type": "Query", "entities": [{"type": "A"}], "temporalQ": TIME | {"lastN": 3}}
    [found] = params.query_temporal_body(body, {}, CORE)
    assert found.time.last_n == 3
    with pytest.raises(BadRequestData, match="temporalQ"):
        params.query_temporal_body({"type": "Query", "entities": [{"type": "A"}]}, {}, CORE)


def test_writes_have_their_options():
    assert params_write.append_attributes({"options": "noOverwrite"}, CORE)[1] is False
    assert params_write.append_attributes({}, CORE)[1] is True
    assert params_write.batch_upsert({}) == "replace"
    assert params_write.batch_upsert({"options": "update"}) == "update"
    assert params_write.batch_update({"options": "noOverwrite"}) is False
    assert params_write.discovery({"details": "true"}) is True
    assert params_write.plain_write({"local": "true"}) is True
    assert params_write.target({"type": "A"}, CORE).types([f"{V}A"])


def test_a_merge_has_a_common_time_and_language():
    found = params_write.merge_entity(
        {"options": "keyValues", "observedAt": "2020-01-01T00:00:00Z", "lang": "vi"}, CORE
    )
    assert (found.simplified, found.observed_us, found.lang) == (True, time_us("2020-01-01T00:00:00Z"), "vi")


def test_a_deletion_names_an_instance_or_all():
    assert params_write.delete_attribute({"deleteAll": "true"}, CORE).everything
    assert params_write.delete_attribute({"datasetId": "urn:d:1"}, CORE).dataset == "urn:d:1"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: params_write.plain_write({"options": "x"}), InvalidRequest),
        (lambda: params_write.target({"foo": "x"}, CORE), InvalidRequest),
        (lambda: params_write.append_attributes({"options": "overwrite"}, CORE), InvalidRequest),
        (lambda: params_write.batch_upsert({"options": "update,replace"}), BadRequestData),
        (lambda: params_write.batch_upsert({"options": "noOverwrite"}), InvalidRequest),
        (lambda: params_write.merge_entity({"observedAt": "now"}, CORE), BadRequestData),
        (lambda: params_write.merge_entity({"options": "sysAttrs"}, CORE), InvalidRequest),
        (
            lambda: params_write.delete_attribute({"deleteAll": "true", "datasetId": "urn:d:1"}, CORE),
            BadRequestData,
        ),
        (lambda: params_write.delete_attribute({"datasetId": "x"}, CORE), BadRequestData),
        (lambda: params_write.discovery({"details": "yes"}), BadRequestData),
    ],
)
def test_wrong_options_of_writes_are_refused(call, error):
    with pytest.raises(error):
        call()
