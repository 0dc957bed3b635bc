"""What a path of the query language addresses in an entity: the target values, each with its attribute type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dothi.kernel.context.ld.model import Instance, Stored, value_of
from dothi.kernel.context.ld.names import time_text

Target = tuple[str, Any]
"""(attribute type, value); the type is '' for a member of a value and for a non-reified member."""

Finder = Callable[[Stored], Iterator[Target]]
Lookup = Callable[[str], Stored | None]
"""Gives the entity with an id, for queries over linked entities."""

NGSI_LD = "https://uri.etsi.org/ngsi-ld/"
_SYSTEM = {f"{NGSI_LD}createdAt": "created_us", f"{NGSI_LD}modifiedAt": "modified_us"}
_PLAIN_MEMBERS = {
    f"{NGSI_LD}{name}": name for name in ("observedAt", "unitCode", "datasetId", "expiresAt")
} | {
    f"{NGSI_LD}hasObjectType": "objectType",
    f"{NGSI_LD}hasValueType": "valueType",
}
SYSTEM_NAMES = frozenset(_SYSTEM)
_OBJECTS = frozenset({"Relationship", "ListRelationship"})


def finder(iris: tuple[str, ...], member: tuple[str, ...]) -> Finder:
    """The targets of an attribute path (as IRIs) and an optional trailing member path."""
    base = _direct(iris[0]) if len(iris) == 1 else _nested(iris)
    return base if not member else lambda entity: _inside(base(entity), member)


def _direct(iri: str) -> Finder:
    if (moment := _SYSTEM.get(iri)) is not None:
        return lambda entity: iter((("", time_text(getattr(entity, moment))),))
    if iri == f"{NGSI_LD}scope":
        return lambda entity: iter((("", list(entity.scopes)),) if entity.scopes else ())
    return lambda entity: map(_target, entity.attributes.get(iri, ()))


def _target(each: Instance) -> Target:
    if each.number is not None:
        return "Property", each.number
    body = each.decoded()
    return body["type"], target_value(body)


def target_value(body: dict[str, Any]) -> Any:
    """The value a condition looks at; a ListRelationship gives its URIs."""
    value = value_of(body)
    if body.get("type") == "ListRelationship" and isinstance(value, list):
        return [each.get("object") if isinstance(each, dict) else each for each in value]
    return value


def _nested(iris: tuple[str, ...]) -> Finder:
    first, rest = iris[0], iris[1:]

    def find(entity: Stored) -> Iterator[Target]:
        for each in entity.attributes.get(first, ()):
            if len(rest) == 1 and rest[0] in _SYSTEM:
                yield "", time_text(getattr(each, _SYSTEM[rest[0]]))
            else:
                yield from _descend(each.decoded(), rest)

    return find


def _descend(body: dict[str, Any], path: tuple[str, ...]) -> Iterator[Target]:
    name = path[0]
    value = body.get(_PLAIN_MEMBERS.get(name, name))
    if value is None:
        return
    for each in value if isinstance(value, list) and name not in _PLAIN_MEMBERS else [value]:
        if name in _PLAIN_MEMBERS or not isinstance(each, dict):
            if len(path) == 1:
                yield "", each
        elif len(path) == 1:
            yield each.get("type", ""), target_value(each)
        else:
            yield from _descend(each, path[1:])


def _inside(targets: Iterator[Target], member: tuple[str, ...]) -> Iterator[Target]:
    for kind, value in targets:
        if kind == "LanguageProperty" and isinstance(value, dict) and len(member) == 1:
            if member == ("*",):
                yield kind, value
            elif member[0] in value:
                yield "", value[member[0]]
            continue
        for name in member:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            yield "", value


def objects(target: Target) -> list[str]:
    """The ids a relationship target points at."""
    kind, value = target
    if kind not in _OBJECTS:
        return []
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else [value]
