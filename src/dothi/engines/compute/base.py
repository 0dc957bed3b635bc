"""What the warehouse asks of a query engine: SQL over named tables, answered as Arrow.

The house writes SQL once, in DuckDB's dialect; :func:`dothi.engines.compute.dialects.translate` turns it into
an engine's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

HOUSE_DIALECT = "duckdb"


class ComputeError(Exception):
    """The engine could not answer; the message is its own, ``__cause__`` has the library's error."""


class QueryRefused(ComputeError):
    """The SQL cannot be run: wrong syntax, an unknown table or column, a value that does not convert."""


class TimedOut(ComputeError):
    """The query ran longer than it was allowed to."""


class OutOfMemory(ComputeError):
    """The query needed more memory than it was allowed."""


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table of the lake as a source, at a snapshot (default: the newest)."""

    name: str
    snapshot: int | None = None


@dataclass(frozen=True, slots=True)
class ParquetFiles:
    """Parquet files with one schema: absolute paths on this machine."""

    paths: tuple[str, ...]


Source: TypeAlias = "pa.Table | LakeTable | ParquetFiles | Sequence[str]"


class Engine(Protocol):
    """A query engine. Safe to use from several threads; every query stands alone."""

    name: str
    dialect: str
    """What sqlglot calls the engine's SQL."""

    def query(
        self,
        sql: str,
        tables: Mapping[str, Source] | None = None,
        *,
        timeout_s: float | None = None,
        memory_mb: int | None = None,
        dialect: str = HOUSE_DIALECT,
    ) -> pa.RecordBatchReader:
        """The rows of one SELECT over ``tables``, as a stream.

        ``sql`` is translated when ``dialect`` is not the engine's own. ``timeout_s`` counts until the last batch
        is read. Raises :class:`ComputeError` here or while the stream is read.
        """
        ...

    def close(self) -> None: ...
