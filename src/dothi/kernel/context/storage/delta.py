"""What one change did to an entity, as kept in its change row."""

from __future__ import annotations

from enum import IntEnum

import msgspec
from msgspec import Struct

from dothi.kernel.context.ld.model import Instance


class Op(IntEnum):
    """What happened. ``HISTORY`` rows add points of the past and change nothing that is now."""

    CREATED = 1
    UPDATED = 2
    DELETED = 3
    HISTORY = 4


class Delta(Struct, array_like=True):
    """The attribute instances a change set, and which (attribute, dataset) it took away."""

    attributes: dict[str, list[Instance]] = {}
    removed: list[tuple[str, str]] = []


_encode = msgspec.json.Encoder().encode


def dump(attributes: bytes, removed: list[tuple[str, str]]) -> bytes:
    """The inverse of :func:`load`; the attributes are bytes already."""
    return b"[%b,%b]" % (attributes, _encode(removed) if removed else b"[]")


load = msgspec.json.Decoder(Delta).decode
