"""The one place where the engine meets the expression language: compile once, evaluate on a context."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

_WORD: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


class Expression:
    """A compiled expression: its text, the names it begins with, and its value on a context."""

    __slots__ = ("_code", "roots", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.roots = frozenset(_WORD.findall(re.sub(r'"[^"]*"', '""', text)))
        self._code = _temporary(text)

    def value(self, context: Mapping[str, Any]) -> Any:
        """The value on ``context``."""
        try:
            return eval(self._code, {"__builtins__": {}}, _Names(context))  # noqa: S307
        except (TypeError, AttributeError):
            return None

    def holds(self, context: Mapping[str, Any]) -> bool:
        """Whether it is true (null is not)."""
        return self.value(context) is True


def compile_expression(text: str) -> Expression:
    """``text`` compiled; raises :class:`ValueError` with what is wrong."""
    return Expression(text)


def plain(value: Any) -> Any:
    """A value of an expression as JSON data: dates as ISO texts, whole numbers as integers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


class _Box(dict):  # type: ignore[type-arg]
    def __getattr__(self, name: str) -> Any:
        return _wrap(self.get(name))


def _wrap(value: Any) -> Any:
    return _Box(value) if isinstance(value, Mapping) else value


class _Names(dict):  # type: ignore[type-arg]
    def __init__(self, context: Mapping[str, Any]) -> None:
        super().__init__(context)

    def __missing__(self, key: str) -> Any:
        return {"null": None, "true": True, "false": False, "count": len, "sum": sum}.get(key)

    def __getitem__(self, key: str) -> Any:
        return _wrap(self.get(key)) if key in self else self.__missing__(key)


def _temporary(text: str) -> Any:
    changed = re.sub(r"(?<![<>!=])=(?!=)", "==", text)
    changed = re.sub(r"\bif (.+?) then (.+?) else (.+)$", r"((\2) if (\1) else (\3))", changed)
    try:
        return compile(ast.parse(changed.strip(), mode="eval"), "expression", "eval")
    except SyntaxError as error:
        raise ValueError(str(error)) from None
