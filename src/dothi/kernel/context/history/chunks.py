"""A run of history of one attribute as columns: packed into a row, merged with another, cut to a window."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dothi.engines.store.base import Row

MAX_POINTS = 4096

# What a point's value is. A number that carries nothing but its time and unit is eight bytes; anything else
# is
# kept as the whole attribute instance in JSON, so that nothing of it is lost.
JSON, FLOAT, INTEGER = 0, 1, 2
VALUE = 3
OBSERVED = 4
"""Added to the kind when a point's time is its ``observedAt``; else the time is when it was written."""

COLUMNS = "cid, eid, nid, dataset, kind, unit, times, modified, vals"
SUMMARY = "cid, eid, nid, dataset, kind, unit, t0, t1, n, low, high, total, squares"

Times = NDArray[np.int64]
Floats = NDArray[np.float64]
_raws = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(slots=True, eq=False)
class Chunk:
    """Points of one attribute (and dataset, kind and unit) in order of time, then of writing."""

    eid: int
    nid: int
    dataset: str
    kind: int
    unit: str
    times: Times
    modified: Times
    values: Floats | list[bytes]
    cid: int = 0

    def __len__(self) -> int:
        return len(self.times)

    @property
    def series(self) -> tuple[int, int, str, int, str]:
        """What all its points have in common."""
        return (self.eid, self.nid, self.dataset, self.kind, self.unit)

    def take(self, index: Any) -> Chunk:
        """The points at ``index`` (a slice, a mask or positions)."""
        values = self.values
        if isinstance(values, list):
            picked: Floats | list[bytes] = (
                values[index]
                if isinstance(index, slice)
                else [values[i] for i in np.arange(len(values))[index]]
            )
        else:
            picked = values[index]
        return Chunk(
            self.eid,
            self.nid,
            self.dataset,
            self.kind,
            self.unit,
            self.times[index],
            self.modified[index],
            picked,
        )

    def ordered(self) -> Chunk:
        """The same points in order of time, then of writing."""
        times = self.times
        if len(times) < 2 or bool(np.all(times[1:] > times[:-1])):
            return self
        return self.take(np.lexsort((self.modified, times)))


def join(parts: list[Chunk]) -> Chunk:
    """The points of several runs of one series as one, in order."""
    if len(parts) == 1:
        return parts[0].ordered()
    first = parts[0]
    values: Floats | list[bytes]
    if first.kind & VALUE == JSON:
        values = [value for part in parts for value in part.values]
    else:
        values = np.concatenate([part.values for part in parts])
    return Chunk(
        *first.series,
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.modified for part in parts]),
        values,
    ).ordered()


def split(chunk: Chunk) -> list[Chunk]:
    """Runs of at most :data:`MAX_POINTS`."""
    if len(chunk) <= MAX_POINTS:
        return [chunk]
    return [chunk.take(slice(start, start + MAX_POINTS)) for start in range(0, len(chunk), MAX_POINTS)]


def pack(chunk: Chunk) -> Row:
    """The row of table ``chunk`` with its pre-aggregates (``squares``: squared deviations from the mean)."""
    low = high = total = squares = None
    if isinstance(chunk.values, list):
        blob = zlib.compress(b"[" + b",".join(chunk.values) + b"]", 1)
    else:
        low, high, total = float(chunk.values.min()), float(chunk.values.max()), float(chunk.values.sum())
        squares = float(((chunk.values - total / len(chunk)) ** 2).sum())
        blob = chunk.values.astype("<f8", copy=False).tobytes()
    times, written = chunk.times, chunk.modified
    return (
        *chunk.series,
        int(times[0]), int(times[-1]), int(written.min()), int(written.max()), len(times),
        low, high, total, squares,
        times.astype("<i8", copy=False).tobytes(), written.astype("<i8", copy=False).tobytes(), blob,
    )  # fmt: skip


def unpack(row: Row) -> Chunk:
    """The chunk of a row of :data:`COLUMNS`."""
    cid, eid, nid, dataset, kind, unit, times, modified, vals = row
    values: Floats | list[bytes]
    if kind & VALUE == JSON:
        values = [bytes(raw) for raw in _raws.decode(zlib.decompress(vals))]
    else:
        values = np.frombuffer(vals, "<f8")
    return Chunk(
        eid,
        nid,
        dataset,
        kind,
        unit,
        np.frombuffer(times, "<i8"),
        np.frombuffer(modified, "<i8"),
        values,
        cid,
    )
