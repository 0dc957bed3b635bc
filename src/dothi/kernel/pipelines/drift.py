"""What to do when a source's columns are not those of its dataset: found, told, and decided by the source's rule.

Pure functions on names and types. Types are those of the warehouse's columns; ``null`` is a column without values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dothi.core.errors import Text, both

# What values of the type on the left may be read as; whether each value can is found when it is read.
_READABLE: Final[dict[str, frozenset[str]]] = {
    "null": frozenset({"string", "integer", "number", "boolean", "date", "datetime", "geometry", "json"}),
    "string": frozenset({"integer", "number", "boolean", "date", "datetime", "json", "geometry"}),
    "integer": frozenset({"number", "string", "boolean"}),
    "number": frozenset({"integer", "string"}),
    "date": frozenset({"datetime", "string"}),
    "datetime": frozenset({"date", "string"}),
    "boolean": frozenset({"string"}),
    "json": frozenset({"string", "geometry"}),
    "geometry": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A column whose values are of another kind than declared."""

    column: str
    declared: str
    found: str


@dataclass(frozen=True, slots=True)
class Drift:
    """How the columns that were found differ from those that are declared."""

    added: tuple[tuple[str, str], ...] = ()  # (name, type), in the order found
    missing: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.missing or self.changed)

    def plain(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {
            "added": [list(each) for each in self.added],
            "missing": list(self.missing),
            "changed": [[each.column, each.declared, each.found] for each in self.changed],
        }

    def text(self) -> Text:
        """For the run's log."""
        new = ", ".join(f"{name} ({kind})" for name, kind in self.added) or "-"
        gone = ", ".join(self.missing) or "-"
        other = ", ".join(f"{each.column}: {each.declared} → {each.found}" for each in self.changed) or "-"
        return both(
            f"Cấu trúc nguồn thay đổi. Cột mới: {new}. Cột mất: {gone}. Kiểu khác: {other}.",
            f"The source's columns changed. New: {new}. Gone: {gone}. Other types: {other}.",
        )


def compare(declared: Sequence[Mapping[str, Any]], found: Sequence[tuple[str, str]]) -> Drift:
    """The differences; a type whose values can be read as the declared one is none."""
    types = {column["name"]: column["type"] for column in declared}
    there = dict(found)
    return Drift(
        added=tuple((name, kind) for name, kind in found if name not in types),
        missing=tuple(name for name in types if name not in there),
        changed=tuple(
            Change(name, types[name], kind)
            for name, kind in found
            if name in types and kind != types[name] and types[name] not in _READABLE.get(kind, frozenset())
        ),
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows: go on (with these new columns, all others left out), stop, or wait for a person."""

    go: str  # 'on', 'stop', 'wait'
    add: tuple[tuple[str, str], ...] = ()
    why: Text | None = None


def decide(drift: Drift, rule: str, keys: Sequence[str]) -> Decision:
    """The decision by a source's ``rule`` (fail, add, ignore, ask).

    Values of another kind, and a key that is gone, stop a run under every rule but ``ask``: there is no way to go
    on that loses nothing.
    """
    if not drift:
        return Decision("on")
    if rule == "ask":
        return Decision("wait", why=drift.text())
    lost = [name for name in drift.missing if name in keys]
    if rule == "fail" or drift.changed or lost:
        return Decision("stop", why=drift.text())
    return Decision("on", add=drift.added if rule == "add" else (), why=drift.text())
