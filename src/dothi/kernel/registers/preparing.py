"""A record's data as it goes into the tables. Shared by single writes and bulk loads: it must be quick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from dothi.core.text import collation_key
from dothi.kernel.packs.record_types import UNIT
from dothi.kernel.registers import places
from dothi.kernel.registers.models import SLOTS
from dothi.kernel.registers.names import words_of
from dothi.kernel.registers.types import Kind
from dothi.kernel.registers.types import kind as kind_of

SORT_AT_MOST, VALUE_AT_MOST = 60, 120
BY_ID = "id"
encode = msgspec.json.Encoder().encode
_NO_BOX = (None, None, None, None)


class Facts(NamedTuple):
    """The columns of a record that follow its data."""

    unit: str
    label: str
    sort: str
    words: str
    personal_words: str
    slots: tuple[str | None, ...]
    box: tuple[float | None, ...]


class Named(NamedTuple):
    """An identifier of a record."""

    scheme: str
    value: str
    exclusive: bool


class Pointer(NamedTuple):
    """A link of a record."""

    property: str
    kind: str
    target_type: str
    scheme: str
    value: str


def facts(kind: Kind, data: Mapping[str, Any]) -> Facts:
    """The columns for cleaned and valid ``data``."""
    declared = kind.declared
    label = kind.label(data).replace("\x00", "")
    slots = tuple(None if (v := data.get(key)) is None else write(v) for key, write in kind.encoders)
    geometry = data.get(declared.geometry) if declared.geometry else None
    return Facts(
        unit=str(data.get(declared.unit, ""))[:20] if declared.unit else "",
        label=label,
        sort=collation_key(label).partition("\x00")[0][:SORT_AT_MOST],
        words=_words(kind.found_by_all, data),
        personal_words=_words(kind.found_by_some, data),
        slots=slots + (None,) * (len(SLOTS) - len(slots)),
        box=_NO_BOX if geometry is None else places.box(geometry),
    )


def _words(keys: tuple[str, ...], data: Mapping[str, Any]) -> str:
    texts = [value for key in keys if (value := data.get(key)) is not None]
    return words_of(" ".join(map(str, texts))) if texts else ""


def identifiers(kind: Kind, data: Mapping[str, Any]) -> list[Named]:
    """The identifiers in ``data``, normalised; empty ones are none."""
    found = []
    for scheme, key, exclusive, normalise in kind.carriers:
        value = data.get(key)
        if value is not None and (normal := normalise(str(value))[:VALUE_AT_MOST]):
            found.append(Named(scheme, normal, exclusive))
    return found


def carried(pointer: Pointer) -> dict[str, Any]:
    """How the identifier a link names is looked up. Whether it is exclusive says which index knows it."""
    exclusive = kind_of(pointer.target_type).carrier(pointer.scheme).exclusive
    return {
        "type": pointer.target_type,
        "scheme": pointer.scheme,
        "value": pointer.value,
        "exclusive": exclusive,
    }


def uuid_of(text: str) -> UUID | None:
    """The id written in ``text``, None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def pointers(kind: Kind, data: Mapping[str, Any]) -> list[Pointer]:
    """The links in ``data``; a list names several. Units are kept by the directory, not as links."""
    found = []
    for each in kind.linked:
        link, value = each.link, data.get(each.key)
        if link is None or value is None or link.register == UNIT:
            continue
        scheme = link.by or BY_ID
        normalise = kind.normaliser(link.register, link.by)
        for one in _named_in(value, link.via):
            target = normalise(str(one))[:VALUE_AT_MOST]
            found.append(Pointer(each.key, link.kind or "", link.register, scheme, target))
    return found


def _named_in(value: Any, via: str | None) -> list[Any]:
    """What a property names: itself, each of a list, or a property of each object in it."""
    many = value if isinstance(value, list) else [value]
    if via is None:
        return many
    return [each[via] for each in many if isinstance(each, Mapping) and each.get(via) is not None]
