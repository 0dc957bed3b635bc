"""The fast path: attributes with known members only, decoded into structs in one pass and written back canonically.

Whatever is unusual raises :class:`UnusualError`; the careful path then accepts it or explains the refusal.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from dothi.kernel.context.ld import geojson
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.model import Instance
from dothi.kernel.context.ld.names import NULL, is_uri, time_us

SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt"})
UNUSUAL = SYSTEM | {"expiresAt", "@id", "@type"}


class UnusualError(Exception):
    """Left to the careful path."""


class _Property(Struct, tag="Property", forbid_unknown_fields=True, gc=False):
    value: Any
    unitCode: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET  # noqa: N815
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


_Member = _Property | _GeoProperty | _Relationship | geojson.Geometry | str | int | float | bool | list[str]
decode = msgspec.json.Decoder(dict[str, _Member]).decode
_decode_one = msgspec.json.Decoder(_Member).decode
_encode = msgspec.json.Encoder().encode


def instance_of(member: Any) -> Instance:
    """The one instance of a plain attribute. The common case, a Property, is handled without further calls."""
    if member.__class__ is not _Property:
        return _OTHERS[member.__class__](member)  # type: ignore[no-any-return]
    value = member.value
    kind = value.__class__
    number = None
    if kind is float or kind is int:
        number = value
    elif value == NULL or (kind is not str and kind is not bool and _holds_null(value)):
        raise UnusualError
    time = None if member.observedAt is UNSET else _moment(member, member.observedAt)
    if member.datasetId is not UNSET:
        return Instance(Raw(_encode(member)), _dataset(member), time, number)
    return Instance(Raw(_encode(member)), "", time, number)


def one_of(raw: bytes | Raw) -> Instance | None:
    """The one instance of an undecoded attribute that is plain; None when it is not."""
    try:
        return instance_of(_decode_one(raw))
    except (UnusualError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _moment(member: _Property | _GeoProperty | _Relationship, text: str) -> int:
    try:
        us = time_us(text)
    except ValueError:
        raise UnusualError from None
    if "," in text:
        member.observedAt = text.replace(",", ".")
    return us


def _dataset(member: _Property | _GeoProperty | _Relationship) -> str:
    dataset = member.datasetId
    if dataset is UNSET:
        return ""
    if dataset == NULL or not is_uri(dataset):
        raise UnusualError
    return dataset


def _qualified(member: _GeoProperty | _Relationship) -> Instance:
    time = None if member.observedAt is UNSET else _moment(member, member.observedAt)
    return Instance(Raw(_encode(member)), _dataset(member), time)


def _geo_property(member: _GeoProperty) -> Instance:
    try:
        geojson.check(member.value, "")
    except BadRequestData:
        raise UnusualError from None
    return _qualified(member)


def _relationship(member: _Relationship) -> Instance:
    if member.object == NULL or not is_uri(member.object):
        raise UnusualError
    return _qualified(member)


def _bare_geometry(member: geojson.Geometry) -> Instance:
    return _geo_property(_GeoProperty(member))


def _bare_number(member: float) -> Instance:
    return Instance(Raw(b'{"type":"Property","value":' + _encode(member) + b"}"), number=member)


def _bare_value(member: object) -> Instance:
    if member == NULL or (member.__class__ is list and NULL in member):
        raise UnusualError
    return Instance(Raw(b'{"type":"Property","value":' + _encode(member) + b"}"))


def _holds_null(value: Any) -> bool:
    """Whether a value is or holds a null of either kind."""
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    if isinstance(value, list):
        return any(map(_holds_null, value))
    return value is None or value == NULL


_OTHERS: dict[type, Any] = {
    _GeoProperty: _geo_property,
    _Relationship: _relationship,
    str: _bare_value,
    bool: _bare_value,
    list: _bare_value,
    int: _bare_number,
    float: _bare_number,
    **dict.fromkeys(geojson.Geometry.__args__, _bare_geometry),
}
