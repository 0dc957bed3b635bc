"""Gives a DuckDB database its tables, then locks the door: no other file, no setting, no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dothi.engines.compute.base import ComputeError, LakeTable, ParquetFiles, Source
from dothi.engines.lake.base import Lake


def quoted(name: str) -> str:
    """An identifier as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def prepare(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Source],
    lake: Callable[[], Lake] | None,
    memory_mb: int | None,
) -> None:
    """Make every source a view, allow its files and nothing else, and lock the settings."""
    allowed: list[str] = []
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET TimeZone = 'UTC'")
    _divide_quietly(connection)
    if memory_mb is not None:
        connection.execute(f"SET memory_limit = '{int(memory_mb)}MiB'")
        connection.execute("SET max_temp_directory_size = '0MiB'")
    for name, source in tables.items():
        allowed += _add(connection, name, source, lake)
    connection.execute(f"SET allowed_paths = [{', '.join(map(_text, allowed))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _divide_quietly(connection: duckdb.DuckDBPyConnection) -> None:
    """A division by zero is NULL: releases before 2.0 do so by one setting, later ones by another."""
    for setting in ("ieee_floating_point_ops", "error_on_division_by_zero"):
        with suppress(duckdb.CatalogException):
            connection.execute(f"SET {setting} = false")


def _add(
    connection: duckdb.DuckDBPyConnection, name: str, source: Source, lake: Callable[[], Lake] | None
) -> list[str]:
    if isinstance(source, pa.Table):
        connection.register(name, source)
        return []
    if isinstance(source, LakeTable):
        if lake is None:
            raise ComputeError(f"this engine has no lake to read {source.name} from")
        return _lake_table(connection, name, source, lake())
    paths = list(source.paths if isinstance(source, ParquetFiles) else source)
    _view(
        connection,
        name,
        f"SELECT * FROM read_parquet([{', '.join(map(_text, paths))}], union_by_name = true)",  # noqa: S608  # quoted
    )
    return paths


def _view(connection: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    connection.execute(f"CREATE VIEW {quoted(name)} AS {select}")


def _lake_table(connection: duckdb.DuckDBPyConnection, name: str, source: LakeTable, lake: Lake) -> list[str]:
    schema = lake.schema(source.name, source.snapshot)
    paths = [file.path for file in lake.files(source.name, source.snapshot)]
    if not paths:
        connection.register(name, schema.empty_table())
        return []
    plain = paths[0].startswith("/") and not lake.merged(source.name, source.snapshot)
    whole = tuple((field.name, str(field.type)) for field in schema)
    if plain and all(_columns(path) == whole for path in paths):
        _view(connection, name, f"SELECT * FROM read_parquet([{', '.join(map(_text, paths))}])")  # noqa: S608
        return paths
    # Files of several schemas, or in a bucket: the lake knows how to read them.
    connection.register(name, lake.read(source.name, snapshot=source.snapshot).read_all())
    return []


@lru_cache(maxsize=10_000)
def _columns(path: str) -> tuple[tuple[str, str], ...]:
    # A data file never changes, so its footer is read once.
    return tuple((field.name, str(field.type)) for field in pq.read_schema(path))
