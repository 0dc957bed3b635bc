"""From a record to an entity: rows and plain JSON records by a mapping, NGSI-LD as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

from dothi.core import clock
from dothi.core.errors import BadInput, DothiError, both
from dothi.core.units import convert
from dothi.kernel.feeds.base import Payload
from dothi.kernel.feeds.ngsi import prop
from dothi.kernel.feeds.replay import mapping as declared
from dothi.kernel.feeds.replay import sources
from dothi.kernel.feeds.replay.gathering import Gatherer, suits
from dothi.kernel.feeds.replay.reading import Refused
from dothi.kernel.feeds.replay.rows import Counts, Rows
from dothi.kernel.feeds.replay.sources import Part, Record
from dothi.kernel.packs import queries as packs

Complain = Callable[[str, str], None]


class Converter(Protocol):
    """Turns the records of one part into entities; ``key`` names the mapping used (empty for NGSI-LD)."""

    key: str
    delimiter: str
    gatherer: Gatherer | None

    def entity(self, record: Record) -> tuple[Payload, int | None]:
        """The entity and when it was observed (µs), or :class:`Refused`."""
        ...

    def take_counts(self) -> Counts:
        """What was counted since the last call."""
        ...


@cache
def ranges(kind: str, key: str, unit: str | None) -> tuple[float | None, float | None]:
    """The valid range the packs declare for an attribute, in ``unit``."""
    attribute = packs.attribute(kind, key)
    if attribute is None or attribute.range is None:
        return None, None
    ends = (attribute.range.min, attribute.range.max)
    if unit is None or attribute.unit is None or unit == attribute.unit:
        return ends
    low, high = (None if end is None else convert(end, attribute.unit, unit) for end in ends)
    return low, high


class _Mapped:
    """Rows of a CSV file, or plain JSON records, by a mapping."""

    def __init__(
        self, mapping: declared.Mapping, header: list[str], complain: Complain, provenance: str | None
    ) -> None:
        self.key = mapping.key
        self.delimiter = mapping.delimiter
        self._header = header
        self._rows = Rows(mapping, header, ranges, complain, provenance)
        self.gatherer = Gatherer(self._rows) if suits(mapping) else None

    def entity(self, record: Record) -> tuple[Payload, int | None]:
        if record.problem is not None:
            raise Refused(record.problem.split(":")[0], record.problem)
        return self._rows.entity(record.value)

    def take_counts(self) -> Counts:
        counts, self._rows.counts = self._rows.counts, Counts()
        return counts


class _MappedRecords(_Mapped):
    """As :class:`_Mapped`, from JSON objects: a value that is not text is read as its JSON text."""

    def __init__(
        self, mapping: declared.Mapping, header: list[str], complain: Complain, provenance: str | None
    ) -> None:
        super().__init__(mapping, header, complain, provenance)
        self.gatherer = None  # records are few; they go one by one

    def entity(self, record: Record) -> tuple[Payload, int | None]:
        if isinstance(record.value, dict):
            given = record.value
            record = record._replace(value=[_text(given.get(name)) for name in self._header])
        elif record.problem is None:
            raise Refused("not an object", "the record is not a JSON object")
        return super().entity(record)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


class _Ngsi:
    """NGSI-LD entities, passed on unchanged. Values outside the packs' ranges are counted and listed."""

    key = ""
    delimiter = ","
    gatherer: Gatherer | None = None

    def __init__(self, complain: Complain, provenance: str | None) -> None:
        self._complain, self._provenance = complain, provenance
        self._counts = Counts()

    def entity(self, record: Record) -> tuple[Payload, int | None]:
        if record.problem is not None:
            raise Refused(record.problem.split(":")[0], record.problem)
        entity = record.value
        if not isinstance(entity, dict) or not isinstance(entity.get("id"), str) or "type" not in entity:
            raise Refused("not an entity", "an NGSI-LD entity needs an id and a type")
        if self._provenance and "provenance" not in entity:
            entity = entity | {"provenance": prop(self._provenance)}
        self._judge(entity)
        return entity, _observed(entity)

    def _judge(self, entity: dict[str, Any]) -> None:
        for key, attribute in entity.items():
            if not isinstance(attribute, dict) or not isinstance(
                value := attribute.get("value"), int | float
            ):
                continue
            self._counts.readings += 1
            if _outside(str(entity["type"]), key, value, attribute.get("unitCode")):
                self._counts.flagged += 1
                unit = attribute.get("unitCode") or ""
                self._complain(
                    f"flagged out of range: {entity['type']}.{key}", f"{key} is {value} {unit}".rstrip()
                )

    def take_counts(self) -> Counts:
        counts, self._counts = self._counts, Counts()
        return counts


def _outside(kind: str, key: str, value: float, unit: str | None) -> bool:
    try:
        low, high = ranges(kind, key, unit)
    except DothiError:  # a unit that is unknown or measures something else
        return True
    return (low is not None and value < low) or (high is not None and value > high)


def _observed(entity: dict[str, Any]) -> int | None:
    """The first time an entity names: an observedAt, else its dateObserved."""
    for attribute in entity.values():
        if isinstance(attribute, dict) and isinstance(at := attribute.get("observedAt"), str):
            return _us(at)
    given = entity.get("dateObserved")
    at = given.get("value") if isinstance(given, dict) else given
    return _us(at) if isinstance(at, str) else None


def _us(text: str) -> int | None:
    try:
        return clock.us(clock.parse_iso(text))
    except ValueError:
        return None


def converter(part: Part, name: str | None, provenance: str | None, complain: Complain) -> Converter:
    """How to read ``part``: by the mapping called ``name``, else as its columns or first record show."""
    if part.form == "csv":
        mapping = declared.named(name) if name else None
        header = sources.header(part, mapping.delimiter if mapping else ",")
        mapping = mapping or declared.recognise(frozenset(header), "csv")
        if mapping is None:
            raise _unknown(part, header)
        return _Mapped(mapping, header, complain, provenance)
    return _json(part, name, provenance, complain)


def _json(part: Part, name: str | None, provenance: str | None, complain: Complain) -> Converter:
    with part.open() as raw:
        first = next(iter(sources.json_records(raw)), None)
    given = first.value if first and isinstance(first.value, dict) else {}
    if name is None and (not given or {"id", "type"} <= given.keys()):
        return _Ngsi(complain, provenance)
    mapping = declared.named(name) if name else declared.recognise(frozenset(given), "json")
    if mapping is None:
        raise _unknown(part, list(given))
    needed = {*mapping.match, *(each.column for each in mapping.attributes)}
    return _MappedRecords(mapping, sorted(needed | given.keys()), complain, provenance)


def _unknown(part: Part, columns: list[str]) -> BadInput:
    names, known = ", ".join(columns)[:300], ", ".join(declared.shipped())
    return BadInput(
        both(
            f"Không nhận ra {part.name} (các cột: {names}). "
            f"Hãy chọn ánh xạ bằng --mapping: {known} hoặc tệp .yaml.",
            f"{part.name} is not recognised (columns: {names}). "
            f"Choose a mapping with --mapping: {known}, or a .yaml file.",
        )
    )
