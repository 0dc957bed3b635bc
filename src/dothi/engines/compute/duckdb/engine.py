"""DuckDB as a query engine: sees the named tables and nothing else of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Timer

import duckdb
import pyarrow as pa

from dothi.engines.compute.base import (
    HOUSE_DIALECT,
    ComputeError,
    OutOfMemory,
    QueryRefused,
    Source,
    TimedOut,
)
from dothi.engines.compute.dialects import translate
from dothi.engines.compute.duckdb import tables as named
from dothi.engines.lake.base import Lake

BATCH_ROWS = 1 << 16


class DuckEngine:
    """The embedded engine. ``lake`` is asked for tables of the lake when a query names one."""

    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, lake: Callable[[], Lake] | None = None) -> None:
        self._lake = lake

    def query(
        self,
        sql: str,
        tables: Mapping[str, Source] | None = None,
        *,
        timeout_s: float | None = None,
        memory_mb: int | None = None,
        dialect: str = HOUSE_DIALECT,
    ) -> pa.RecordBatchReader:
        text = translate(sql, self.dialect, dialect)
        run = _Run(timeout_s)
        try:
            named.prepare(run.connection, tables or {}, self._lake, memory_mb)
            stream = run.start(text)
        except BaseException:
            run.close()
            raise
        return pa.RecordBatchReader.from_batches(stream.schema, run.rows(stream))

    def close(self) -> None:
        """Nothing to close: each query has a database of its own."""


class _Run:
    """One query: its database, its clock, its errors in the house's words."""

    def __init__(self, timeout_s: float | None) -> None:
        self.connection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self._timeout = timeout_s
        self._late = False
        self._timer = Timer(timeout_s, self._stop) if timeout_s is not None else None
        if self._timer:
            self._timer.daemon = True
            self._timer.start()

    def _stop(self) -> None:
        self._late = True
        self.connection.interrupt()

    def start(self, text: str) -> pa.RecordBatchReader:
        try:
            relation = self.connection.sql(text)
            if relation is None:
                raise QueryRefused("only a SELECT gives rows")
            return relation.to_arrow_reader(BATCH_ROWS)
        except (duckdb.Error, RuntimeError) as error:
            raise self._told(error) from error

    def rows(self, stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        try:
            for batch in stream:
                if self._late:
                    raise TimedOut(f"the query took longer than {self._timeout} s")
                yield batch
            if self._late:  # an interrupted stream may end as if it were complete
                raise TimedOut(f"the query took longer than {self._timeout} s")
        except (duckdb.Error, pa.ArrowException, OSError, RuntimeError) as error:
            raise self._told(error) from error
        finally:
            self.close()

    def _told(self, error: Exception) -> ComputeError:
        if self._late:
            return TimedOut(f"the query took longer than {self._timeout} s")
        text = str(error)
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in text:
            return OutOfMemory(text)
        if isinstance(
            error,
            duckdb.ProgrammingError
            | duckdb.DataError
            | duckdb.NotSupportedError
            | duckdb.PermissionException,
        ) or any(word in text for word in ("Conversion Error", "Invalid Input Error", "Out of Range Error")):
            return QueryRefused(text)
        return ComputeError(text)

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        self.connection.close()
