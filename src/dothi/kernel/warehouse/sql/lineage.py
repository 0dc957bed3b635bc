"""Which column comes from which: read from the SQL alone."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node
from sqlglot.lineage import lineage as trace
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from dothi.kernel.warehouse.sql.errors import refused
from dothi.kernel.warehouse.sql.rewrite import dataset_tables

Column = tuple[str, str]


def lineage(
    sql: str, schemas: Mapping[str, Mapping[str, str]], *, dialect: str = "duckdb"
) -> dict[str, list[Column]]:
    """For each output column of ``sql``, the (table, column) pairs its values are made of, sorted.

    ``schemas``: table → column → type. ``*`` is resolved by them; a column made of constants has none, and
    ``count(*)`` has none either. Raises :class:`SqlRefused` for SQL that cannot be read or names what is not there.
    """
    known: dict[str, object] = {name: dict(columns) for name, columns in schemas.items()}
    try:
        tree = parse_one(sql, read=dialect)
        if not isinstance(tree, exp.Query):
            raise refused("Chỉ nhận câu SELECT.", "Only SELECT is taken.")
        _known(tree, schemas)
        qualified = qualify(tree, schema=known, dialect=dialect, validate_qualify_columns=True)
        scope = build_scope(qualified)
        outputs = [select.alias_or_name for select in qualified.selects]
        return {
            name: _leaves(trace(place, qualified, schema=known, dialect=dialect, scope=scope))
            for place, name in zip(outputs, outputs, strict=True)
        }
    except (SqlglotError, RecursionError) as error:
        first = str(error).splitlines()[0][:200] if str(error) else ""
        raise refused(f"Không lần được nguồn gốc cột: {first}", f"No lineage: {first}") from None


def _known(tree: exp.Query, schemas: Mapping[str, object]) -> None:
    for table in dataset_tables(tree):
        if table.name not in schemas:
            raise refused(f"Không có bảng “{table.name}”.", f"There is no table '{table.name}'.", table.name)


def _leaves(node: Node) -> list[Column]:
    found: set[Column] = set()
    for each in node.walk():
        if isinstance(each.expression, exp.Table) and not each.downstream:
            found.add((each.expression.name, each.name.rpartition(".")[2].strip('"')))
    return sorted(found)
