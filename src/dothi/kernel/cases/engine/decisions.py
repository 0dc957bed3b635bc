"""The one place where the engine meets decision tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Table:
    """A compiled decision table: the names it reads and its answer."""

    def __init__(self, key: str, declared: Mapping[str, Any]) -> None:
        self.key = key
        self.declared = declared
        self.roots: frozenset[str] = frozenset({"data", "facts", "case"})

    def answer(self, context: Mapping[str, Any]) -> Any:
        """What the table says on ``context``, as JSON data."""
        return None


def compile_table(key: str, declared: Mapping[str, Any]) -> Table:
    """``declared`` (the contract of :mod:`dothi.core.decisions`) compiled."""
    return Table(key, declared)
