"""Numbers over time summed up by buckets; chunks that lie in one bucket are not opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dothi.engines.store.base import Session
from dothi.kernel.context.history.chunks import (
    COLUMNS,
    OBSERVED,
    SUMMARY,
    VALUE,
    Chunk,
    Floats,
    Times,
    unpack,
)
from dothi.kernel.context.history.window import Window
from dothi.kernel.context.storage.sql import query_in


@dataclass(frozen=True, slots=True)
class Buckets:
    """One value per bucket: how many, their sum, least, greatest, and squared deviations from the bucket's
    mean."""

    count: Times
    total: Floats
    low: Floats
    high: Floats
    squares: Floats

    @property
    def mean(self) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: Floats = self.total / self.count
        return mean


def edges_of(window: Window, count: int) -> Times:
    """The edges of ``count`` equal buckets of ``window``."""
    return np.linspace(window.start, window.end, count + 1).astype(np.int64)


class Collector:
    """Adds up runs and summaries; ``edges`` are the ascending starts of the buckets and the end of the
    last."""

    def __init__(self, edges: Times) -> None:
        self._edges = edges
        size = len(edges) - 1
        self._count = np.zeros(size, np.int64)
        self._total = np.zeros(size)
        self._low = np.full(size, np.inf)
        self._high = np.full(size, -np.inf)
        self._shifted = np.zeros(size)
        # Squares are taken around a value near the data: far from zero they would lose what they are to tell.
        self._shift: float | None = None

    def add(self, times: Times, values: Floats) -> None:
        """Points in order of time."""
        first, last = np.searchsorted(times, (self._edges[0], self._edges[-1]))
        times, values = times[first:last], values[first:last]
        if not len(times):
            return
        if self._shift is None:
            self._shift = float(values[0])
        cuts = np.searchsorted(times, self._edges)
        filled = np.flatnonzero(cuts[1:] > cuts[:-1])
        starts = cuts[:-1][filled]
        self._count[filled] += cuts[1:][filled] - starts
        self._total[filled] += np.add.reduceat(values, starts)
        self._low[filled] = np.minimum(self._low[filled], np.minimum.reduceat(values, starts))
        self._high[filled] = np.maximum(self._high[filled], np.maximum.reduceat(values, starts))
        self._shifted[filled] += np.add.reduceat((values - self._shift) ** 2, starts)

    def bucket(self, t0: int, t1: int) -> int | None:
        """The bucket that holds everything from ``t0`` to ``t1``; None when there is no single one."""
        first, last = np.searchsorted(self._edges, (t0, t1), side="right")
        return int(first) - 1 if first == last and 0 < first < len(self._edges) else None

    def add_summary(
        self, bucket: int, count: int, low: float, high: float, total: float, squares: float
    ) -> None:
        """All points of a chunk at once."""
        if self._shift is None:
            self._shift = total / count
        self._count[bucket] += count
        self._total[bucket] += total
        self._low[bucket] = min(self._low[bucket], low)
        self._high[bucket] = max(self._high[bucket], high)
        self._shifted[bucket] += squares + count * (total / count - self._shift) ** 2

    def result(self) -> Buckets:
        """The sums; where a bucket is empty its least, greatest and mean are NaN."""
        empty = self._count == 0
        count = np.where(empty, 1, self._count)
        squares = np.maximum(self._shifted - count * (self._total / count - (self._shift or 0.0)) ** 2, 0.0)
        low, high = np.where(empty, np.nan, self._low), np.where(empty, np.nan, self._high)
        return Buckets(self._count, self._total, low, high, np.where(empty, 0.0, squares))


def summarise(
    session: Session, eid: int, nid: int, dataset: str, tail: Sequence[Chunk], window: Window, edges: Times
) -> tuple[Buckets, str]:
    """Numbers of one attribute by buckets, and their unit (of several the newest)."""
    where, bounds = window.clause()
    rows = session.query(
        f"SELECT {SUMMARY} FROM chunk WHERE eid = ? AND nid = ? AND dataset = ? AND {where} ORDER BY t1",  # noqa: S608
        (eid, nid, dataset, *bounds),
    )
    parts = [chunk for chunk in map(window.clip, tail) if chunk is not None and _numeric(chunk.kind, window)]
    parts = [chunk for chunk in parts if chunk.dataset == dataset]
    numeric = [row for row in rows if _numeric(row[4], window)]
    unit = parts[-1].unit if parts else numeric[-1][5] if numeric else ""
    collector = Collector(edges)
    opened: list[int] = []
    for cid, _, _, _, _, its_unit, t0, t1, count, low, high, total, squares in numeric:
        if its_unit != unit:
            continue
        bucket = collector.bucket(t0, t1) if window.by != "modifiedAt" else None
        if bucket is None:
            opened.append(cid)
        else:
            collector.add_summary(bucket, count, low, high, total, squares)
    for row in query_in(session, f"SELECT {COLUMNS} FROM chunk WHERE cid", opened):  # noqa: S608
        clipped = window.clip(unpack(row))
        if clipped is not None:
            _add(collector, clipped, window)
    for chunk in parts:
        if chunk.unit == unit:
            _add(collector, chunk, window)
    return collector.result(), unit


def _numeric(kind: int, window: Window) -> bool:
    return bool(kind & VALUE) and (window.by != "observedAt" or bool(kind & OBSERVED))


def _add(collector: Collector, chunk: Chunk, window: Window) -> None:
    assert not isinstance(chunk.values, list)
    if window.by == "modifiedAt":
        order = np.argsort(chunk.modified, kind="stable")
        collector.add(chunk.modified[order], chunk.values[order])
    else:
        collector.add(chunk.times, chunk.values)


def points(parts: Sequence[Chunk]) -> tuple[NDArray[np.int64], NDArray[np.float64], str]:
    """All numbers of some runs in order of time, and their unit (of several the newest)."""
    numeric = [chunk for chunk in parts if chunk.kind & VALUE and len(chunk)]
    if not numeric:
        return np.empty(0, np.int64), np.empty(0), ""
    unit = max(numeric, key=lambda chunk: int(chunk.times[-1])).unit
    same = [chunk for chunk in numeric if chunk.unit == unit]
    times = np.concatenate([chunk.times for chunk in same])
    values = np.concatenate([np.asarray(chunk.values, np.float64) for chunk in same])
    order = np.argsort(times, kind="stable")
    return times[order], values[order], unit
