"""How a target value compares with what a query asks (clause 4.9, the semantics of the operators)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from dothi.kernel.context.ld.names import time_us
from dothi.kernel.context.ld.patterns import compile_pattern
from dothi.kernel.context.ld.q_syntax import Literals, Range, Term
from dothi.kernel.context.ld.q_targets import Target

Test = Callable[[Target], bool]
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_POINTERS = frozenset({"Relationship", "ListRelationship"})


def test_of(term: Term) -> Test:
    """The test a condition with an operator makes on one target."""
    if term.operator in ("~=", "!~="):
        return _pattern_test(str(term.values[0]), wanted=term.operator == "~=")
    if term.operator in _ORDER:
        return _order_test(_ORDER[term.operator], term.values[0])
    equal = _range_test(term.range) if term.range else _list_test(term.values)
    if term.operator == "==":
        return lambda target: any(map(equal, elements(target)))
    return lambda target: not any(map(equal, elements(target)))


def elements(target: Target) -> list[Any]:
    """The single values of a target: the items of an array, the texts of all languages."""
    kind, value = target
    if kind == "LanguageProperty" and isinstance(value, dict):
        texts = list(value.values())
        return [each for text in texts for each in (text if isinstance(text, list) else [text])]
    return value if isinstance(value, list) else [value]


def _list_test(values: tuple[Literals, ...]) -> Callable[[Any], bool]:
    wanted = [_comparable(value) for value in values]
    return lambda value: _comparable(value) in wanted


def _range_test(limits: Range) -> Callable[[Any], bool]:
    low, high = _comparable(limits.low), _comparable(limits.high)

    def test(value: Any) -> bool:
        kind, amount = _comparable(value)
        return kind == low[0] == high[0] and low[1] <= amount <= high[1]

    return test


def _order_test(compare: Callable[[Any, Any], bool], value: Literals) -> Test:
    wanted_kind, wanted = _comparable(value)

    def test(target: Target) -> bool:
        if target[0] in _POINTERS or wanted_kind == "boolean":
            return False
        kind, amount = _comparable(target[1])
        return kind == wanted_kind and compare(amount, wanted)

    return test


def _pattern_test(pattern: str, *, wanted: bool) -> Test:
    search = compile_pattern(pattern, "q")

    def test(target: Target) -> bool:
        texts = elements(target) if target[0] == "LanguageProperty" else [target[1]]
        if target[0] in _POINTERS or not texts or not all(isinstance(text, str) for text in texts):
            return False
        return any(map(search, texts)) is wanted

    return test


def _comparable(value: Any) -> tuple[str, Any]:
    """A value with the kind it may be compared within: numbers, texts, moments (any spelling), booleans."""
    kind = value.__class__
    if kind is str:
        if _DATETIME.match(value) is not None:
            try:
                return "moment", time_us(value)
            except ValueError:
                return "text", value
        return "text", value
    if kind is bool:
        return "boolean", value
    if kind is int or kind is float:
        return "number", value
    return "other", None
