"""A stretch of time, and which time of a point is meant."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from dothi.kernel.context.history.chunks import OBSERVED, Chunk

By = Literal["observedAt", "modifiedAt", "any"]
ALWAYS = (-(2**62), 2**62)


class Window(NamedTuple):
    """From ``start`` (included) to ``end`` (excluded), in µs.

    ``by``: the time points are chosen and ordered by: ``observedAt`` (points without one are left out),
    ``modifiedAt`` (when they were written), ``any`` (observedAt where there is one, else when written).
    """

    start: int = ALWAYS[0]
    end: int = ALWAYS[1]
    by: By = "any"

    def clause(self) -> tuple[str, tuple[int, int]]:
        """A condition for rows of table ``chunk`` that may hold points of the window."""
        if self.by == "modifiedAt":
            return "m0 < ? AND m1 >= ?", (self.end, self.start)
        return "t0 < ? AND t1 >= ?", (self.end, self.start)

    def clip(self, chunk: Chunk) -> Chunk | None:
        """The points of ``chunk`` inside; None when there are none."""
        if self.by == "observedAt" and not chunk.kind & OBSERVED:
            return None
        if self.by == "modifiedAt":
            inside = (chunk.modified >= self.start) & (chunk.modified < self.end)
            if inside.all():
                return chunk
            return chunk.take(np.flatnonzero(inside)) if inside.any() else None
        first, last = np.searchsorted(chunk.times, (self.start, self.end))
        if first == 0 and last == len(chunk):
            return chunk
        return chunk.take(slice(int(first), int(last))) if last > first else None


EVER = Window()
