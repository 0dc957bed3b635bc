"""Reads the rows of a snapshot, file by file, whatever schema each file was written with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.manifest import DataFile, ManifestContent, ManifestFile
from pyiceberg.schema import Schema
from pyiceberg.table import Table

from dothi.engines.lake.base import LakeError, NoSuchTable
from dothi.engines.lake.iceberg.columns import kept_schema
from dothi.engines.lake.iceberg.storage import Storage

BATCH_ROWS = 1 << 16
Batches: TypeAlias = "pa.RecordBatchReader | Iterator[pa.RecordBatch]"
_ID = b"PARQUET:field_id"


def schema_at(table: Table, snapshot: int | None) -> Schema:
    """The schema the snapshot was written with; the newest one for ``None``."""
    if snapshot is None:
        return table.schema()
    found = table.snapshot_by_id(snapshot)
    if found is None:
        raise NoSuchTable(f"{table.name()[-1]} has no snapshot {snapshot}; it may have expired")
    return table.schema() if found.schema_id is None else table.schemas()[found.schema_id]


def arrow_schema(schema: Schema, *, ids: bool = False) -> pa.Schema:
    """Columns as Arrow; with ``ids`` each field carries its Iceberg id."""
    return kept_schema(schema_to_pyarrow(schema, include_field_ids=ids))


@dataclass(frozen=True, slots=True)
class Plan:
    """The data files of a snapshot, oldest commit first; whether another engine left delete files beside them."""

    files: tuple[DataFile, ...]
    deletes: bool


def plan(table: Table, snapshot: int | None) -> Plan:
    """The files of a snapshot (default: the newest) in the order they were committed."""
    schema_at(table, snapshot)
    found = table.current_snapshot() if snapshot is None else table.snapshot_by_id(snapshot)
    if found is None:
        return Plan((), deletes=False)
    known = _PLANS.get(found.manifest_list)
    if known is None:
        known = _planned(found.manifests(table.io), table.io)
        if len(_PLANS) >= _PLANS_KEPT:
            _PLANS.clear()
        _PLANS[found.manifest_list] = known
    return known


# A snapshot's files never change; every query of a table asks for them.
_PLANS: dict[str, Plan] = {}
_PLANS_KEPT = 512


def _planned(manifests: list[ManifestFile], io: FileIO) -> Plan:
    entries = [
        (entry.sequence_number or 0, entry.data_file)
        for manifest in manifests
        if manifest.content == ManifestContent.DATA
        for entry in manifest.fetch_manifest_entry(io, discard_deleted=True)
    ]
    entries.sort(key=lambda pair: pair[0])
    deletes = any(manifest.content == ManifestContent.DELETES for manifest in manifests)
    return Plan(tuple(file for _, file in entries), deletes)


def field_ids(schema: pa.Schema) -> dict[int, str]:
    """Iceberg id → column name; empty for a file whose writer noted none."""
    return {
        int(field.metadata[_ID]): field.name for field in schema if field.metadata and _ID in field.metadata
    }


def rows_of(storage: Storage, file: DataFile, wanted: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of one file with the columns of ``wanted`` (which carries field ids), found by id, else by name."""
    with storage.parquet(file.file_path) as parquet:
        present = parquet.schema_arrow
        names = field_ids(present)
        source = {
            field.name: names.get(int(field.metadata[_ID])) if names else _named(present, field.name)
            for field in wanted
        }
        columns = [name for name in source.values() if name is not None]
        plain = pa.schema([field.remove_metadata() for field in wanted])
        for batch in parquet.iter_batches(BATCH_ROWS, columns=columns):
            arrays = [
                pa.nulls(batch.num_rows, field.type)
                if (name := source[field.name]) is None
                else batch.column(name).cast(field.type)
                for field in plain
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=plain)


def _named(schema: pa.Schema, name: str) -> str | None:
    return name if name in schema.names else None


def choose(schema: pa.Schema, columns: Sequence[str] | None) -> pa.Schema:
    """The columns asked for, in the order asked for."""
    if columns is None:
        return schema
    if unknown := [name for name in columns if name not in schema.names]:
        raise LakeError(f"no column {', '.join(map(repr, unknown))}")
    return pa.schema([schema.field(name) for name in columns])


def reader(
    table: Table, storage: Storage, snapshot: int | None, columns: Sequence[str] | None
) -> pa.RecordBatchReader:
    """The rows of a snapshot as a stream; files are opened one after another."""
    wanted = choose(arrow_schema(schema_at(table, snapshot), ids=True), columns)
    planned = plan(table, snapshot)
    if planned.deletes:
        return _merged(table, snapshot, wanted)
    plain = pa.schema([field.remove_metadata() for field in wanted])
    rows = (batch for file in planned.files for batch in rows_of(storage, file, wanted))
    return pa.RecordBatchReader.from_batches(plain, rows)


def _merged(table: Table, snapshot: int | None, wanted: pa.Schema) -> pa.RecordBatchReader:
    """Another engine has left delete files beside the data, which pyiceberg knows how to apply."""
    plain = pa.schema([field.remove_metadata() for field in wanted])
    stream = table.scan(snapshot_id=snapshot, selected_fields=tuple(wanted.names)).to_arrow_batch_reader()
    batches = (pa.table(batch).select(wanted.names).cast(plain) for batch in stream)
    return pa.RecordBatchReader.from_batches(
        plain, (each for table_ in batches for each in table_.to_batches())
    )
