"""How a connection to the SQLite file is opened, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dothi.engines.store.base import StoreConflict, StoreError, StoreUnavailable

BUSY_MS = 20_000
# 128 MB of log before the writer itself moves it; until then that is the work of ``checkpoint.Checkpointer``.
CHECKPOINT_PAGES = 32_000
_COMMON = (
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA mmap_size=1073741824",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA foreign_keys=ON",
)
_WRITER = (
    "PRAGMA journal_mode=WAL",
    # FULL: the log is flushed at every commit, so that an acknowledged write survives a power cut.
    "PRAGMA synchronous=FULL",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    "PRAGMA journal_size_limit=134217728",
    "PRAGMA cache_size=-65536",
)
_READER = ("PRAGMA cache_size=-16384", "PRAGMA query_only=ON")
_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
    }
)


def connect(path: Path, *, writer: bool) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are begun and ended by the store alone."""
    with translated():
        connection = sqlite3.connect(
            path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        for pragma in (*_COMMON, *(_WRITER if writer else _READER)):
            connection.execute(pragma)
    return connection


def meaning(error: Exception) -> StoreError:
    """The store's error for one of the driver."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, sqlite3.IntegrityError):
        return StoreConflict(text)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte; the rest says where it happened
    return StoreUnavailable(text) if code in _UNAVAILABLE else StoreError(text)


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors of the block as :class:`StoreError`."""
    try:
        yield
    except (sqlite3.Error, OverflowError) as error:
        raise meaning(error) from error
