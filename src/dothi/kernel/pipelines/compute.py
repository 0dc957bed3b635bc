"""Runs the SQL of models and checks over versions of datasets, on the engine of the installation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from dothi.core.errors import BadInput, Text, Unavailable, both
from dothi.engines import registry
from dothi.engines.compute.base import ComputeError, LakeTable, OutOfMemory, QueryRefused, Source, TimedOut
from dothi.kernel.warehouse.references import Ref

Tables = Mapping[str, Source]


class SqlRefused(BadInput):
    """The engine cannot run a statement; the message is its own."""


def table(ref: Ref) -> Source:
    """The rows of just this version."""
    return LakeTable(ref.table, ref.snapshot)


def query(
    sql: str, tables: Tables, *, memory_mb: int | None = None, timeout_s: float | None = None
) -> pa.RecordBatchReader:
    """The rows of a SELECT (in DuckDB's dialect), as a stream of batches.

    Raises :class:`SqlRefused`, and ``Unavailable`` when the engine is away; while the stream is read, :func:`told`
    does.
    """
    try:
        return registry.compute().query(sql, tables, memory_mb=memory_mb, timeout_s=timeout_s)
    except ComputeError as error:
        raise refusal(error) from error


def told(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches of a stream, the engine's errors in the house's words."""
    try:
        yield from reader
    except (ComputeError, pa.ArrowException) as error:
        raise refusal(error) from error


def rows(sql: str, tables: Tables) -> pa.Table:
    """The whole answer of a SELECT that is known to be small."""
    reader = query(sql, tables)
    return pa.Table.from_batches(list(told(reader)), reader.schema)


def refusal(error: Exception) -> BadInput | Unavailable:
    """An engine's error as a person is told it."""
    if isinstance(error, TimedOut):
        return SqlRefused(both("Câu SQL chạy quá lâu.", f"The SQL ran too long: {error}"), where="timeout")
    if isinstance(error, OutOfMemory):
        return SqlRefused(
            both("Câu SQL cần quá nhiều bộ nhớ.", "The SQL needs too much memory."), where="memory_mb"
        )
    if isinstance(error, QueryRefused | pa.ArrowException):
        return SqlRefused(_words(error), where="sql")
    return Unavailable(both(f"Bộ máy truy vấn lỗi: {error}", f"The query engine failed: {error}"))


def _words(error: Exception) -> Text:
    why = str(error).strip().splitlines()[0][:400] if str(error).strip() else type(error).__name__
    return both(f"Không chạy được câu SQL: {why}", f"The SQL cannot be run: {why}")
