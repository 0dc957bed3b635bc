"""How fast the store engines write, against the plain sqlite3 module on the same disk.

    python bench/store.py                       # SQLite
    DOTHI_TEST_DATABASE_URL=postgresql://… python bench/store.py     # and PostgreSQL

Every write is durable (flushed) before it counts.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from dothi.engines.store.base import Column, Migration, Session, Store, Table
from dothi.engines.store.group import GroupCommit
from dothi.engines.store.registry import open_store

READING = Table(
    "reading",
    (Column("entity", "int"), Column("at", "int"), Column("value", "float"), Column("raw", "bytes")),
    ("entity", "at"),
)
DDL = (
    "CREATE TABLE reading (entity bigint, at bigint, value {real}, raw {raw}, PRIMARY KEY (entity, at)){tail}"
)
STEPS = (
    Migration(
        "reading",
        DDL.format(real="real", raw="blob", tail=" WITHOUT ROWID"),
        DDL.format(real="float8", raw="bytea", tail=""),
    ),
)
RAW = b'{"type":"Property","value":12.5,"observedAt":"2026-11-22T07:00:00Z","unitCode":"GQ"}'
ROWS, BATCH, JOBS, WRITERS = 100_000, 1000, 10_000, 64
SECONDS = 1.0


def rows(count: int) -> list[tuple[int, int, float, bytes]]:
    """Readings of 10,000 entities in the order they happen to arrive."""
    chance = random.Random(1)
    return [(chance.randrange(10_000), n, n / 7, RAW) for n in range(count)]


def rate(count: int, work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def batches(data: list[tuple[int, int, float, bytes]]) -> Iterator[list[tuple[int, int, float, bytes]]]:
    for start in range(0, len(data), BATCH):
        yield data[start : start + BATCH]


def raw_sqlite(folder: Path) -> dict[str, float]:
    """What the module itself reaches: no sorting, no layers."""
    connection = sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(STEPS[0].sqlite)
    data = rows(ROWS)
    insert = "INSERT INTO reading VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

    def bulk() -> None:
        for batch in batches(data):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, batch)
            connection.execute("COMMIT")

    def one_by_one(until: float) -> int:
        done = 0
        while time.perf_counter() < until:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(insert, (-1, done, 1.0, RAW))
            connection.execute("COMMIT")
            done += 1
        return done

    found = {"bulk": rate(ROWS, bulk)}
    found["one"] = one_by_one(time.perf_counter() + SECONDS) / SECONDS
    connection.close()
    return found


def engine(store: Store) -> dict[str, float]:
    """The same through an engine, and through group commits of 64 writers."""
    store.migrate(STEPS)
    data = rows(ROWS)

    def bulk() -> None:
        for batch in batches(data):
            with store.write() as session:
                session.write_rows(READING, batch, conflict="replace")

    found = {"bulk": rate(ROWS, bulk), "again": rate(ROWS, bulk), "one": one_by_one(store)}
    group = GroupCommit(store)
    found["group"] = rate(JOBS, lambda: asyncio.run(many_writers(group)))
    group.close()
    found["changes"] = 1e6 / rate(1000, lambda: polls(store, 1000))
    found["read"] = rate(1000, lambda: reads(store, 1000))
    return found


def one_by_one(store: Store) -> float:
    done, until = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        with store.write() as session:
            session.write_rows(READING, [(-1, done, 1.0, RAW)])
        done += 1
    return done / SECONDS


async def many_writers(group: GroupCommit) -> None:
    """Each writer waits for its own write before the next, as a request handler would."""

    async def writer(number: int) -> None:
        for n in range(JOBS // WRITERS):
            await group.asubmit(job(number, n))

    await asyncio.gather(*(writer(number) for number in range(WRITERS)))


def job(number: int, n: int) -> Callable[[Session], int]:
    return lambda session: session.write_rows(READING, [(-2 - number, n, 1.0, RAW)])


def reads(store: Store, count: int) -> None:
    for n in range(count):
        with store.read() as session:
            session.query("SELECT at, value, raw FROM reading WHERE entity = ? ORDER BY at LIMIT 20", (n,))


def polls(store: Store, count: int) -> None:
    for _ in range(count):
        store.changes()


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="dothi-bench-", dir=os.environ.get("BENCH_DIR")))
    yield made
    shutil.rmtree(made)


def postgresql(url: str) -> dict[str, float]:
    schema = f"bench_{uuid.uuid4().hex[:8]}"
    store = open_store(url, schema=schema)
    try:
        return engine(store)
    finally:
        with store.write() as session:
            session.execute(f"DROP SCHEMA {schema} CASCADE")
        store.close()


def main() -> None:
    grid = Grid(title="Store engines, durable writes")
    grid.add_column("")
    measured: list[dict[str, float]] = []
    with folder() as place:
        grid.add_column("sqlite3 module", justify="right")
        measured.append(raw_sqlite(place))
        grid.add_column("SQLite engine", justify="right")
        store = open_store(f"sqlite://{place}/engine.sqlite3", schema="")
        measured.append(engine(store))
        store.close()
    if url := os.environ.get("DOTHI_TEST_DATABASE_URL"):
        grid.add_column("PostgreSQL engine", justify="right")
        measured.append(postgresql(url))
    for key, label in (
        ("bulk", f"new rows/s, {BATCH} a transaction"),
        ("again", "the same rows replaced, rows/s"),
        ("one", "transactions/s of one row, one writer"),
        ("group", f"jobs/s in group commits, {WRITERS} writers"),
        ("read", "reads/s of 20 rows in a snapshot"),
        ("changes", "µs for changes()"),
    ):
        grid.add_row(label, *(f"{each[key]:,.0f}" if key in each else "" for each in measured))
    Console(width=110).print(grid)


if __name__ == "__main__":
    main()
