"""The decision tables of procedures: read from the declaration, checked for mistakes, gaps and overlaps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from dothi.core.decisions import Table
from dothi.core.decisions import check as check_table
from dothi.kernel.packs import procedure_scope
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.source import Source, Steps

_STEP: Final = re.compile(r"[^.\[\]]+")


def table_of(key: str, declared: Mapping[str, Any]) -> Table:
    """The table named ``key``; raises :class:`msgspec.ValidationError`."""
    return msgspec.convert({**declared, "key": key}, Table)


def check(source: Source, declared: Procedure) -> None:
    """Every decision table of a procedure: what is wrong in it, and what it leaves undecided."""
    scope = procedure_scope.scope(declared)
    for key, body in declared.decisions.items():
        here: Steps = ("decisions", key)
        try:
            table = table_of(key, body)
        except msgspec.ValidationError as error:
            source.report(here, "not-a-table", error=error)
            continue
        for finding in check_table(table, scope):
            steps = (int(each) if each.isdecimal() else each for each in _STEP.findall(finding.path))
            words = {"error": finding.message["en"]}
            source.report((*here, *steps), "not-a-table", suggestion=finding.suggestion, **words)
