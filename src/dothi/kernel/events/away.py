"""Whether an error means that something is away for a while, or that an event cannot be handled."""

from __future__ import annotations

import sqlite3

from django.db.utils import InterfaceError, OperationalError

from dothi.core.errors import Unavailable
from dothi.engines.bus.base import BusError, MessageRefused

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
# Connection, rollback (deadlock), insufficient resources, lock not available, operator intervention.
_POSTGRESQL = ("08", "40", "53", "55", "57")


def is_away(error: BaseException) -> bool:
    """True for a lost or locked database, a lost bus, and whatever raises :class:`Unavailable`.

    A wrong statement is an ``OperationalError`` on SQLite too; that one is the handler's own fault.
    """
    if isinstance(error, (Unavailable, BusError)):
        return not isinstance(error, MessageRefused)
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(_POSTGRESQL)
