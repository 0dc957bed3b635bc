"""Trees with other tables in them: the sandbox's names, or a policy's rows and columns for a trusted engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlglot import exp

from dothi.core.text import fold
from dothi.kernel.warehouse.sql.errors import refused
from dothi.kernel.warehouse.sql.policies import Plan

# Masked forms a database can make by itself, for any dialect; the others are made from rows in memory only.
_HIDDEN = "••••••"


def dataset_tables(tree: exp.Expr) -> list[exp.Table]:
    """The tables of ``tree`` that are no common table expressions."""
    own = {fold(cte.alias) for cte in tree.find_all(exp.CTE)}
    return [table for table in tree.find_all(exp.Table) if fold(table.name) not in own]


def place_in_schema(tree: exp.Query, names: Mapping[str, str], schema: str) -> exp.Query:
    """``tree`` reading ``schema."name"`` for each table, ``names`` giving the name for what was written.

    What is in a schema cannot be hidden by a common table expression. The written name stays as the alias.
    """
    changed = tree.copy()
    for table in dataset_tables(changed):
        written = table.name
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(written, quoted=True)))
        table.set("this", exp.to_identifier(names[written], quoted=True))
        table.set("db", exp.to_identifier(schema, quoted=True))
    return changed


def apply_policies(
    tree: exp.Query, plans: Mapping[str, Plan], units: Callable[[Plan], Collection[str]]
) -> exp.Query:
    """``tree`` with every table replaced by what its plan shows of it, for an engine that reads the lake itself.

    ``plans`` by the name as written; ``units(plan)`` are the codes the asker may read in. Raises
    :class:`SqlRefused` for a masked form no database makes: it is not replaced by a weaker one.
    """
    changed = tree.copy()
    for table in dataset_tables(changed):
        plan = plans[table.name]
        inner = table.copy()
        for part in ("alias", "joins"):
            inner.set(part, None)
        shown = exp.select(*[_shown(name, form) for name, form in plan.columns.items()]).from_(inner)
        if plan.unit_column is not None:
            column = exp.column(plan.unit_column, quoted=True)
            codes = [exp.Literal.string(code) for code in sorted(units(plan))]
            shown = shown.where(exp.In(this=column, expressions=codes) if codes else exp.false())
        wrapped = shown.subquery(table.alias or table.name)
        wrapped.set("joins", table.args.get("joins"))
        table.replace(wrapped)
    return changed


def _shown(name: str, form: str) -> exp.Expr:
    column = exp.column(name, quoted=True)
    if not form:
        return column
    if form == "null":
        return exp.alias_(exp.cast(exp.null(), "VARCHAR"), name, quoted=True)
    if form == "all":
        hidden = exp.If(this=column.is_(exp.null()).not_(), true=exp.Literal.string(_HIDDEN))
        return exp.alias_(exp.Case(ifs=[hidden]), name, quoted=True)
    raise refused(
        f"Cột “{name}” được che theo cách “{form}”: chỉ hỏi được qua vùng cách ly.",
        f"Column '{name}' is masked as '{form}': it can be asked for through the sandbox only.",
        name,
    )
