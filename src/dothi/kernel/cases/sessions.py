"""A store session on the connection that Django's open transaction uses: the same writer, inside a caller's own work."""

from __future__ import annotations

from typing import Literal, cast

from django.db import connection

from dothi.engines.store.base import Session
from dothi.engines.store.sqlite.session import SqliteSession


def in_transaction() -> bool:
    """Whether Django has a transaction open in this thread."""
    return connection.in_atomic_block


def django_session() -> tuple[Session, Literal["sqlite", "postgresql"]]:
    """A session within Django's open transaction, and its dialect. Django begins and ends the transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a session of Django's needs an open transaction")
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return cast(Session, SqliteSession(connection.connection)), "sqlite"
    # The driver comes with an extra.
    from dothi.kernel.cases.shared_postgresql import SharedSession

    return cast(Session, SharedSession(connection.connection)), "postgresql"
