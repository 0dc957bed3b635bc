"""Where the rows in a box are, as arrays: for drawing. A box with very many rows gives an even part of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dothi.kernel.warehouse.references import Served
from dothi.kernel.warehouse.serving import copies
from dothi.kernel.warehouse.serving.columns import BytesColumn, Rows
from dothi.kernel.warehouse.serving.conditions import InBox, condition
from dothi.kernel.warehouse.serving.copies import Copy
from dothi.kernel.warehouse.serving.places import BLOCK, Box, Floats, Packed
from dothi.kernel.warehouse.serving.questions import Filter, checked

_LOOKED_AT = 8  # so many times more rows are looked at than are drawn


@dataclass(frozen=True, slots=True)
class Shapes:
    """Rows of a version by number, with ``x`` and ``y`` (points) or ``shapes`` (shapely); ``whole``: none left out."""

    rows: Rows
    x: Floats | None
    y: Floats | None
    shapes: NDArray[Any] | None
    whole: bool


def inside(version: Served, box: Box, *, where: Sequence[Filter] = (), most: int = 10_000) -> Shapes:
    """At most ``most`` rows whose place meets the box (by its extent) and that fulfil the conditions."""
    copy = copies.copy(version.ref)
    found, packed = copy.in_box(box), copy.packed
    nothing = np.empty(0, np.int64)
    if found is None or packed is None:
        return Shapes(nothing, None, None, None, True)
    positions, whole = _positions(found, packed, most * _LOOKED_AT)
    rows = packed.rows[positions].astype(np.int64)
    for each in where:
        asked = checked(copy.ref.columns, each)
        holds = condition(copy.columns[asked.column], asked).mask(rows)
        positions, rows = positions[holds], rows[holds]
    if len(rows) > most:
        chosen = np.linspace(0, len(rows) - 1, most).astype(np.int64)
        positions, rows, whole = positions[chosen], rows[chosen], False
    if packed.west is packed.east:
        return Shapes(rows, packed.west[positions], packed.south[positions], None, whole)
    return Shapes(rows, None, None, _geometries(copy, rows), whole)


def _positions(found: InBox, packed: Packed, most: int) -> tuple[NDArray[np.int64], bool]:
    """Packed positions in the box; of too many, evenly spread ones of each block that is touched."""
    blocks = found.blocks
    if len(blocks) * BLOCK <= most:
        return found.positions(0, len(blocks)), True
    stride = max(1, len(blocks) // most)
    each = max(1, min(BLOCK, most // len(blocks)))
    offsets = np.arange(each, dtype=np.int64) * (BLOCK // each)
    positions = (blocks[::stride, None] * BLOCK + offsets).ravel()
    positions = positions[positions < len(packed.rows)]
    west, south, east, north = found.box
    meets = (packed.west[positions] <= east) & (packed.east[positions] >= west)
    meets &= (packed.south[positions] <= north) & (packed.north[positions] >= south)
    return positions[meets], False


def _geometries(copy: Copy, rows: Rows) -> NDArray[Any]:
    column = next(each for each in copy.columns.values() if isinstance(each, BytesColumn))
    return column.shapes(rows)


def values(version: Served, rows: Rows, columns: Sequence[str]) -> list[list[Any]]:
    """The values of these rows as Python has them, a list for each column."""
    copy = copies.copy(version.ref)
    return [copy.columns[name].python(rows) for name in columns]
