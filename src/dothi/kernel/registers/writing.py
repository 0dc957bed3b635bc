"""Rows by the ten thousand into the tables, each database by its fastest way: prepared inserts, COPY."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Final

import msgspec
from django.db import connection

from dothi.kernel.registers.models import SLOTS

_RECORD: Final = (
    "num", "id", "type", "unit", "state", "current", "label", "sort", "words", "personal_words", "schema", "simulated",
    "changed_us",
)  # fmt: skip
_BOX: Final = ("west", "south", "east", "north")
VERSIONS: Final = (
    "registers_version",
    (
        "seq", "record_id", "type", "op", "valid_from", "valid_to", "recorded_us", "data", "schema", "actor",
        "reason", "source", "origins",
    ),
)  # fmt: skip
IDENTIFIERS: Final = (
    "registers_identifier",
    ("record_id", "origin_id", "type", "scheme", "value", "exclusive"),
)
LINKS: Final = (
    "registers_link",
    ("record_id", "property", "kind", "target_type", "scheme", "value"),
)
TableOf = tuple[str, tuple[str, ...]]


def records(slots: int, *, placed: bool) -> TableOf:
    """The table of records with its first ``slots`` indexed properties, and a box where they are placed.

    The other columns stay null, and a null need not be handed over a million times.
    """
    return "registers_record", (*_RECORD, *SLOTS[:slots], *(_BOX if placed else ()))


# Each batch touches most pages of the indexes: kept in memory they are not read again, and a longer log moves a page
# into the main file once for several batches.
_CACHE_KIB, _LOG_PAGES = 393_216, 100_000


def postgresql() -> bool:
    """Whether the city is kept in PostgreSQL."""
    return connection.vendor == "postgresql"


def insert(table: TableOf, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows given in the order of the table's columns."""
    name, columns = table
    if not rows:
        return
    with connection.cursor() as cursor:
        if postgresql():
            with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            holes = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({holes})",  # noqa: S608
                rows,
            )


def numbers(table: str, column: str, count: int) -> list[int]:
    """``count`` new numbers of a table's key, growing. Within the transaction that :func:`keeping.lock` opened."""
    with connection.cursor() as cursor:
        if postgresql():
            sequence = "pg_get_serial_sequence(%s, %s)"
            cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [table, column, count])  # noqa: S608
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def carriers_of(type: str, scheme: str, values: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Which of these identifiers are taken: value → (number of the record it finds, of the one that carries it)."""
    sql = (
        "SELECT value, record_id, origin_id FROM registers_identifier"
        " WHERE exclusive AND type = %s AND scheme = %s AND value "
    )
    among, given = (
        ("= ANY(%s)", list(values))
        if postgresql()
        else ("IN (SELECT value FROM json_each(%s))", msgspec.json.encode(values).decode())
    )
    with connection.cursor() as cursor:
        cursor.execute(sql + among, [type, scheme, given])
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


@contextmanager
def quickly() -> Iterator[None]:
    """While a bulk load runs: no search for garbage (all it makes is kept or counted); on SQLite more pages in memory,

    and the log moved into the main file less often.
    """
    gc.disable()
    try:
        with nullcontext() if postgresql() else _more_memory():
            yield
    finally:
        gc.enable()


@contextmanager
def _more_memory() -> Iterator[None]:
    before = {name: _pragma(name) for name in ("cache_size", "wal_autocheckpoint")}
    _pragma("cache_size", -_CACHE_KIB)
    _pragma("wal_autocheckpoint", _LOG_PAGES)
    try:
        yield
    finally:
        for name, value in before.items():
            _pragma(name, value)
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _pragma(name: str, value: int | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}" if value is None else f"PRAGMA {name} = {value}")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
