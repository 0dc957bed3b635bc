"""The rows somebody may read, made before their query is looked at by any engine. Brings Arrow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse.privacy.masks import mask
from dothi.kernel.warehouse.privacy.pseudonyms import each_value, pseudonym
from dothi.kernel.warehouse.sql.policies import Plan


def permitted(
    reader: pa.RecordBatchReader, plan: Plan, columns: list[str], actor: Actor, key: bytes
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """``columns`` of the rows of ``reader`` that ``plan`` shows to ``actor``, masked as it says.

    ``key`` makes pseudonyms. Masked columns are text, whatever they were.
    """
    schema = pa.schema([_field(reader.schema.field(name), plan.columns[name]) for name in columns])
    makers = {name: _masker(plan.columns[name], key, plan.key) for name in columns if plan.columns[name]}
    seen: dict[object, bool] = {}

    def shown() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            kept = _own_rows(batch, plan, actor, seen)
            arrays = [
                _text(makers[name](kept.column(name))) if name in makers else kept.column(name)
                for name in columns
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return schema, shown()


def _field(field: pa.Field, form: str) -> pa.Field:
    return pa.field(field.name, pa.string() if form else field.type)


def _masker(form: str, key: bytes, scope: str) -> Callable[[pa.Array], pa.ChunkedArray]:
    if form == "pseudonym":
        return lambda column: each_value(column, lambda value: pseudonym(value, key, scope=scope))
    return lambda column: each_value(column, lambda value: mask(value, form))


def _text(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _own_rows(batch: pa.RecordBatch, plan: Plan, actor: Actor, seen: dict[object, bool]) -> pa.RecordBatch:
    """The rows whose unit ``actor`` may read in; a row without a unit belongs to the whole city."""
    if plan.unit_column is None:
        return batch
    units = batch.column(plan.unit_column)
    for unit in pc.unique(units).to_pylist():
        if unit not in seen:
            seen[unit] = actor.may(plan.permission, unit=str(unit) if unit is not None else None)
    allowed = pa.array([unit for unit, may in seen.items() if may], units.type)
    return batch.filter(pc.is_in(units, value_set=allowed, skip_nulls=False))
