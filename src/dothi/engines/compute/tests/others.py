"""Engines that are no part of the platform, asked the same questions: what they say bears witness to what ours say.

There is no question that one of them cannot be asked: what their dialects lack is translated below. The tests of Polars
and chDB need the extra ``witnesses`` and belong to the lane of servers.

Each is a context manager over tables in memory that gives a function from SQL, in our dialect, to the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from dothi.engines.compute.dialects import translate
from dothi.engines.compute.tests.queries import answer, plain

Answer = list[tuple[Any, ...]]
Ask = Callable[[str], Answer]
_POSTGRESQL = {
    pa.int64(): "bigint",
    pa.int32(): "integer",
    pa.string(): 'text COLLATE "C.utf8"',
    pa.timestamp("us"): "timestamp",
    pa.date32(): "date",
    pa.float64(): "double precision",
    pa.decimal128(12, 2): "numeric(12,2)",
    pa.bool_(): "boolean",
}


@contextmanager
def postgresql(data: Mapping[str, pa.Table], url: str) -> Iterator[Ask]:
    """PostgreSQL with the rows in temporary tables, no indexes."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        for name, table in data.items():
            columns = ", ".join(f"{field.name} {_POSTGRESQL[field.type]}" for field in table.schema)
            server.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
            with server.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in table.to_pylist():
                    copy.write_row(list(row.values()))
            server.execute(f"ANALYZE {name}")
        yield lambda sql: [tuple(map(plain, row)) for row in server.execute(translate(sql, "postgres"))]


def _for_polars(sql: str) -> str:
    # Polars reads PostgreSQL's words, and has no aggregates of its own for truth values.
    return translate(sql, "postgres").replace("BOOL_OR(", "MAX(").replace("BOOL_AND(", "MIN(")


@contextmanager
def polars(data: Mapping[str, pa.Table]) -> Iterator[Ask]:
    """Polars over the same Arrow tables."""
    import polars as pl

    context = pl.SQLContext({name: pl.from_arrow(table) for name, table in data.items()})
    yield lambda sql: answer(context.execute(_for_polars(sql), eager=True).to_arrow())


def _for_clickhouse(sql: str) -> str:
    """ClickHouse counts bytes unless told otherwise, and rounds halves of floats to even."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in list(tree.find_all(exp.Upper, exp.Lower, exp.Substring)):
        name = {exp.Upper: "upperUTF8", exp.Lower: "lowerUTF8", exp.Substring: "substringUTF8"}[type(node)]
        arguments = [node.this, node.args.get("start"), node.args.get("length")]
        node.replace(exp.Anonymous(this=name, expressions=[each.copy() for each in arguments if each]))
    for node in list(tree.find_all(exp.LogicalOr, exp.LogicalAnd)):
        node.replace((exp.Max if isinstance(node, exp.LogicalOr) else exp.Min)(this=node.this.copy()))
    for node in list(tree.find_all(exp.Round)):
        if node.args.get("decimals") is not None:
            node.set("this", exp.cast(node.this.copy(), "DECIMAL(38, 6)"))
    options = "join_use_nulls = 1, union_default_mode = 'DISTINCT', aggregate_functions_null_for_empty = 1"
    text = translate(tree.sql("duckdb", normalize_functions=False), "clickhouse")
    for name in ("upperUTF8", "lowerUTF8", "substringUTF8"):
        text = text.replace(f"{name.upper()}(", f"{name}(")
    return f"{text} SETTINGS {options}"


@contextmanager
def chdb(data: Mapping[str, pa.Table], folder: Path) -> Iterator[Ask]:
    """chDB over Parquet files in ``folder``."""
    from chdb.session import Session

    session = Session(str(folder / "chdb"))
    for name, table in data.items():
        pq.write_table(table, folder / f"{name}.parquet")
        session.query(f"CREATE VIEW {name} AS SELECT * FROM file('{folder / name}.parquet', Parquet)")

    def ask(sql: str) -> Answer:
        found = pa.ipc.open_file(
            pa.BufferReader(session.query(_for_clickhouse(sql), "Arrow").bytes())
        ).read_all()
        text = [
            pa.field(each.name, pa.string() if pa.types.is_binary(each.type) else each.type)
            for each in found.schema
        ]
        return answer(found.cast(pa.schema(text)))

    yield ask
    session.close()
