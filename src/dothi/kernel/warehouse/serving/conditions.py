"""Conditions of a question over an open copy: how many rows fulfil one, which, and where they lie in an order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from dothi.core.text import fold
from dothi.kernel.warehouse.serving.columns import (
    BytesColumn,
    CodesColumn,
    Rows,
    Span,
    TextColumn,
    ValueColumn,
)
from dothi.kernel.warehouse.serving.places import BLOCK, Box, Packed
from dothi.kernel.warehouse.serving.questions import Filter

Mask = NDArray[np.bool_]
_MANY_SPANS = 8


class Condition(Protocol):
    """One condition. ``count`` is None where only looking at the rows tells."""

    @property
    def count(self) -> int | None: ...

    def mask(self, rows: Rows) -> Mask: ...

    def found(self) -> Rows:
        """All rows that fulfil it, ascending; only asked for where ``count`` is known."""
        ...


@dataclass
class InSpans:
    """A value column's value lies in one of several intervals."""

    column: ValueColumn
    spans: list[Span]

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """Where in the column's order the rows are."""
        found = [self.column.positions(span) for span in self.spans]
        return [(start, end) for start, end in found if start < end]

    @property
    def count(self) -> int | None:
        return sum(end - start for start, end in self.places)

    @cached_property
    def _table(self) -> Mask:
        assert isinstance(self.column, CodesColumn)
        holds = np.zeros(len(self.column.words) + 1, bool)
        for low, high in self.spans:
            holds[max(low, 0) : high + 1] = True
        holds[-1] = False
        return holds

    def mask(self, rows: Rows) -> Mask:
        values = self.column.values[rows]
        if isinstance(self.column, CodesColumn):
            coded: Mask = self._table[values]
            return coded
        if len(self.spans) > _MANY_SPANS:
            return np.isin(values, np.array([low for low, _ in self.spans]))  # only "in" has so many
        holds = np.zeros(len(values), bool)
        for low, high in self.spans:
            holds |= (values >= low) & (values <= high)
        return holds

    @property
    def run(self) -> tuple[int, int] | None:
        """The one stretch of the order with rows of one value, which lie there in their own order."""
        if len(self.spans) == 1 and self.spans[0][0] == self.spans[0][1]:
            return self.places[0] if self.places else (0, 0)
        return None

    def found(self) -> Rows:
        if not self.places:
            return np.empty(0, np.int64)
        rows = np.concatenate([self.column.along(start, end) for start, end in self.places])
        if self.run is None and self.column.order is not None:
            rows.sort()
        return rows


@dataclass
class IsNull:
    """A column has no value, or has one."""

    column: ValueColumn | TextColumn
    wanted: bool

    @property
    def count(self) -> int | None:
        return self.column.layout.nulls if self.wanted else self.column.valid

    def mask(self, rows: Rows) -> Mask:
        missing = self.column.nulls_at(rows)
        return missing if self.wanted else ~missing

    def found(self) -> Rows:
        column = self.column
        if isinstance(column, ValueColumn) and column.layout.indexed:
            ends = (column.valid, column.rows) if self.wanted else (0, column.valid)
            return np.sort(column.along(*ends))
        return np.flatnonzero(column.nulls_at(slice(0, column.rows)) == self.wanted)


@dataclass
class TextHolds:
    """A condition on a column of long texts."""

    column: TextColumn
    op: str
    value: Any

    @cached_property
    def place(self) -> tuple[int, int] | None:
        if not self.column.layout.indexed or self.op not in ("eq", "le", "ge"):
            return None
        low = None if self.op == "le" else self.value
        return self.column.positions((low, None if self.op == "ge" else self.value))

    @property
    def count(self) -> int | None:
        return None if self.place is None else self.place[1] - self.place[0]

    def found(self) -> Rows:
        assert self.place is not None
        return np.sort(self.column.along(*self.place))

    def mask(self, rows: Rows) -> Mask:
        texts = self.column.texts.take(rows)
        if self.op == "contains":
            wanted = fold(self.value)
            return np.fromiter(
                (text is not None and wanted in fold(text) for text in texts.to_pylist()), bool, len(rows)
            )
        if self.op == "in":
            return np.fromiter((text in self.value for text in texts.to_pylist()), bool, len(rows))
        compare = {
            "eq": pc.equal, "ne": pc.not_equal, "lt": pc.less, "le": pc.less_equal, "gt": pc.greater, "ge": pc.greater_equal,
        }[self.op]  # fmt: skip
        holds: Mask = np.asarray(compare(texts, self.value).fill_null(False))
        return holds


@dataclass
class InBox:
    """A row's place lies in a box, or its geometry meets it."""

    packed: Packed
    box: Box
    extents: tuple[NDArray[np.float64], ...] | None = None
    geometry: BytesColumn | None = None

    @cached_property
    def blocks(self) -> NDArray[np.int64]:
        return self.packed.touched(self.box)

    @property
    def count(self) -> int | None:
        """About how many: the rows of the blocks that are touched."""
        return len(self.blocks) * BLOCK

    def exact(self, rows: Rows) -> Rows:
        """Of rows whose extents meet the box, those whose geometries do."""
        if self.geometry is None or not len(rows):
            return rows
        return rows[shapely.intersects(self.geometry.shapes(rows), shapely.box(*self.box))]

    def positions(self, start: int, end: int) -> NDArray[np.int64]:
        """Packed positions inside the box among the touched blocks ``start`` up to ``end``."""
        last = len(self.packed.rows)
        parts = [
            self.packed.inside(block * BLOCK, min((block + 1) * BLOCK, last), self.box)
            for block in self.blocks[start:end].tolist()
        ]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def found(self) -> Rows:
        rows = self.packed.rows[self.positions(0, len(self.blocks))].astype(np.int64)
        return np.sort(self.exact(rows))

    def mask(self, rows: Rows) -> Mask:
        west, south, east, north = self.box
        if self.extents is not None:
            x, y = (side[rows] for side in self.extents[:2])
            return (x >= west) & (x <= east) & (y >= south) & (y <= north)
        assert self.geometry is not None
        held: Mask = shapely.intersects(self.geometry.shapes(rows), shapely.box(*self.box))
        return held


def condition(column: ValueColumn | TextColumn, asked: Filter) -> Condition:
    """The condition for a checked filter."""
    if asked.op == "isnull":
        return IsNull(column, asked.value)
    if isinstance(column, ValueColumn):
        return InSpans(column, column.spans(asked.op, asked.value))
    return TextHolds(column, asked.op, asked.value)
