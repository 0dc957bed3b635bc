"""Writes rows as Parquet files of a table, before any commit names them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import pyarrow as pa
from pyiceberg.io.pyarrow import (
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table
from pyiceberg.typedef import Record

from dothi.engines.lake.base import Data
from dothi.engines.lake.iceberg.columns import fit, kept_schema
from dothi.engines.lake.iceberg.storage import Storage

FILE_ROWS = 1 << 19  # half a million, so that a table of a million rows is written by two threads
FILE_BYTES = 256 << 20
GROUP_ROWS = 1 << 17
_WRITERS = min(4, os.cpu_count() or 1)


def file_schema(table: Table) -> pa.Schema:
    """The table's columns as Arrow, each with its Iceberg field id."""
    return kept_schema(schema_to_pyarrow(table.schema(), include_field_ids=True))


def batches(data: Data) -> Iterator[pa.RecordBatch]:
    """The data as batches small enough to be put together into files."""
    source = data.to_batches(max_chunksize=GROUP_ROWS) if isinstance(data, pa.Table) else data
    for batch in source:
        for start in range(0, batch.num_rows, GROUP_ROWS):
            yield batch.slice(start, GROUP_ROWS)


def _grouped(source: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in source:
        group.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if rows >= FILE_ROWS or size >= FILE_BYTES:
            yield group
            group, rows, size = [], 0, 0
    if group:
        yield group


class Writer:
    """Writes the data files of one change; :meth:`discard` removes them when the change is given up."""

    def __init__(self, table: Table, storage: Storage) -> None:
        self._table = table
        self._storage = storage
        self._locations = table.location_provider()
        self._schema = file_schema(table)
        self.written: list[str] = []

    def write(self, data: Data) -> list[DataFile]:
        """One file for every half a million rows or so, in the order of the rows; durable when this returns."""
        done: list[DataFile] = []
        waiting: deque[Future[DataFile]] = deque()
        fitted = (fit(batch, self._schema) for batch in batches(data))
        try:
            with ThreadPoolExecutor(_WRITERS) as pool:
                for group in _grouped(fitted):
                    if len(waiting) >= _WRITERS:  # keeps memory bounded however long the data is
                        done.append(waiting.popleft().result())
                    waiting.append(pool.submit(self._write_file, group))
                done.extend(future.result() for future in waiting)
        except BaseException:
            self.discard()
            raise
        return done

    def _write_file(self, group: list[pa.RecordBatch]) -> DataFile:
        location = self._locations.new_data_location(f"{uuid4()}.parquet")
        self.written.append(location)
        writer = self._storage.writer(location, self._schema)
        with writer:
            writer.write_table(pa.Table.from_batches(group, self._schema), row_group_size=GROUP_ROWS)
        return self._described(location, writer.writer.metadata)

    def _described(self, location: str, metadata: object) -> DataFile:
        schema = self._table.schema()
        statistics = data_file_statistics_from_parquet_metadata(
            parquet_metadata=metadata,
            stats_columns=compute_statistics_plan(schema, self._table.properties),
            parquet_column_mapping=parquet_path_to_id_mapping(schema),
        )
        return DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=location,
            file_format=FileFormat.PARQUET,
            partition=Record(),
            file_size_in_bytes=self._storage.finish(location),
            sort_order_id=None,
            spec_id=self._table.spec().spec_id,
            equality_ids=None,
            key_metadata=None,
            **statistics.to_serialized_dict(),
        )

    def discard(self) -> None:
        """Remove every file written so far."""
        for location in self.written:
            self._storage.remove(location)
        self.written.clear()
