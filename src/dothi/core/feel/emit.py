"""Turns a checked tree into nested closures over the values: what an evaluation runs."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from dothi.core.feel import values
from dothi.core.feel.check import CONSTANT, children, is_condition
from dothi.core.feel.functions import MEMBERS, TIMELY, Function
from dothi.core.feel.parser import INPUT
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
from dothi.core.feel.values import Span, Work, equal, kind_of

Values = dict[str, Any]
Run = Callable[[Values], Any]
WORK = "\0work"
"""Where an evaluation keeps its :class:`Work` among the values."""

WRONG = (TypeError, ValueError, ArithmeticError, AttributeError, LookupError)
"""What an operation on values that do not fit raises: its result is null."""

_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SUMS = {"+": values.add, "-": values.subtract, "*": values.multiply, "/": values.divide, "**": values.power}


class Emitter:
    """Makes closures; ``functions`` are those that calls name."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions

    def emit(self, node: Node) -> Run:
        return self._EMITS[type(node)](self, node)

    def literal(self, node: Literal) -> Run:
        value = node.value
        return lambda v: value

    def name(self, node: Name) -> Run:
        name = node.name
        return lambda v: v.get(name)

    def path(self, node: Path) -> Run:
        base, name, kind = self.emit(node.base), node.name, node.base.type.kind
        member = MEMBERS.get(kind, {}).get(name)
        if member is None and kind == "context":

            def of_context(v: Values) -> Any:
                try:
                    return base(v)[name]
                except WRONG:
                    return None

            return of_context
        return lambda v: _member(base(v), name)

    def negative(self, node: Negative) -> Run:
        if isinstance(node.value, Literal) and isinstance(node.value.value, (int, Decimal)):
            constant = -node.value.value
            return lambda v: constant
        return _safely(operator.neg, [self.emit(node.value)])

    def binary(self, node: Binary) -> Run:
        sign, left, right = node.operator, self.emit(node.left), self.emit(node.right)
        if sign == "and":
            return _and(left, right)
        if sign == "or":
            return _or(left, right)
        if sign in _ORDER:
            return _ordered(_ORDER[sign], node, left, right)
        if sign in ("=", "!="):
            return _equality(sign == "=", node, left, right)
        return _safely(_SUMS[sign], [left, right])

    def condition(self, node: If) -> Run:
        test, then, otherwise = self.emit(node.condition), self.emit(node.then), self.emit(node.otherwise)
        return lambda v: then(v) if test(v) is True else otherwise(v)

    def range(self, node: Range) -> Run:
        low, high = (self.emit(end) if end is not None else None for end in (node.low, node.high))
        closed = node.low_closed, node.high_closed
        if low is None or high is None:
            return lambda v: Span(low(v) if low else None, high(v) if high else None, *closed)

        def run(v: Values) -> Span | None:
            ends = low(v), high(v)
            return None if None in ends else Span(*ends, *closed)

        return run

    def inside(self, node: In) -> Run:
        value = self.emit(node.value)
        tests = [
            self.test(test) for test in (node.tests if not _constants(node.tests) else [Many(node.tests)])
        ]
        if any(is_condition(test) for test in node.tests):

            def with_input(v: Values) -> bool | None:
                inner = {**v, INPUT: value(v)}
                return any_of(test(inner[INPUT], inner) for test in tests)

            return with_input
        if len(tests) == 1:
            only = tests[0]
            return lambda v: only(value(v), v)

        def run(v: Values) -> bool | None:
            found = value(v)
            return any_of(test(found, v) for test in tests)

        return run

    def test(self, node: Node) -> Callable[[Any, Values], bool | None]:
        """A unary test of a value; ``?`` is among the values where it is a condition."""
        run = self.emit(node)
        if is_condition(node):
            return lambda value, v: run(v)
        if isinstance(node, Range) and all(isinstance(end, Literal) for end in (node.low, node.high)):
            span = run({})
            return lambda value, v: None if span is None else span.holds(value)
        if isinstance(node, Many) and (known := _constants(node.items)):
            return _among(known, run)
        return lambda value, v: _matches(value, run(v))

    def many(self, node: Many) -> Run:
        items = [self.emit(item) for item in node.items]
        if all(isinstance(item, Literal) for item in node.items):
            constant = [item({}) for item in items]
            return lambda v: constant
        return lambda v: [item(v) for item in items]

    def context(self, node: Context) -> Run:
        entries = [(key, self.emit(value)) for key, value in node.entries]

        def run(v: Values) -> dict[str, Any]:
            inner, result = dict(v), {}
            for key, value in entries:
                inner[key] = result[key] = value(inner)
            return result

        return run

    def filter(self, node: Filter) -> Run:
        base, condition = self.emit(node.base), self.emit(node.condition)
        item = node.base.type.item or node.base.type
        unset = dict.fromkeys(item.fields)

        def run(v: Values) -> Any:
            found = base(v)
            items = found if isinstance(found, list) else [] if found is None else [found]
            if constant is not None:
                return _item_at(items, constant)
            inner, kept = dict(v), []
            for each in items:
                inner[WORK].spend()
                inner["item"] = each
                inner.update(unset)
                if isinstance(each, Mapping):
                    inner.update(each)
                decided = condition(inner)
                if kind_of(decided) == "number":
                    return _item_at(items, condition(v))
                if decided is True:
                    kept.append(each)
            return kept

        constant = (
            condition({})
            if node.condition.type.kind == "number"
            and not _names(node.condition)
            and not _calls(node.condition)
            else None
        )
        return run

    def loop(self, node: Loop) -> Run:
        domains = [(name, self._domain(domain)) for name, domain in node.over]
        body = self.emit(node.body)
        if node.kind == "for":
            return lambda v: [body(inner) for inner in _bindings(domains, dict(v), 0)]
        if node.kind == "some":
            return lambda v: any_of(body(inner) for inner in _bindings(domains, dict(v), 0))
        return lambda v: every_of(body(inner) for inner in _bindings(domains, dict(v), 0))

    def _domain(self, node: Node) -> Callable[[Values], Iterable[Any]]:
        run = self.emit(node)

        def items(v: Values) -> Iterable[Any]:
            found = run(v)
            if isinstance(found, Span):
                return _whole_numbers(found)
            return found if isinstance(found, list) else [] if found is None else [found]

        return items

    def instance(self, node: InstanceOf) -> Run:
        value, kind = self.emit(node.value), node.wanted.kind
        return lambda v: (found := value(v)) is not None and kind in ("any", kind_of(found))

    def call(self, node: Call) -> Run:
        if node.name == CONSTANT:
            return self.emit(node.arguments[0])
        if timely := TIMELY.get(node.name):
            at = timely[1]
            return lambda v: at(v[WORK].now)
        arguments = [self.emit(argument) for argument in node.arguments]
        function = self.functions[node.name]
        lists = any(argument.type.kind in ("list", "any") for argument in node.arguments)
        return _call(function, arguments, lists)

    _EMITS: ClassVar[dict[type[Node], Callable[[Any, Any], Run]]] = {
        Literal: literal, Name: name, Path: path, Negative: negative, Binary: binary, If: condition, Range: range, In: inside,
        Many: many, Context: context, Filter: filter, Loop: loop, Call: call, InstanceOf: instance,
    }  # fmt: skip


def _among(known: frozenset[Any], run: Run) -> Callable[[Any, Values], bool | None]:
    def test(value: Any, v: Values) -> bool | None:
        try:
            return value in known if value is not True else False
        except TypeError:  # a list or a context
            return _matches(value, run(v))

    return test


def _constants(nodes: list[Node]) -> frozenset[Any] | None:
    """The values of constants that are all text or all numbers, so that one look-up finds an equal."""
    kinds = {node.type.kind if isinstance(node, Literal) else "any" for node in nodes}
    if kinds not in ({"string"}, {"number"}):
        return None
    return frozenset(node.value for node in nodes if isinstance(node, Literal))


def _calls(node: Node) -> bool:
    return isinstance(node, (Call, Loop, Filter)) or any(map(_calls, children(node)))


def _names(node: Node) -> bool:
    return isinstance(node, Name) or any(map(_names, children(node)))


def _and(left: Run, right: Run) -> Run:
    def run(v: Values) -> bool | None:
        a = left(v)
        if a is False:
            return False
        b = right(v)
        return False if b is False else True if a is True and b is True else None

    return run


def _or(left: Run, right: Run) -> Run:
    def run(v: Values) -> bool | None:
        a = left(v)
        if a is True:
            return True
        b = right(v)
        return True if b is True else False if a is False and b is False else None

    return run


def any_of(found: Iterable[bool | None]) -> bool | None:
    """True if one is, false if all are, else null."""
    unknown = False
    for each in found:
        if each is True:
            return True
        unknown |= each is not False
    return None if unknown else False


def every_of(found: Iterable[bool | None]) -> bool | None:
    """False if one is, true if all are, else null."""
    unknown = False
    for each in found:
        if each is False:
            return False
        unknown |= each is not True
    return None if unknown else True


def _ordered(compare: Callable[[Any, Any], bool], node: Binary, left: Run, right: Run) -> Run:
    if (
        isinstance(node.left, Name)
        and isinstance(node.right, Literal)
        and node.left.type.kind == node.right.type.kind
    ):
        name, constant = node.left.name, node.right.value

        def with_constant(v: Values) -> bool | None:
            try:
                return compare(v[name], constant)
            except (TypeError, KeyError):
                return None

        return with_constant

    def run(v: Values) -> bool | None:
        a, b = left(v), right(v)
        if a is True or a is False or b is True or b is False:
            return None
        try:
            return compare(a, b)
        except TypeError:
            return None

    return run


def _equality(wanted: bool, node: Binary, left: Run, right: Run) -> Run:
    kind = node.left.type.kind
    if kind == node.right.type.kind and kind in ("string", "number", "boolean"):
        same = operator.eq if wanted else operator.ne
        return lambda v: same(left(v), right(v))

    def run(v: Values) -> bool | None:
        found = equal(left(v), right(v))
        return None if found is None else found is wanted

    return run


def _safely(operation: Callable[..., Any], arguments: list[Run]) -> Run:
    """``operation``, or null where it cannot be."""
    if len(arguments) == 2:
        left, right = arguments

        def run_two(v: Values) -> Any:
            try:
                return operation(left(v), right(v))
            except WRONG:
                return None

        return run_two

    def run(v: Values) -> Any:
        try:
            return operation(*[argument(v) for argument in arguments])
        except WRONG:
            return None

    return run


def _call(function: Function, arguments: list[Run], lists: bool) -> Run:
    operation, sees_null = function.run, function.sees_null
    if len(arguments) == 1 and not lists and not sees_null:
        only = arguments[0]

        def run_one(v: Values) -> Any:
            given = only(v)
            try:
                return None if given is None else operation(given)
            except WRONG:
                return None

        return run_one

    def run(v: Values) -> Any:
        given = [argument(v) for argument in arguments]
        if not sees_null and None in given:
            return None
        if lists:
            v[WORK].spend(sum(len(each) for each in given if isinstance(each, list)))
        try:
            return operation(*given)
        except WRONG:
            return None

    return run


def _member(base: Any, name: str) -> Any:
    if isinstance(base, list):
        return [_member(item, name) for item in base]
    if isinstance(base, Mapping):
        return base.get(name)
    member = MEMBERS.get(kind_of(base), {}).get(name)
    try:
        return member(base) if member else None
    except WRONG:
        return None


def _matches(value: Any, wanted: Any) -> bool | None:
    """A value against what a unary test gave: a range, a list to be in, or an equal."""
    if isinstance(wanted, Span):
        return wanted.holds(value)
    if isinstance(wanted, list) and not isinstance(value, list):
        return any_of(_matches(value, each) for each in wanted)
    if isinstance(value, list) and not isinstance(wanted, list):
        return any_of(equal(each, wanted) for each in value)
    return equal(value, wanted)


def _item_at(items: list[Any], place: Any) -> Any:
    try:
        index = int(place)
        return items[index - 1 if index > 0 else index] if index else None
    except WRONG:
        return None


def _whole_numbers(span: Span) -> Iterable[Any]:
    """The whole numbers or the days of a range, backwards when it is given so."""
    if type(span.low) is date and type(span.high) is date:
        days = Span(span.low.toordinal(), span.high.toordinal(), span.low_closed, span.high_closed)
        return map(date.fromordinal, _whole_numbers(days))
    try:
        low, high = int(span.low) + (not span.low_closed), int(span.high) - (not span.high_closed)
    except WRONG:
        return ()
    return range(low, high + 1) if low <= high else range(low, high - 1, -1)


def _bindings(
    domains: list[tuple[str, Callable[[Values], Iterable[Any]]]], v: Values, depth: int
) -> Iterator[Values]:
    """The values once for every combination of the loop's names; the same dict each time."""
    if depth == len(domains):
        yield v
        return
    name, items = domains[depth]
    work: Work = v[WORK]
    for item in items(v):
        work.spend()
        v[name] = item
        yield from _bindings(domains, v, depth + 1)
