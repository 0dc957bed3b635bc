"""Gives a Spark session its tables. Files come from our own catalogue, so that every engine sees the same snapshot.

A server is never asked to find an Iceberg table by its folder: it would take the metadata file with the highest
number, which may be that of a writer who lost a race or was killed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache, reduce

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from pyspark.sql.connect.session import SparkSession

from dothi.engines.compute.base import ComputeError, LakeTable, ParquetFiles, Source
from dothi.engines.lake.base import Lake

_PLAIN = {
    pa.bool_(): "boolean",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.binary(): "binary",
    pa.date32(): "date",
}
Columns = tuple[tuple[str, str], ...]


def quoted(name: str) -> str:
    """An identifier as Spark's SQL."""
    return "`" + name.replace("`", "``") + "`"


def spark_type(kind: pa.DataType) -> str:
    """The type as Spark's SQL; raises :class:`ComputeError` for one Spark does not have."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if pa.types.is_timestamp(kind):
        return "timestamp_ntz" if kind.tz is None else "timestamp"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_list(kind):
        return f"array<{spark_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        inner = (kind.field(i) for i in range(kind.num_fields))
        return f"struct<{','.join(f'{quoted(each.name)}:{spark_type(each.type)}' for each in inner)}>"
    if pa.types.is_map(kind):
        return f"map<{spark_type(kind.key_type)},{spark_type(kind.item_type)}>"
    raise ComputeError(f"Spark has no type for {kind}")


def prepare(session: SparkSession, tables: Mapping[str, Source], lake: Callable[[], Lake] | None) -> None:
    """Make every source a view of this session."""
    for name, source in tables.items():
        _frame(session, source, lake).createOrReplaceTempView(name)


def _frame(session: SparkSession, source: Source, lake: Callable[[], Lake] | None) -> DataFrame:
    if isinstance(source, pa.Table):
        return _local(session, source)
    if isinstance(source, LakeTable):
        if lake is None:
            raise ComputeError(f"this engine has no lake to read {source.name} from")
        return _lake_table(session, source, lake())
    paths = list(source.paths if isinstance(source, ParquetFiles) else source)
    schema = pa.unify_schemas([pq.read_schema(path) for path in paths], promote_options="permissive")
    return _files(session, paths, schema)


def _local(session: SparkSession, table: pa.Table) -> DataFrame:
    if table.num_rows:
        return session.createDataFrame(table)
    nothing = (f"cast(null as {spark_type(field.type)}) as {quoted(field.name)}" for field in table.schema)
    return session.sql(f"SELECT {', '.join(nothing)} WHERE false")  # quoted


def _lake_table(session: SparkSession, source: LakeTable, lake: Lake) -> DataFrame:
    schema = lake.schema(source.name, source.snapshot)
    if lake.merged(source.name, source.snapshot):
        return _local(session, lake.read(source.name, snapshot=source.snapshot).read_all())
    files = lake.files(source.name, source.snapshot)
    return (
        _files(session, [file.path for file in files], schema)
        if files
        else _local(session, schema.empty_table())
    )


def _files(session: SparkSession, paths: list[str], schema: pa.Schema) -> DataFrame:
    alike: dict[Columns, list[str]] = defaultdict(list)
    whole = tuple((field.name, str(field.type)) for field in schema)
    for path in paths:
        # What cannot be looked at from here (a bucket) is taken to be as the table is.
        alike[_columns(path) if path.startswith("/") else whole].append(path)
    frames = [
        session.read.parquet(*map(_address, same)).selectExpr(*_chosen(dict(columns), schema))
        for columns, same in alike.items()
    ]
    return reduce(lambda one, other: one.union(other), frames)


def _chosen(present: dict[str, str], schema: pa.Schema) -> list[str]:
    chosen = []
    for field in schema:
        name, kind = quoted(field.name), spark_type(field.type)
        have = present.get(field.name)
        value = name if have == str(field.type) else f"cast({name if have else 'null'} as {kind})"
        chosen.append(f"{value} as {name}")
    return chosen


def _address(path: str) -> str:
    return f"s3a://{path.removeprefix('s3://')}" if path.startswith("s3://") else path


@lru_cache(maxsize=10_000)
def _columns(path: str) -> Columns:
    # A data file never changes, so its footer is read once.
    return tuple((field.name, str(field.type)) for field in pq.read_schema(path))
