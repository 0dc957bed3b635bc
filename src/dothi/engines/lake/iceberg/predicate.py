"""Which rows a SQL predicate means: columns, literals and plain functions, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dothi.engines.lake.base import LakeError

_ALLOWED: tuple[type[exp.Expression], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Is, exp.In, exp.Between, exp.Like, exp.ILike, exp.Escape,
    exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.DPipe,
    exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Var,
    exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Substring, exp.Coalesce, exp.Abs, exp.Round, exp.StartsWith,
)  # fmt: skip


def checked(where: str, columns: Sequence[str]) -> tuple[str, list[str]]:
    """The predicate as DuckDB's SQL, written again from what was parsed, and the columns it reads.

    Raises :class:`LakeError` for anything but a condition on these columns.
    """
    try:
        condition = sqlglot.condition(where, dialect="duckdb")
    except (SqlglotError, ValueError) as error:
        raise LakeError(f"the condition cannot be read: {error}") from error
    named = {name.casefold(): name for name in columns}
    used: list[str] = []
    for node in condition.walk():
        if not isinstance(node, _ALLOWED):
            raise LakeError(f"a condition may not contain {node.sql('duckdb')!r}")
        if isinstance(node, exp.Column):
            used.append(_column(node, named))
    return condition.sql("duckdb"), list(dict.fromkeys(used))


def _column(node: exp.Column, named: dict[str, str]) -> str:
    if len(node.parts) > 1:
        raise LakeError(f"write the column {node.name!r} without the table's name")
    if node.name.casefold() not in named:
        raise LakeError(f"no column {node.name!r}")
    return named[node.name.casefold()]
