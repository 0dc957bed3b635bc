"""Groups and measures over an open copy, by DuckDB on the copy's own arrays. Answers are kept: a version never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.serving.columns import BytesColumn, CodesColumn, Rows, ValueColumn
from dothi.kernel.warehouse.serving.conditions import Condition, InSpans
from dothi.kernel.warehouse.serving.copies import Copy
from dothi.kernel.warehouse.serving.questions import FUNCTIONS, Measure, Page

PARTS = ("year", "quarter", "month", "week", "day", "hour", "weekday")
"""What a time or a day can be grouped by: ``created_at:month``. In the city's time zone (UTC+7, no summer time)."""

_ZONE_US = 7 * 3600 * 1_000_000
_SLICE = 122_880  # DuckDB's row group: it shares work by batches
_KEPT = 256
_answers: OrderedDict[Any, Page] = OrderedDict()
_lock = threading.Lock()
_local = threading.local()


def name_of(function: str, column: str) -> str:
    """What a measure's column is called: ``count``, ``avg_pm25``."""
    return function if column == "*" else f"{function}_{column}"


def remembered(key: Any) -> Page | None:
    """The answer given before to the same question of the same version."""
    with _lock:
        found = _answers.get(key)
        if found is not None:
            _answers.move_to_end(key)
        return found


def remember(key: Any, page: Page) -> Page:
    """Keep an answer, and let the one least asked for go."""
    with _lock:
        _answers[key] = page
        while len(_answers) > _KEPT:
            _answers.popitem(last=False)
    return page


def aggregate(
    copy: Copy, by: Sequence[str], measures: Sequence[Measure], conditions: Sequence[Condition],
    order: Sequence[tuple[str, bool]], limit: int,
) -> Page:  # fmt: skip
    """The groups in order. Columns of the answer: ``by``, then :func:`name_of` each measure."""
    groups = [_group(copy, each) for each in by]
    named = {name_of(*each): _measure(copy, *each) for each in measures}
    names = (*by, *named)
    for name, _ in order:
        if name not in names:
            raise BadInput(
                both(f"Không sắp theo “{name}” được.", f"Cannot order by '{name}'."), where="order"
            )
    rows = _narrowed(copy, conditions)
    listed = [f"{sql} AS {quoted(name)}" for name, sql in zip(by, groups, strict=True)]
    listed += [f"{sql} AS {quoted(name)}" for name, sql in named.items()]
    sql = f"SELECT {', '.join(listed)} FROM copy"  # noqa: S608  names are quoted, values are numbers
    if rows is None and conditions:
        sql += f" WHERE {' AND '.join(_sql(each) for each in conditions)}"
    if by:
        sql += f" GROUP BY {', '.join(map(str, range(1, len(by) + 1)))}"
    keys = [f"{quoted(name)} {'DESC' if desc else 'ASC'} NULLS LAST" for name, desc in order]
    keys += [str(place) for place in range(1, len(by) + 1)]
    sql += f" ORDER BY {', '.join(keys)}" if keys else ""
    used = _used(copy, by, measures, () if rows is not None else conditions)
    table = _table(copy, used, rows)
    cursor = _connection()
    cursor.register("copy", table)
    try:
        found = cursor.sql(f"{sql} LIMIT {int(limit) + 1}").to_arrow_table()
    finally:
        cursor.unregister("copy")
    columns = [_shown(copy, name, found.column(place).to_pylist()) for place, name in enumerate(names)]
    answer = list(zip(*columns, strict=True))
    return Page(names, answer[:limit], matched=len(answer) if len(answer) <= limit else None)


def _connection() -> duckdb.DuckDBPyConnection:
    """One connection a thread: DuckDB's own threads share the work of each question."""
    made: duckdb.DuckDBPyConnection | None = getattr(_local, "connection", None)
    if made is None:
        made = _local.connection = duckdb.connect()
        made.execute("SET enable_external_access = false")
    return made


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _column(copy: Copy, name: str, at: str) -> Any:
    found = copy.columns.get(name)
    if found is None or isinstance(found, BytesColumn):
        raise BadInput(both(f"Không có cột “{name}”.", f"There is no column '{name}' here."), where=at)
    return found


def _value(column: Any) -> str:
    """The column's value in SQL, null where it is null."""
    name = quoted(column.layout.name)
    if not column.layout.nulls or not isinstance(column, ValueColumn):
        return name
    if column.layout.kind == "number":
        return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
    return f"nullif({name}, {column.null})"


def _group(copy: Copy, asked: str) -> str:
    name, _, part = asked.partition(":")
    column = _column(copy, name, "by")
    if not part:
        return _value(column)
    if part not in PARTS or column.layout.kind not in ("date", "datetime"):
        raise BadInput(
            both(
                f"Không nhóm theo “{asked}” được.", f"Cannot group by '{asked}'; parts: {', '.join(PARTS)}."
            ),
            where="by",
        )
    value = _value(column)
    days = (
        f"make_timestamp({value} + {_ZONE_US})"
        if column.layout.kind == "datetime"
        else f"(DATE '1970-01-01' + {value})"
    )
    if part == "weekday":
        return f"isodow({days})"
    form = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H:00"}.get(part)
    if form is None:
        return f"strftime(date_trunc('{part}', {days}), '%Y-%m-%d')"
    cut = f"date_trunc('{part}', {days})"
    return f"strftime({cut}, '{form}')"


def _measure(copy: Copy, function: str, name: str) -> str:
    if function not in FUNCTIONS:
        known = ", ".join(FUNCTIONS)
        raise BadInput(
            both(f"Không có hàm “{function}”.", f"There is no '{function}'; there are: {known}."),
            where="measures",
        )
    if name == "*":
        if function != "count":
            raise BadInput(both("Chỉ count dùng được với *.", "Only count takes *."), where="measures")
        return "count(*)"
    column = _column(copy, name, "measures")
    if function in ("sum", "avg", "median") and column.layout.kind not in ("integer", "number"):
        raise BadInput(
            both(f"Cột “{name}” không phải số.", f"Column '{name}' holds no numbers."), where="measures"
        )
    if function == "distinct":
        return f"count(DISTINCT {_value(column)})"
    if function == "sum" and column.layout.kind == "integer":
        return (
            f"CAST(sum({_value(column)}) AS DOUBLE)"
            if _large(column)
            else f"CAST(sum({_value(column)}) AS BIGINT)"
        )
    return f"{function}({_value(column)})"


def _large(column: Any) -> bool:
    """Whether a sum of this column's values may leave 64 bits."""
    greatest = max(abs(column.layout.min or 0), abs(column.layout.max or 0))
    return bool(greatest * max(column.rows, 1) >= 1 << 63)


def _narrowed(copy: Copy, conditions: Sequence[Condition]) -> Rows | None:
    """The rows of a narrow question, found by its index; None: let DuckDB look at all."""
    narrow = min(
        (each for each in conditions if each.count is not None),
        key=lambda each: each.count or 0,
        default=None,
    )
    sql_tells = all(isinstance(each, InSpans) for each in conditions)
    if not conditions or (sql_tells and (narrow is None or (narrow.count or 0) > copy.rows // 8)):
        return None
    rows = np.arange(copy.rows, dtype=np.int64) if narrow is None else narrow.found()
    for each in conditions:
        if each is not narrow:
            rows = rows[each.mask(rows)]
    return rows


def _sql(condition: Condition) -> str:
    assert isinstance(condition, InSpans)
    name = quoted(condition.column.layout.name)
    if not condition.spans:
        return "FALSE"
    return (
        "("
        + " OR ".join(f"{name} BETWEEN {_literal(low)} AND {_literal(high)}" for low, high in condition.spans)
        + ")"
    )


def _literal(value: Any) -> str:
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f"'{value}'::DOUBLE"
    return repr(value) if isinstance(value, float) else str(int(value))


def _used(
    copy: Copy, by: Sequence[str], measures: Sequence[Measure], conditions: Sequence[Condition]
) -> list[str]:
    names = [each.partition(":")[0] for each in by] + [column for _, column in measures if column != "*"]
    names += [each.column.layout.name for each in conditions if isinstance(each, InSpans)]
    return list(dict.fromkeys(names)) or [
        next(name for name, column in copy.columns.items() if isinstance(column, ValueColumn))
    ]


def _table(copy: Copy, names: Sequence[str], rows: Rows | None) -> pa.Table:
    """The columns as they are kept (codes, microseconds, days), in slices that DuckDB shares out."""
    arrays = []
    for name in names:
        column = copy.columns[name]
        if isinstance(column, ValueColumn):
            arrays.append(pa.array(column.values if rows is None else column.values[rows]))
        else:
            arrays.append(column.arrow(slice(0, copy.rows) if rows is None else rows, pa.large_string()))
    whole = pa.table(arrays, names=list(names))
    return pa.Table.from_batches(whole.to_batches(max_chunksize=_SLICE), whole.schema)


def _shown(copy: Copy, name: str, values: list[Any]) -> list[Any]:
    """Kept values of a plain group (or a least, greatest or middle value) as people read them."""
    function, _, rest = name.partition("_")
    source = (
        name if name in copy.columns else rest if function in ("min", "max") and rest in copy.columns else ""
    )
    column = copy.columns.get(source)
    if isinstance(column, CodesColumn):
        return [None if value is None else column.words[value] for value in values]
    if isinstance(column, ValueColumn) and column.layout.kind in ("date", "datetime", "boolean"):
        return [None if value is None else column._python(value) for value in values]
    return values
