"""Moves the write-ahead log into the main file beside the writer, not in its commits.

A checkpoint inside a commit makes one writer in a few hundred wait for it, and all who wait in its group. Here
a thread copies what is settled while the next group is prepared (SQLite holds no interpreter lock meanwhile).
The writer's own automatic checkpoint stays as the last resort when the thread cannot keep up.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import structlog

from dothi.engines.store.base import StoreError
from dothi.engines.store.sqlite.connection import connect

log = structlog.get_logger()
# So many rows written before the log is moved: rare enough to touch each page of the main file seldom.
ROWS = 4000
PAUSE_S = 0.1
EVERY_S = 5.0


class Checkpointer:
    """Told of every commit; starts its thread with the first checkpoint that is due."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._moved_at = 0
        self._due = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def committed(self, rows: int) -> None:
        """Hear that ``rows`` were written by this process's writer in all."""
        if rows - self._moved_at < ROWS:
            return
        self._moved_at = rows
        self._due.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread after the checkpoint at hand."""
        self._ended.set()
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            connection = connect(self._path, writer=False)
        except StoreError:
            log.exception("store.checkpoint.no_connection")
            return
        try:
            while self._due.wait() and not self._ended.is_set():
                self._due.clear()
                _move(connection)
                self._ended.wait(PAUSE_S)
        finally:
            connection.close()


def keep_moving(path: Path, stop: threading.Event, every_s: float = EVERY_S) -> None:
    """Move the log of a file that other processes write, until told to stop: none of their commits then has to."""
    connection = connect(path, writer=False)
    try:
        while not stop.wait(every_s):
            _move(connection)
    finally:
        connection.close()


def _move(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    except sqlite3.Error as error:  # busy or a full disk: the writer's own checkpoint says more
        log.warning("store.checkpoint.failed", error=str(error))
