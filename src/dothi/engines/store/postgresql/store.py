"""The PostgreSQL store: a pool of connections to one schema."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import Connection, errors, sql
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from dothi.engines.store.base import SPOILED, Migration, Row, Session, StoreError, StoreUnavailable
from dothi.engines.store.postgresql.arrays import register
from dothi.engines.store.postgresql.dump import dump
from dothi.engines.store.postgresql.errors import meaning, translated_errors
from dothi.engines.store.postgresql.session import PostgresqlSession

_MAX_CONNECTIONS = 16
_CONNECT_S = 5
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LEDGER = """CREATE TABLE IF NOT EXISTS dothi_migration (
    name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"""
_MIGRATION_LOCK = "SELECT pg_advisory_xact_lock(hashtext('dothi migrate'), hashtext(?))"
_HAS_SCHEMA = "SELECT to_regnamespace(quote_ident(%s)) IS NOT NULL"


class PostgresqlStore:
    """A store in ``schema`` of the database at ``url``; the schema is made when missing.

    Opening does not connect: a server that is away is :class:`StoreUnavailable` at each use until it is back.
    """

    dialect: Literal["sqlite", "postgresql"] = "postgresql"
    wait_s = 20.0

    def __init__(self, url: str, schema: str) -> None:
        self._url = url
        self._schema = schema
        self._pool: ConnectionPool[Connection[Row]] = ConnectionPool(
            url,
            min_size=0,
            max_size=_MAX_CONNECTIONS,
            kwargs={"autocommit": True, "connect_timeout": _CONNECT_S, "application_name": f"dothi {schema}"},
            configure=self._configure,
            reconnect_timeout=_CONNECT_S,
            open=True,
            name=f"dothi-{schema}",
        )
        self._watcher: Connection[Row] | None = None
        self._watch_lock = threading.Lock()
        self._snapshot = ""
        self._version = 0

    def _configure(self, connection: Connection[Row]) -> None:
        register(connection)
        found = connection.execute(_HAS_SCHEMA, (self._schema,)).fetchone()
        quoted = sql.Identifier(self._schema)
        if found is None or not found[0]:
            # Suppressed: another connection made it at the same moment.
            with suppress(errors.UniqueViolation, errors.DuplicateSchema):
                connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(quoted))
        # Durable whatever the server's default is: an acknowledged write must survive a power cut.
        connection.execute(sql.SQL("SET search_path TO {}, public").format(quoted))
        connection.execute("SET synchronous_commit TO on")

    def migrate(self, steps: Sequence[Migration]) -> list[str]:
        applied: list[str] = []
        with self._transaction("BEGIN") as session:
            session.query(_MIGRATION_LOCK, (self._schema,))
            session.execute(_LEDGER)
            known = {name for (name,) in session.query("SELECT name FROM dothi_migration")}
            for step in steps:
                if step.name not in known:
                    session.script(step.postgresql)
                    session.execute("INSERT INTO dothi_migration (name) VALUES (?)", (step.name,))
                    applied.append(step.name)
        return applied

    def read(self, *, snapshot: bool = True) -> AbstractContextManager[Session]:
        # Always a transaction: its BEGIN finds out whether the server has dropped the connection meanwhile.
        return self._transaction(_SNAPSHOT)

    def write(self) -> AbstractContextManager[Session]:
        return self._transaction("BEGIN")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresqlSession]:
        connection = self._begun(begin)
        try:
            yield PostgresqlSession(connection)
        except BaseException:
            self._end(connection, "ROLLBACK")
            raise
        spoiled = connection.info.transaction_status != TransactionStatus.INTRANS
        with translated_errors():
            # The server would answer COMMIT of a failed transaction with a silent rollback.
            self._end(connection, "ROLLBACK" if spoiled else "COMMIT")
        if spoiled:
            raise StoreUnavailable(SPOILED) if connection.closed else StoreError(SPOILED)

    def _begun(self, begin: str) -> Connection[Row]:
        """A connection in a new transaction. Connections the server has dropped meanwhile are thrown away."""
        for _ in range(_MAX_CONNECTIONS + 1):
            try:
                connection = self._pool.getconn(self.wait_s)
            except psycopg.Error as error:
                raise meaning(error) from error
            try:
                connection.execute(begin)
            except psycopg.Error as error:
                lost = connection.closed
                self._pool.putconn(connection)
                if not lost:
                    raise meaning(error) from error
            else:
                return connection
        raise StoreUnavailable("the server drops every connection")

    def _end(self, connection: Connection[Row], how: str) -> None:
        try:
            if not connection.closed:
                connection.execute(how)
        finally:
            self._pool.putconn(connection)

    def changes(self) -> int:
        """How often the set of visible transactions was seen to differ (in any database of the server)."""
        with self._watch_lock, translated_errors():
            snapshot = self._visible()
            if snapshot != self._snapshot:
                self._snapshot = snapshot
                self._version += 1
            return self._version

    def _visible(self) -> str:
        if self._watcher is None or self._watcher.closed:
            if self._pool.closed:
                raise StoreUnavailable("the store is closed")
            self._watcher = psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_S)
        row = self._watcher.execute("SELECT pg_current_snapshot()::text").fetchone()
        return str(row[0]) if row else ""

    def backup(self, target: Path) -> None:
        dump(self._url, self._schema, target)

    def close(self) -> None:
        self._pool.close()
        with self._watch_lock:
            if self._watcher is not None:
                self._watcher.close()
