"""Reads a table or query: behind the newest value of a growing column, else as a whole, in one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dothi.core.clock import iso, parse_iso
from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import SourceDeclaration, SqlSource
from dothi.kernel.pipelines import records
from dothi.kernel.pipelines.credentials import credential
from dothi.kernel.pipelines.sources.base import Portion, Position, Restart, Task, Unchanged
from dothi.kernel.pipelines.sources.sql.dialects import Connection, Rows, connected


class SqlExtractor:
    """A portion a page."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.sql
        assert spec is not None
        with connected(credential(spec.secret)) as connection:
            if spec.cursor is None:
                yield from _whole(spec, connection, position, task)
            else:
                yield from _behind(spec, spec.cursor, connection, position, task)


def _whole(spec: SqlSource, connection: Connection, position: Position, task: Task) -> Iterator[Portion]:
    if "resume" in position:  # what was read belongs to a snapshot that is gone
        raise Restart
    for names, rows in connection.stream(_select(spec, connection), (), spec.page):
        task.check()
        yield Portion(_table(names, rows), {"resume": {}})
    yield Portion(None, {})


def _behind(
    spec: SqlSource, cursor: str, connection: Connection, position: Position, task: Task
) -> Iterator[Portion]:
    """Pages in the order of the cursor, each behind the last value of the one before."""
    after = (
        []
        if task.full and "resume" not in position
        else [_decoded(each) for each in position.get("after", [])]
    )
    order = [cursor, *([spec.ties] if spec.ties else [])]
    read = 0
    while True:
        task.check()
        sql, params = _page(spec, connection, order, after)
        pages = list(connection.stream(sql, params, spec.page))
        rows: Rows
        names, rows = (pages[0][0], [row for _, some in pages for row in some]) if pages else ([], [])
        full = len(rows) >= spec.page
        if full and not spec.ties:
            rows = _without_last(rows, names.index(cursor), cursor)
        if not rows:
            break
        read += len(rows)
        after = [rows[-1][names.index(name)] for name in order]
        yield Portion(_table(names, rows), {"after": [_encoded(each) for each in after], "resume": {}})
        if not full:
            break
    if not read and "resume" not in position:
        raise Unchanged
    yield Portion(None, {"after": [_encoded(each) for each in after]})


def _without_last(rows: Rows, place: int, cursor: str) -> Rows:
    """A page that was cut in the middle of equal values leaves the last value to the next page."""
    last = rows[-1][place]
    kept = [row for row in rows if row[place] != last]
    if kept:
        return kept
    raise BadInput(
        both(
            f"Quá nhiều dòng cùng giá trị {cursor}: hãy ghi 'ties' hoặc tăng 'page'.",
            f"Too many rows share one value of {cursor}: name 'ties', or raise 'page'.",
        ),
        where="sql.ties",
    )


def _select(spec: SqlSource, connection: Connection) -> str:
    columns = ", ".join(connection.quote(name) for name in spec.columns) or "*"
    origin = connection.quote(spec.table) if spec.table else f"({spec.query}) AS source_rows"
    return f"SELECT {columns} FROM {origin}"  # noqa: S608  names are quoted, the query is the pack's own


def _page(
    spec: SqlSource, connection: Connection, order: Sequence[str], after: Sequence[Any]
) -> tuple[str, list[Any]]:
    names = [connection.quote(name) for name in order]
    where = ""
    if after:
        where = f" WHERE ({', '.join(names)}) > ({', '.join(['%s'] * len(names))})"
    sql = _select(spec, connection).replace("%", "%%") if after else _select(spec, connection)
    return f"{sql}{where} ORDER BY {', '.join(names)} LIMIT {int(spec.page)}", list(after)


def _table(names: Sequence[str], rows: Rows) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(
        {
            name: records.column([_plain(value) for value in column])
            for name, column in zip(names, columns, strict=True)
        }
    )


def _plain(value: Any) -> Any:
    """A driver's value as Arrow or JSON know it."""
    if value is None or isinstance(value, bool | int | float | str | date | bytes | dict | list):
        return value
    return float(value) if isinstance(value, Decimal) else str(value)


def _encoded(value: Any) -> dict[str, Any]:
    if isinstance(value, datetime):
        return {"naive": value.isoformat()} if value.tzinfo is None else {"time": iso(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, int | float | str):
        return {"value": value}
    return {"text": str(value)}


def _decoded(kept: dict[str, Any]) -> Any:
    ((kind, value),) = kept.items()
    if kind == "naive":
        return datetime.fromisoformat(value)
    if kind == "time":
        return parse_iso(value)
    return date.fromisoformat(value) if kind == "date" else value


EXTRACTOR = SqlExtractor()
