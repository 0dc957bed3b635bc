"""One transaction or snapshot on a PostgreSQL connection."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import Connection

from dothi.engines.store.base import Row, Table
from dothi.engines.store.postgresql.arrays import ARRAY_TYPE, PACKERS
from dothi.engines.store.postgresql.errors import meaning
from dothi.engines.store.postgresql.translate import translated
from dothi.engines.store.sql import Conflict, key_of, on_conflict

# Enough rows that the round trip no longer counts, few enough that one statement's memory stays small.
_ROWS_PER_STATEMENT = 5000
_DRIVER_ERRORS = (psycopg.Error, struct.error, UnicodeEncodeError)


class PostgresqlSession:
    """Runs statements on the connection it was given; the store begins and ends the transaction."""

    __slots__ = ("_connection", "_cursor", "_depth")

    def __init__(self, connection: Connection[Row]) -> None:
        self._connection = connection
        self._cursor = connection.cursor(binary=True)
        self._depth = 0

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._cursor.execute(translated(sql), params).fetchall()
        except _DRIVER_ERRORS as error:
            raise meaning(error) from error

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        try:
            return max(self._cursor.execute(translated(sql), params).rowcount, 0)
        except _DRIVER_ERRORS as error:
            raise meaning(error) from error

    def script(self, sql: str) -> None:
        """Several statements at once, without parameters."""
        try:
            self._connection.execute(sql)
        except _DRIVER_ERRORS as error:
            raise meaning(error) from error

    def write_rows(self, table: Table, rows: Iterable[Row], *, conflict: Conflict = "error") -> int:
        ordered = _ordered(table, rows, conflict)
        sql = insert_sql(table, conflict)
        written = 0
        try:
            for start in range(0, len(ordered), _ROWS_PER_STATEMENT):
                columns = zip(*ordered[start : start + _ROWS_PER_STATEMENT], strict=True)
                packed = [PACKERS[c.kind](values) for c, values in zip(table.columns, columns, strict=True)]
                written += max(self._cursor.execute(sql, packed).rowcount, 0)
        except _DRIVER_ERRORS as error:
            raise meaning(error) from error
        return written

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._depth += 1
        name = f"s{self._depth}"
        self.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if not self._connection.closed:
                self.script(f"ROLLBACK TO {name}; RELEASE {name}")
            raise
        else:
            self.execute(f"RELEASE {name}")
        finally:
            self._depth -= 1


def _ordered(table: Table, rows: Iterable[Row], conflict: Conflict) -> list[Row]:
    """In key order, so that two writers lock rows in the same order and do not deadlock."""
    key = key_of(table)
    if conflict == "replace":  # one statement may not replace a row twice: keep the last of each key
        rows = {key(row): row for row in rows}.values()
    return sorted(rows, key=key)


@lru_cache(maxsize=256)
def insert_sql(table: Table, conflict: Conflict) -> str:
    """One INSERT for any number of rows, given as one array a column."""
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(
        f"convert_from({c.name}, 'UTF8')" if c.kind == "text" else c.name for c in table.columns
    )
    arrays = ", ".join(f"%b::{ARRAY_TYPE[column.kind]}" for column in table.columns)
    insert = f"INSERT INTO {table.name} ({names}) SELECT {values} FROM unnest({arrays}) AS t({names})"  # noqa: S608
    return insert + on_conflict(table, conflict)
