"""Which engine keeps a store, by its URL."""

from __future__ import annotations

from pathlib import Path

from dothi.engines.store.base import Store, StoreError
from dothi.engines.store.sqlite.store import SqliteStore


def open_store(url_or_path: str, *, schema: str) -> Store:
    """The store at ``sqlite:///absolute/path``, a path, or ``postgresql://…`` (tables in ``schema``)."""
    scheme, mark, rest = url_or_path.partition("://")
    if not mark:
        return SqliteStore(Path(url_or_path))
    if scheme == "sqlite":
        return SqliteStore(Path(rest))
    if scheme in {"postgresql", "postgres"}:
        return _postgresql(url_or_path, schema)
    raise StoreError(f"no store engine for {scheme}://; write sqlite:///path or postgresql://host/database")


def _postgresql(url: str, schema: str) -> Store:
    try:  # the driver comes with an extra, so that the base install stays light
        from dothi.engines.store.postgresql.store import PostgresqlStore
    except ImportError as error:
        raise StoreError("PostgreSQL needs its driver. Bring it with: ./dothi add scale") from error
    return PostgresqlStore(url, schema)
