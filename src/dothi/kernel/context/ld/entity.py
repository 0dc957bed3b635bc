"""Entities and fragments as they arrive, checked and expanded, at speed.

One msgspec pass decodes an entity whose attributes are all plain (known members only) into structs; the loop
that follows only looks names up and writes the stored bodies. Anything unusual falls back to
:mod:`dothi.kernel.context.ld.attribute`, attribute by attribute.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from dothi.kernel.context.ld import plain
from dothi.kernel.context.ld.attribute import Reading, instances
from dothi.kernel.context.ld.context import CORE_IRIS, TermMap
from dothi.kernel.context.ld.errors import BadRequestData, InvalidRequest, NgsiLdError
from dothi.kernel.context.ld.model import Instance, Kind, Parsed
from dothi.kernel.context.ld.names import NULL, is_uri, time_us

MAX_INTEGER = 2**63


_members = msgspec.json.Decoder(dict[str, Raw])
_batch = msgspec.json.Decoder(list[Raw])
_any = msgspec.json.Decoder()
_encode = msgspec.json.Encoder().encode
_SIMPLE = frozenset({float, int, bool})


def entities_of(body: bytes) -> list[Raw]:
    """The undecoded entities of a batch; InvalidRequest when it is not JSON, BadRequestData when not an array."""
    try:
        found = _batch.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
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
    except RecursionError:
        raise BadRequestData("the body is nested too deeply") from None


def context_of(raw: bytes | Raw) -> bytes | None:
    """The undecoded ``@context`` member of an entity or fragment, or None."""
    return _context_only(raw)


class _OnlyContext(Struct, rename={"context": "@context"}):
    context: Raw | UnsetType = UNSET


_only_context = msgspec.json.Decoder(_OnlyContext)


def _context_only(raw: bytes | Raw) -> bytes | None:
    try:
        found = _only_context.decode(raw).context
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
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
            return _plain_entity(plain.decode(data), terms, kind)
        except (plain.UnusualError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
    reading = Reading(terms, partial=kind == "merge", nulls=kind != "create", simplified=simplified)
    return careful(data, terms, kind, reading)


def _plain_entity(members: dict[str, Any], terms: TermMap, kind: Kind) -> Parsed:
    pop = members.pop
    identifier, type_, scope = pop("id", None), pop("type", None), pop("scope", None)
    pop("@context", None)
    if not plain.UNUSUAL.isdisjoint(members):
        raise plain.UnusualError
    parsed = _head(identifier, type_, scope, terms, kind)
    attributes, iris, instance_of = parsed.attributes, terms.iris, plain.instance_of
    for name, member in members.items():
        attributes[iris[name]] = [instance_of(member)]
    if len(attributes) != len(members):
        raise plain.UnusualError  # two names of one attribute
    return parsed


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
    as_usual = not (reading.partial or reading.simplified)
    for name, raw in members.items():
        if name in plain.SYSTEM:
            continue
        if name == "expiresAt":
            parsed.expires_us = _expiry(_any.decode(raw))
            continue
        iri = terms.iri(name)
        if iri in parsed.attributes:
            raise BadRequestData("is given twice under different names", where=name)
        one = plain.one_of(raw) if as_usual else None
        parsed.attributes[iri] = [one] if one is not None else instances(json_of(raw), reading, name)
    return parsed


def _decoded_members(data: bytes | Raw) -> dict[str, Raw]:
    try:
        members = _members.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
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
    return iri, instances(value, Reading(terms, partial=partial, nulls=nulls, fragment=partial), name)


def problem_of(error: NgsiLdError, entity_id: str) -> dict[str, Any]:
    """The entry of a batch answer (BatchEntityError) for one entity that was refused."""
    return {"entityId": entity_id, "error": error.problem()}
