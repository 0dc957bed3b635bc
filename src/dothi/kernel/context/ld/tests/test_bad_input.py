"""Input the standard refuses: the error's type, and a detail that says what and where."""

import msgspec
import pytest

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import entities_of, parse_attribute, parse_entity
from dothi.kernel.context.ld.errors import BadRequestData, InvalidRequest, NgsiLdError

CORE = Contexts().core
HEAD = {"id": "urn:ngsi-ld:T:1", "type": "T"}
NULL = "urn:ngsi-ld:null"


def attribute(**members):
    return HEAD | {"a": members}


def prop(**members):
    return attribute(type="Property", value=1, **members)


def geo(geometry):
    return attribute(type="GeoProperty", value=geometry)


BAD = [
    ({"type": "T"}, "id: an entity needs an id"),
    ({"id": "urn:x:1"}, "type: an entity needs a type"),
    ({"id": 5, "type": "T"}, "id: 5 is not a URI"),
    ({"id": "camera7", "type": "T"}, "id: 'camera7' is not a URI"),
    ({"id": "urn:x:a b", "type": "T"}, "is not a URI"),
    ({"id": NULL, "type": "T"}, "is not a URI"),
    ({"id": "", "type": "T"}, "is not a URI"),
    ({"id": "urn:x:1", "type": ""}, "type:"),
    ({"id": "urn:x:1", "type": []}, "type: must be a type name"),
    ({"id": "urn:x:1", "type": 5}, "type: must be a type name"),
    ({"id": "urn:x:1", "type": ["T", 5]}, "type: must be a type name"),
    ({"id": "urn:x:1", "type": "9T"}, "type: '9T' is not a name"),
    ({"id": "urn:x:1", "type": "my type"}, "type: 'my type' is not a name"),
    (HEAD | {"my attr": 1}, "my attr: is not a name"),
    (HEAD | {"9a": 1}, "9a: is not a name"),
    (HEAD | {"a-b": 1}, "a-b: is not a name"),
    (HEAD | {"featured ": 1}, "is not a name"),
    (HEAD | {"@graph": 1}, "@graph: is not a name"),
    (HEAD | {"a": None}, "a: null is not a value"),
    (HEAD | {"a": NULL}, "a: NGSI-LD Null is only allowed"),
    (HEAD | {"a": [1, None]}, "a[1]: null is not a value"),
    (HEAD | {"a": 1, "https://uri.etsi.org/ngsi-ld/default-context/a": 2}, "given twice"),
    (HEAD | {"scope": 5}, "scope: 5 is not a scope"),
    (HEAD | {"scope": "/a//b"}, "is not a scope"),
    (HEAD | {"scope": ["/a", "b c"]}, "'b c' is not a scope"),
    (HEAD | {"scope": NULL}, "scope: NGSI-LD Null"),
    (HEAD | {"expiresAt": "tomorrow"}, "expiresAt: must be a DateTime"),
    (HEAD | {"expiresAt": 5}, "expiresAt: must be a DateTime"),
    (attribute(type="Property"), "a: a Property needs the member 'value'"),
    (attribute(type="Property", value=None), "a.value: null is not a value"),
    (attribute(type="Property", value=NULL), "a.value: NGSI-LD Null is only allowed"),
    (attribute(type="Property", value={"b": NULL}), "a.value.b: NGSI-LD Null"),
    (attribute(type="Property", value={"b": None}), "a.value.b: null is not a value"),
    (attribute(type="Property", value=[1, None]), "a.value[1]: null is not a value"),
    (attribute(type="Propertyy", value=1), "a.type: 'Propertyy' is not an attribute type"),
    (attribute(type="string", value=1), "a.type: 'string' is not an attribute type"),
    (attribute(type=5, value=1), "a.type: 5 is not an attribute type"),
    (attribute(value=1, object="urn:b:1"), "a: is Property and Relationship at once"),
    (attribute(type="Property", value=1, object="urn:b:1"), "a: a Property cannot have the member 'object'"),
    (attribute(type="Property", value=1, languageMap={}), "cannot have the member 'languageMap'"),
    (attribute(type="Property", value=1, entity={}), "cannot have the member 'entity'"),
    (prop(observedAt="yesterday"), "a.observedAt: 'yesterday' is not a DateTime"),
    (prop(observedAt="2020-01-01"), "a.observedAt: '2020-01-01' is not a DateTime"),
    (prop(observedAt="2020-01-01T00:00:00"), "is not a DateTime in UTC"),
    (prop(observedAt="2020-01-01T00:00:00+07:00"), "is not a DateTime in UTC"),
    (prop(observedAt="2020-02-30T00:00:00Z"), "is not a DateTime that exists"),
    (prop(observedAt="2020-01-01T25:00:00Z"), "is not a DateTime that exists"),
    (prop(observedAt="2020-01-01T00:00:00.1234567Z"), "is not a DateTime"),
    (prop(observedAt=1577836800), "a.observedAt: must be a DateTime"),
    (prop(observedAt=None), "a.observedAt: must be a DateTime"),
    (
        prop(observedAt={"type": "Property", "value": "2020-01-01T00:00:00Z"}),
        "a.observedAt: must be a DateTime",
    ),
    (prop(unitCode=5), "a.unitCode: must be text"),
    (prop(unitCode=""), "a.unitCode: must be text"),
    (prop(datasetId="one"), "a.datasetId: 'one' is not a URI"),
    (prop(datasetId=NULL), "a.datasetId"),
    (prop(datasetId=5), "a.datasetId: 5 is not a URI"),
    (prop(objectType="T"), "a.objectType: a Property has no objectType"),
    (prop(b=None), "a.b: null is not a value"),
    (prop(b=NULL), "a.b: NGSI-LD Null is only allowed"),
    (prop(b={"type": "Property"}), "a.b: a Property needs the member 'value'"),
    (prop(b={"type": "Relationship", "object": "x"}), "a.b.object: 'x' is not a URI"),
    (attribute(**{"type": "Property", "value": 1, "b c": 2}), "a.b c: is not a name"),
    (attribute(type="Relationship"), "a: a Relationship needs the member 'object'"),
    (attribute(type="Relationship", object="downtown"), "a.object: 'downtown' is not a URI"),
    (attribute(type="Relationship", object=5), "a.object: 5 is not a URI"),
    (attribute(type="Relationship", object=["urn:b:1", "b"]), "a.object: 'b' is not a URI"),
    (attribute(type="Relationship", object=[]), "a.object: [] is not a URI"),
    (attribute(type="Relationship", object=NULL), "a.object"),
    (
        attribute(type="Relationship", object="urn:b:1", unitCode="CEL"),
        "a.unitCode: a Relationship has no unitCode",
    ),
    (attribute(type="Relationship", object="urn:b:1", value=1), "cannot have the member 'value'"),
    (attribute(type="Relationship", object="urn:b:1", objectType=5), "a.objectType: must be a term"),
    (attribute(type="LanguageProperty"), "needs the member 'languageMap'"),
    (attribute(type="LanguageProperty", languageMap="xin chào"), "a.languageMap: must be an object"),
    (attribute(type="LanguageProperty", languageMap={}), "a.languageMap: must be an object"),
    (attribute(type="LanguageProperty", languageMap={"vi": 5}), "a.languageMap.vi: must be text"),
    (attribute(type="LanguageProperty", languageMap={"@none": NULL}), "a.languageMap.@none: NGSI-LD Null"),
    (attribute(type="VocabProperty", vocab=5), "a.vocab: must be a term"),
    (attribute(type="VocabProperty", vocab=[]), "a.vocab: must be a term"),
    (attribute(type="VocabProperty", vocab=""), "a.vocab: must be a term"),
    (attribute(type="JsonProperty"), "needs the member 'json'"),
    (attribute(type="JsonProperty", json=NULL), "NGSI-LD Null is only allowed"),
    (attribute(type="ListProperty", valueList=1), "a.valueList: must be an array"),
    (attribute(type="ListProperty", valueList=[None]), "a.valueList[0]: null is not a value"),
    (attribute(type="ListRelationship", objectList="urn:b:1"), "a.objectList: must be an array"),
    (attribute(type="ListRelationship", objectList=["b"]), "a.objectList[0]: 'b' is not a URI"),
    (attribute(type="ListRelationship", objectList=[{"obj": "urn:b:1"}]), "a.objectList[0]"),
    (
        HEAD | {"a": [{"type": "Property", "value": 1}, {"type": "Property", "value": 2}]},
        "two instances have no datasetId",
    ),
    (
        HEAD | {"a": [{"type": "Property", "value": i, "datasetId": "urn:d:1"} for i in (1, 2)]},
        "two instances have datasetId urn:d:1",
    ),
    (
        HEAD | {"a": [{"type": "Property", "value": 1}, {"type": "Property", "datasetId": "urn:d:1"}]},
        "a[1]: a Property needs",
    ),
    (geo("somewhere"), "a.value: is not a GeoJSON geometry"),
    (geo({"type": "Point"}), "a.value: is not a GeoJSON geometry"),
    (geo({"type": "Circle", "coordinates": [1, 2]}), "a.value: is not a GeoJSON geometry"),
    (geo({"type": "Point", "coordinates": [106.7]}), "a.value: is not a GeoJSON geometry"),
    (geo({"type": "Point", "coordinates": ["106.7", "10.8"]}), "a.value: is not a GeoJSON geometry"),
    (geo({"type": "Point", "coordinates": [10.8, 106.7]}), "a.value: position [10.8, 106.7] is outside"),
    (geo({"type": "LineString", "coordinates": [[1, 2]]}), "a.value: is not a GeoJSON geometry"),
    (geo({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}), "must end where it begins"),
    (
        geo({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}),
        "a.value: is not a GeoJSON geometry",
    ),
    (geo({"type": "GeometryCollection", "geometries": []}), "a.value: NGSI-LD has no GeometryCollection"),
    (
        HEAD | {"location": {"type": "Point", "coordinates": [106.7, 91]}},
        "location: position [106.7, 91] is outside",
    ),
]


@pytest.mark.parametrize(("entity", "phrase"), BAD, ids=[phrase for _, phrase in BAD])
def test_bad_data_is_refused_with_what_and_where(entity, phrase):
    with pytest.raises(BadRequestData) as caught:
        parse_entity(entity, CORE)
    assert phrase in str(caught.value)
    assert caught.value.problem()["type"] == "https://uri.etsi.org/ngsi-ld/errors/BadRequestData"


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"id":"urn:x:1",}', b"[]", b"5", b'"x"', b"\xff\xfe", b'{"id":"urn:x:1"} x']
)
def test_what_is_not_a_json_object_is_an_invalid_request(body):
    with pytest.raises(InvalidRequest):
        parse_entity(body, CORE)


@pytest.mark.parametrize(
    ("body", "error", "phrase"),
    [
        (b"{}", BadRequestData, "array of entities"),
        (b"[]", BadRequestData, "empty"),
        (b"[{]", InvalidRequest, "not JSON"),
        (b"", InvalidRequest, "not JSON"),
        (b'{"id":', InvalidRequest, "not JSON"),
    ],
)
def test_a_batch_that_is_not_an_array_of_entities_is_refused(body, error, phrase):
    with pytest.raises(error, match=phrase):
        entities_of(body)


def test_one_bad_entity_of_a_batch_fails_alone():
    good, bad = msgspec.json.encode(HEAD | {"a": 1}), msgspec.json.encode(HEAD | {"a": None})
    first, second = entities_of(b"[" + good + b"," + bad + b"]")
    assert parse_entity(first, CORE).id == HEAD["id"]
    with pytest.raises(BadRequestData):
        parse_entity(second, CORE)


def test_input_nested_beyond_reason_is_refused_not_a_crash():
    bomb = b'{"id":"urn:x:1","type":"T","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(NgsiLdError):
        parse_entity(bomb, CORE)


def test_sub_attributes_nested_beyond_reason_are_refused():
    body = {"type": "Property", "value": 1}
    for _ in range(50):
        body = {"type": "Property", "value": 1, "b": body}
    with pytest.raises(BadRequestData, match="nested"):
        parse_entity(HEAD | {"a": body}, CORE)


@pytest.mark.parametrize("fragment", [{}, {"observedAt": "x"}, {"type": "Nope"}, {"datasetId": NULL}])
def test_a_bad_partial_update_is_refused(fragment):
    with pytest.raises(BadRequestData):
        parse_attribute(fragment, "a", CORE, partial=True)


def test_a_fragment_needs_no_id_but_a_batch_update_does():
    assert parse_entity({"a": 1}, CORE, kind="fragment").id == ""
    with pytest.raises(BadRequestData, match="needs an id"):
        parse_entity({"a": 1}, CORE, kind="update")


def test_an_error_can_be_placed_inside_a_larger_document():
    error = BadRequestData("must be text", where="pm25.unitCode").below("[3]")
    assert str(error) == "[3].pm25.unitCode: must be text"
