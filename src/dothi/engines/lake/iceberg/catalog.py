"""The catalogue: which metadata file is each table's newest, in SQLite or PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from dothi.engines.lake.base import LakeError
from dothi.engines.lake.iceberg.storage import Storage, open_storage
from dothi.engines.lake.iceberg.turns import DatabaseTurns, FileTurns, Turns

NAME = "dothi"
SCHEMA = "lake"
_BUSY_SECONDS = 60
_ROOTS = "CREATE TABLE IF NOT EXISTS dothi_lake_roots (root VARCHAR(1000) PRIMARY KEY)"


def _sqlite(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:  # readers then never wait for a commit, and a commit only for another
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(_ROOTS)
        database.commit()
    finally:
        database.close()
    return f"sqlite:///{path}?timeout={_BUSY_SECONDS}"


def _postgresql(url: str) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "options"]
    query.append(("options", f"-csearch_path={SCHEMA}"))
    uri = urlunsplit(("postgresql+psycopg", parts.netloc, parts.path, urlencode(query), ""))
    engine = create_engine(uri)
    try:
        with engine.begin() as session:
            # Two processes that create at the same moment would both see nothing there.
            session.execute(text("SELECT pg_advisory_xact_lock(71001)"))
            session.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            session.execute(text(_ROOTS))
    finally:
        engine.dispose()
    return uri


def _prepared(catalog_url: str) -> str:
    scheme, _, rest = catalog_url.partition("://")
    if scheme == "sqlite":
        return _sqlite(Path(rest))
    try:
        return _postgresql(catalog_url)
    except ModuleNotFoundError as error:
        raise LakeError("PostgreSQL needs its driver. Bring it with: ./dothi add scale") from error


def _roots(uri: str, root: str) -> list[str]:
    """Note where the lake is now; the places it was before."""
    engine = create_engine(uri)
    try:
        with engine.begin() as session:
            known = [str(row[0]) for row in session.execute(text("SELECT root FROM dothi_lake_roots"))]
            if root not in known:
                session.execute(
                    text("INSERT INTO dothi_lake_roots VALUES (:root) ON CONFLICT DO NOTHING"), {"root": root}
                )
        return [each for each in known if each != root]
    finally:
        engine.dispose()


class Catalogue(SqlCatalog):
    """pyiceberg's catalogue, at which the writers of a table take turns."""

    def __init__(self, turns: Path | None, properties: dict[str, str]) -> None:
        super().__init__(NAME, **properties)
        self.turns: Turns = DatabaseTurns(self.engine) if turns is None else FileTurns(turns)
        self._read = lru_cache(maxsize=128)(self._metadata)

    def _metadata(self, location: str) -> TableMetadata:
        return FromInputFile.table_metadata(self._load_file_io(location=location).new_input(location))

    def _convert_orm_to_iceberg(self, orm_table: IcebergTables) -> Table:
        # A metadata file never changes, and reading it is most of what opening a table costs.
        location = orm_table.metadata_location or ""
        metadata = self._read(location)
        name = (*orm_table.table_namespace.split("."), orm_table.table_name)
        return Table(name, metadata, location, self._load_file_io(metadata.properties, location), self)


def open_catalog(url: str, catalog_url: str) -> tuple[Catalogue, Storage]:
    """The catalogue and the files of the lake at ``url``; creates what is missing."""
    try:
        uri = _prepared(catalog_url)
        former = [] if url.startswith("s3://") else _roots(uri, url)
        storage = open_storage(url, former)
        scheme, _, path = catalog_url.partition("://")
        return _catalog(uri, storage, Path(path).parent / "turns" if scheme == "sqlite" else None), storage
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise LakeError(f"the lake's catalogue cannot be opened: {error}") from error


def _catalog(uri: str, storage: Storage, turns: Path | None) -> Catalogue:
    properties = {"uri": uri, "warehouse": storage.root, "pool_pre_ping": "true", **storage.properties()}
    for attempt in range(5):
        try:
            return Catalogue(turns, properties)
        except SQLAlchemyError:  # another process creates the same tables at this moment
            if attempt == 4:
                raise
            time.sleep(0.2 * (attempt + 1))
    raise AssertionError("unreachable")
