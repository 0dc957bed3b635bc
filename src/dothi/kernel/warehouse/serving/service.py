"""The calls of ``serving``. All of them take a version (a row of ``DatasetVersion``, or a ``Ref``)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.conform import schema_of
from dothi.kernel.warehouse.references import Ref, Served
from dothi.kernel.warehouse.serving import aggregates, copies, planning
from dothi.kernel.warehouse.serving.columns import Rows
from dothi.kernel.warehouse.serving.conditions import Condition, condition
from dothi.kernel.warehouse.serving.copies import Copy
from dothi.kernel.warehouse.serving.questions import (
    BBox,
    Filter,
    Measure,
    Page,
    check_bbox,
    check_limit,
    checked,
    type_of,
)

_BATCH = 65_536
_ROW, _PLACE = "r", "p"


def page(
    version: Served,
    *,
    where: Sequence[Filter] = (),
    order: Sequence[tuple[str, bool]] = (),
    after: str | None = None,
    limit: int = 100,
    columns: Sequence[str] | None = None,
    bbox: Sequence[float] | None = None,
) -> Page:
    """Rows of a version that fulfil all conditions, in order, behind a cursor.

    ``order`` is (column, descending), null last; ties, and no order at all, go by the rows as loaded (within a
    box: by place). ``after`` is a page's ``next``. ``bbox``: west, south, east, north. Raises
    :class:`BadInput` naming the part.
    """
    copy = copies.copy(version.ref)
    names = _names(copy, columns)
    for name, _ in order:
        type_of(copy.ref.columns, name, "order")
    conditions = _conditions(copy, where, check_bbox(bbox))
    start = None if after is None else _read_cursor(copy.ref, after)
    found = planning.find(copy, conditions, order, start, check_limit(limit))
    rows = list(zip(*(copy.columns[name].python(found.rows) for name in names), strict=True))
    following = _cursor(copy.ref, found) if found.more else None
    return Page(names, rows, following, found.matched, {"numbers": found.rows.tolist()})


def _names(copy: Copy, columns: Sequence[str] | None) -> tuple[str, ...]:
    if columns is None:
        return tuple(copy.columns)
    for name in columns:
        type_of(copy.ref.columns, name, "columns")
    return tuple(dict.fromkeys(columns))


def _conditions(copy: Copy, where: Iterable[Filter], box: BBox | None) -> list[Condition]:
    made: list[Condition] = []
    for each in where:
        asked = checked(copy.ref.columns, each)
        made.append(condition(copy.columns[asked.column], asked))
    if box is not None:
        inside = copy.in_box(box)
        if inside is None:
            raise BadInput(
                both("Tập dữ liệu này không có vị trí.", "This dataset has no places."), where="bbox"
            )
        made.append(inside)
    return made


def _cursor(ref: Ref, found: planning.Found) -> str:
    kind, last = (_ROW, int(found.rows[-1])) if found.place is None else (_PLACE, found.place)
    return urlsafe_b64encode(msgspec.msgpack.encode((ref.number, kind, last))).decode().rstrip("=")


def cursor_version(after: str) -> int:
    """The number of the version a cursor belongs to: its pages go on in that version."""
    return _decoded(after)[0]


def _decoded(after: str) -> tuple[int, str, int]:
    try:
        raw = urlsafe_b64decode(after + "=" * (-len(after) % 4))
        return msgspec.msgpack.decode(raw, type=tuple[int, str, int])
    except (ValueError, msgspec.DecodeError):
        raise BadInput(
            both("Con trỏ “after” không đúng.", "The cursor 'after' is not one of ours."), where="after"
        ) from None


def _read_cursor(ref: Ref, after: str) -> int:
    number, kind, last = _decoded(after)
    if number != ref.number or kind not in (_ROW, _PLACE) or not 0 <= last < max(ref.rows, 1):
        raise BadInput(
            both("Con trỏ này thuộc phiên bản khác.", "This cursor belongs to another version."),
            where="after",
        )
    return last


def row(version: Served, key: Any, *, columns: Sequence[str] | None = None) -> tuple[Any, ...] | None:
    """The row with this key: a value, or a tuple of one for each key column. None when there is none."""
    ref = version.ref
    parts = key if isinstance(key, tuple | list) else (key,)
    if not ref.key_columns or len(parts) != len(ref.key_columns):
        raise BadInput(
            both(
                "Khóa không khớp cột khóa.",
                f"The key has {len(ref.key_columns)} parts: {', '.join(ref.key_columns)}.",
            ),
            where="key",
        )
    where = [Filter(name, "eq", part) for name, part in zip(ref.key_columns, parts, strict=True)]
    found = page(ref, where=where, limit=1, columns=columns)
    return found.rows[0] if found.rows else None


def numbered(
    version: Served, number: int, *, where: Sequence[Filter] = (), columns: Sequence[str] | None = None
) -> tuple[Any, ...] | None:
    """The row with this number (of :attr:`Page.extra`), if it fulfils the conditions."""
    copy = copies.copy(version.ref)
    if not 0 <= number < copy.rows:
        return None
    rows = np.array([number], np.int64)
    if not all(each.mask(rows)[0] for each in _conditions(copy, where, None)):
        return None
    return tuple(copy.columns[name].python(rows)[0] for name in _names(copy, columns))


def aggregate(
    version: Served,
    *,
    by: Sequence[str] = (),
    measures: Sequence[Measure] = (("count", "*"),),
    where: Sequence[Filter] = (),
    order: Sequence[tuple[str, bool]] = (),
    limit: int = 1000,
    bbox: Sequence[float] | None = None,
) -> Page:
    """Groups and their measures. ``by`` names columns, or parts of a time (``created_at:month``).

    Columns of the answer: ``by``, then ``count`` or ``function_column``. Without ``order`` by the groups.
    """
    copy, box = copies.copy(version.ref), check_bbox(bbox)
    key = (copy.ref.version, tuple(by), tuple(measures), tuple(where), tuple(order), limit, box)
    known = aggregates.remembered(key)
    if known is not None:
        return known
    made = aggregates.aggregate(copy, by, measures, _conditions(copy, where, box), order, check_limit(limit))
    return aggregates.remember(key, made)


def table(
    version: Served,
    *,
    where: Sequence[Filter] = (),
    columns: Sequence[str] | None = None,
    bbox: Sequence[float] | None = None,
) -> pa.RecordBatchReader:
    """All rows that fulfil the conditions, as loaded, in batches: for downloads. Geometries are WKB."""
    copy = copies.copy(version.ref)
    names = _names(copy, columns)
    whole = schema_of(copy.ref.columns)
    schema = pa.schema([whole.field(name) for name in names])
    conditions = _conditions(copy, where, check_bbox(bbox))
    return pa.RecordBatchReader.from_batches(schema, _batches(copy, schema, conditions))


def _batches(copy: Copy, schema: pa.Schema, conditions: Sequence[Condition]) -> Iterator[pa.RecordBatch]:
    for start in range(0, copy.rows, _BATCH):
        end = min(start + _BATCH, copy.rows)
        rows: Rows | slice = slice(start, end)
        if conditions:
            found = np.arange(start, end, dtype=np.int64)
            for each in conditions:
                found = found[each.mask(found)]
            if not len(found):
                continue
            rows = found
        arrays = [copy.columns[field.name].arrow(rows, field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def summary(version: Served) -> list[dict[str, Any]]:
    """The profile of each column: name, type, nulls, distinct, min, max, top (value, rows), histogram (24 equal parts)."""
    copy = copies.copy(version.ref)
    shown = ("name", "type", "nulls", "distinct", "min", "max", "top", "histogram")
    return [
        {"rows": copy.rows} | {name: getattr(layout, name) for name in shown}
        for layout in copy.manifest.columns
    ]


def build(version: Served) -> None:
    """Make the version's serving copy; does nothing when it is there and whole."""
    copies.make(version.ref)


def forget(version: Served, *, remove: bool = False) -> None:
    """Close the copy of a version in this process; ``remove``: delete it from the disk too."""
    copies.forget(version.ref, remove=remove)
