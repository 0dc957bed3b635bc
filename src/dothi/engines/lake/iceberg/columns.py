"""Columns of the lake: which Arrow types are kept, how a table's schema grows, how rows are fitted to it."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from dothi.engines.lake.base import SchemaConflict

_SAME = {
    pa.int8(): pa.int32(),
    pa.int16(): pa.int32(),
    pa.uint8(): pa.int32(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.decimal128(20, 0),
    pa.float16(): pa.float32(),
    pa.large_string(): pa.string(),
    pa.string_view(): pa.string(),
    pa.large_binary(): pa.binary(),
    pa.binary_view(): pa.binary(),
    pa.null(): pa.string(),
    pa.date64(): pa.date32(),
    pa.time32("s"): pa.time64("us"),
    pa.time32("ms"): pa.time64("us"),
    pa.time64("ns"): pa.time64("us"),
}
_KEPT = {
    pa.bool_(),
    pa.int32(),
    pa.int64(),
    pa.float32(),
    pa.float64(),
    pa.string(),
    pa.binary(),
    pa.date32(),
    pa.time64("us"),
}
# What Iceberg lets a column become without writing its files again.
_WIDER = {(pa.int32(), pa.int64()), (pa.float32(), pa.float64())}


def _time_zone(zone: str | None) -> str | None:
    return None if zone is None else "UTC"


def _nested(kind: pa.DataType, of: Callable[[pa.Field], pa.Field]) -> pa.DataType | None:
    if pa.types.is_struct(kind):
        return pa.struct([of(kind.field(i)) for i in range(kind.num_fields)])
    if pa.types.is_map(kind):
        return pa.map_(of(kind.key_field), of(kind.item_field))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return pa.list_(of(kind.value_field))
    return None


def kept_type(kind: pa.DataType) -> pa.DataType:
    """The type a column of ``kind`` has in the lake; raises :class:`SchemaConflict` for what cannot be kept."""
    if kind in _KEPT or pa.types.is_fixed_size_binary(kind):
        return kind
    if kind in _SAME:
        return _SAME[kind]
    if pa.types.is_dictionary(kind):
        return kept_type(kind.value_type)
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", _time_zone(kind.tz))
    if pa.types.is_decimal(kind) and kind.precision <= 38:
        return pa.decimal128(kind.precision, kind.scale)
    nested = _nested(kind, _kept_field)
    if nested is None:
        raise SchemaConflict(f"the lake does not keep columns of type {kind}")
    return nested


def _kept_field(field: pa.Field) -> pa.Field:
    # A key of a map is never null; everything else may be.
    nullable = field.nullable if field.name == "key" else True
    return pa.field(field.name, kept_type(field.type), nullable, field.metadata)


def kept_schema(schema: pa.Schema) -> pa.Schema:
    """The schema a table gets for data of ``schema``. Every column may be null; field ids are kept."""
    names = [name.casefold() for name in schema.names]
    if len(set(names)) < len(names):
        raise SchemaConflict("two columns have the same name (upper and lower case are not told apart)")
    fields = []
    for field in schema:
        try:
            fields.append(_kept_field(field))
        except SchemaConflict as error:
            raise SchemaConflict(f"column {field.name!r}: {error}") from None
    return pa.schema(fields)


def wider(old: pa.DataType, new: pa.DataType) -> pa.DataType | None:
    """The type that holds both, when Iceberg can change ``old`` into it in place; else None."""
    if old == new or (new, old) in _WIDER:
        return old
    if (old, new) in _WIDER:
        return new
    if pa.types.is_decimal(old) and pa.types.is_decimal(new) and old.scale == new.scale:
        return old if old.precision >= new.precision else new
    return None


def growth(old: pa.Schema, new: pa.Schema) -> tuple[list[pa.Field], list[pa.Field]]:
    """What ``old`` lacks to hold ``new``: the columns to add, and those to widen. Both are kept schemas."""
    add, widen = [], []
    for field in new:
        if field.name not in old.names:
            add.append(field)
            continue
        have = old.field(field.name).type
        type_ = wider(have, field.type)
        if type_ is None:
            raise SchemaConflict(f"column {field.name!r} is {have} in the table and {field.type} in the data")
        if type_ != have:
            widen.append(pa.field(field.name, type_))
    return add, widen


def fit(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns of ``schema``, in its order and types; missing ones are null."""
    if batch.schema.equals(schema):
        return batch
    if unknown := [name for name in batch.schema.names if name not in schema.names]:
        raise SchemaConflict(f"the table has no column {', '.join(map(repr, unknown))}")
    arrays = []
    for field in schema:
        if field.name not in batch.schema.names:
            arrays.append(pa.nulls(batch.num_rows, field.type))
            continue
        arrays.append(_cast(batch.column(field.name), field))
    return pa.record_batch(arrays, schema=schema)


def _cast(array: pa.Array, field: pa.Field) -> pa.Array:
    if array.type == field.type:
        return array
    if wider(field.type, kept_type(array.type)) != field.type:
        raise SchemaConflict(
            f"column {field.name!r} is {field.type} in the table and {array.type} in the data"
        )
    try:
        return array.cast(field.type)
    except pa.ArrowInvalid as error:
        raise SchemaConflict(f"column {field.name!r} does not fit {field.type}: {error}") from error
