"""Changes rows where they are: files with a row that goes are written again without it (copy on write)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table, Transaction

from dothi.engines.lake.base import Data, LakeError
from dothi.engines.lake.iceberg import reading
from dothi.engines.lake.iceberg.columns import fit
from dothi.engines.lake.iceberg.predicate import checked
from dothi.engines.lake.iceberg.storage import Storage
from dothi.engines.lake.iceberg.writing import Writer, batches

_ROW = "__dothi_row"


def swap(
    transaction: Transaction, marks: dict[str, str], old: Iterable[DataFile], new: Iterable[DataFile]
) -> None:
    """Stage one snapshot that takes ``old`` files out and puts ``new`` ones in."""
    with transaction.update_snapshot(snapshot_properties=marks).overwrite() as snapshot:
        for file in old:
            snapshot.delete_data_file(file)
        for file in new:
            snapshot.append_data_file(file)


class Matcher:
    """Finds the rows to take out, with SQL over one file's rows at a time."""

    def __init__(self, columns: list[str], select: str, keys: pa.Table | None = None) -> None:
        self.columns = columns
        self._select = select
        self._database = duckdb.connect(config={"autoload_known_extensions": "false"})
        self._database.execute("SET python_enable_replacements = false")
        self._database.execute("SET TimeZone = 'UTC'")
        self._database.execute("SET enable_external_access = false")
        if keys is not None:
            self._database.register("keys", keys)

    def rows(self, table: pa.Table) -> np.ndarray:
        """The places (from 0) of the rows that match."""
        numbered = table.append_column(_ROW, pa.array(np.arange(table.num_rows)))
        self._database.register("rows", numbered)
        try:
            found: np.ndarray = self._database.execute(self._select).fetchnumpy()[_ROW]
        except duckdb.Error as error:
            raise LakeError(f"the condition cannot be evaluated: {error}") from error
        finally:
            self._database.unregister("rows")
        return found

    def close(self) -> None:
        self._database.close()


def where(condition: str, columns: Sequence[str]) -> Matcher:
    """Matches rows for which the condition is true."""
    text, used = checked(condition, columns)
    return Matcher(used or [columns[0]], f"SELECT {_ROW} FROM rows WHERE {text}")  # noqa: S608  # built from a checked tree


def having_keys(keys: pa.Table) -> Matcher:
    """Matches rows whose key columns equal a row of ``keys``; NULL equals NULL."""
    names = [name.replace('"', '""') for name in keys.column_names]
    equal = " AND ".join(f'rows."{name}" IS NOT DISTINCT FROM keys."{name}"' for name in names)
    return Matcher(keys.column_names, f"SELECT {_ROW} FROM rows SEMI JOIN keys ON {equal}", keys)  # noqa: S608


def last_of_each(data: Data, schema: pa.Schema, on: Sequence[str]) -> pa.Table:
    """The data with the table's columns, and of the rows with one key the last."""
    if not on:
        raise LakeError("an upsert needs at least one key column")
    if unknown := [name for name in on if name not in schema.names]:
        raise LakeError(f"no column {', '.join(map(repr, unknown))}")
    table = pa.Table.from_batches([fit(batch, schema) for batch in batches(data)], schema)
    numbered = table.select(list(on)).append_column(_ROW, pa.array(np.arange(table.num_rows)))
    last = numbered.group_by(list(on)).aggregate([(_ROW, "max")])[f"{_ROW}_max"]
    return table if len(last) == table.num_rows else table.take(last.take(pc.sort_indices(last)))


class Rewrite:
    """Takes matching rows out of a table's files. A file is worked on once, however often the commit is tried."""

    def __init__(self, table: Table, storage: Storage, matcher: Matcher) -> None:
        self._storage = storage
        self._matcher = matcher
        self._wanted = reading.arrow_schema(table.schema(), ids=True)
        self._done: dict[str, list[DataFile] | None] = {}
        self.writer = Writer(table, storage)
        for file in reading.plan(table, None).files:  # what can be done before it is our turn
            self._without(file)

    def change(self, added: list[DataFile]) -> Callable[[Table, Transaction, dict[str, str]], None]:
        """What to commit: matching rows out of every file there is at that moment, ``added`` in."""

        def stage(current: Table, transaction: Transaction, marks: dict[str, str]) -> None:
            planned = reading.plan(current, None)
            if planned.deletes:
                raise LakeError("another engine left delete files; compact the table first")
            touched = [file for file in planned.files if self._without(file) is not None]
            fresh = [new for file in touched for new in self._without(file) or []]
            swap(transaction, marks, touched, [*fresh, *added])

        return stage

    def _without(self, file: DataFile) -> list[DataFile] | None:
        if file.file_path not in self._done:
            self._done[file.file_path] = self._rewritten(file)
        return self._done[file.file_path]

    def _rewritten(self, file: DataFile) -> list[DataFile] | None:
        probe = reading.choose(self._wanted, self._matcher.columns)
        hit = self._matcher.rows(self._table(file, probe))
        if not len(hit):
            return None
        if len(hit) == file.record_count:
            return []
        stay = np.ones(file.record_count, dtype=bool)
        stay[hit] = False
        return self.writer.write(self._table(file, self._wanted).filter(pa.array(stay)))

    def _table(self, file: DataFile, wanted: pa.Schema) -> pa.Table:
        plain = pa.schema([field.remove_metadata() for field in wanted])
        return pa.Table.from_batches(reading.rows_of(self._storage, file, wanted), plain)
