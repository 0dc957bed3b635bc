"""The questions of the contract tests, asked of every engine that is here: are the answers equal, and how long do they take?

    python bench/engines.py            # the tests' rows: are they equal?
    python bench/engines.py 1000000    # a million reports: how long?

DuckDB and Sail read the lake, as the platform does; PostgreSQL (``DOTHI_TEST_DATABASE_URL``), Polars and chDB hold
the same rows. Engines that are not installed are left out. Polars and chDB are no part of the platform; to have
them for a run, in an environment of their own that sees the project's:

    python -m venv /tmp/engines && echo "$PWD/.venv/lib/python3.11/site-packages" > /tmp/engines/lib/python3.11/site-packages/dothi.pth
    echo "$PWD/src" >> /tmp/engines/lib/python3.11/site-packages/dothi.pth
    /tmp/engines/bin/pip install polars chdb      # or: uv pip install --python /tmp/engines polars chdb
    /tmp/engines/bin/python bench/engines.py
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from rich.console import Console
from rich.table import Table as Grid
from sqlglot import exp

from dothi.engines.compute.base import LakeTable
from dothi.engines.compute.dialects import translate
from dothi.engines.compute.registry import open_engine
from dothi.engines.compute.tests.queries import QUERIES, ROWS, answer, plain, tables
from dothi.engines.lake.registry import open_lake

Answer = list[tuple[Any, ...]]
Ask = Callable[[str], Answer]
QUADRATIC = {"self join"}
# Engines average floats in their own order; over many rows the last digits differ.
DIGITS = 9


def have(*modules: str) -> bool:
    """Whether these modules are installed."""
    return all(importlib.util.find_spec(module) for module in modules)


@contextmanager
def on_the_lake(name: str, data: Mapping[str, pa.Table], folder: Path) -> Iterator[Ask]:
    """An engine of the platform over tables of the lake."""
    lake = open_lake(str(folder / "lake"), f"sqlite:///{folder}/lake/catalog.sqlite3")
    for table, rows in data.items():
        lake.ensure(f"bench.{table}", rows.schema)
        lake.append(f"bench.{table}", rows, key="once")
    sources = {table: LakeTable(f"bench.{table}") for table in data}
    engine = open_engine(name, lake=lambda: lake)
    yield lambda sql: answer(engine.query(sql, sources).read_all())
    engine.close()
    lake.close()


@contextmanager
def postgresql(data: Mapping[str, pa.Table], folder: Path) -> Iterator[Ask]:
    """PostgreSQL with the rows in temporary tables, no indexes."""
    import psycopg

    kinds = {
        pa.int64(): "bigint",
        pa.int32(): "integer",
        pa.string(): 'text COLLATE "C.utf8"',
        pa.timestamp("us"): "timestamp",
        pa.date32(): "date",
        pa.float64(): "double precision",
        pa.decimal128(12, 2): "numeric(12,2)",
        pa.bool_(): "boolean",
    }
    with psycopg.connect(os.environ["DOTHI_TEST_DATABASE_URL"], autocommit=True) as server:
        for name, table in data.items():
            columns = ", ".join(f"{field.name} {kinds[field.type]}" for field in table.schema)
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
def polars(data: Mapping[str, pa.Table], folder: Path) -> Iterator[Ask]:
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
    """chDB over Parquet files."""
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


def timed(ask: Ask, sql: str) -> tuple[Answer | str, float]:
    """The answer, or the engine's complaint, and its milliseconds."""
    began = time.perf_counter()
    try:
        found: Answer | str = ask(sql)
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    return found, (time.perf_counter() - began) * 1000


def same(one: Answer | str, other: Answer | str, digits: int) -> bool:
    """Equal rows in equal order; numbers to ``digits``."""
    return rounded(one, digits) == rounded(other, digits)


def rounded(found: Answer | str, digits: int) -> Any:
    if isinstance(found, str):
        return found
    return [tuple(float(f"{v:.{digits}g}") if isinstance(v, float) else v for v in row) for row in found]


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    data = tables(rows)
    questions = {name: sql for name, sql in QUERIES.items() if rows == ROWS or name not in QUADRATIC}
    grid = Grid(
        "engine", "equal", "median ms", "all, s", title=f"{len(questions)} questions, {rows:,} reports"
    )
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        engines: dict[str, Ask] = {"DuckDB": stack.enter_context(on_the_lake("duckdb", data, folder))}
        if have("pysail", "pyspark"):
            engines["Sail"] = stack.enter_context(on_the_lake("sail", data, folder))
        if os.environ.get("DOTHI_TEST_DATABASE_URL"):
            engines["PostgreSQL"] = stack.enter_context(postgresql(data, folder))
        if have("polars"):
            engines["Polars"] = stack.enter_context(polars(data, folder))
        if have("chdb"):
            engines["chDB"] = stack.enter_context(chdb(data, folder))
        expected: dict[str, Answer | str] = {}
        for engine, ask in engines.items():
            answers = {each: timed(ask, sql) for each, sql in questions.items()}
            expected = expected or {each: found for each, (found, _) in answers.items()}
            digits = DIGITS if rows == ROWS else 7
            wrong = [each for each, (found, _) in answers.items() if not same(found, expected[each], digits)]
            times = [spent for _, spent in answers.values()]
            equal = f"{len(questions) - len(wrong)} of {len(questions)}"
            grid.add_row(engine, equal, f"{statistics.median(times):.1f}", f"{sum(times) / 1000:.2f}")
            for each in wrong:
                print(f"{engine}: {each}: {str(answers[each][0])[:200]}")
    Console().print(grid)


if __name__ == "__main__":
    main()
