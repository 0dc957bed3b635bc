"""The SQLite store: one writer at a time, readers on their own snapshots."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from dothi.engines.store.base import SPOILED, Migration, Session, StoreError, StoreUnavailable
from dothi.engines.store.sqlite.checkpoint import Checkpointer
from dothi.engines.store.sqlite.connection import BUSY_MS, connect, translated
from dothi.engines.store.sqlite.session import SqliteSession

_IDLE_READERS = 16
_LEDGER = """CREATE TABLE IF NOT EXISTS dothi_migration (
    name TEXT PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)"""


class SqliteStore:
    """A store in the SQLite file ``path`` (write-ahead log, every commit flushed)."""

    dialect: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._writer = connect(path, writer=True)
        self._checkpointer = Checkpointer(path)
        self._write_lock = threading.Lock()
        self._write_owner: int | None = None
        self._readers: list[sqlite3.Connection] = []
        # Never writes, so its data_version moves with every commit of any connection, ours included.
        self._watcher = connect(path, writer=False)
        self._watch_lock = threading.Lock()
        self._closed = False

    def migrate(self, steps: Sequence[Migration]) -> list[str]:
        applied: list[str] = []
        with self.write() as session:
            session.execute(_LEDGER)
            known = {name for (name,) in session.query("SELECT name FROM dothi_migration")}
            for step in steps:
                if step.name not in known:
                    for statement in statements(step.sqlite):
                        session.execute(statement)
                    session.execute("INSERT INTO dothi_migration (name) VALUES (?)", (step.name,))
                    applied.append(step.name)
        return applied

    def read(self, *, snapshot: bool = True) -> AbstractContextManager[Session]:
        return self._reading(snapshot)

    def write(self) -> AbstractContextManager[Session]:
        return self._writing()

    @contextmanager
    def _reading(self, snapshot: bool) -> Iterator[Session]:
        connection = self._reader()
        try:
            if snapshot:
                with translated():
                    connection.execute("BEGIN")
            yield SqliteSession(connection)
        finally:
            self._give_back(connection)

    def _reader(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailable(f"the store {self.path} is closed")
        try:
            return self._readers.pop()  # atomic; the latest used has the warmest cache
        except IndexError:
            return connect(self.path, writer=False)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._closed or len(self._readers) >= _IDLE_READERS:
            connection.close()
        else:
            self._readers.append(connection)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        self._take_write_lock()
        try:
            with translated():
                self._writer.execute("BEGIN IMMEDIATE")
            session = SqliteSession(self._writer)
            yield session
            if session.spoiled:
                raise StoreError(SPOILED)
            with translated():
                self._writer.execute("COMMIT")
            self._checkpointer.committed(self._writer.total_changes)
        finally:
            if not self._closed and self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            self._write_owner = None
            self._write_lock.release()

    def _take_write_lock(self) -> None:
        if self._write_owner == threading.get_ident():
            raise StoreError("write() inside write(): pass the session on, or use session.savepoint()")
        if not self._write_lock.acquire(timeout=BUSY_MS / 1000):
            raise StoreUnavailable(f"another write has held {self.path} for {BUSY_MS // 1000} s")
        self._write_owner = threading.get_ident()
        if self._closed:
            self._write_owner = None
            self._write_lock.release()
            raise StoreUnavailable(f"the store {self.path} is closed")

    def changes(self) -> int:
        with self._watch_lock, translated():
            (version,) = self._watcher.execute("PRAGMA data_version").fetchone()
        return int(version)

    def backup(self, target: Path) -> None:
        partial = target.with_name(target.name + ".partial")
        partial.unlink(missing_ok=True)
        with translated():
            source, copy = connect(self.path, writer=False), sqlite3.connect(partial, isolation_level=None)
            try:
                source.backup(copy)  # in one step, hence on one snapshot; writers go on in the log meanwhile
            finally:
                copy.close()
                source.close()
        descriptor = os.open(partial, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        partial.replace(target)

    def close(self) -> None:
        if self._closed:
            return
        self._checkpointer.close()
        with self._write_lock:
            self._closed = True
            while self._readers:
                self._readers.pop().close()
            self._writer.close()
        with self._watch_lock:
            self._watcher.close()


def statements(script: str) -> Iterator[str]:
    """The single statements of a script (the driver's own executescript would commit the transaction)."""
    pending = ""
    for part in script.split(";"):
        pending += part + ";"
        if sqlite3.complete_statement(pending):
            if pending.strip(" \n\t;"):
                yield pending
            pending = ""
    if pending.strip(" \n\t;"):
        yield pending
