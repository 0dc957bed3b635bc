"""Gives every part of a tree its type, folds constants, and says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import re2

from dothi.core.feel import functions as library
from dothi.core.feel.errors import FeelError, nearest
from dothi.core.feel.functions import MEMBERS, TIMELY, Function
from dothi.core.feel.parser import COMPARISONS, INPUT
from dothi.core.feel.tree import (
    Binary,
    Call,
    Context,
    Filter,
    If,
    In,
    InstanceOf,
    Literal,
    Loop,
    Many,
    Name,
    Negative,
    Node,
    Path,
    Range,
)
from dothi.core.feel.types import (
    ANY,
    BOOLEAN,
    DURATION,
    MONTHS,
    NULL,
    NUMBER,
    ORDERED,
    Type,
    context,
    join,
    list_of,
    range_of,
)
from dothi.core.feel.values import kind_of

_DATES = ("date", "date and time")
_SPANS = (DURATION.kind, MONTHS.kind)
# (operator, left, right): the kind of the result; pairs of numbers, strings and equal spans are in _arithmetic
_MOVES: dict[tuple[str, str, str], str] = {
    **{(sign, day, span): day for sign in "+-" for day in _DATES for span in _SPANS},
    **{("+", span, day): day for day in _DATES for span in _SPANS},
    **{(sign, "time", DURATION.kind): "time" for sign in "+-"},
    **{("-", day, day): DURATION.kind for day in (*_DATES, "time")},
    **{(sign, span, span): span for sign in "+-" for span in _SPANS},
    **{(sign, span, "number"): span for sign in "*/" for span in _SPANS},
    **{("*", "number", span): span for span in _SPANS},
    **{("/", span, span): "number" for span in _SPANS},
    **{(sign, "number", "number"): "number" for sign in ("+", "-", "*", "/", "**")},
    ("+", "string", "string"): "string",
}
Scope = Mapping[str, Type]


class Checker:
    """One look at a tree; ``errors`` are all that were found."""

    def __init__(self, functions: Mapping[str, Function], types: Scope) -> None:
        self.functions = functions
        self.types = types
        self.names: set[str] = set()
        """The names of ``types`` that are read."""
        self.timely = False
        """Whether the time is asked for."""
        self.errors: list[FeelError] = []
        self.works = False
        """Whether evaluating needs to count steps or to know the time."""

    def error(self, code: str, node: Node, suggestion: str | None = None, **values: object) -> Type:
        self.errors.append(FeelError(code, node.position, suggestion, **values))
        return ANY

    def check(self, node: Node, scope: Scope) -> Type:
        """The type of ``node``, also noted in it."""
        node.type = self._CHECKS[type(node)](self, node, scope)
        return node.type

    def want(self, node: Node, scope: Scope, wanted: Type) -> Type:
        """Check ``node``, which must be of type ``wanted``."""
        found = self.check(node, scope)
        if not wanted.takes(found):
            self.error("wanted", node, wanted=wanted, found=found)
        return found

    def literal(self, node: Literal, scope: Scope) -> Type:
        return Type(kind_of(node.value))

    def name(self, node: Name, scope: Scope) -> Type:
        found = scope.get(node.name)
        if found is None:
            return self.error("unknown-name", node, nearest(node.name, scope), name=node.name)
        if node.name in self.types:
            self.names.add(node.name)
        return found

    def path(self, node: Path, scope: Scope) -> Type:
        base = self.check(node.base, scope)
        inner = base.item or ANY if base.kind == "list" else base
        if inner.kind in ("any", "null") or (inner.kind == "context" and not inner.fields):
            found = ANY
        elif inner.kind in MEMBERS:
            known: Mapping[str, Any] = MEMBERS[inner.kind]
            found = NUMBER if node.name in known else self._no_field(node, inner, known)
        else:
            found = inner.fields.get(node.name) or self._no_field(node, inner, inner.fields)
        return list_of(found) if base.kind == "list" else found

    def _no_field(self, node: Path, base: Type, known: Mapping[str, Any]) -> Type:
        return self.error("unknown-field", node, nearest(node.name, known), type=base, name=node.name)

    def negative(self, node: Negative, scope: Scope) -> Type:
        found = self.check(node.value, scope)
        if found.kind not in ("any", "null", "number", *_SPANS):
            return self.error("wanted", node.value, wanted=NUMBER, found=found)
        return found

    def binary(self, node: Binary, scope: Scope) -> Type:
        if node.operator in ("and", "or"):
            self.want(node.left, scope, BOOLEAN)
            self.want(node.right, scope, BOOLEAN)
            return BOOLEAN
        left, right = self.check(node.left, scope), self.check(node.right, scope)
        if node.operator in COMPARISONS:
            return self._comparison(node, left, right)
        if left.kind in ("any", "null") or right.kind in ("any", "null"):
            return ANY
        found = _MOVES.get((node.operator, left.kind, right.kind))
        return Type(found) if found else self._no_operation(node, left, right)

    def _comparison(self, node: Binary, left: Type, right: Type) -> Type:
        ordering = node.operator not in ("=", "!=")
        unordered = any(
            each.kind not in ORDERED and each.kind not in ("any", "null") for each in (left, right)
        )
        if (not left.takes(right) and not right.takes(left)) or (ordering and unordered):
            self._no_operation(node, left, right)
        return BOOLEAN

    def _no_operation(self, node: Binary, left: Type, right: Type) -> Type:
        return self.error("operands", node, left=left, operator=node.operator, right=right)

    def condition(self, node: If, scope: Scope) -> Type:
        self.want(node.condition, scope, BOOLEAN)
        return join(self.check(node.then, scope), self.check(node.otherwise, scope))

    def range(self, node: Range, scope: Scope) -> Type:
        ends = [self.check(end, scope) for end in (node.low, node.high) if end is not None]
        for end in ends:
            if end.kind not in ORDERED and end.kind not in ("any", "null"):
                self.error("wanted", node, wanted=NUMBER, found=end)
        if not ends[0].takes(ends[-1]):
            self.error("wanted", node.high or node, wanted=ends[0], found=ends[-1])
        return range_of(join(ends[0], ends[-1]))

    def inside(self, node: In, scope: Scope) -> Type:
        value = self.check(node.value, scope)
        for test in node.tests:
            self.test(test, value, {**scope, INPUT: value})
        return BOOLEAN

    def test(self, node: Node, value: Type, scope: Scope) -> None:
        """A unary test of a ``value``: a range or list of its type, a value of it, or a condition."""
        found = self.check(node, scope)
        if is_condition(node):
            if not BOOLEAN.takes(found):
                self.error("wanted", node, wanted=BOOLEAN, found=found)
        elif found.kind in ("range", "list") and value.kind != "list":
            item = found.item or ANY
            if not value.takes(item) and not (item.kind == "range" and value.takes(item.item or ANY)):
                self.error("wanted", node, wanted=value, found=item)
        elif not value.takes(found) and not (value.kind == "list" and (value.item or ANY).takes(found)):
            self.error("wanted", node, wanted=value, found=found)

    def many(self, node: Many, scope: Scope) -> Type:
        item = NULL
        for each in node.items:
            item = join(item, self.check(each, scope))
        return list_of(item if item.kind != "null" else ANY)

    def context(self, node: Context, scope: Scope) -> Type:
        fields: dict[str, Type] = {}
        for key, value in node.entries:
            fields[key] = self.check(value, {**scope, **fields})
        self.works = True  # entries may name each other: evaluated in a copy
        return context(fields)

    def filter(self, node: Filter, scope: Scope) -> Type:
        self.works = True
        base = self.check(node.base, scope)
        item = (base.item or ANY) if base.kind == "list" else base
        found = self.check(node.condition, {**scope, "item": item, **item.fields})
        if found.kind == "number":
            return item
        if not BOOLEAN.takes(found):
            self.error("wanted", node.condition, wanted=BOOLEAN, found=found)
        return list_of(item) if found.kind == "boolean" else ANY

    def loop(self, node: Loop, scope: Scope) -> Type:
        self.works = True
        inner = dict(scope)
        for name, domain in node.over:
            found = self.check(domain, inner)
            if found.kind not in ("list", "range", "any", "null"):
                self.error("wanted", domain, wanted="list", found=found)
            inner[name] = found.item or ANY
        if node.kind == "for":
            return list_of(self.check(node.body, inner))
        self.want(node.body, inner, BOOLEAN)
        return BOOLEAN

    def instance(self, node: InstanceOf, scope: Scope) -> Type:
        self.check(node.value, scope)
        return BOOLEAN

    def call(self, node: Call, scope: Scope) -> Type:
        found = [self.check(argument, scope) for argument in node.arguments]
        if timely := TIMELY.get(node.name):
            self.works = self.timely = True
            return timely[0] if not found else self._wrong_count(node, "0")
        function = self.functions.get(node.name)
        if function is None:
            return self.error("unknown-function", node, nearest(node.name, self.functions), name=node.name)
        most = len(function.takes)
        if len(found) < function.least or (len(found) > most and not function.more):
            counts = "–".join(map(str, sorted({function.least, most})))
            return self._wrong_count(node, f"≥ {function.least}" if function.more else counts)
        for place, (argument, kind) in enumerate(zip(node.arguments, found, strict=True)):
            wanted = function.takes[min(place, most - 1)]
            if not wanted.takes(kind):
                self.error("argument", argument, place=place + 1, name=node.name, wanted=wanted, found=kind)
        self.works |= any(kind.kind in ("list", "any") for kind in found)
        return self._folded(node, function) or function.type_of(found)

    def _wrong_count(self, node: Call, wanted: str) -> Type:
        return self.error("arguments", node, name=node.name, wanted=wanted, found=len(node.arguments))

    def _folded(self, node: Call, function: Function) -> Type | None:
        """The type of a date, time or duration written as a constant, which takes the call's place; patterns are tried."""
        given = [argument.value for argument in node.arguments if isinstance(argument, Literal)]
        if node.name == "matches" and len(node.arguments) > 1 and isinstance(node.arguments[1], Literal):
            self._try_pattern(node.arguments[1])
        if not function.folds or len(given) != len(node.arguments) or None in given:
            return None
        try:
            value = function.run(*given)
        except (TypeError, ValueError, ArithmeticError, AttributeError):
            value = None
        if value is None:
            name = "date, time or duration" if node.name == "@" else node.name
            return self.error("literal", node, text=", ".join(map(str, given)), type=name)
        node.arguments = [Literal(value, position=node.position)]
        node.name = CONSTANT
        return Type(kind_of(value))

    def _try_pattern(self, node: Literal) -> None:
        try:
            library.pattern(node.value)
        except (re2.error, TypeError):
            self.error("pattern", node, pattern=node.value)

    _CHECKS: ClassVar[dict[type[Node], Callable[[Any, Any, Scope], Type]]] = {
        Literal: literal, Name: name, Path: path, Negative: negative, Binary: binary, If: condition, Range: range, In: inside,
        Many: many, Context: context, Filter: filter, Loop: loop, Call: call, InstanceOf: instance,
    }  # fmt: skip


CONSTANT = "\0constant"
"""The name of a call that was folded into its only argument."""


def is_condition(node: Node) -> bool:
    """Whether a unary test says something of ``?`` itself, rather than naming a value to be equal to."""
    if isinstance(node, (Binary, In, Negative, If, Call, Filter, Loop, Many, Context, Path, InstanceOf)):
        return node.type.kind in ("boolean", "any") and names_input(node)
    return False


def names_input(node: Node) -> bool:
    """Whether ``?`` occurs in ``node``."""
    return (isinstance(node, Name) and node.name == INPUT) or any(map(names_input, children(node)))


def children(node: Node) -> list[Node]:
    """The parts of a node."""
    found: list[Node] = []
    for name in getattr(node, "__slots__", ()):
        value = getattr(node, name)
        parts = value if isinstance(value, list) else [value]
        found += [part[1] if isinstance(part, tuple) else part for part in parts]
    return [part for part in found if isinstance(part, Node)]
