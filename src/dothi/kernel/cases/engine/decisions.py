"""The one place where the engine meets decision tables: compiled once, answered with the rules that decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dothi.core.decisions import CompiledTable
from dothi.core.decisions import compile_table as compile_core
from dothi.core.feel import Type
from dothi.kernel.cases.engine.expressions import compile_expression, plain
from dothi.kernel.packs.procedure_decisions import table_of


class Table:
    """A decision table ready to answer, and the names it looks at."""

    __slots__ = ("_table", "roots")

    def __init__(self, table: CompiledTable, roots: frozenset[str]) -> None:
        self._table = table
        self.roots = roots

    def answer(self, names: dict[str, Any]) -> tuple[Any, tuple[int, ...]]:
        """(the answer as JSON data, the rules that gave it, from 0). One output: its value; several: all by name."""
        decision = self._table.decide(names, now=names.get("now"))
        single = len(self._table.declared.outputs) == 1
        return plain(decision.value if single else decision.outcome), decision.rules


def compile_table(key: str, declared: Mapping[str, Any], scope: Mapping[str, Type]) -> Table:
    """``declared`` compiled over the names of a procedure; raises :class:`BadTable` or a validation error."""
    table = table_of(key, declared)
    cells = [cell for rule in table.rules for cell in (*rule.when, *rule.then) if isinstance(cell, str)]
    roots = frozenset().union(*(compile_expression(each.expression, scope).roots for each in table.inputs))
    written = " ".join(cells)
    return Table(compile_core(table, scope), roots | {name for name in scope if name in written} | {"now"})
