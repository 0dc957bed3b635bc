"""Where the embedded bus keeps messages and the places of its durable subscriptions."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from dothi.engines.bus.base import BusError

# The event log is the truth; the bus only has to bridge a slow or absent subscriber.
KEEP_MESSAGES = 100_000
_TRIM_EVERY = 1000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
"""


class Journal:
    """An append-only list of messages; in a file when ``path`` is given, else in memory."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False, timeout=20
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)
        self._closed = False

    def append(self, id: str, subject: str, data: bytes) -> int | None:
        """The number of the new message; None when one with this ``id`` is kept already."""
        with self._lock:
            self._check()
            sql = "INSERT INTO message (id, subject, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            cursor = self._connection.execute(sql, (id, subject, data))
            if not cursor.rowcount:
                return None
            seq = int(cursor.lastrowid or 0)
            if seq % _TRIM_EVERY == 0:
                self._connection.execute("DELETE FROM message WHERE seq <= ?", (seq - KEEP_MESSAGES,))
            return seq

    def after(self, seq: int, limit: int) -> list[tuple[int, str, str, bytes]]:
        """The messages behind ``seq``: number, id, subject, data."""
        with self._lock:
            self._check()
            sql = "SELECT seq, id, subject, data FROM message WHERE seq > ? ORDER BY seq LIMIT ?"
            return self._connection.execute(sql, (seq, limit)).fetchall()

    def place(self, name: str) -> int:
        """Where the durable subscription ``name`` stands; a new one begins behind the last message."""
        with self._lock:
            self._check()
            begin = "INSERT OR IGNORE INTO place SELECT ?, coalesce(max(seq), 0) FROM message"
            self._connection.execute(begin, (name,))
            return int(
                self._connection.execute("SELECT seq FROM place WHERE name = ?", (name,)).fetchone()[0]
            )

    def move(self, name: str, seq: int) -> None:
        """All messages of ``name`` up to ``seq`` are done."""
        with self._lock:
            if not self._closed:  # a message done while closing is delivered again: at least once
                self._connection.execute("UPDATE place SET seq = ? WHERE name = ?", (seq, name))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._connection.close()

    def _check(self) -> None:
        if self._closed:
            raise BusError("the bus is closed")
