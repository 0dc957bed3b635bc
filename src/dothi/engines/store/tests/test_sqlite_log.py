"""The write-ahead log of SQLite is moved into the main file beside the writer."""

import sqlite3
import threading
import time

from dothi.engines.store.base import Column, Table
from dothi.engines.store.registry import open_store
from dothi.engines.store.sqlite.checkpoint import ROWS, keep_moving

THINGS = Table("thing", (Column("id", "int"), Column("body", "bytes")), ("id",))


def test_what_was_written_reaches_the_main_file_without_closing_it(tmp_path):
    path = tmp_path / "log.sqlite3"
    store = open_store(f"sqlite:///{path}", schema="test")
    with store.write() as session:
        session.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    before = path.stat().st_size
    with store.write() as session:
        session.write_rows(THINGS, [(number, b"x" * 200) for number in range(ROWS)])
    end = time.monotonic() + 10
    while path.stat().st_size <= before + ROWS * 200 and time.monotonic() < end:
        time.sleep(0.02)
    assert path.stat().st_size > before + ROWS * 200
    store.close()


def test_a_store_that_wrote_little_has_no_thread_to_end(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'little.sqlite3'}", schema="test")
    with store.write() as session:
        session.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
    assert store._checkpointer._thread is None
    store.close()


def test_a_file_that_others_write_is_kept_moved(tmp_path):
    path, stop = tmp_path / "others.sqlite3", threading.Event()
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("PRAGMA wal_autocheckpoint=0")  # its own commits never do
    writer.execute("CREATE TABLE thing (body BLOB)")
    mover = threading.Thread(target=keep_moving, args=(path, stop, 0.01))
    mover.start()
    try:
        writer.execute("INSERT INTO thing VALUES (?)", [b"x" * 1_000_000])
        end = time.monotonic() + 10
        while path.stat().st_size < 1_000_000 and time.monotonic() < end:
            time.sleep(0.01)
        assert path.stat().st_size > 1_000_000
    finally:
        stop.set()
        mover.join()
        writer.close()
