"""A column of an open copy: where a value lies in its order, which rows fulfil a condition, rows as Python values."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from dothi.core.clock import us
from dothi.core.text import collation_key, fold
from dothi.kernel.warehouse.serving.building import texts
from dothi.kernel.warehouse.serving.layout import ColumnLayout, load, null_of
from dothi.kernel.warehouse.serving.writing import COLLATED

Rows = NDArray[np.int64]
Span = tuple[Any, Any]
"""An inclusive interval of kept values."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = date(1970, 1, 1)


class Column:
    """What all columns have: a name, a layout, and (when indexed) an order."""

    def __init__(self, folder: Path, place: int, layout: ColumnLayout, rows: int) -> None:
        self.folder, self.place, self.layout, self.rows = folder, place, layout, rows
        self.valid = rows - layout.nulls

    @cached_property
    def order(self) -> NDArray[np.int32] | None:
        """Row numbers in the order of the values; None: the rows' own order."""
        return None if self.layout.ordered else load(self.folder, f"{self.place}.order", np.int32)

    def at(self, position: int) -> int:
        """The row at a position of the order."""
        return position if self.order is None else int(self.order[position])

    def along(self, start: int, end: int) -> Rows:
        """The rows at the positions ``start`` up to ``end``."""
        if self.order is None:
            return np.arange(start, end, dtype=np.int64)
        return self.order[start:end].astype(np.int64)


class ValueColumn(Column):
    """Numbers, times, days, booleans, and codes: one array of comparable values."""

    @cached_property
    def values(self) -> NDArray[Any]:
        return load(self.folder, f"{self.place}.values", self.layout.dtype)

    @cached_property
    def null(self) -> Any:
        return null_of(self.layout.dtype)

    def positions(self, span: Span) -> tuple[int, int]:
        """Where in the order the values of an inclusive interval begin and end."""
        low, high = span
        kept = self.values
        order = self.order

        def value_at(position: int) -> Any:
            return kept[position if order is None else order[position]]

        everything = range(self.valid)
        start = bisect_left(everything, low, key=value_at)
        return start, bisect_right(everything, high, lo=start, key=value_at)

    def position_of(self, row: int) -> int:
        """Where in the order a row is."""
        if self.order is None:
            return row
        value = self.values[row]
        if self._is_null(value):
            start, end = self.valid, self.rows
        else:
            start, end = self.positions((value, value))
        return start + int(np.searchsorted(self.order[start:end], row))

    def _is_null(self, value: Any) -> bool:
        return bool(value != value) if self.layout.kind == "number" else bool(value == self.null)

    def nulls_at(self, rows: Rows | slice) -> NDArray[np.bool_]:
        """Which of these rows have no value."""
        kept = self.values[rows]
        missing: NDArray[np.bool_] = np.isnan(kept) if self.layout.kind == "number" else kept == self.null
        return missing

    def kept(self, value: Any) -> Any:
        """A Python value as it is compared here; a float between two whole numbers stays between them."""
        kind = self.layout.kind
        if kind == "datetime":
            return us(value)
        if kind == "date":
            return (value - _DAY).days
        return int(value) if kind == "boolean" else value

    def spans(self, op: str, value: Any) -> list[Span]:
        """The inclusive intervals of kept values for which a condition holds."""
        if op == "in":
            return [(each, each) for each in sorted({self.kept(one) for one in value})]
        least, greatest = self._ends()
        at = self.kept(value)
        below, above = self._beside(at)
        if op == "ne":
            return [(least, below), (above, greatest)]
        return [{
            "eq": (at, at), "lt": (least, below), "le": (least, at), "gt": (above, greatest), "ge": (at, greatest),
        }[op]]  # fmt: skip

    def _ends(self) -> Span:
        if self.layout.kind == "number":
            return -math.inf, math.inf
        limits = np.iinfo(self.layout.dtype)
        return limits.min, limits.max - 1  # the greatest is null

    def _beside(self, at: Any) -> Span:
        if self.layout.kind == "number":
            return math.nextafter(at, -math.inf), math.nextafter(at, math.inf)
        if isinstance(at, float):
            return math.floor(at), math.ceil(at)
        return at - 1, at + 1

    def python(self, rows: Rows) -> list[Any]:
        """The values of these rows as Python has them."""
        kept = self.values[rows]
        found = [self._python(value) for value in kept.tolist()] if self._converts else kept.tolist()
        if self.layout.nulls:
            for place in np.flatnonzero(self.nulls_at(rows)).tolist():
                found[place] = None
        return found

    @property
    def _converts(self) -> bool:
        return self.layout.kind in ("date", "datetime", "boolean")

    def _python(self, value: int) -> Any:
        kind = self.layout.kind
        if kind == "boolean":
            return value == 1
        try:
            return (
                _EPOCH + timedelta(microseconds=value) if kind == "datetime" else _DAY + timedelta(days=value)
            )
        except OverflowError:  # null, or a time outside of Python's years
            return None

    def arrow(self, rows: Rows | slice, kind: pa.DataType) -> pa.Array:
        """The values of these rows as Arrow has them."""
        kept = self.values[rows]
        mask = self.nulls_at(rows) if self.layout.nulls else None
        if self.layout.kind == "datetime":
            return pa.array(kept, pa.int64(), mask=mask).cast(kind)
        if self.layout.kind == "date":
            return pa.array(kept, pa.int32(), mask=mask).cast(kind)
        return pa.array(kept, mask=mask).cast(kind)


class CodesColumn(ValueColumn):
    """Texts as codes of a sorted dictionary: in the order of Vietnamese dictionaries up to 65,536 of them."""

    @cached_property
    def words(self) -> list[str]:
        with pa.OSFile(str(self.folder / f"{self.place}.words")) as source:
            found: list[str] = pa.ipc.open_file(source).read_all().column(0).to_pylist()
        return found

    @cached_property
    def arrow_words(self) -> pa.Array:
        return pa.array([*self.words, None], pa.string())

    @cached_property
    def folded(self) -> list[str]:
        return [fold(word) for word in self.words]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many rows have each code; the last count is of null."""
        return load(self.folder, f"{self.place}.counts", np.int64)

    @cached_property
    def null(self) -> int:
        return len(self.words)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where in the order each code begins."""
        return np.concatenate([[0], np.cumsum(self.counts)])

    def positions(self, span: Span) -> tuple[int, int]:
        low, high = max(0, span[0]), min(len(self.words) - 1, span[1])
        return (int(self.starts[low]), int(self.starts[high + 1])) if low <= high else (0, 0)

    def _key(self, text: str) -> str:
        return collation_key(text) if len(self.words) <= COLLATED else text

    @cached_property
    def _code(self) -> dict[str, int]:
        return {word: code for code, word in enumerate(self.words)}

    def spans(self, op: str, value: Any) -> list[Span]:
        if op in ("eq", "in"):
            texts = (value,) if op == "eq" else value
            codes = sorted({self._code[text] for text in texts if text in self._code})
            return [(code, code) for code in codes]
        if op == "contains":
            wanted = fold(value)
            return _runs([code for code, text in enumerate(self.folded) if wanted in text])
        last = len(self.words) - 1
        if op == "ne":
            code = self._code.get(value)
            return [(0, last)] if code is None else [(0, code - 1), (code + 1, last)]
        key = self._key(value)
        find = bisect_left if op in ("lt", "ge") else bisect_right
        at = find(self.words, key, key=self._key)
        return [(0, at - 1)] if op in ("lt", "le") else [(at, last)]

    def python(self, rows: Rows) -> list[Any]:
        words, null = self.words, self.null
        return [words[code] if code != null else None for code in self.values[rows].tolist()]

    def arrow(self, rows: Rows | slice, kind: pa.DataType) -> pa.Array:
        return self.arrow_words.take(pa.array(self.values[rows])).cast(kind)


def _runs(codes: Sequence[int]) -> list[Span]:
    """Ascending codes as runs of neighbours."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return [(first, last) for first, last in runs]


class TextColumn(Column):
    """Texts (or JSON) that are mostly different; ordered by code points where they are indexed."""

    @cached_property
    def texts(self) -> pa.Array:
        return texts(self.folder, self.place)

    def nulls_at(self, rows: Rows | slice) -> NDArray[np.bool_]:
        missing: NDArray[np.bool_] = load(self.folder, f"{self.place}.valid", np.uint8)[rows] == 0
        return missing

    def text(self, row: int) -> str:
        """The text of a row that has one."""
        return str(self.texts[row].as_py())

    def positions(self, span: Span) -> tuple[int, int]:
        low, high = span
        everything = range(self.valid)

        def value_at(position: int) -> bytes:
            return self.text(self.at(position)).encode()

        start = 0 if low is None else bisect_left(everything, low.encode(), key=value_at)
        return start, self.valid if high is None else bisect_right(everything, high.encode(), key=value_at)

    def position_of(self, row: int) -> int:
        valid = not self.nulls_at(np.array([row]))[0]
        start, end = self.positions((self.text(row), self.text(row))) if valid else (self.valid, self.rows)
        return start + int(np.searchsorted(self.along(start, end), row))

    def python(self, rows: Rows) -> list[Any]:
        found: list[Any] = self.texts.take(pa.array(rows)).to_pylist()
        return found

    def arrow(self, rows: Rows | slice, kind: pa.DataType) -> pa.Array:
        if isinstance(rows, slice):
            return self.texts.slice(rows.start, rows.stop - rows.start).cast(kind)
        return self.texts.take(pa.array(rows)).cast(kind)


class BytesColumn(TextColumn):
    """Geometries: WKB inside, GeoJSON to whoever asks."""

    @cached_property
    def texts(self) -> pa.Array:
        return texts(self.folder, self.place, binary=True)

    def shapes(self, rows: Rows) -> NDArray[Any]:
        """The geometries of these rows, None where there is none."""
        found = self.texts.take(pa.array(rows)).to_numpy(zero_copy_only=False)
        made: NDArray[Any] = shapely.from_wkb(found, on_invalid="ignore")
        return made

    def python(self, rows: Rows) -> list[Any]:
        return [None if shape is None else shapely.geometry.mapping(shape) for shape in self.shapes(rows)]


def column(folder: Path, place: int, layout: ColumnLayout, rows: int) -> ValueColumn | TextColumn:
    """The open column for a layout."""
    kinds: dict[str, type[ValueColumn] | type[TextColumn]] = {
        "codes": CodesColumn,
        "text": TextColumn,
        "binary": BytesColumn,
    }
    return kinds.get(layout.kind, ValueColumn)(folder, place, layout, rows)
