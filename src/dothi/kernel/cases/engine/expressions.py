"""The one place where the engine meets the expression language: compile once, evaluate on a context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from dothi.core import feel
from dothi.core.feel import BOOLEAN as BOOLEAN
from dothi.core.feel import STRING as STRING
from dothi.core.feel import FeelError as FeelError
from dothi.core.feel import Type
from dothi.core.feel.values import fact as read_value

_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


class Expression:
    """A compiled expression: its text, the names it begins with, and its value on a context."""

    __slots__ = ("_compiled", "roots", "text")

    def __init__(self, text: str, types: Mapping[str, Type], wanted: Type | None) -> None:
        self.text = text
        self._compiled = feel.compile(text, types, wanted=wanted)
        words = set(_WORD.findall(_TEXT.sub('""', text)))
        timely = {"now"} if words & {"now", "today"} else set()
        self.roots: frozenset[str] = frozenset((words & types.keys()) | timely)

    def value(self, context: dict[str, Any]) -> Any:
        """The value on ``context``; what is missing is null."""
        return self._compiled(context, now=context.get("now"))

    def holds(self, context: dict[str, Any]) -> bool:
        """Whether it is true (null is not)."""
        return self._compiled(context, now=context.get("now")) is True


def compile_expression(text: str, types: Mapping[str, Type], wanted: Type | None = None) -> Expression:
    """``text`` compiled over names of ``types``; raises :class:`FeelError` with what is wrong and where."""
    return Expression(text, types, wanted)


def condition(text: str, types: Mapping[str, Type]) -> Expression:
    """``text`` as something that holds or not."""
    return Expression(text, types, BOOLEAN)


def read(value: Any, of: Type) -> Any:
    """One JSON value as expressions see it."""
    return read_value(value, of)


def typed(values: Mapping[str, Any], types: Mapping[str, Type]) -> Mapping[str, Any]:
    """JSON data as expressions see it: the names in ``types`` (dates, numbers with parts) in their types."""
    found = {name: read(values[name], of) for name, of in types.items() if name in values}
    return {**values, **found} if found else values


def plain(value: Any) -> Any:
    """A value of an expression as JSON data: dates as ISO texts, whole numbers as integers."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if isinstance(value, float) else str(value)
