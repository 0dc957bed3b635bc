"""A checked tree as text again: the only text an engine ever gets."""

from __future__ import annotations

from sqlglot import exp

from dothi.kernel.warehouse.sql.errors import refused


def transpile(tree: exp.Expr, dialect: str = "duckdb") -> str:
    """``tree`` in an engine's dialect: every name quoted, no comment of the writer left in it."""
    try:
        return tree.sql(dialect, identify=True, comments=False, copy=True)
    except RecursionError:
        raise refused("Truy vấn lồng nhau quá sâu.", "The query is nested too deeply.") from None
