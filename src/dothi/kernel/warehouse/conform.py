"""Rows brought to the declared columns: types cast exactly, or refused with the column and a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from dothi.core.errors import BadInput, both

TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "geometry": pa.binary(),
    "json": pa.string(),
}
Columns = Sequence[Mapping[str, Any]]


def schema_of(columns: Columns) -> pa.Schema:
    """The Arrow schema of declared columns; every column may hold nulls."""
    return pa.schema([pa.field(column["name"], TYPES[column["type"]]) for column in columns])


def type_of(given: pa.DataType) -> str:
    """The column type that holds an Arrow type without loss of meaning."""
    if pa.types.is_dictionary(given):
        given = given.value_type
    if pa.types.is_boolean(given):
        return "boolean"
    if pa.types.is_integer(given):
        return "integer"
    if pa.types.is_floating(given) or pa.types.is_decimal(given):
        return "number"
    if pa.types.is_date(given):
        return "date"
    if pa.types.is_timestamp(given):
        return "datetime"
    if pa.types.is_binary(given) or pa.types.is_large_binary(given):
        return "geometry"
    return "json" if pa.types.is_nested(given) else "string"


def columns_of(schema: pa.Schema) -> list[dict[str, Any]]:
    """Columns as they are kept, for rows whose columns nobody declared."""
    return [
        {
            "name": field.name,
            "type": type_of(field.type),
            "label": both(field.name, field.name),
            "sensitivity": "open",
            "role": "geometry" if type_of(field.type) == "geometry" else "",
        }
        for field in schema
    ]


def conformed(batches: Iterable[pa.RecordBatch], columns: Columns) -> Iterator[pa.RecordBatch]:
    """Each batch with exactly the declared columns, in their order. A column that is missing is null."""
    wanted = schema_of(columns)
    for batch in batches:
        if batch.schema.equals(wanted, check_metadata=False):
            yield batch
        else:
            yield _conform(batch, wanted)


def _conform(batch: pa.RecordBatch, wanted: pa.Schema) -> pa.RecordBatch:
    extra = [name for name in batch.schema.names if name not in set(wanted.names)]
    if extra:
        names = ", ".join(extra[:10])
        raise BadInput(
            both(f"Dữ liệu có cột chưa khai báo: {names}.", f"The rows have undeclared columns: {names}."),
            where=f"columns.{extra[0]}",
        )
    arrays = [
        _cast(batch.column(field.name), field)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in wanted
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)


def _cast(array: pa.Array, field: pa.Field) -> pa.Array:
    if pa.types.is_timestamp(field.type) and pa.types.is_timestamp(array.type) and array.type.tz is None:
        array = array.cast(pa.timestamp(array.type.unit, tz="UTC"))
    if array.type.equals(field.type):
        return array
    try:
        return array.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        sample = next((str(value) for value in array if value.is_valid), "")[:80]
        raise BadInput(
            both(
                f"Cột “{field.name}” không đọc được thành {field.type}: {sample}",
                f"Column '{field.name}' cannot be read as {field.type}: {sample} ({error})",
            ),
            where=f"columns.{field.name}",
        ) from None
