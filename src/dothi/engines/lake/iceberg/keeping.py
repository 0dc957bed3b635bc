"""Copies of the whole lake, taken while it is in use.

Files of a lake never change, so a copy is consistent when all files are there that one state of each table leads
to; which state that is stands in ``tables.json``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import msgspec
from sqlalchemy import text

from dothi.engines.lake.base import LakeError, NoSuchTable
from dothi.engines.lake.iceberg import committing
from dothi.engines.lake.iceberg.catalog import NAME, Catalogue
from dothi.engines.lake.iceberg.retention import files_of
from dothi.engines.lake.iceberg.storage import Storage

TABLES = "tables.json"
CATALOGUE = "catalog.sqlite3"
_ATTEMPTS = 5


def copy(catalog: Catalogue, storage: Storage, names: Iterable[str], target: Path) -> None:
    """Write the tables' files, which state they are in, and an embedded catalogue into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    states = {name: state for name in names if (state := _copied(catalog, storage, name, target))}
    (target / TABLES).write_bytes(msgspec.json.encode(states))
    path = catalog.engine.url.database
    if catalog.engine.dialect.name == "sqlite" and path:
        with (
            closing(sqlite3.connect(path, timeout=30)) as live,
            closing(sqlite3.connect(target / CATALOGUE)) as copy_,
        ):
            live.backup(copy_)


def _copied(catalog: Catalogue, storage: Storage, name: str, target: Path) -> str | None:
    """Copy one table's files; the metadata file they belong to, or None when the table was dropped meanwhile."""
    for _ in range(_ATTEMPTS):
        try:
            table = committing.load(catalog, name)
            predecessors = {entry.metadata_file for entry in table.metadata.metadata_log}
            for location in files_of(table) - predecessors:
                storage.copy(location, target)
        except NoSuchTable:
            return None
        except FileNotFoundError:  # a snapshot expired while it was copied: begin with the newest state
            continue
        return table.metadata_location
    raise LakeError(f"{name} changed faster than it could be copied; try again")


def adopt(catalog: Catalogue, source: Path) -> None:
    """Make the tables what ``tables.json`` in ``source`` says, no others; their files are in place already."""
    states = msgspec.json.decode((source / TABLES).read_bytes(), type=dict[str, str])
    with catalog.engine.begin() as session:
        session.execute(text("DELETE FROM iceberg_tables WHERE catalog_name = :c"), {"c": NAME})
        for name, location in states.items():
            namespace, table = name.split(".")
            row = {"c": NAME, "n": namespace, "t": table, "l": location}
            session.execute(
                text(
                    "INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location,"
                    " iceberg_type) VALUES (:c, :n, :t, :l, 'TABLE')"
                ),
                row,
            )
