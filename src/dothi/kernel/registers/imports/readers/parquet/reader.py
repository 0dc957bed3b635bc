"""Parquet and GeoParquet, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from dothi.kernel.registers.imports.readers.base import Options, Row, Table, named, unreadable

_BATCH = 20_000


def open_parquet(path: Path, options: Options) -> Table:
    """The file's columns with their types; geometries come as WKB."""
    import pyarrow as pa  # only Parquet needs it
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            columns, total = named(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise unreadable("đây không phải là tệp Parquet.", "it is not a Parquet file.") from error

    def all_rows() -> Iterator[Row]:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def rows(skip: int = 0) -> Iterator[Row]:
        return islice(all_rows(), skip, None)

    return Table(columns, rows, total, {})
