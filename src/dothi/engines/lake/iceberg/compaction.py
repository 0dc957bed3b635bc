"""Writes many small files as few large ones. The rows stay the same; a file someone else replaced is left alone."""

from __future__ import annotations

import math

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table, Transaction

from dothi.engines.lake.base import Snapshot
from dothi.engines.lake.iceberg import committing, reading
from dothi.engines.lake.iceberg.catalog import Catalogue
from dothi.engines.lake.iceberg.rewriting import swap
from dothi.engines.lake.iceberg.storage import Storage
from dothi.engines.lake.iceberg.writing import FILE_ROWS, Writer

SMALL_ROWS = FILE_ROWS // 2
SMALL_BYTES = 64 << 20
_ATTEMPTS = 3


class _Replaced(Exception):
    """One of the files is no longer part of the table."""


def _small(planned: reading.Plan) -> list[DataFile]:
    if planned.deletes:  # written by another engine; all files are written again without the deleted rows
        return list(planned.files)
    files = [
        file
        for file in planned.files
        if file.record_count < SMALL_ROWS and file.file_size_in_bytes < SMALL_BYTES
    ]
    rows = sum(file.record_count for file in files)
    return files if len(files) > max(1, math.ceil(rows / FILE_ROWS)) else []


def compact(catalog: Catalogue, storage: Storage, name: str) -> Snapshot | None:
    """One snapshot with the small files put together, or None when it would gain nothing."""
    for _ in range(_ATTEMPTS):
        table = committing.load(catalog, name)
        planned = reading.plan(table, None)
        old = _small(planned)
        if not old:
            return None
        writer = Writer(table, storage)
        new = writer.write(_rows(table, storage, planned, old))
        try:
            return committing.commit(catalog, name, "compact", "", _change(old, new))
        except _Replaced:
            writer.discard()
    return None


def _rows(table: Table, storage: Storage, planned: reading.Plan, old: list[DataFile]) -> reading.Batches:
    if planned.deletes:
        return reading.reader(table, storage, None, None)
    wanted = reading.arrow_schema(table.schema(), ids=True)
    return (batch for file in old for batch in reading.rows_of(storage, file, wanted))


def _change(old: list[DataFile], new: list[DataFile]) -> committing.Change:
    def change(current: Table, transaction: Transaction, marks: dict[str, str]) -> None:
        present = {file.file_path for file in reading.plan(current, None).files}
        if not all(file.file_path in present for file in old):
            raise _Replaced
        swap(transaction, marks, old, new)

    return change
