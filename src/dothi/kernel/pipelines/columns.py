"""Which columns a query's columns come from, by reading the query. Imported only where lineage is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A column that another is made from, and how: ``identity``, ``transformation``, ``aggregation``.

    ``condition``: it decides which rows there are.
    """

    table: str
    column: str
    how: str


def origins(
    sql: str, schemas: Mapping[str, Mapping[str, str]], *, dialect: str = "duckdb"
) -> dict[str, list[Origin]]:
    """Output column → where its values come from; under ``""`` what decides on the rows.

    ``schemas``: table → column → type. A column that comes from nothing (a constant) has no origins.
    """
    query = qualify(sqlglot.parse_one(sql, dialect=dialect), schema=dict(schemas), dialect=dialect)
    assert isinstance(query, exp.Query)
    found: dict[str, list[Origin]] = {}
    for name in query.named_selects:
        node = lineage(name, query, schema=dict(schemas), dialect=dialect)
        found[name] = sorted(set(_leaves(node, "identity")))
    found[""] = sorted({Origin(table, column, "condition") for table, column in _conditions(query)})
    return found


def _leaves(node: Node, how: str) -> Iterable[Origin]:
    how = _stronger(how, _how(node.expression))
    if not node.downstream:
        if isinstance(node.expression, exp.Table):
            yield Origin(node.expression.name, exp.to_column(node.name).name, how)
        return
    for each in node.downstream:
        yield from _leaves(each, how)


_ORDER = ("identity", "transformation", "aggregation")


def _stronger(a: str, b: str) -> str:
    return max(a, b, key=_ORDER.index)


def _how(expression: Any) -> str:
    inner = expression.unalias() if isinstance(expression, exp.Expr) else None
    if inner is None or isinstance(inner, exp.Column | exp.Table | exp.Query):
        return "identity"
    if inner.find(exp.AggFunc, exp.Window):
        return "aggregation"
    return "transformation"


def _conditions(query: exp.Query) -> Iterable[tuple[str, str]]:
    """The columns of real tables in WHERE, JOIN, HAVING and GROUP BY, of every part of the query."""
    try:
        scopes = list(traverse_scope(query))
    except SqlglotError:
        return
    for scope in scopes:
        tables = {name: source for name, source in scope.sources.items() if isinstance(source, exp.Table)}
        for part in _deciding(scope.expression):
            for column in part.find_all(exp.Column):
                if column.table in tables:
                    yield tables[column.table].name, column.name


def _deciding(select: Any) -> Sequence[exp.Expr]:
    parts = [select.args.get(name) for name in ("where", "having", "group", "qualify")]
    parts += [join.args.get("on") for join in select.args.get("joins") or ()]
    return [part for part in parts if part is not None]
