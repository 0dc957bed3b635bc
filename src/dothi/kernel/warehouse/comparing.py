"""What changed between two versions of a dataset, found by DuckDB over their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from dothi.engines.registry import lake
from dothi.kernel.warehouse import rules
from dothi.kernel.warehouse.references import Ref

COUNTED_AT_ONCE = 2_000_000
"""Up to so many rows the differences are counted when a version is published; beyond that when somebody asks."""


def differences(old: Ref, new: Ref) -> dict[str, Any]:
    """Rows ``added``, ``removed`` and ``changed`` from ``old`` to ``new`` (by key columns; without any, ``changed``
    is None and a row that differs is one removed and one added), and the columns that came, went or changed."""
    columns = rules.column_changes(old.columns, new.columns)
    apart = {*columns["columns_added"], *columns["columns_removed"], *columns["columns_retyped"]}
    common = [column["name"] for column in new.columns if column["name"] not in apart]
    keys = [key for key in new.key_columns if key in common]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW old AS SELECT * FROM {_source(old)}")  # noqa: S608  paths are quoted
        connection.execute(f"CREATE VIEW new AS SELECT * FROM {_source(new)}")  # noqa: S608  paths are quoted
        by_key = len(keys) == len(new.key_columns) and keys
        counted = _by_key(connection, keys, common) if by_key else _by_row(connection, common)
    return counted | columns


def _source(ref: Ref) -> str:
    paths = [file.path for file in lake().files(ref.table, ref.snapshot)]
    if not paths:
        listed = ", ".join(
            f"NULL::{_SQL[column['type']]} AS {_quoted(column['name'])}" for column in ref.columns
        )
        return f"(SELECT {listed} WHERE FALSE)"
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], union_by_name = true)"


_SQL = {
    "string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "datetime": "TIMESTAMPTZ", "geometry": "BLOB", "json": "VARCHAR",
}  # fmt: skip


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _by_key(
    connection: duckdb.DuckDBPyConnection, keys: Sequence[str], common: Sequence[str]
) -> dict[str, Any]:
    on = " AND ".join(f"old.{_quoted(key)} IS NOT DISTINCT FROM new.{_quoted(key)}" for key in keys)
    rest = [_quoted(name) for name in common if name not in keys]
    differs = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in rest) or "FALSE"
    found = connection.execute(
        "SELECT count(*) FILTER (old.there IS NULL), count(*) FILTER (new.there IS NULL),"  # noqa: S608
        f" count(*) FILTER (old.there AND new.there AND ({differs}))"
        " FROM (SELECT *, TRUE AS there FROM old) old FULL JOIN (SELECT *, TRUE AS there FROM new) new"
        f" ON {on}"
    ).fetchone()
    assert found is not None
    added, removed, changed = found
    return {"added": added, "removed": removed, "changed": changed}


def _by_row(connection: duckdb.DuckDBPyConnection, common: Sequence[str]) -> dict[str, Any]:
    listed = ", ".join(map(_quoted, common)) or "1"

    def only_in(one: str, other: str) -> int:
        sql = f"SELECT count(*) FROM (SELECT {listed} FROM {one} EXCEPT ALL SELECT {listed} FROM {other})"  # noqa: S608
        found = connection.execute(sql).fetchone()
        return int(found[0]) if found else 0

    return {"added": only_in("new", "old"), "removed": only_in("old", "new"), "changed": None}
