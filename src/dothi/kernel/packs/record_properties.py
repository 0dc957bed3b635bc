"""The properties of a record type, read out of its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from dothi.kernel.packs.declarations import Label
from dothi.kernel.packs.record_types import Link, Property, RecordType

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FORMATS = {"date": "date", "date-time": "datetime"}
_KINDS = {"string": "text", "array": "list", "object": "object"}


def placeholders(template: str) -> list[str]:
    """The properties a template like ``{full_name} ({birth_date})`` names, in order."""
    return _PLACEHOLDER.findall(template)


def kind_of(schema: Mapping[str, Any]) -> str:
    """What a property holds, in one word; an optional null is passed over."""
    given = schema.get("type", "object")
    types = [each for each in (given if isinstance(given, list) else [given]) if each != "null"]
    first = str(types[0]) if types else "object"
    if first == "string":
        return _FORMATS.get(str(schema.get("format")), "text")
    return _KINDS.get(first, first)


def link_of(given: Any) -> Link | None:
    """``x-link`` in either form: the register's key alone, or a mapping."""
    if given is None:
        return None
    return Link(register=given) if isinstance(given, str) else msgspec.convert(given, Link)


def property_of(key: str, schema: Mapping[str, Any], *, required: bool, geometry: bool = False) -> Property:
    """One property; raises :class:`msgspec.ValidationError` when a house keyword has a wrong value."""
    label = schema.get("x-label")
    return Property(
        key=key,
        label=Label(vi=key, en=key) if label is None else msgspec.convert(label, Label),
        kind="geometry" if geometry else kind_of(schema),
        required=required,
        sensitivity=msgspec.convert(schema.get("x-sensitivity", "internal"), _SENSITIVITY),
        mask=msgspec.convert(schema.get("x-mask"), _MASK),
        codes=msgspec.convert(schema.get("x-codes"), str | None),
        link=link_of(schema.get("x-link")),
        identifier=msgspec.convert(schema.get("x-identifier"), str | None),
        unit=msgspec.convert(schema.get("x-unit"), str | None),
        address=msgspec.convert(schema.get("x-address", False), bool),
        schema=dict(schema),
    )


_HINTS = {field.name: field.type for field in msgspec.structs.fields(Property)}
_SENSITIVITY, _MASK = _HINTS["sensitivity"], _HINTS["mask"]


def properties(kind: RecordType) -> dict[str, Property]:
    """The properties of ``kind`` by key, in the order declared."""
    needed = set(kind.schema.get("required", ()))
    return {
        key: property_of(key, schema, required=key in needed, geometry=key == kind.geometry)
        for key, schema in kind.schema.get("properties", {}).items()
    }
