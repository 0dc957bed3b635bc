"""Points on their way into chunks, as plain lists.

Most series get a point or two at a time: arrays of one number cost more to make than to fill, so that numpy comes
in only where long runs are read.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import msgspec

from dothi.engines.store.base import Row
from dothi.kernel.context.history.chunks import JSON, MAX_POINTS, VALUE
from dothi.kernel.context.history.points import point
from dothi.kernel.context.ld.model import Instance

Series = tuple[int, int, str, int, str]
"""Entity, attribute, dataset, kind, unit."""
_raws = msgspec.json.Decoder(list[msgspec.Raw])


class Columns:
    """Times, times of writing and values of one series."""

    __slots__ = ("modified", "series", "times", "values")

    def __init__(self, series: Series) -> None:
        self.series = series
        self.times: list[int] = []
        self.modified: list[int] = []
        self.values: list[Any] = []  # numbers, or JSON texts as bytes

    def __len__(self) -> int:
        return len(self.times)

    def put_before(self, times: bytes, modified: bytes, values: bytes) -> None:
        """The points of a chunk's row in front of those here."""
        self.times[:0] = array("q", times)
        self.modified[:0] = array("q", modified)
        if self.series[3] & VALUE == JSON:
            self.values[:0] = [bytes(raw) for raw in _raws.decode(zlib.decompress(values))]
        else:
            self.values[:0] = array("d", values)

    def rows(self) -> list[Row]:
        """Rows of table ``chunk``, in order of time, then of writing."""
        times, modified, values = self.times, self.modified, self.values
        if len(times) > 1 and any(later <= earlier for earlier, later in pairwise(times)):
            order = sorted(range(len(times)), key=lambda i: (times[i], modified[i]))
            times, modified = [times[i] for i in order], [modified[i] for i in order]
            values = [values[i] for i in order]
        if len(times) <= MAX_POINTS:
            return [self._row(times, modified, values)]
        return [
            self._row(times[i : i + MAX_POINTS], modified[i : i + MAX_POINTS], values[i : i + MAX_POINTS])
            for i in range(0, len(times), MAX_POINTS)
        ]

    def _row(self, times: list[int], modified: list[int], values: list[Any]) -> Row:
        low = high = total = squares = None
        if self.series[3] & VALUE == JSON:
            blob = zlib.compress(b"[" + b",".join(values) + b"]", 1)
        else:
            low, high, total = min(values), max(values), sum(values)
            mean = total / len(values)
            squares = sum([(value - mean) ** 2 for value in values])
            blob = array("d", values).tobytes()
        return (
            *self.series,
            times[0], times[-1], min(modified), max(modified), len(times),
            low, high, total, squares,
            array("q", times).tobytes(), array("q", modified).tobytes(), blob,
        )  # fmt: skip


def fill(columns: dict[Series, Columns], eid: int, nid: int, instances: Iterable[Instance]) -> None:
    """Put instances of one attribute behind those of their series."""
    for instance in instances:
        kind, unit, time, modified, value = point(instance)
        series = (eid, nid, instance.dataset, kind, unit)
        found = columns.get(series)
        if found is None:
            found = columns[series] = Columns(series)
        found.times.append(time)
        found.modified.append(modified)
        found.values.append(value)
