"""The lake's protocol on Iceberg: each method as a sentence over the parts of this folder."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from pyiceberg.exceptions import NamespaceAlreadyExistsError, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids
from pyiceberg.table import Table, Transaction
from pyiceberg.types import IcebergType
from sqlalchemy.exc import IntegrityError

from dothi.engines.lake.base import Data, DataFile, LakeError, Snapshot
from dothi.engines.lake.iceberg import committing, compaction, keeping, reading, retention, rewriting
from dothi.engines.lake.iceberg.catalog import open_catalog
from dothi.engines.lake.iceberg.columns import growth, kept_schema
from dothi.engines.lake.iceberg.writing import Writer

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\.[a-z0-9][a-z0-9_-]{0,127}")
_PROPERTIES = {
    "commit.retry.num-retries": "0",
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "50",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


class IcebergLake:
    """Tables below ``url``, their newest states in the catalogue at ``catalog_url``."""

    def __init__(self, url: str, catalog_url: str) -> None:
        self._catalog, self._storage = open_catalog(url, catalog_url)

    def ensure(self, table: str, schema: pa.Schema) -> None:
        wanted = kept_schema(schema)
        try:
            self._catalog.load_table(_checked(table))
        except NoSuchTableError:
            self._create(table, wanted)
        committing.settle(self._catalog, table, lambda now, change: _grow(now, change, wanted))

    def _create(self, table: str, schema: pa.Schema) -> None:
        namespace, name = table.split(".")
        with suppress(NamespaceAlreadyExistsError, IntegrityError):
            self._catalog.create_namespace(namespace)
        # A table that is dropped and made again gets a folder of its own: nobody deletes its files by mistake.
        location = f"{self._storage.root}/{namespace}/{name}-{uuid4().hex[:8]}"
        with suppress(TableAlreadyExistsError):
            self._catalog.create_table(table, schema, location=location, properties=_PROPERTIES)

    def append(self, table: str, data: Data, *, key: str = "") -> Snapshot:
        now = committing.load(self._catalog, table)
        if done := committing.done_before(now, key):
            return done
        files = Writer(now, self._storage).write(data)

        def change(current: Table, transaction: Transaction, marks: dict[str, str]) -> None:
            with transaction.update_snapshot(snapshot_properties=marks).merge_append() as snapshot:
                for file in files:
                    snapshot.append_data_file(file)

        return committing.commit(self._catalog, table, "append", key, change)

    def replace(self, table: str, data: Data, *, key: str = "") -> Snapshot:
        now = committing.load(self._catalog, table)
        if done := committing.done_before(now, key):
            return done
        files = Writer(now, self._storage).write(data)

        def change(current: Table, transaction: Transaction, marks: dict[str, str]) -> None:
            rewriting.swap(transaction, marks, reading.plan(current, None).files, files)

        return committing.commit(self._catalog, table, "replace", key, change)

    def upsert(self, table: str, data: Data, on: Sequence[str], *, key: str = "") -> Snapshot:
        now = committing.load(self._catalog, table)
        if done := committing.done_before(now, key):
            return done
        rows = rewriting.last_of_each(data, reading.arrow_schema(now.schema()), on)
        with closing(rewriting.having_keys(rows.select(list(on)))) as matcher:
            rewrite = rewriting.Rewrite(now, self._storage, matcher)
            added = rewrite.writer.write(rows)
            return committing.commit(self._catalog, table, "upsert", key, rewrite.change(added))

    def delete(self, table: str, where: str, *, key: str = "") -> Snapshot:
        now = committing.load(self._catalog, table)
        if done := committing.done_before(now, key):
            return done
        with closing(rewriting.where(where, reading.arrow_schema(now.schema()).names)) as matcher:
            rewrite = rewriting.Rewrite(now, self._storage, matcher)
            return committing.commit(self._catalog, table, "delete", key, rewrite.change([]))

    def read(
        self, table: str, *, snapshot: int | None = None, columns: Sequence[str] | None = None
    ) -> pa.RecordBatchReader:
        return reading.reader(committing.load(self._catalog, table), self._storage, snapshot, columns)

    def schema(self, table: str, snapshot: int | None = None) -> pa.Schema:
        now = committing.load(self._catalog, table)
        return reading.arrow_schema(reading.schema_at(now, snapshot))

    def files(self, table: str, snapshot: int | None = None) -> list[DataFile]:
        planned = reading.plan(committing.load(self._catalog, table), snapshot)
        return [
            DataFile(self._storage.readable(file.file_path), file.record_count, file.file_size_in_bytes)
            for file in planned.files
        ]

    def merged(self, table: str, snapshot: int | None = None) -> bool:
        return reading.plan(committing.load(self._catalog, table), snapshot).deletes

    def snapshots(self, table: str) -> list[Snapshot]:
        now = committing.load(self._catalog, table)
        return [committing.described(each) for each in now.metadata.snapshots]

    def at(self, table: str, when: datetime) -> Snapshot | None:
        earlier = [each for each in self.snapshots(table) if each.at <= when]
        return earlier[-1] if earlier else None

    def keep(self, table: str, snapshots: Collection[int]) -> None:
        retention.keep(self._catalog, table, snapshots)

    def expire(self, table: str, *, older_than: datetime) -> int:
        return retention.expire(self._catalog, self._storage, table, older_than)

    def compact(self, table: str) -> Snapshot | None:
        return compaction.compact(self._catalog, self._storage, table)

    def drop(self, table: str) -> None:
        retention.drop(self._catalog, self._storage, table)

    def tables(self) -> list[str]:
        return sorted(
            ".".join(name)
            for namespace in self._catalog.list_namespaces()
            for name in self._catalog.list_tables(namespace)
        )

    def sweep(self, *, older_than: datetime | None = None) -> int:
        return retention.sweep(self._catalog, self._storage, self.tables(), older_than)

    def backup(self, target: Path) -> None:
        keeping.copy(self._catalog, self._storage, self.tables(), target)

    def adopt(self, source: Path) -> None:
        keeping.adopt(self._catalog, source)

    def close(self) -> None:
        self._catalog.close()


def _checked(table: str) -> str:
    if not _NAME.fullmatch(table):
        raise LakeError(
            f"{table!r} is not a name for a table; write namespace.name in small letters, digits, _"
        )
    return table


def _grow(table: Table, transaction: Transaction, wanted: pa.Schema) -> bool:
    add, widen = growth(reading.arrow_schema(table.schema()), wanted)
    if not add and not widen:
        return False
    with transaction.update_schema() as update:
        for field in add:
            update.add_column((field.name,), _iceberg_type(field))
        for field in widen:
            update.update_column((field.name,), _iceberg_type(field))
    return True


def _iceberg_type(field: pa.Field) -> IcebergType:
    # The ids inside are placeholders; the schema update gives nested fields theirs.
    return _pyarrow_to_schema_without_ids(pa.schema([field])).fields[0].field_type
