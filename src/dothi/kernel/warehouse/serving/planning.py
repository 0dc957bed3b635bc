"""How a page of rows is found: along an order from a cursor, or by gathering the rows of the narrowest condition.

Rows have one total order: the columns asked for, then the row's own number; a cursor is the last row given. So no
page costs more than the one before, however deep it is, and nothing is skipped or counted off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.serving.columns import Column, Rows, TextColumn, ValueColumn
from dothi.kernel.warehouse.serving.conditions import Condition, InBox, InSpans
from dothi.kernel.warehouse.serving.copies import Copy
from dothi.kernel.warehouse.serving.places import BLOCK

Order = Sequence[tuple[str, bool]]
GATHER = 50_000  # so many rows are gathered and sorted in a few milliseconds
MOST_GATHERED = 2_000_000
_FIRST, _MOST = 512, 65_536


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of a page in order, whether more follow, how many match at all (None: not known)."""

    rows: Rows
    more: bool
    matched: int | None
    place: int | None = None  # packed position of the last row, for pages that walk by place


def find(copy: Copy, conditions: Sequence[Condition], order: Order, after: int | None, limit: int) -> Found:
    """The first ``limit`` rows that fulfil all conditions, behind ``after`` (a row, or a packed position)."""
    if any(each.count == 0 for each in conditions):
        return Found(np.empty(0, np.int64), False, 0)
    narrow = min((each for each in conditions if each.count is not None), key=_count, default=None)
    if narrow is None and _needs_sorting(copy, order):
        narrow = Everything(copy.rows)
    if narrow is not None and _gathers(copy, conditions, narrow, order, limit):
        return _gathered(copy, narrow, conditions, order, after, limit)
    if not order and (box := walks_by_place(conditions)) is not None:
        return _by_place(box, [each for each in conditions if each is not box], after, limit)
    pieces = _pieces(copy, conditions, order, after)
    return _taken(pieces, conditions, limit, _matched(copy, conditions))


@dataclass(frozen=True, slots=True)
class Everything:
    """The condition that every row fulfils."""

    count: int | None

    def mask(self, rows: Rows) -> np.ndarray:
        return np.ones(len(rows), bool)

    def found(self) -> Rows:
        return np.arange(self.count or 0, dtype=np.int64)


def _needs_sorting(copy: Copy, order: Order) -> bool:
    """Whether no kept order answers this one."""
    return len(order) > 1 or any(not copy.columns[name].layout.indexed for name, _ in order)


def _count(each: Condition) -> int:
    return each.count or 0


def _matched(copy: Copy, conditions: Sequence[Condition]) -> int | None:
    if not conditions:
        return copy.rows
    return conditions[0].count if len(conditions) == 1 and not isinstance(conditions[0], InBox) else None


def walks_by_place(conditions: Sequence[Condition]) -> InBox | None:
    """The box along which an unordered question is answered: the one there is, when nothing narrower is."""
    box = next((each for each in conditions if isinstance(each, InBox)), None)
    if box is None:
        return None
    narrowest = min(_count(each) for each in conditions if each.count is not None)
    return box if _count(box) <= narrowest else None


def _gathers(
    copy: Copy, conditions: Sequence[Condition], narrow: Condition, order: Order, limit: int
) -> bool:
    """Whether to gather the narrowest condition's rows instead of walking along until the page is full."""
    size = _count(narrow)
    if _needs_sorting(copy, order):
        return size <= MOST_GATHERED
    if not order and (isinstance(narrow, InBox) or (isinstance(narrow, InSpans) and narrow.run is not None)):
        return False  # these are walked from where the cursor is
    share = 1.0
    for each in conditions:
        share *= min(1.0, (_count(each) if each.count is not None else copy.rows) / max(copy.rows, 1))
    walked = min(limit / max(share, 1e-12), copy.rows)
    return size <= (GATHER if order else GATHER // 10) or (size <= MOST_GATHERED and size < walked)


def _gathered(
    copy: Copy,
    narrow: Condition,
    conditions: Sequence[Condition],
    order: Order,
    after: int | None,
    limit: int,
) -> Found:
    rows = narrow.found()
    for each in conditions:
        if each is not narrow:
            rows = rows[each.mask(rows)]
    matched = len(rows)
    if order:
        rows = _sorted(copy, rows, order)
    start = 0
    if after is not None:
        at = np.flatnonzero(rows == after) if order else np.searchsorted(rows, [after], side="right") - 1
        start = int(at[0]) + 1 if len(at) else matched
    return Found(rows[start : start + limit], start + limit < matched, matched)


def _sorted(copy: Copy, rows: Rows, order: Order) -> Rows:
    """``rows`` (ascending) in an order; a descending column is the ascending one backwards, null last in both."""
    keys: list[np.ndarray] = []
    for name, descending in order:
        column = copy.columns[name]
        if isinstance(column, ValueColumn):
            values = column.values[rows]
            if descending:
                values = -values if values.dtype.kind == "f" else ~values.astype(np.int64)
        else:
            values = _ranks(column, rows)
            values = -values if descending else values
        keys += [column.nulls_at(rows), values]
    ties = -rows if order[-1][1] else rows
    return rows[np.lexsort([ties, *reversed(keys)])]


def _ranks(column: TextColumn, rows: Rows) -> np.ndarray:
    texts = [text or "" for text in column.python(rows)]
    rank = {text: place for place, text in enumerate(sorted(set(texts)))}
    return np.array([rank[text] for text in texts], np.int64)


def _by_place(box: InBox, others: Sequence[Condition], after: int | None, limit: int) -> Found:
    """Along the packed order: blocks that the box touches, a few at a time, until the page is full."""
    start = 0 if after is None else int(np.searchsorted(box.blocks, after // BLOCK))
    step, places = max(4, limit // 128), np.empty(0, np.int64)
    while start < len(box.blocks) and len(places) <= limit:
        more = box.positions(start, start + step)
        if after is not None:
            more = more[more > after]
        places = np.concatenate([places, _fulfilling(box, others, more)])
        start, step = start + step, min(step * 2, 256)
    page = places[:limit]
    rows = box.packed.rows[page].astype(np.int64)
    return Found(rows, len(places) > limit, None, int(page[-1]) if len(page) else None)


def _fulfilling(box: InBox, others: Sequence[Condition], places: np.ndarray) -> np.ndarray:
    rows = box.packed.rows[places].astype(np.int64)
    holds = np.ones(len(rows), bool)
    if box.geometry is not None:
        holds = np.isin(rows, box.exact(rows))
    for each in others:
        holds &= each.mask(rows)
    return places[holds]


def _taken(pieces: Iterator[Rows], conditions: Sequence[Condition], limit: int, matched: int | None) -> Found:
    """The first rows of the pieces that fulfil all conditions."""
    taken: list[Rows] = []
    count = 0
    for piece in pieces:
        rows = piece
        for each in conditions:
            rows = rows[each.mask(rows)]
        taken.append(rows)
        count += len(rows)
        if count > limit:
            break
    found = np.concatenate(taken) if taken else np.empty(0, np.int64)
    return Found(found[:limit], count > limit, matched)


def _pieces(copy: Copy, conditions: Sequence[Condition], order: Order, after: int | None) -> Iterator[Rows]:
    """Rows along the order from behind ``after``, in growing pieces."""
    if not order:
        runs = [each for each in conditions if isinstance(each, InSpans) and each.run is not None]
        run = min(runs, key=_count, default=None)
        return _own_order(copy, after) if run is None else _along_run(run, after)
    name, descending = order[0]
    column = copy.columns[name]
    if _needs_sorting(copy, order):
        raise BadInput(
            both(
                f"Không sắp xếp theo “{name}” trên nhiều dòng như vậy được; hãy lọc hẹp hơn.",
                f"So many rows cannot be sorted by '{', '.join(each for each, _ in order)}'; narrow them first.",
            ),
            where="order",
        )
    spans = [each for each in conditions if isinstance(each, InSpans) and each.column is column]
    places = spans[0].places if spans else [(0, column.rows)]
    return _along(column, sorted(places), descending, after)


def _steps(start: int, end: int) -> Iterator[tuple[int, int]]:
    step = _FIRST
    while start < end:
        yield start, min(start + step, end)
        start, step = start + step, min(step * 2, _MOST)


def _own_order(copy: Copy, after: int | None) -> Iterator[Rows]:
    for start, end in _steps(0 if after is None else after + 1, copy.rows):
        yield np.arange(start, end, dtype=np.int64)


def _along_run(run: InSpans, after: int | None) -> Iterator[Rows]:
    """Rows of one value: they lie in their own order."""
    first, last = run.run or (0, 0)
    if after is not None:
        order = run.column.order
        first = (
            max(first, after + 1)
            if order is None
            else first + int(np.searchsorted(order[first:last], after, "right"))
        )
    for start, end in _steps(first, last):
        yield run.column.along(start, end)


def _along(
    column: Column, places: list[tuple[int, int]], descending: bool, after: int | None
) -> Iterator[Rows]:
    """Along a column's order; descending: valid values backwards, then those without a value, backwards too."""
    here = None if after is None else column.position_of(after)  # type: ignore[attr-defined]
    valid = column.valid
    if not descending:
        for first, last in places:
            for start, end in _steps(first if here is None else max(first, here + 1), last):
                yield column.along(start, end)
        return
    parts = [(first, min(last, valid)) for first, last in reversed(places) if first < valid]
    parts += [(max(first, valid), last) for first, last in places if last > valid]
    passed = here is None
    for first, last in parts:
        if not passed and here is not None:
            if not first <= here < last:
                continue
            passed, last = True, here
        for start, end in _steps(0, last - first):
            yield column.along(last - end, last - start)[::-1]
