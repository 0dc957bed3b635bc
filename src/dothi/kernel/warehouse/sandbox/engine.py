"""The engine inside a worker: an empty DuckDB that sees the given tables, then locks itself."""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from dothi.kernel.warehouse.sandbox.limits import Limits, Outcome

SCHEMA = "city"
_CONNECT: dict[str, str | bool | int | float | list[str]] = {"threads": "1", "temp_directory": ""}
# Later versions have more of these; what a version does not know it cannot do either.
_QUIET = (
    "SET async_threads = 0",
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET allow_persistent_secrets = false",
    "SET enable_progress_bar = false",
    "SET errors_as_json = false",
    "SET max_expression_depth = 200",
    "SET TimeZone = 'UTC'",
)
_LOCK = (
    "SET enable_external_access = false",
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET lock_configuration = true",
)


class NotOneSelect(Exception):
    """The engine's own parser does not see one SELECT over the given tables."""


@dataclass(slots=True)
class Found:
    """Rows as they come out: batches, how many, and whether there were more than asked for."""

    schema: pa.Schema
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rows: int = 0
    truncated: bool = False


class TooLarge(Exception):
    """The answer has more bytes than one answer may have."""


def connect() -> duckdb.DuckDBPyConnection:
    """An empty engine of one thread, warmed up so that what is forked from here begins at once."""
    connection = _connected()
    for statement in _QUIET:
        try:
            connection.execute(statement)
        except duckdb.CatalogException:
            continue
    _warm(connection)
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    return connection


def _warm(connection: duckdb.DuckDBPyConnection) -> None:
    """Ask once with every type and filter: what the bindings import by first use cannot be read later."""
    day, at, price = date(2026, 7, 1), datetime(2026, 7, 1, tzinfo=UTC), Decimal("1.50")
    rows = {
        "a": [1, 2],
        "b": ["x", "y"],
        "c": [day, day],
        "d": [at, at],
        "e": [price, price],
        "f": [True, None],
    }
    connection.register("warm", pa.table(rows))
    filters = (
        "a > 0 AND b <> 'z' AND c >= DATE '2026-01-01' AND d > TIMESTAMPTZ '2026-01-01' AND e > 1.2 AND f"
    )
    sql = f"SELECT b, c, d, sum(e), count(*) FROM warm WHERE {filters} GROUP BY ALL ORDER BY b"  # noqa: S608
    connection.sql(sql).to_arrow_table()
    connection.unregister("warm")


def _connected() -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(config={**_CONNECT, "async_threads": "0"})
    except duckdb.Error:  # before version 2 there is no such thread, and no such setting
        return duckdb.connect(config=_CONNECT)


def mapped(descriptor: int) -> pa.Table:
    """The table in an Arrow file, without copying it."""
    size = os.fstat(descriptor).st_size
    # Never closed: what it holds must stay for as long as this process lives.
    return pa.ipc.open_file(pa.py_buffer(mmap.mmap(descriptor, size, prot=mmap.PROT_READ))).read_all()


def attach(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Make ``tables`` readable as ``city."name"``; no CTE can take such a name."""
    for number, (name, table) in enumerate(tables.items()):
        connection.register(f"arrow{number}", table)
        quoted = name.replace('"', '""')
        view = f'{SCHEMA}."{quoted}"'
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM temp.main.arrow{number}")  # noqa: S608


def lock(connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """From here on the engine opens no file, loads nothing and keeps its settings."""
    connection.execute(f"SET memory_limit = '{max(16, limits.memory_mb * 3 // 4)}MiB'")
    for statement in _LOCK:
        connection.execute(statement)


def check(connection: duckdb.DuckDBPyConnection, sql: str, tables: frozenset[str]) -> None:
    """What the guard has found, once more by the engine's own parser: one SELECT, only these tables."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise NotOneSelect("not one SELECT")
    named = connection.get_table_names(sql, qualified=True)
    known = {f"{SCHEMA}.{name}" for name in tables} | {f'{SCHEMA}."{name}"' for name in tables}
    if strange := named - known:
        raise NotOneSelect(f"tables that were not given: {', '.join(sorted(strange))[:200]}")


def query(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> Found:
    """At most ``limits.rows`` rows of ``sql``; raises :class:`TooLarge` for more bytes than an answer has."""
    reader = connection.sql(sql).to_arrow_reader(2048)
    found, size = Found(reader.schema), 0
    for batch in reader:
        size += batch.nbytes
        if size > limits.answer_bytes:
            raise TooLarge
        room = limits.rows - found.rows
        found.truncated = batch.num_rows > room
        if room and batch.num_rows:
            kept = batch.slice(0, room)
            found.batches.append(kept)
            found.rows += kept.num_rows
        if found.truncated:
            break
    return found


def packed(found: Found) -> pa.Buffer:
    """The rows as one Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, found.schema) as writer:
        for batch in found.batches:
            writer.write_batch(batch)
    return sink.getvalue()


def answer(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> tuple[Outcome, memoryview]:
    """Run ``sql`` and say what became of it; a fault of the query is an outcome, not an exception."""
    began = time.monotonic()
    try:
        found = query(connection, sql, limits)
        body = memoryview(packed(found))
    except TooLarge:
        return Outcome("too-large"), memoryview(b"")
    except (duckdb.OutOfMemoryException, MemoryError, pa.ArrowMemoryError):
        return Outcome("memory"), memoryview(b"")
    except (duckdb.Error, pa.ArrowException, RuntimeError) as error:
        return Outcome("failed", _plain(str(error))), memoryview(b"")
    if len(body) > limits.answer_bytes:
        return Outcome("too-large"), memoryview(b"")
    ms = (time.monotonic() - began) * 1000
    return Outcome("", "", found.rows, found.truncated, ms), body


def _plain(message: str) -> str:
    """The first paragraph of the engine's message, without its picture of the statement."""
    return message.split("\n\n", 1)[0].strip()[:500]
