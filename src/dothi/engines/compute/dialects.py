"""The house's SQL in the words of each engine: written once in DuckDB's dialect, meaning the same everywhere.

What sqlglot cannot know is decided here: ``/`` is a division of fractions and NULL when the divisor is zero.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dothi.engines.compute.base import HOUSE_DIALECT, QueryRefused


@lru_cache(maxsize=512)
def translate(sql: str, to: str, dialect: str = HOUSE_DIALECT) -> str:
    """``sql`` in the dialect ``to``; raises :class:`QueryRefused` for what cannot be parsed."""
    if to == dialect:
        return sql
    try:
        [tree] = sqlglot.parse(sql, read=dialect)
        if tree is None:
            raise ValueError("there is no statement")
        for kind, rule in _RULES.get(to, ()) if dialect == HOUSE_DIALECT else ():
            # The innermost first, because a rule copies what is inside.
            for node in reversed(list(tree.find_all(kind))):
                node.replace(rule(node))
        return tree.sql(to)
    except (SqlglotError, ValueError) as error:
        raise QueryRefused(f"the SQL cannot be read: {error}") from error


def _fractions(node: exp.Expression) -> exp.Expression:
    """Engines divide whole numbers, exact numbers and fractions each in their own way; the house divides fractions."""
    zero = exp.Nullif(this=node.expression.copy(), expression=exp.Literal.number(0))
    left = exp.cast(node.this.copy(), exp.DataType.Type.DOUBLE)
    return exp.Div(this=left, expression=exp.cast(zero, exp.DataType.Type.DOUBLE), typed=True, safe=True)


def _rounded_exactly(node: exp.Expression) -> exp.Expression:
    """PostgreSQL rounds to decimals only what is exact."""
    node = node.copy()
    if node.args.get("decimals") is not None:
        node.set("this", exp.cast(node.this, exp.DataType.Type.DECIMAL))
    return node


_DIVISION = (exp.Div, _fractions)
_RULES: dict[str, tuple[tuple[type[exp.Expression], Callable[[exp.Expression], exp.Expression]], ...]] = {
    "spark": (_DIVISION,),
    "postgres": (_DIVISION, (exp.Round, _rounded_exactly)),
    "clickhouse": (_DIVISION,),
}
