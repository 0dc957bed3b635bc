"""Which rows lie in a box: rows packed by place into blocks, each with the box around it.

The rows are cut into slabs of equal count by longitude and run through each slab by latitude (Leutenegger's
sort-tile-recursive packing); a question looks at the boxes of all blocks at once, then into those it touches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BLOCK = 256
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows in packed order, their extents in that order, and each block's box (west, south, east, north)."""

    rows: NDArray[np.int32]
    west: Floats
    south: Floats
    east: Floats
    north: Floats
    blocks: Floats  # (blocks, 4)

    def touched(self, box: Box) -> NDArray[np.int64]:
        """Numbers of the blocks that may hold rows in the box, in packed order."""
        west, south, east, north = box
        at = self.blocks
        meets = (at[0] <= east) & (at[2] >= west) & (at[1] <= north) & (at[3] >= south)
        return np.flatnonzero(meets)

    def inside(self, start: int, end: int, box: Box) -> NDArray[np.int64]:
        """Packed positions from ``start`` up to ``end`` whose extent meets the box."""
        west, south, east, north = box
        part = slice(start, end)
        meets = (self.west[part] <= east) & (self.east[part] >= west)
        meets &= (self.south[part] <= north) & (self.north[part] >= south)
        return np.flatnonzero(meets) + start


def pack(west: Floats, south: Floats, east: Floats, north: Floats) -> tuple[NDArray[np.int32], Floats]:
    """The packed order of rows that have a place, and the blocks' boxes. ``west is east``: points."""
    placed = np.isfinite(west) & np.isfinite(south) & np.isfinite(east) & np.isfinite(north)
    rows = np.flatnonzero(placed).astype(np.int32)
    if not len(rows):
        return rows, np.empty((4, 0))
    x = west[rows] if west is east else (west[rows] + east[rows]) / 2
    y = south[rows] if south is north else (south[rows] + north[rows]) / 2
    order = rows[_tiled(x, y)]
    return order, _boxes(west[order], south[order], east[order], north[order])


def _tiled(x: Floats, y: Floats) -> NDArray[Any]:
    count = len(x)
    slabs = max(1, round((count / BLOCK) ** 0.5))
    # A sample gives slabs of nearly equal count without sorting all longitudes.
    sample = np.sort(x[:: max(1, count // 200_000)])
    edges = sample[np.linspace(0, len(sample) - 1, slabs + 1).astype(int)[1:-1]]
    slab = np.searchsorted(edges, x, side="right").astype(np.uint64)
    low, high = float(y.min()), float(y.max())
    height = (y - low) * (((1 << 20) - 1) / (high - low) if high > low else 0.0)
    key = (slab << np.uint64(20)) | height.astype(np.uint64)
    key <<= np.uint64(31)
    key |= np.arange(count, dtype=np.uint64)
    key.sort()
    return (key & np.uint64((1 << 31) - 1)).astype(np.int64)


def _boxes(west: Floats, south: Floats, east: Floats, north: Floats) -> Floats:
    starts = np.arange(0, len(west), BLOCK)
    return np.stack(
        [
            np.minimum.reduceat(west, starts),
            np.minimum.reduceat(south, starts),
            np.maximum.reduceat(east, starts),
            np.maximum.reduceat(north, starts),
        ]
    )
