"""A spatial index that any B-tree can hold: rectangles of longitude and latitude as cells of a quadtree.

A cell is one integer: the interleaved (Morton) coordinates at its level, a marker bit, then zeros. The cells
inside another form one contiguous range around it, so that "what touches this rectangle" is a few ranges
(cells inside) and a few single values (cells around). Coordinates outside the world are clamped to its edge.
"""

from __future__ import annotations

from typing import NamedTuple

LEVELS = 24  # the finest cell is 2.4 m wide at the equator
_SIDE = 1 << LEVELS
_MAX_SPLIT = 6  # a query rectangle is covered by at most (6 + 1)² cells


class Box(NamedTuple):
    """A rectangle in degrees, edges included."""

    x0: float
    y0: float
    x1: float
    y1: float

    def touches(self, other: Box) -> bool:
        """Whether the two share at least a point."""
        return self.x0 <= other.x1 and other.x0 <= self.x1 and self.y0 <= other.y1 and other.y0 <= self.y1


class Cover(NamedTuple):
    """Where to look in the index: ranges of cells (ends included), single cells as ranges of one."""

    ranges: list[tuple[int, int]]


def _grid(box: Box) -> tuple[int, int, int, int]:
    """The corner cells of ``box`` at the finest level."""
    top = _SIDE - 1
    return (
        min(max(int((box.x0 + 180.0) / 360.0 * _SIDE), 0), top),
        min(max(int((box.y0 + 90.0) / 180.0 * _SIDE), 0), top),
        min(max(int((box.x1 + 180.0) / 360.0 * _SIDE), 0), top),
        min(max(int((box.y1 + 90.0) / 180.0 * _SIDE), 0), top),
    )


def _spread(value: int) -> int:
    """The bits of ``value`` with a zero between each."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


def _cell(column: int, row: int, level: int) -> int:
    """The cell at ``level`` that holds the finest-level coordinates."""
    shift = LEVELS - level
    morton = _spread(column >> shift) | _spread(row >> shift) << 1
    return (morton << 1 | 1) << 2 * shift


def _level(extent: int, split: int) -> int:
    """The finest level whose cells are at least ``extent / split`` wide."""
    return LEVELS - max(-(-extent // split) - 1, 0).bit_length()


def _cells(grid: tuple[int, int, int, int], level: int) -> list[int]:
    size = 1 << (LEVELS - level)
    column0, row0, column1, row1 = (value // size * size for value in grid)
    return [
        _cell(column, row, level)
        for column in range(column0, column1 + 1, size)
        for row in range(row0, row1 + 1, size)
    ]


def cells(box: Box) -> list[int]:
    """The one to four cells an entity at ``box`` is indexed under."""
    grid = _grid(box)
    extent = max(grid[2] - grid[0], grid[3] - grid[1])
    return _cells(grid, _level(extent, 1))


def cover(box: Box) -> Cover:
    """Where everything that touches ``box`` is indexed (and some that only comes near)."""
    grid = _grid(box)
    extent = max(grid[2] - grid[0], grid[3] - grid[1])
    level = _level(extent, _MAX_SPLIT)
    inside = sorted(_cells(grid, level))
    half = (1 << 2 * (LEVELS - level)) - 1
    ranges: list[tuple[int, int]] = []
    for cell in inside:
        low, high = cell - half, cell + half
        if ranges and ranges[-1][1] + 2 >= low:  # consecutive ranges are two apart: no cell lies between
            ranges[-1] = (ranges[-1][0], high)
        else:
            ranges.append((low, high))
    around = {_cell(column, row, above) for above in range(level) for column, row in _corners(grid, above)}
    return Cover(ranges + [(cell, cell) for cell in sorted(around)])


def _corners(grid: tuple[int, int, int, int], level: int) -> list[tuple[int, int]]:
    """Every cell of ``level`` that ``grid`` touches, by one of its finest-level coordinates."""
    size = 1 << (LEVELS - level)
    columns = range(grid[0] // size * size, grid[2] + 1, size)
    rows = range(grid[1] // size * size, grid[3] + 1, size)
    return [(column, row) for column in columns for row in rows]
