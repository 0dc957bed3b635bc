"""What a hot path asks of a relational store, whichever engine keeps it.

SQL is written once, in the subset both engines share, with ``?`` for parameters. Bulk writes name a
:class:`Table` so that each engine can use its fastest way (``executemany`` in key order on SQLite, binary
``unnest`` arrays on PostgreSQL).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from dothi.core.errors import Unavailable, both

Kind = Literal["int", "float", "text", "bytes"]
Row = tuple[Any, ...]
SPOILED = "a statement of this transaction failed outside a savepoint, so nothing of it was kept"
_BUSY = both(
    "Kho dữ liệu đang bận hoặc mất kết nối; hãy thử lại sau.",
    "The store is busy or cannot be reached; try again later.",
)


class Column(NamedTuple):
    """A column of a bulk-written table. ``int`` is 64 bits, ``bytes`` is BLOB / bytea."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """A table written in bulk: its name, the columns a row gives in order, and its key columns."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a store's schema, in each engine's own DDL. Steps are applied once, in order, by name."""

    name: str
    sqlite: str
    postgresql: str


class StoreError(Exception):
    """The store refused or could not be reached; ``__cause__`` is the driver's own error."""


class StoreConflict(StoreError):
    """A key or another constraint refused the row; the transaction may be rolled back to a savepoint."""


class StoreUnavailable(StoreError, Unavailable):
    """The store cannot be reached or stayed locked past its timeout; trying again later may succeed.

    ``str()`` of it is for the log; what a person is told does not name the inside.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(_BUSY)
        self.args = (message,)


class Session(Protocol):
    """One transaction (write) or one consistent snapshot (read). Not shared between threads."""

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a SELECT (or of a statement with RETURNING)."""
        ...

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement; how many rows it touched."""
        ...

    def write_rows(
        self, table: Table, rows: Iterable[Row], *, conflict: Literal["error", "ignore", "replace"] = "error"
    ) -> int:
        """Insert rows in bulk; on a key that exists: fail, leave it, or replace the other columns.

        Returns how many rows were inserted or replaced. Of rows with one key in the same call ``ignore``
        keeps the first and ``replace`` the last.
        """
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """A part of the transaction that is undone alone when its block raises."""
        ...


class Store(Protocol):
    """A relational store: snapshots for readers, one durable transaction at a time for a writer."""

    dialect: Literal["sqlite", "postgresql"]

    def migrate(self, steps: Sequence[Migration]) -> list[str]:
        """Apply the steps not applied yet; their names. Safe to call from several processes at once."""
        ...

    def read(self, *, snapshot: bool = True) -> AbstractContextManager[Session]:
        """One consistent snapshot, taken at the first query; writing in it fails.

        Without ``snapshot`` an engine may let each query see what is committed when it begins: enough for a
        look-up of one query, and on SQLite a third of the work.
        """
        ...

    def write(self) -> AbstractContextManager[Session]:
        """A transaction; when the block ends without error its effects survive a power cut.

        A statement that failed outside a :meth:`Session.savepoint` spoils it: swallowing the error does not
        help, the end of the block raises and nothing is kept.
        """
        ...

    def changes(self) -> int:
        """A number that differs after any process committed; cheap enough to poll every 50 ms."""
        ...

    def backup(self, target: Path) -> None:
        """Write a consistent copy to the file ``target`` while others read and write."""
        ...

    def close(self) -> None: ...
