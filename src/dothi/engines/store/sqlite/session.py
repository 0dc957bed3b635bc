"""One transaction or snapshot on a SQLite connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Any

from dothi.engines.store.base import Row, StoreError, Table
from dothi.engines.store.sql import Conflict, key_of, on_conflict
from dothi.engines.store.sqlite.connection import meaning

# Rows in one INSERT. Many: each statement lets other threads have the interpreter and waits to get it back. Few
# sizes: each is a prepared statement.
_TOGETHER = (256, 64, 16, 4, 1)
_DRIVER_ERRORS = (sqlite3.Error, OverflowError)


class SqliteSession:
    """Runs statements on the connection it was given; the store begins and ends the transaction."""

    __slots__ = ("_connection", "_depth", "spoiled")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._depth = 0
        self.spoiled = False

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._connection.execute(sql, params).fetchall()
        except _DRIVER_ERRORS as error:
            raise self._meaning(error) from error

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        try:
            return max(self._connection.execute(sql, params).rowcount, 0)
        except _DRIVER_ERRORS as error:
            raise self._meaning(error) from error

    def write_rows(self, table: Table, rows: Iterable[Row], *, conflict: Conflict = "error") -> int:
        # Rows in key order touch each B-tree page once: 4.5 times faster than in order of arrival. The sort
        # is stable, so that of equal keys the last one given still wins.
        ordered = sorted(rows, key=key_of(table))
        try:
            return self._insert(table, ordered, conflict)
        except _DRIVER_ERRORS as error:
            raise self._meaning(error) from error

    def _insert(self, table: Table, rows: list[Row], conflict: Conflict) -> int:
        written = start = 0
        most = self._connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(table.columns)
        for size in _TOGETHER:
            while size <= most and len(rows) - start >= size:
                values = list(chain.from_iterable(rows[start : start + size]))
                written += max(
                    self._connection.execute(insert_sql(table, conflict, size), values).rowcount, 0
                )
                start += size
        return written

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._depth += 1
        name = f"s{self._depth}"
        self.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it
                self.execute(f"ROLLBACK TO {name}")
                self.execute(f"RELEASE {name}")
                self.spoiled = False
            raise
        else:
            self.execute(f"RELEASE {name}")
        finally:
            self._depth -= 1

    def _meaning(self, error: Exception) -> StoreError:
        # SQLite would go on after a failed statement, PostgreSQL does not: here both behave alike.
        self.spoiled = True
        return meaning(error)


@lru_cache(maxsize=256)
def insert_sql(table: Table, conflict: Conflict, rows: int) -> str:
    """The INSERT for so many rows of ``table``."""
    names = [column.name for column in table.columns]
    row = f"({', '.join('?' * len(names))})"
    sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([row] * rows)}"  # noqa: S608
    return sql + on_conflict(table, conflict)
