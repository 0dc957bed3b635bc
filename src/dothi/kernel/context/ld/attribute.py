"""One attribute, in any of its forms, to its instances: the careful path for whatever the fast one passes by.

``where`` is the path shown in errors. ``Reading`` says under which rules: whether members may be missing
(merge, partial update) and whether NGSI-LD Null may delete.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from dothi.kernel.context.ld import geojson
from dothi.kernel.context.ld.context import CORE_IRIS, TermMap
from dothi.kernel.context.ld.errors import BadRequestData, NgsiLdError
from dothi.kernel.context.ld.model import VALUE_MEMBER, Instance, canonical, instance, is_kind
from dothi.kernel.context.ld.names import NULL, is_uri, observed

MAX_NESTING = 32
_INFERRED = {member: kind for kind, member in VALUE_MEMBER.items() if kind != "GeoProperty"}
_OF_VALUE = frozenset(VALUE_MEMBER.values())
_SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId"})
_OUTPUT = frozenset(
    {"previousValue", "previousObject", "previousLanguageMap", "previousVocab", "previousJson", "previousValueList",
     "previousObjectList", "entity", "entityList", "lang"}
)  # fmt: skip
_QUALIFIERS = frozenset({"observedAt", "unitCode", "datasetId", "objectType", "valueType", "expiresAt"})
_UNITS = frozenset({"Property", "ListProperty", ""})
_OBJECTS = frozenset({"Relationship", "ListRelationship", ""})


class Reading(Struct, frozen=True):
    """The rules an attribute is read under; ``history``: many instances may share a datasetId;
    ``fragment``: an object is always the members of the attribute, never its value.
    """

    terms: TermMap
    partial: bool = False
    nulls: bool = False
    simplified: bool = False
    history: bool = False
    fragment: bool = False


def instances(value: Any, reading: Reading, where: str) -> list[Instance]:
    """The instances of the attribute ``value``, one for each datasetId; BadRequestData with the path if wrong."""
    items = value if _is_several(value, reading) else [value]
    found = [
        _instance(item, reading, f"{where}[{i}]" if len(items) > 1 else where) for i, item in enumerate(items)
    ]
    if len(found) > 1 and not reading.history:
        _refuse_duplicates(found, where)
    return found


def _is_several(value: Any, reading: Reading) -> bool:
    """An array is several instances when each item describes an attribute; else it is one value, an array."""
    if not isinstance(value, list) or not value or reading.simplified:
        return False
    return all(
        isinstance(item, dict)
        and (is_kind(item.get("type")) or "datasetId" in item or not _OF_VALUE.isdisjoint(item))
        for item in value
    )


def _refuse_duplicates(found: list[Instance], where: str) -> None:
    datasets = [each.dataset for each in found]
    twice = next((dataset for dataset in datasets if datasets.count(dataset) > 1), None)
    if twice is not None:
        what = f"datasetId {twice}" if twice else "no datasetId"
        raise BadRequestData(f"two instances have {what}; give each its own datasetId", where=where)


def _instance(value: Any, reading: Reading, where: str) -> Instance:
    if value == NULL:
        if not reading.nulls:
            raise BadRequestData("NGSI-LD Null is only allowed in updates and merges", where=where)
        return instance({"value": NULL}, deep=False, null=True)
    body, deep = body_of(value, reading, where, 0)
    time = body.get("observedAt")
    null = _is_null(body)
    if null and not reading.nulls:
        raise BadRequestData("NGSI-LD Null is only allowed in updates and merges", where=where)
    return instance(
        body, deep=deep, null=null, observed_us=observed(time)[0] if time and time != NULL else None
    )


def _is_null(body: dict[str, Any]) -> bool:
    for member in _OF_VALUE:
        if member in body:
            value = body[member]
            return value in (NULL, [NULL]) or (member == "languageMap" and value == {"@none": NULL})
    return False


def body_of(value: Any, reading: Reading, where: str, depth: int) -> tuple[dict[str, Any], bool]:
    """The normalized body with expanded names of one attribute value, and whether it holds IRIs to compact."""
    if depth > MAX_NESTING:
        raise BadRequestData(f"attributes are nested more than {MAX_NESTING} deep", where=where)
    if value is None:
        raise BadRequestData(
            "null is not a value; leave the attribute out, or use urn:ngsi-ld:null to delete it", where=where
        )
    if not isinstance(value, dict) or _is_value_object(value, reading):
        return _bare(value, reading, where)
    members = _core_named(value, reading)
    kind = _kind_of(members, reading, where)
    if kind == "" and not reading.partial:
        return _bare(value, reading, where)
    return _full(kind, members, reading, where, depth)


def _is_value_object(value: dict[str, Any], reading: Reading) -> bool:
    """Whether a JSON object is itself the value of a concise or simplified Property."""
    if geojson.looks_like_geometry(value):
        return True
    if reading.fragment:
        return False
    kind = value.get("type", value.get("@type"))
    if reading.simplified:
        return not (len(value) == 1 and next(iter(value)) in ("languageMap", "vocab", "json"))
    if kind is not None:
        return not is_kind(kind) and _OF_VALUE.isdisjoint(value) and "@type" not in value
    if reading.partial:
        known = _QUALIFIERS | _OF_VALUE | _SYSTEM
        return known.isdisjoint(value) and not any(_is_attribute(each, reading) for each in value.values())
    return False


def _is_attribute(value: Any, reading: Reading) -> bool:
    return isinstance(value, dict) and (is_kind(value.get("type")) or not _OF_VALUE.isdisjoint(value))


def _bare(value: Any, reading: Reading, where: str) -> tuple[dict[str, Any], bool]:
    """A value without an attribute around it: a Property, or a GeoProperty when it is a geometry."""
    if isinstance(value, dict) and value.get("type") == "GeometryCollection" and "geometries" in value:
        geojson.geometry(value, where)
    if geojson.looks_like_geometry(value):
        geojson.geometry(value, where)
        return {"type": "GeoProperty", "value": value}, False
    _refuse_nulls(value, reading, where)
    return ({"value": value} if reading.partial else {"type": "Property", "value": value}), False


def _core_named(value: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """``value`` with core members under their short names, however they were written (IRI, prefix, keyword)."""
    written = "".join(value)
    if ":" not in written and "@" not in written:
        return value
    named: dict[str, Any] = {}
    for name, member in value.items():
        short = {"@type": "type", "@id": "id"}.get(name) or (
            CORE_IRIS.get(reading.terms.iri(name), name) if ":" in name else name
        )
        named[short] = member
    return named


def _kind_of(members: dict[str, Any], reading: Reading, where: str) -> str:
    kind = members.get("type")
    if isinstance(kind, str) and kind not in VALUE_MEMBER and ":" in kind:
        kind = CORE_IRIS.get(reading.terms.iri(kind), kind)
    if kind is not None:
        if not is_kind(kind):
            raise BadRequestData(
                f"{kind!r} is not an attribute type ({', '.join(VALUE_MEMBER)})", where=f"{where}.type"
            )
        return str(kind)
    inferred = [kind for member, kind in _INFERRED.items() if member in members]
    if len(inferred) > 1:
        raise BadRequestData(f"is {' and '.join(inferred)} at once; give one value member", where=where)
    if not inferred:
        return ""
    return (
        "GeoProperty"
        if inferred == ["Property"] and geojson.looks_like_geometry(members["value"])
        else inferred[0]
    )


def _full(
    kind: str, members: dict[str, Any], reading: Reading, where: str, depth: int
) -> tuple[dict[str, Any], bool]:
    carrier = VALUE_MEMBER.get(kind, "value")
    if carrier not in members and not reading.partial:
        raise BadRequestData(f"a {kind} needs the member {carrier!r}", where=where)
    body: dict[str, Any] = (
        {"type": kind} if kind and (not reading.partial or "type" in members or kind != "Property") else {}
    )
    deep = False
    if carrier in members:
        body[carrier], deep = _value(kind, members[carrier], reading, f"{where}.{carrier}")
    for name, value in members.items():
        if name in _QUALIFIERS:
            body[name], iri = _qualifier(name, value, kind, reading, f"{where}.{name}")
            deep = deep or iri
        elif name == carrier or name == "type" or name in _SYSTEM or name == "@context":
            continue
        elif name in _OF_VALUE or name in _OUTPUT:
            _refuse_foreign(kind, name, where)
        else:
            body[_sub_name(name, reading, where)] = _sub(value, reading, f"{where}.{name}", depth)
            deep = True
    return canonical(body), deep


def _refuse_foreign(kind: str, name: str, where: str) -> None:
    if name in _OF_VALUE or (name in ("entity", "entityList") and "Relationship" not in kind):
        raise BadRequestData(f"a {kind or 'attribute'} cannot have the member {name!r}", where=where)


def _sub_name(name: str, reading: Reading, where: str) -> str:
    try:
        return reading.terms.iri(name)
    except NgsiLdError as error:
        raise error.below(where) from None


def _sub(value: Any, reading: Reading, where: str, depth: int) -> Any:
    """A sub-attribute, or an array of its instances."""
    if value == NULL:
        if reading.partial:
            return NULL
        raise BadRequestData("NGSI-LD Null is only allowed in updates and merges", where=where)
    if where.endswith(("entityIdSealed", "entityTypeSealed")):
        return value
    if reading.fragment:  # a sub-attribute is replaced as a whole, so it must be whole
        reading = Reading(reading.terms)
    if _is_several(value, reading):
        return [body_of(item, reading, f"{where}[{i}]", depth + 1)[0] for i, item in enumerate(value)]
    return body_of(value, reading, where, depth + 1)[0]


def _qualifier(name: str, value: Any, kind: str, reading: Reading, where: str) -> tuple[Any, bool]:
    """A non-reified member: checked, in its stored spelling, and whether it is an IRI to compact."""
    if value == NULL and reading.partial and name != "datasetId":
        return value, False
    if name in ("observedAt", "expiresAt"):
        return _time(value, where), False
    if name == "unitCode":
        if kind not in _UNITS:
            raise BadRequestData(f"a {kind} has no unitCode", where=where)
        if not isinstance(value, str) or not value:
            raise BadRequestData("must be text: a UN/CEFACT code such as CEL", where=where)
        return value, False
    if name == "datasetId":
        return _uri(value, where), False
    if name == "objectType" and kind not in _OBJECTS:
        raise BadRequestData(f"a {kind} has no objectType", where=where)
    return _terms(value, reading, where), True


def _time(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise BadRequestData("must be a DateTime in UTC such as 2026-11-22T07:00:00Z", where=where)
    try:
        return observed(value)[1]
    except ValueError as error:
        raise BadRequestData(str(error), where=where) from None


def _uri(value: Any, where: str) -> str:
    if not isinstance(value, str) or value == NULL or not is_uri(value):
        raise BadRequestData(f"{value!r} is not a URI", where=where)
    return value


def _terms(value: Any, reading: Reading, where: str) -> Any:
    if isinstance(value, str) and value:
        return value if value == NULL else reading.terms.value_iri(value)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return [item if item == NULL else reading.terms.value_iri(item) for item in value]
    raise BadRequestData("must be a term or an array of terms", where=where)


def _value(kind: str, value: Any, reading: Reading, where: str) -> tuple[Any, bool]:
    """The value of an attribute of type ``kind``, checked; whether it holds IRIs to compact."""
    if value is None and kind != "JsonProperty":
        raise BadRequestData("null is not a value; use urn:ngsi-ld:null to delete", where=where)
    if value == NULL and reading.nulls:
        return value, False
    if kind == "VocabProperty":
        return _terms(value, reading, where), True
    if kind == "ListRelationship":
        return _object_list(value, reading, where), False
    _CHECKS.get(kind, _refuse_nulls)(value, reading, where)
    return value, False


def _check_geo(value: Any, reading: Reading, where: str) -> None:
    geojson.geometry(value, where)


def _check_object(value: Any, reading: Reading, where: str) -> None:
    for item in value if isinstance(value, list) and value else [value]:
        if item != NULL or not reading.nulls:
            _uri(item, where)


def _object_list(value: Any, reading: Reading, where: str) -> list[Any]:
    """The objects of a ListRelationship, each as ``{"object": URI}`` however it was written."""
    if not isinstance(value, list):
        raise BadRequestData("must be an array of URIs", where=where)
    if value == [NULL] and reading.nulls:
        return value
    uris = [item.get("object") if isinstance(item, dict) else item for item in value]
    return [{"object": _uri(uri, f"{where}[{i}]")} for i, uri in enumerate(uris)]


def _check_list(value: Any, reading: Reading, where: str) -> None:
    if not isinstance(value, list):
        raise BadRequestData("must be an array", where=where)
    if value != [NULL] or not reading.nulls:
        _refuse_nulls(value, reading, where)


def _check_languages(value: Any, reading: Reading, where: str) -> None:
    if not isinstance(value, dict) or not value:
        raise BadRequestData("must be an object of language tags and texts", where=where)
    if value == {"@none": NULL} and reading.nulls:
        return
    for language, text in value.items():
        texts = text if isinstance(text, list) else [text]
        if not all(isinstance(each, str) for each in texts):
            raise BadRequestData("must be text, or an array of texts", where=f"{where}.{language}")
        if NULL in texts and not reading.partial:
            raise BadRequestData("NGSI-LD Null is only allowed in merges", where=f"{where}.{language}")


def _check_json(value: Any, reading: Reading, where: str) -> None:
    if value == NULL and not reading.nulls:
        raise BadRequestData("NGSI-LD Null is only allowed in updates and merges", where=where)


def _refuse_nulls(value: Any, reading: Reading, where: str) -> None:
    """JSON null would vanish in JSON-LD; NGSI-LD Null inside a value only has a meaning in a merge."""
    if isinstance(value, dict):
        if value.get("@type") == "@json":
            return
        for name, member in value.items():
            _refuse_nulls(member, reading, f"{where}.{name}")
    elif isinstance(value, list):
        for i, member in enumerate(value):
            _refuse_nulls(member, reading, f"{where}[{i}]")
    elif value is None:
        raise BadRequestData(
            "null is not a value in NGSI-LD; leave it out or use a JsonProperty", where=where
        )
    elif value == NULL and not reading.partial:
        raise BadRequestData("NGSI-LD Null is only allowed in updates and merges", where=where)


_CHECKS = {
    "GeoProperty": _check_geo,
    "Relationship": _check_object,
    "ListProperty": _check_list,
    "LanguageProperty": _check_languages,
    "JsonProperty": _check_json,
}


def kind_of_value(value: Any) -> str:
    """The attribute type of a bare value."""
    return "GeoProperty" if geojson.looks_like_geometry(value) else "Property"
