"""What the warehouse asks of a lake: tables of columns whose every change is a snapshot that can be read again.

A table is named ``namespace.name``. Rows travel as Arrow; a commit is atomic and durable when its method
returns, and a writer that meets another one tries again by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Data: TypeAlias = "pa.Table | pa.RecordBatchReader | Iterable[pa.RecordBatch]"


class LakeError(Exception):
    """The lake refused or could not be reached; ``__cause__`` is the library's own error."""


class SchemaConflict(LakeError):
    """Columns that cannot be brought together: another type than the table's, or a column it does not have."""


class NoSuchTable(LakeError):
    """There is no table, or no snapshot, of that name."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One committed state of a table. ``rows`` and ``bytes`` are of the whole table, not of the change.

    ``operation`` is ``append``, ``replace``, ``upsert``, ``delete`` or ``compact``; ``key`` is the idempotency
    key the commit was given, or empty.
    """

    id: int
    at: datetime
    operation: str
    rows: int
    bytes: int
    key: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of a snapshot: a path on this machine or a URL of the object store."""

    path: str
    rows: int
    bytes: int


class Lake(Protocol):
    """Tables with snapshots. Safe to use from several threads and processes at once."""

    def ensure(self, table: str, schema: pa.Schema) -> None:
        """Create the table, or give it the columns it lacks and widen those that need it.

        Columns the schema does not name stay. A column of another kind raises :class:`SchemaConflict`.
        """
        ...

    def append(self, table: str, data: Data, *, key: str = "") -> Snapshot:
        """Add rows. The same ``key`` again adds nothing and returns the first commit's snapshot."""
        ...

    def replace(self, table: str, data: Data, *, key: str = "") -> Snapshot:
        """Put these rows in the place of all rows, in one commit."""
        ...

    def upsert(self, table: str, data: Data, on: Sequence[str], *, key: str = "") -> Snapshot:
        """Add rows and replace those whose columns ``on`` are equal (NULL equals NULL), in one commit.

        Of rows with one key in ``data`` the last one counts.
        """
        ...

    def delete(self, table: str, where: str, *, key: str = "") -> Snapshot:
        """Remove the rows for which the SQL predicate is true; columns, literals and plain functions only."""
        ...

    def read(
        self, table: str, *, snapshot: int | None = None, columns: Sequence[str] | None = None
    ) -> pa.RecordBatchReader:
        """The rows of a snapshot (default: the newest) as a stream of batches."""
        ...

    def schema(self, table: str, snapshot: int | None = None) -> pa.Schema:
        """The columns as :meth:`read` gives them."""
        ...

    def files(self, table: str, snapshot: int | None = None) -> list[DataFile]:
        """The Parquet files of a snapshot, in the order the rows were written."""
        ...

    def merged(self, table: str, snapshot: int | None = None) -> bool:
        """Whether another engine left delete files beside the data, so that :meth:`files` alone tell too much.

        :meth:`read` applies them, and :meth:`compact` does away with them.
        """
        ...

    def snapshots(self, table: str) -> list[Snapshot]:
        """All snapshots that can still be read, oldest first."""
        ...

    def at(self, table: str, when: datetime) -> Snapshot | None:
        """The snapshot that was current at ``when``; None when the table was empty or it has expired."""
        ...

    def keep(self, table: str, snapshots: Collection[int]) -> None:
        """Say which snapshots :meth:`expire` leaves alone (with the newest); replaces what was said before."""
        ...

    def expire(self, table: str, *, older_than: datetime) -> int:
        """Forget older snapshots and delete the files only they used; how many were forgotten."""
        ...

    def compact(self, table: str) -> Snapshot | None:
        """Write many small files as few large ones; None when there is nothing to gain."""
        ...

    def drop(self, table: str) -> None:
        """Remove the table and its files; does nothing when there is no such table."""
        ...

    def tables(self) -> list[str]:
        """All tables, sorted."""
        ...

    def sweep(self, *, older_than: datetime | None = None) -> int:
        """Delete files that no snapshot uses, left by killed writers; how many.

        Only files last written before ``older_than`` (default: a day ago), so that a running write is left alone.
        """
        ...

    def backup(self, target: Path) -> None:
        """Copy every table, with all snapshots, below the folder ``target`` while others read and write.

        The files of an object store stay where they are; the copy then holds the catalogue only.
        """
        ...

    def adopt(self, source: Path) -> None:
        """Make the tables those of a backup whose files have been put in the lake's folder."""
        ...

    def close(self) -> None: ...
