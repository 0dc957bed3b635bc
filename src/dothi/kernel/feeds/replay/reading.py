"""Reading one cell: numbers, texts, times, and why a cell cannot be taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dothi.core import clock
from dothi.core.errors import BadInput
from dothi.kernel.feeds.replay.mapping import Column, Moment

Cells = list[str]
_CACHE = 200_000
_times_seen: dict[str, dict[tuple[str, ...], tuple[str, int]]] = {}


class Refused(Exception):
    """A cell or row that cannot be taken; ``reason`` groups it in counts, the text says which."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


def number(column: Column) -> Callable[[str], float | str]:
    """A function from a cell's text to its number (scaled), or to the declared replacement."""
    if column.values:
        return chosen(column)
    scale, decimals = column.scale, column.decimals

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise Refused(
                f"not a number: {column.column}", f"{column.column} is {text!r}, not a number"
            ) from None
        if not math.isfinite(value) or "_" in text:
            raise Refused(f"not a number: {column.column}", f"{column.column} is {text!r}, not a number")
        return value if scale == 1.0 else round(value * scale, decimals + 2)

    return read


def chosen(column: Column) -> Callable[[str], float | str]:
    """A function from a cell's text to the value declared for it."""
    values: Mapping[str, float | str] = column.values

    def read(text: str) -> float | str:
        try:
            return values[text]
        except KeyError:
            known = ", ".join(values)
            raise Refused(
                f"unknown value: {column.column}", f"{column.column} is {text!r}; known values: {known}"
            ) from None

    return read


def plain(column: Column) -> Callable[[str], float | str]:
    """A function that takes a cell's text as it is (or its declared replacement)."""
    return chosen(column) if column.values else str


def reader(column: Column) -> Callable[[str], float | str]:
    """How the cells of ``column`` are read."""
    return number(column) if column.kind == "number" else plain(column)


class Times:
    """Turns the time columns of a row into ``observedAt``; remembers what it has seen, for rows repeat
    times.
    """

    def __init__(self, moment: Moment, index: Mapping[str, int]) -> None:
        try:
            self._zone = ZoneInfo(moment.zone)
        except (KeyError, ValueError) as error:
            raise BadInput(f"{moment.zone!r} is not a time zone.", where="time.zone") from error
        self._format = moment.format
        self._names = tuple(moment.parts)
        self._columns = (
            [index[name] for name in moment.parts.values()] if moment.parts else [index[moment.column or ""]]
        )
        # Files of one set repeat the same hours: what was read of one helps with the next.
        self._seen = _times_seen.setdefault(f"{moment.zone} {moment.format} {self._names}", {})

    def of(self, cells: Cells) -> tuple[str, int]:
        """``observedAt`` and the same in microseconds; raises :class:`Refused` for a time that is none."""
        key = tuple([cells[column] for column in self._columns])
        known = self._seen.get(key)
        if known is None:
            if len(self._seen) >= _CACHE:
                self._seen.clear()
            known = self._seen[key] = self._read(key)
        return known

    def _read(self, key: tuple[str, ...]) -> tuple[str, int]:
        try:
            local = self._from_parts(key) if self._names else datetime.strptime(key[0], self._format)  # noqa: DTZ007
        except ValueError as error:
            raise Refused("not a time", f"the time is {' '.join(key)!r}: {error}") from None
        aware = local if local.tzinfo else local.replace(tzinfo=self._zone)
        utc = aware.astimezone(UTC)
        return clock.iso(utc), clock.us(utc)

    def _from_parts(self, key: tuple[str, ...]) -> datetime:
        given = dict(zip(self._names, map(int, key), strict=True))
        return datetime(  # noqa: DTZ001 - the zone is put on by the caller
            given["year"],
            given["month"],
            given["day"],
            given.get("hour", 0),
            given.get("minute", 0),
            given.get("second", 0),
        )
