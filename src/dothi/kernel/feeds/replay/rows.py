"""A mapping made ready for one file: each row becomes the bytes of one NGSI-LD entity."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from dothi.core.errors import BadInput, both
from dothi.kernel.feeds.ngsi import point, prop, urn
from dothi.kernel.feeds.replay import mapping as declared
from dothi.kernel.feeds.replay.reading import Cells, Refused, Times, reader

_FIELD = re.compile(r"\{([^{}]+)\}")
_encode = msgspec.json.encode
Ranges = Callable[[str, str, str | None], tuple[float | None, float | None]]
"""(entity type, attribute, unit) → the valid range in that unit, ends open where None."""


@dataclass(slots=True)
class Counts:
    """What rows came to: readings taken, missing, refused one by one, flagged as out of range."""

    readings: int = 0
    missing: int = 0
    refused: int = 0
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column, ready. ``seen``: cell text → finished bytes, for valid values come again."""

    at: int
    name: str
    read: Callable[[str], float | str]
    low: float
    high: float
    head: bytes
    tail: bytes
    seen: dict[str, bytes]


_INF = float("inf")
_REMEMBERED = 20_000
_FLAG = b',"validity":{"type":"Property","value":"out-of-range"}'


class Rows:
    """Turns rows of one file into entities. ``complain(reason, detail)`` hears of single cells."""

    def __init__(
        self,
        mapping: declared.Mapping,
        header: Sequence[str],
        ranges: Ranges,
        complain: Callable[[str, str], None],
        provenance: str | None = None,
    ) -> None:
        self.mapping = mapping
        self._index = {name: position for position, name in enumerate(header)}
        self._width = len(header)
        self.complain = complain
        self._provenance = provenance or mapping.provenance
        self._demand_columns()
        self.nulls = frozenset(mapping.nulls)
        self._reject = mapping.out_of_range == "reject"
        self.times = Times(mapping.time, self._index) if mapping.time else None
        self.attributes = [self._attribute(each, ranges) for each in mapping.attributes]
        self.identify = self._id_maker()
        self._heads: dict[str, bytes] = {}
        self._introduced: set[str] = set()
        self.counts = Counts()

    def _demand_columns(self) -> None:
        mapping = self.mapping
        needed = [each.column for each in mapping.attributes] + _FIELD.findall(mapping.entity.id)
        if mapping.time:
            needed += list(mapping.time.parts.values()) or [mapping.time.column or ""]
        if mapping.stations:
            needed.append(mapping.stations.column)
        if mapping.position:
            needed += [mapping.position.longitude, mapping.position.latitude]
        if missing := [name for name in needed if name not in self._index]:
            names = ", ".join(missing)
            raise BadInput(
                both(
                    f"Tệp không có cột {names} mà ánh xạ {mapping.key} cần.",
                    f"The file has no column {names}, which mapping {mapping.key} needs.",
                )
            )

    def _attribute(self, column: declared.Column, ranges: Ranges) -> Attribute:
        low, high = ranges(self.mapping.entity.type, column.key, column.unit)
        unit = f',"unitCode":{_encode(column.unit).decode()}' if column.unit else ""
        head = f',"{column.key}":{{"type":"Property","value":'.encode()
        return Attribute(
            self._index[column.column],
            column.column,
            reader(column),
            -_INF if low is None else low,
            _INF if high is None else high,
            head,
            unit.encode(),
            {},
        )

    def _id_maker(self) -> Callable[[Cells], str]:
        """The id of a row's entity; text from the row is percent-encoded where an URN needs it."""
        parts = _FIELD.split(self.mapping.entity.id)
        kind, columns = self.mapping.entity.type, [self._index[name] for name in parts[1::2]]
        seen: dict[tuple[str, ...], str] = {}

        def make(cells: Cells) -> str:
            texts = tuple([cells[column] for column in columns])
            known = seen.get(texts)
            if known is None:
                if not all(texts):
                    raise Refused("no id", f"a column of {self.mapping.entity.id} is empty")
                known = urn(kind, _slug(parts[::2], texts))
                if len(seen) < _REMEMBERED:
                    seen[texts] = known
            return known

        return make

    def entity(self, cells: Cells) -> tuple[bytes, int | None]:
        """The entity of one row, and when it was observed (µs); raises :class:`Refused` for the whole row."""
        self.measure(cells)
        id = self.identify(cells)
        head = self._head(id, cells)
        observed, at_us = self.times.of(cells) if self.times else ("", None)
        end = b',"observedAt":"%b"}' % observed.encode() if observed else b"}"
        body = self._body(cells, end)
        if not body and (self.times or id in self._introduced):
            raise Refused("no values", "every value of the row is missing")
        self._introduced.add(id)
        return b"".join([head, *body, b"}"]), at_us

    def measure(self, cells: Cells) -> None:
        """Refuse a row that has not as many cells as the header."""
        if len(cells) != self._width:
            raise Refused("wrong number of columns", f"{len(cells)} columns instead of {self._width}")

    def _body(self, cells: Cells, end: bytes) -> list[bytes]:
        """The attributes of a row: most cells hold a text that was read before, which costs one look-up."""
        out: list[bytes] = []
        for attribute in self.attributes:
            text = cells[attribute.at]
            written = attribute.seen.get(text)
            if written is None and (written := self._written(attribute, text)) is None:
                continue
            out += (written, end)
        self.counts.readings += len(out) >> 1
        return out

    def _written(self, attribute: Attribute, text: str) -> bytes | None:
        """The attribute of one cell without its time; None for a missing or refused one."""
        if text in self.nulls:
            self.counts.missing += 1
            return None
        try:
            value = attribute.read(text)
            flag = self._judge(attribute, value)
        except Refused as refusal:
            self.counts.refused += 1
            self.complain(refusal.reason, str(refusal))
            return None
        written = b"".join((attribute.head, _encode(value), attribute.tail, flag))
        if not flag and len(attribute.seen) < _REMEMBERED:
            attribute.seen[text] = written
        return written

    def _judge(self, attribute: Attribute, value: float | str) -> bytes:
        """Nothing for a valid value; a mark, or refusal, for one outside the declared range."""
        if isinstance(value, str) or attribute.low <= value <= attribute.high:
            return b""
        reason = f"out of range: {attribute.name}"
        detail = f"{attribute.name} is {value}, valid from {attribute.low:g} to {attribute.high:g}"
        if self._reject:
            raise Refused(reason, detail)
        self.counts.flagged += 1
        self.complain(f"flagged {reason}", detail)
        return _FLAG

    def _head(self, id: str, cells: Cells) -> bytes:
        """``{"id":…,"type":…``: with everything that does not change the first time an entity is seen."""
        if id in self._introduced:
            return self._heads[id]
        about: dict[str, Any] = {"id": id, "type": self.mapping.entity.type}
        self._heads[id] = _encode(about)[:-1]
        return _encode(about | self.about(cells))[:-1]

    def about(self, cells: Cells) -> dict[str, Any]:
        """What does not change of the entity a row belongs to."""
        about: dict[str, Any] = {
            "provenance": prop(self._provenance),
            "dataProvider": prop(self.mapping.provider),
        }
        if self.mapping.stations:
            about |= self._station(self.mapping.stations, cells)
        if self.mapping.position:
            about["location"] = self._position(self.mapping.position, cells)
        return about

    def _station(self, stations: declared.Stations, cells: Cells) -> dict[str, Any]:
        name = cells[self._index[stations.column]]
        station = stations.table.get(name)
        if station is None:
            raise Refused(
                f"unknown station: {stations.column}",
                f"{stations.column} {name!r} is not in the station table",
            )
        return {
            "name": prop(station.name),
            "location": point(station.longitude, station.latitude),
            "positionAccuracy": prop(station.accuracy) | {"source": prop(stations.source)},
        }

    def _position(self, position: declared.Position, cells: Cells) -> dict[str, Any]:
        texts = cells[self._index[position.longitude]], cells[self._index[position.latitude]]
        try:
            lon, lat = map(float, texts)
        except ValueError:
            raise Refused("no position", f"the position is {' '.join(texts)!r}") from None
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise Refused("no position", f"longitude {lon}, latitude {lat} is not on the Earth")
        return point(lon, lat)


def _slug(fixed: Sequence[str], texts: Sequence[str]) -> str:
    """``fixed`` texts with the row's own between them."""
    pairs = zip(fixed[1:], texts, strict=True)
    return fixed[0] + "".join(quote(text, safe="-._~:") + after for after, text in pairs)
