"""What a parsed and a stored entity is; ``README.md`` beside this file describes the stored form byte by byte."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

Kind = Literal["create", "update", "fragment", "merge"]
Number = int | float

# The member that carries the value of each attribute type.
VALUE_MEMBER = {
    "Property": "value",
    "Relationship": "object",
    "GeoProperty": "value",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}


def is_kind(value: object) -> bool:
    """Whether a ``type`` member names an attribute type."""
    return isinstance(value, str) and value in VALUE_MEMBER


class Instance(Struct, array_like=True, gc=False):
    """One instance of an attribute: its normalized JSON with expanded names, and what is often asked of it.

    ``dataset`` is '' for the default instance; times are microseconds since 1970; ``number`` is the value of a
    Property when that is a number; ``deep`` says that the body holds IRIs which a reader's @context may shorten;
    ``null`` marks an NGSI-LD Null in a fragment (delete this instance).
    """

    body: Raw
    dataset: str = ""
    observed_us: int | None = None
    number: Number | None = None
    deep: bool = False
    created_us: int = 0
    modified_us: int = 0
    null: bool = False

    def decoded(self) -> dict[str, Any]:
        """The body as plain Python."""
        result: dict[str, Any] = msgspec.json.decode(self.body)
        return result

    @property
    def kind(self) -> str:
        """The attribute type, e.g. ``Property`` ('' in a patch that leaves it out)."""
        return _TYPE.decode(self.body).type

    @property
    def value(self) -> Any:
        """The value (object, languageMap …) of this instance as plain Python."""
        return self.number if self.number is not None else value_of(self.decoded())


class _Type(Struct):
    type: str = ""


_TYPE = msgspec.json.Decoder(_Type)


class Parsed(Struct):
    """An entity or entity fragment as it came in, validated and expanded. Attribute names and types are IRIs."""

    id: str
    types: tuple[str, ...]
    scopes: tuple[str, ...] | None
    attributes: dict[str, list[Instance]]
    expires_us: int | None = None


class Stored(Struct, array_like=True):
    """An entity as it is kept: :func:`dump` and :func:`load` make bytes of it and back."""

    id: str
    types: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    created_us: int = 0
    modified_us: int = 0
    attributes: dict[str, list[Instance]] = {}
    expires_us: int | None = None


_ENCODER = msgspec.json.Encoder()
_STORED = msgspec.json.Decoder(Stored)
_INSTANCES = msgspec.json.Decoder(list[Instance])

load = _STORED.decode


class _Written(Struct, array_like=True):
    """A :class:`Stored` whose attributes are bytes already."""

    id: str
    types: tuple[str, ...]
    scopes: tuple[str, ...]
    created_us: int
    modified_us: int
    attributes: Raw
    expires_us: int | None


def dump(stored: Stored, attributes: bytes | None = None) -> bytes:
    """The inverse of :func:`load`. ``attributes``: the entity's, if they are bytes already."""
    if attributes is None:
        return _ENCODER.encode(stored)
    return _ENCODER.encode(
        _Written(
            stored.id, stored.types, stored.scopes, stored.created_us, stored.modified_us,
            Raw(attributes), stored.expires_us,
        )
    )  # fmt: skip


def dump_attributes(attributes: dict[str, list[Instance]]) -> bytes:
    """Attributes as they are part of a stored entity and of a change."""
    return _ENCODER.encode(attributes)


def dump_instances(instances: list[Instance]) -> bytes:
    """The instances of one attribute as bytes, for a row of history or of changes."""
    return _ENCODER.encode(instances)


def load_instances(data: bytes) -> list[Instance]:
    """The inverse of :func:`dump_instances`."""
    return _INSTANCES.decode(data)


def value_of(body: dict[str, Any]) -> Any:
    """The value member of a decoded body, whatever the attribute type."""
    return body.get(VALUE_MEMBER.get(body.get("type", "Property"), "value"))


# The members of a stored body come in this order, then sub-attributes: equal attributes are equal bytes.
_ORDER = ("type", *dict.fromkeys(VALUE_MEMBER.values()), "unitCode", "observedAt", "datasetId")


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """A body with its members in the order they are stored in."""
    return {name: body[name] for name in _ORDER if name in body} | body


def instance(
    body: dict[str, Any], *, deep: bool, null: bool = False, observed_us: int | None = None
) -> Instance:
    """An instance from a decoded, expanded body."""
    value = body.get("value")
    number = value if value.__class__ in (int, float) and body.get("type", "Property") == "Property" else None
    return Instance(
        Raw(_ENCODER.encode(body)), body.get("datasetId", ""), observed_us, number, deep, null=null
    )
