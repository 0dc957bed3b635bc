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
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.table import Table as Grid

from dothi.engines.compute.base import LakeTable
from dothi.engines.compute.registry import open_engine
from dothi.engines.compute.tests import others
from dothi.engines.compute.tests.others import Answer, Ask
from dothi.engines.compute.tests.queries import QUERIES, ROWS, answer, tables
from dothi.engines.lake.registry import open_lake

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
        if url := os.environ.get("DOTHI_TEST_DATABASE_URL"):
            engines["PostgreSQL"] = stack.enter_context(others.postgresql(data, url))
        if have("polars"):
            engines["Polars"] = stack.enter_context(others.polars(data))
        if have("chdb"):
            engines["chDB"] = stack.enter_context(others.chdb(data, folder))
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
