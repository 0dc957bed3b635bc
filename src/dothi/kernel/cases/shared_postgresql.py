"""The PostgreSQL engine's session on a connection of Django's, whose own cursors speak text and merge parameters."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.pq import Format

from dothi.engines.store.postgresql.arrays import register
from dothi.engines.store.postgresql.session import PostgresqlSession


class SharedSession(PostgresqlSession):
    """With a cursor of the driver's plain kind, which the engine's own connections give by themselves."""

    __slots__ = ()

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        register(connection)
        self._connection = connection
        self._cursor = psycopg.Cursor(connection)
        self._cursor.format = Format.BINARY
        self._depth = 0
