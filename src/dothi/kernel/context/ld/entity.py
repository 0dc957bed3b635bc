"""Entities and fragments as they arrive, checked and expanded, at speed.

One msgspec pass decodes an entity whose attributes are all plain (known members only) into structs; the loop
that follows only looks names up and writes the stored bodies. Anything unusual falls back to
:mod:`dothi.kernel.context.ld.attribute`, attribute by attribute.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from dothi.kernel.context.ld import geojson
from dothi.kernel.context.ld.attribute import Reading, instances
from dothi.kernel.context.ld.context import CORE_IRIS, TermMap
from dothi.kernel.context.ld.errors import BadRequestData, InvalidRequest, NgsiLdError
from dothi.kernel.context.ld.model import Instance, Kind, Parsed
from dothi.kernel.context.ld.names import NULL, is_uri, observed, time_us

MAX_INTEGER = 2**63


class _Property(Struct, tag="Property", forbid_unknown_fields=True, gc=False):
    value: Any
    unitCode: str | UnsetType = UNSET  # noqa: N815
    observedAt: str | UnsetType = UNSET  # noqa: N815
    datasetId: str | UnsetType = UNSET  # noqa: N815


class _GeoProperty(Struct, tag="GeoProperty", forbid_unknown_fields=True, gc=False):
    value: geojson.Geometry
    observedAt: str | UnsetType = UNSET  # noqa: N815
    datasetId: str | UnsetType = UNSET  # noqa: N815


class _Relationship(Struct, tag="Relationship", forbid_unknown_fields=True, gc=False):
    object: str
    observedAt: str | UnsetType = UNSET  # noqa: N815
    datasetId: str | UnsetType = UNSET  # noqa: N815


_Plain = _Property | _GeoProperty | _Relationship | geojson.Geometry | str | int | float | bool | list[str]
_plain = msgspec.json.Decoder(dict[str, _Plain])
_members = msgspec.json.Decoder(dict[str, Raw])
_batch = msgspec.json.Decoder(list[Raw])
_any = msgspec.json.Decoder()
_encode = msgspec.json.Encoder().encode
_SIMPLE = frozenset({float, int, bool})


def entities_of(body: bytes) -> list[Raw]:
    """The undecoded entities of a batch; InvalidRequest when it is not JSON, BadRequestData when not an array."""
    try:
        found = _batch.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        json_of(body)
        raise BadRequestData("a batch is a JSON array of entities") from None
    if not found:
        raise BadRequestData("the batch is empty")
    return found


def json_of(body: bytes | Raw) -> Any:
    """A body as plain Python; InvalidRequest when it is not JSON."""
    try:
        return _any.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from None


def context_of(raw: bytes | Raw) -> bytes | None:
    """The undecoded ``@context`` member of an entity or fragment, or None."""
    return _context_only(raw)


class _OnlyContext(Struct, rename={"context": "@context"}):
    context: Raw | UnsetType = UNSET


_only_context = msgspec.json.Decoder(_OnlyContext)


def _context_only(raw: bytes | Raw) -> bytes | None:
    try:
        found = _only_context.decode(raw).context
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return None if found is UNSET else bytes(found)


def parse_entity(
    raw: bytes | Raw | dict[str, Any], terms: TermMap, *, kind: Kind = "create", simplified: bool = False
) -> Parsed:
    """Check and expand one entity (``kind='create'``) or fragment.

    ``create``: id and type required, no NGSI-LD Null. ``update``: id required. ``fragment``: neither required.
    ``merge``: neither required, members of attributes may be missing. ``simplified``: values stand alone.
    The ``@context`` member is not looked at: pass the ``terms`` it leads to.
    """
    data = _encode(raw) if isinstance(raw, dict) else raw
    if kind != "merge" and not simplified:
        try:
            members = _plain.decode(data)
            return _fast(members, terms, kind)
        except (_UnusualError, msgspec.DecodeError, UnicodeDecodeError):
            pass
    reading = Reading(terms, partial=kind == "merge", nulls=kind != "create", simplified=simplified)
    return careful(data, terms, kind, reading)


class _UnusualError(Exception):
    """The fast path met something it leaves to the careful one (which may accept or refuse it)."""


def _fast(members: dict[str, Any], terms: TermMap, kind: Kind) -> Parsed:
    pop = members.pop
    identifier, type_, scope = pop("id", None), pop("type", None), pop("scope", None)
    pop("@context", None)
    parsed = _head(identifier, type_, scope, terms, kind)
    attributes, iris = parsed.attributes, terms.iris
    for name, member in members.items():
        if name in _SYSTEM:
            continue
        if name == "expiresAt":
            raise _UnusualError
        iri = iris[name]
        if iri in attributes:
            raise BadRequestData("is given twice under different names", where=name)
        attributes[iri] = [_READERS[member.__class__](member)]
    return parsed


def _property(member: _Property) -> Instance:
    value = member.value
    simple = value.__class__ in _SIMPLE
    if not simple and (
        value is None or value == NULL or (value.__class__ is not str and _may_hold_null(value))
    ):
        raise _UnusualError
    time, dataset = _qualifiers(member)
    return Instance(
        Raw(_encode(member)),
        dataset,
        time,
        value if simple and value.__class__ is not bool else None,
    )


def _qualifiers(member: _Property | _GeoProperty | _Relationship) -> tuple[int | None, str]:
    """observedAt in microseconds (its spelling set right) and the datasetId."""
    time = None
    if member.observedAt is not UNSET:
        try:
            time, member.observedAt = observed(member.observedAt)
        except ValueError:
            raise _UnusualError from None
    if member.datasetId is UNSET:
        return time, ""
    if member.datasetId == NULL or not is_uri(member.datasetId):
        raise _UnusualError
    return time, member.datasetId


def _geo_property(member: _GeoProperty) -> Instance:
    geojson.check(member.value, "value")
    time, dataset = _qualifiers(member)
    return Instance(Raw(_encode(member)), dataset, time)


def _relationship(member: _Relationship) -> Instance:
    if member.object == NULL or not is_uri(member.object):
        raise _UnusualError
    time, dataset = _qualifiers(member)
    return Instance(Raw(_encode(member)), dataset, time)


def _bare_geometry(member: geojson.Geometry) -> Instance:
    geojson.check(member, "")
    return Instance(Raw(_encode(_GeoProperty(member))))


def _bare_number(member: float) -> Instance:
    return Instance(Raw(b'{"type":"Property","value":' + _encode(member) + b"}"), number=member)


def _bare_value(member: object) -> Instance:
    if member == NULL:
        raise _UnusualError
    return Instance(Raw(b'{"type":"Property","value":' + _encode(member) + b"}"))


def _may_hold_null(value: Any) -> bool:
    """Whether an array or object value holds a null of either kind (then the careful path explains it)."""
    if isinstance(value, dict):
        return any(_may_hold_null(each) for each in value.values())
    if isinstance(value, list):
        return any(_may_hold_null(each) for each in value)
    return value is None or value == NULL


_READERS: dict[type, Any] = {
    _Property: _property,
    _GeoProperty: _geo_property,
    _Relationship: _relationship,
    str: _bare_value,
    bool: _bare_value,
    list: _bare_value,
    int: _bare_number,
    float: _bare_number,
    **dict.fromkeys(geojson.Geometry.__args__, _bare_geometry),
}
_SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt"})


def _head(identifier: Any, type_: Any, scope: Any, terms: TermMap, kind: Kind) -> Parsed:
    return Parsed(
        _id(identifier, kind), _types(type_, terms, kind), None if scope is None else scopes(scope, kind), {}
    )


def _id(identifier: Any, kind: Kind) -> str:
    if identifier is None:
        if kind in ("create", "update"):
            raise BadRequestData("an entity needs an id", where="id")
        return ""
    if identifier.__class__ is not str or not is_uri(identifier) or identifier == NULL:
        raise BadRequestData(f"{_shown(identifier)} is not a URI such as urn:ngsi-ld:Camera:7", where="id")
    return identifier


def _types(type_: Any, terms: TermMap, kind: Kind) -> tuple[str, ...]:
    if type_.__class__ is str:
        return (_type(type_, terms),)
    if type_ is None:
        if kind == "create":
            raise BadRequestData("an entity needs a type", where="type")
        return ()
    if not isinstance(type_, list) or not type_ or not all(isinstance(each, str) for each in type_):
        raise BadRequestData("must be a type name or an array of them", where="type")
    return tuple(dict.fromkeys(_type(each, terms) for each in type_))


def _type(name: str, terms: TermMap) -> str:
    try:
        return terms.types[name]  # type: ignore[no-any-return]
    except BadRequestData as error:
        raise BadRequestData(f"{name!r} {error.reason}", where="type") from None


def scopes(scope: Any, kind: Kind = "create") -> tuple[str, ...]:
    """The scopes of an entity as given: text or an array; each gets its leading slash (clause 4.18)."""
    items = scope if isinstance(scope, list) else [scope]
    if items == [NULL]:
        if kind == "create":
            raise BadRequestData("NGSI-LD Null is only allowed in updates and merges", where="scope")
        return ()
    result = []
    for item in items:
        levels = item.removeprefix("/").split("/") if isinstance(item, str) else []
        if not levels or not all(level.replace("_", "a").isalnum() for level in levels):
            raise BadRequestData(f"{_shown(item)} is not a scope such as /HCMC/BenThanh", where="scope")
        result.append("/" + "/".join(levels))
    return tuple(dict.fromkeys(result))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


def careful(data: bytes | Raw, terms: TermMap, kind: Kind, reading: Reading) -> Parsed:
    """The same as the fast path for whatever it leaves alone, attribute by attribute."""
    members = _decoded_members(data)
    head = {
        name: _any.decode(members.pop(name))
        for name in ("id", "type", "scope", "@id", "@type")
        if name in members
    }
    members.pop("@context", None)
    parsed = _head(
        head.get("id", head.get("@id")), head.get("type", head.get("@type")), head.get("scope"), terms, kind
    )
    for name, raw in members.items():
        if name in _SYSTEM:
            continue
        if name == "expiresAt":
            parsed.expires_us = _expiry(_any.decode(raw))
            continue
        iri = terms.iri(name)
        if iri in parsed.attributes:
            raise BadRequestData("is given twice under different names", where=name)
        parsed.attributes[iri] = instances(_any.decode(raw), reading, name)
    return parsed


def _decoded_members(data: bytes | Raw) -> dict[str, Raw]:
    try:
        members = _members.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        json_of(data)
        raise InvalidRequest("an entity is a JSON object") from None
    if not any(":" in name for name in members):
        return members
    return {_short(name): raw for name, raw in members.items()}


def _short(name: str) -> str:
    """Core members written as full IRIs (``https://uri.etsi.org/ngsi-ld/scope``) under their short name."""
    return CORE_IRIS.get(name, name) if name.startswith("https://uri.etsi.org/ngsi-ld/") else name


def _expiry(value: Any) -> int:
    try:
        return time_us(value)
    except (ValueError, TypeError):
        raise BadRequestData(
            "must be a DateTime in UTC such as 2026-11-22T07:00:00Z", where="expiresAt"
        ) from None


def parse_attribute(
    raw: bytes | Raw | Any, name: str, terms: TermMap, *, partial: bool = False, nulls: bool = True
) -> tuple[str, list[Instance]]:
    """The IRI and instances of one attribute sent alone (replace; ``partial=True``: partial update)."""
    value = json_of(raw) if isinstance(raw, bytes | Raw) else raw
    if isinstance(value, dict):
        value = {member: each for member, each in value.items() if member != "@context"}
        if partial and not value:
            raise BadRequestData("the fragment is empty", where=name)
    iri = terms.iri(name)
    return iri, instances(value, Reading(terms, partial=partial, nulls=nulls), name)


def problem_of(error: NgsiLdError, entity_id: str) -> dict[str, Any]:
    """The entry of a batch answer (BatchEntityError) for one entity that was refused."""
    return {"entityId": entity_id, "error": error.problem()}
