"""What differs between the databases a source may read: connecting, quoting, streaming, what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from dothi.core.errors import BadInput, both
from dothi.kernel.pipelines.sources.base import SourceAway

Rows = Sequence[Sequence[Any]]


class Connection(Protocol):
    """A read-only connection to one database, in one snapshot."""

    def quote(self, name: str) -> str:
        """A name (``schema.table`` too) as an identifier."""
        ...

    def stream(self, sql: str, params: Sequence[Any], size: int) -> Iterator[tuple[list[str], Rows]]:
        """Column names and rows, at most ``size`` at a time."""
        ...


def _quoted(name: str, mark: str) -> str:
    return ".".join(f"{mark}{part.replace(mark, mark * 2)}{mark}" for part in name.split("."))


class PostgreSQL:
    """Through psycopg, with a cursor on the server."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def quote(self, name: str) -> str:
        return _quoted(name, '"')

    def stream(self, sql: str, params: Sequence[Any], size: int) -> Iterator[tuple[list[str], Rows]]:
        with self._connection.cursor(name="dothi") as cursor:
            cursor.itersize = size
            cursor.execute(sql, params or None)
            while rows := cursor.fetchmany(size):
                yield [column.name for column in cursor.description], rows


class MySQL:
    """Through PyMySQL, without gathering the answer first."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def quote(self, name: str) -> str:
        return _quoted(name, "`")

    def stream(self, sql: str, params: Sequence[Any], size: int) -> Iterator[tuple[list[str], Rows]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params or None)
            while rows := cursor.fetchmany(size):
                yield [column[0] for column in cursor.description], rows


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection to the database at ``url``; raises :class:`SourceAway` or :class:`BadInput`."""
    scheme = urlsplit(url).scheme
    if scheme in ("postgresql", "postgres"):
        with _postgresql(url) as found:
            yield found
    elif scheme in ("mysql", "mariadb"):
        with _mysql(url) as found:
            yield found
    else:
        raise BadInput(
            both("Địa chỉ phải là postgresql:// hoặc mysql://.", "The address is postgresql:// or mysql://."),
            where="sql.secret",
        )


@contextmanager
def _postgresql(url: str) -> Iterator[Connection]:
    psycopg = _driver("psycopg")
    name = _name(url)
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=False) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield PostgreSQL(connection)
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise SourceAway(name, error) from error
    except psycopg.Error as error:
        raise _refused(name, error) from error


@contextmanager
def _mysql(url: str) -> Iterator[Connection]:
    pymysql, cursors = _driver("pymysql"), _driver("pymysql.cursors")
    parts, name = urlsplit(url), _name(url)
    try:
        connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1", port=parts.port or 3306, user=unquote(parts.username or ""),
            password=unquote(parts.password or ""), database=unquote(parts.path.lstrip("/")), charset="utf8mb4",
            connect_timeout=10, cursorclass=cursors.SSCursor,
        )  # fmt: skip
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET SESSION time_zone = '+00:00'")
                cursor.execute("START TRANSACTION READ ONLY")
            yield MySQL(connection)
        finally:
            connection.close()
    except (pymysql.err.OperationalError, pymysql.err.InterfaceError) as error:
        raise SourceAway(name, error) from error
    except pymysql.MySQLError as error:
        raise _refused(name, error) from error


def _driver(name: str) -> Any:
    """A driver of the extra ``scale``: brought in only by who reads such a database."""
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise BadInput(
            both("Thiếu trình điều khiển: ./dothi add scale", "The driver is missing: ./dothi add scale")
        ) from None


def _name(url: str) -> str:
    """A database as it may be shown: without its credential."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def _refused(name: str, error: Exception) -> BadInput:
    why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return BadInput(both(f"{name} từ chối: {why}", f"{name} refuses: {why}"), where="sql")
