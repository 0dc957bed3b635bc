"""The one place where the engine meets decision tables. None can be compiled until there is an evaluator for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from dothi.core.errors import BadInput, both


class Table(Protocol):
    """A compiled decision table: the names it reads and its answer."""

    roots: frozenset[str]

    def answer(self, context: Mapping[str, Any]) -> Any:
        """What the table says on ``context``, as JSON data."""
        ...


def compile_table(key: str, declared: Mapping[str, Any]) -> Table:
    """``declared`` compiled; raises :class:`BadInput`."""
    raise BadInput(
        both(f"Chưa dùng được bảng quyết định “{key}”.", f"The decision table “{key}” cannot be used yet."),
        where=f"decisions.{key}",
    )
