"""Parquet: types as the file has them; what the warehouse has no type for becomes text or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.conform import TYPES, type_of
from dothi.kernel.warehouse.ingest.reading import ColumnFound, Reading, Report, names_of


def read(path: Path, options: Mapping[str, Any]) -> Reading:
    """Open a Parquet file."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(
            both(f"Không đọc được Parquet: {error}", f"The Parquet file cannot be read: {error}"),
            where="data",
        ) from None
    given = file.schema_arrow
    names = names_of(given.names)
    types = options.get("types") or {}
    kinds = [
        types.get(name, types.get(field.name, type_of(field.type)))
        for name, field in zip(names, given, strict=True)
    ]
    schema = pa.schema([pa.field(name, TYPES[kind]) for name, kind in zip(names, kinds, strict=True)])
    report = Report("parquet")
    report.columns = [
        ColumnFound(name, field.name, kind) for name, field, kind in zip(names, given, kinds, strict=True)
    ]
    return Reading(schema, _batches(file, schema), report)


def _batches(file: pq.ParquetFile, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in file.iter_batches(batch_size=1 << 17):
        arrays = [_array(array, field) for array, field in zip(batch.columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(array: pa.Array, field: pa.Field) -> pa.Array:
    if pa.types.is_nested(array.type):
        texts = [
            None if value is None else msgspec.json.encode(value).decode() for value in array.to_pylist()
        ]
        return pa.array(texts, pa.string())
    if pa.types.is_timestamp(array.type) and array.type.tz is None:
        array = array.cast(pa.timestamp("us")).cast(pa.int64()).cast(field.type)
    try:
        return array.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(
            both(f"Cột “{field.name}”: {error}", f"Column '{field.name}': {error}"), where=field.name
        ) from None
