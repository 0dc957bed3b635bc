"""The steps of a load that touch rows. Imported only when something is loaded: it brings Arrow with it."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import connection

from dothi.core.config import current
from dothi.core.errors import both
from dothi.engines.lake.base import Snapshot
from dothi.engines.registry import lake
from dothi.kernel.warehouse import comparing, rules, serving
from dothi.kernel.warehouse.conform import columns_of, conformed, schema_of
from dothi.kernel.warehouse.ingest import ColumnFound, Report, read_file
from dothi.kernel.warehouse.ingest.reading import names_of
from dothi.kernel.warehouse.models import DatasetVersion
from dothi.kernel.warehouse.references import Ref

_PIECE = 1 << 22
_LOADS = 71003


@contextmanager
def alone(key: str) -> Iterator[None]:
    """One load of a dataset at a time, whatever the machine: what is added must follow what is published."""
    folder = current().home / "lake" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / key).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with _held_in_the_database(key):
            yield


@contextmanager
def _held_in_the_database(key: str) -> Iterator[None]:
    """Other machines share no folder, but PostgreSQL. A session of its own: a load has several transactions."""
    if connection.vendor != "postgresql":
        yield
        return
    with closing(connection.copy()) as session, session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [_LOADS, key])
        yield


def write(version: DatasetVersion, data: Any, mode: str) -> None:
    """Write the rows to the lake under the version's own key, once; note snapshot, rows and columns."""
    schema, batches = _opened(version, data)
    dataset = version.dataset
    if not dataset.columns:
        dataset.columns = columns_of(schema)
    wanted, rows = schema_of(dataset.columns), conformed(batches, dataset.columns)
    lake().ensure(dataset.table, wanted)
    commit_key = f"version:{version.pk}"
    reader = pa.RecordBatchReader.from_batches(wanted, rows)
    _settle_base(version, mode, commit_key)
    if mode == "upsert":
        snapshot = lake().upsert(dataset.table, reader, dataset.key_columns, key=commit_key)
    elif mode == "append":
        snapshot = lake().append(dataset.table, reader, key=commit_key)
    else:
        snapshot = lake().replace(dataset.table, reader, key=commit_key)
    version.snapshot, version.columns = snapshot.id, dataset.columns
    files = lake().files(dataset.table, snapshot.id)
    version.rows, version.bytes = sum(file.rows for file in files), sum(file.bytes for file in files)
    version.save()


def _opened(version: DatasetVersion, data: Any) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
    if isinstance(data, pa.Table):
        return data.schema, data.to_batches()
    if isinstance(data, pa.RecordBatchReader):
        return data.schema, data
    if isinstance(data, Path | str):
        return _from_file(version, Path(data))
    batches = iter(data)
    first = next(batches, None)
    if first is None:
        return schema_of(version.dataset.columns), ()
    return first.schema, _chained(first, batches)


def _chained(first: pa.RecordBatch, rest: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def _from_file(version: DatasetVersion, path: Path) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
    """The rows of a file under the declared columns' names; what reading found is kept with the version."""
    declared = version.dataset.columns
    wanted = _by_header(declared)
    reading = read_file(path, options={"types": {header: each["type"] for header, each in wanted.items()}})
    names = [_declared_name(found, wanted) for found in reading.report.columns]
    schema = pa.schema([field.with_name(name) for field, name in zip(reading.schema, names, strict=True)])
    if not declared:
        version.dataset.columns = _labelled(columns_of(schema), reading.report.columns)
    return schema, _renamed(path, reading.batches, names, version, reading.report)


def _by_header(declared: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Declared columns by everything a file may call them: name, and label in either language."""
    known: dict[str, Mapping[str, Any]] = {}
    for column in declared:
        for header in (column["name"], *column.get("label", {}).values()):
            known.setdefault(header, column)
            known.setdefault(names_of([header])[0], column)
    return known


def _declared_name(found: ColumnFound, wanted: Mapping[str, Mapping[str, Any]]) -> str:
    column = wanted.get(found.source) or wanted.get(found.name)
    return found.name if column is None else str(column["name"])


def _labelled(columns: list[dict[str, Any]], found: Sequence[ColumnFound]) -> list[dict[str, Any]]:
    return [
        column | {"label": both(each.source or column["name"], each.source or column["name"])}
        for column, each in zip(columns, found, strict=True)
    ]


def _renamed(
    path: Path,
    batches: Iterable[pa.RecordBatch],
    names: Sequence[str],
    version: DatasetVersion,
    report: Report,
) -> Iterator[pa.RecordBatch]:
    with ThreadPoolExecutor(1, "digest") as beside:
        hashed = beside.submit(digest, path)
        for batch in batches:
            yield batch.rename_columns(list(names))
        version.input_hash, version.report = hashed.result(), report.plain()


def digest(path: Path) -> str:
    """The content of a file as 64 hexadecimal digits."""
    made = hashlib.sha256()  # processors have instructions for it
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            made.update(piece)
    return made.hexdigest()


def _settle_base(version: DatasetVersion, mode: str, commit_key: str) -> None:
    """Before adding to a table: its newest snapshot must hold the published version's rows, or be this load's own."""
    if mode == "replace":
        return
    snapshots = lake().snapshots(version.dataset.table)
    if not snapshots or any(each.key == commit_key for each in snapshots):
        return
    base, restored = _published(version), f"restore:{version.pk}"
    if snapshots[-1].key == restored or (base is not None and _newest_of(base) is not None):
        return
    # Rows that a gate refused, or a killed load left, are in the table: not part of what is published.
    rows = () if base is None else lake().read(base.table, snapshot=base.snapshot)
    lake().replace(version.dataset.table, rows, key=restored)


def _newest_of(ref: Ref) -> Snapshot | None:
    """The table's newest snapshot when it holds this version's rows and no others: its own, or that one compacted."""
    snapshots = lake().snapshots(ref.table)
    own = next((place for place, each in enumerate(snapshots) if each.id == ref.snapshot), None)
    if own is None or any(each.operation != "compact" for each in snapshots[own + 1 :]):
        return None
    return snapshots[-1]


def compacted(ref: Ref, files: int) -> Snapshot | None:
    """A snapshot of the version's rows in fewer files than it has now, if it has at least ``files``."""
    newest = _newest_of(ref)
    if newest is not None and len(lake().files(ref.table, newest.id)) >= files:
        lake().compact(ref.table)
        newest = _newest_of(ref)
    return None if newest is None or newest.id == ref.snapshot else newest


def _published(version: DatasetVersion) -> Ref | None:
    rows = DatasetVersion.objects.select_related("dataset").filter(dataset=version.dataset_id)
    found = rows.filter(state=DatasetVersion.PUBLISHED).first()
    return None if found is None else found.ref


def paths(ref: Ref) -> tuple[str, ...]:
    """The Parquet files of exactly this version's rows."""
    return tuple(file.path for file in lake().files(ref.table, ref.snapshot))


def prepare(version: DatasetVersion) -> None:
    """Build the serving copy, and find out what changed since the published version."""
    serving.build(version)
    base = _published(version)
    if base is None:
        return
    if max(base.rows, version.rows) <= comparing.COUNTED_AT_ONCE:
        version.changes = comparing.differences(base, version.ref)
    else:
        version.changes = rules.column_changes(base.columns, version.columns)
    version.changes["rows"] = version.rows - base.rows
