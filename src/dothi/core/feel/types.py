"""The types of values: number, string, boolean, dates and times, durations, lists and contexts. Every type has null."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dothi.core.errors import BadInput, both


@dataclass(frozen=True, slots=True)
class Type:
    """``kind`` names it; a list has an ``item`` type, a context the types of its ``fields`` (none: of any)."""

    kind: str
    item: Type | None = None
    fields: Mapping[str, Type] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        if self.kind in ("list", "range") and self.item is not None and self.item.kind != "any":
            return f"{self.kind}<{self.item}>"
        return self.kind

    def takes(self, other: Type) -> bool:
        """Whether a value of type ``other`` may stand where this type is wanted."""
        if "any" in (self.kind, other.kind) or other.kind == "null":
            return True
        if self.kind != other.kind:
            return False
        if self.item is not None and other.item is not None:
            return self.item.takes(other.item)
        return all(
            self.fields[name].takes(other.fields[name]) for name in self.fields.keys() & other.fields.keys()
        )


ANY: Final = Type("any")
NULL: Final = Type("null")
NUMBER: Final = Type("number")
STRING: Final = Type("string")
BOOLEAN: Final = Type("boolean")
DATE: Final = Type("date")
TIME: Final = Type("time")
DATETIME: Final = Type("date and time")
DURATION: Final = Type("days and time duration")
MONTHS: Final = Type("years and months duration")
SIMPLE: Final = {
    each.kind: each for each in (ANY, NUMBER, STRING, BOOLEAN, DATE, TIME, DATETIME, DURATION, MONTHS)
}
_ALIASES: Final = {
    "datetime": "date and time", "dateTime": "date and time", "dayTimeDuration": DURATION.kind, "Any": "any",
    "yearMonthDuration": MONTHS.kind, "duration": DURATION.kind, "integer": "number", "long": "number", "double": "number",
}  # fmt: skip
ORDERED: Final = frozenset({"number", "string", "date", "time", "date and time", DURATION.kind, MONTHS.kind})
_LIST = re.compile(r"list\s*<(.+)>|list of (.+)")


def list_of(item: Type) -> Type:
    """A list of ``item``."""
    return Type("list", item)


def range_of(item: Type) -> Type:
    """A range of ``item``."""
    return Type("range", item)


def context(fields: Mapping[str, Type]) -> Type:
    """A context with typed ``fields``."""
    return Type("context", None, dict(fields))


def parse_type(text: str) -> Type:
    """``number``, ``date and time``, ``list<string>`` …; raises :class:`BadInput`."""
    name = text.strip()
    if found := _LIST.fullmatch(name):
        return list_of(parse_type(found.group(1) or found.group(2)))
    if name in ("list", "context"):
        return list_of(ANY) if name == "list" else context({})
    known = SIMPLE.get(_ALIASES.get(name, name))
    if known is None:
        names = ", ".join(SIMPLE)
        raise BadInput(both(f"'{text}' không phải là kiểu: {names}", f"'{text}' is not a type: {names}"))
    return known


def join(left: Type, right: Type) -> Type:
    """The type of what may be either."""
    if left.kind == "null":
        return right
    if right.kind == "null" or left == right:
        return left
    if left.kind == right.kind == "list" and left.item and right.item:
        return list_of(join(left.item, right.item))
    return left if left.kind == right.kind and left.takes(right) else ANY
