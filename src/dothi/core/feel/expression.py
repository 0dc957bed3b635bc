"""Expressions and unary tests, compiled against the types of the names they may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from dothi.core import clock
from dothi.core.feel.check import Checker
from dothi.core.feel.emit import WORK, Emitter, Run, any_of
from dothi.core.feel.errors import FeelError, TooMuchWork
from dothi.core.feel.functions import BUILTINS, TIMELY, Function
from dothi.core.feel.parser import INPUT, Parser
from dothi.core.feel.tree import Node
from dothi.core.feel.types import Type
from dothi.core.feel.values import Work

STEPS: Final = 10_000
"""Items of lists that one evaluation may look at."""


class Expression:
    """A checked expression. Evaluating it reads the values and nothing else, and always ends.

    ``names`` are those of the values that it reads; ``timely`` says whether it also asks for the time.
    """

    __slots__ = ("_run", "_works", "names", "text", "timely", "tree", "type")

    def __init__(self, text: str, tree: Node, of: Type, run: Run, checked: Checker) -> None:
        self.text, self.tree, self.type = text, tree, of
        self._run, self._works = run, checked.works
        self.names, self.timely = frozenset(checked.names), checked.timely

    def __call__(self, values: dict[str, Any], *, now: datetime | None = None, steps: int = STEPS) -> Any:
        """The value of the expression; null where a part of it is missing or does not fit.

        ``now`` is the time that ``now()`` and ``today()`` mean. Raises :class:`TooMuchWork` past ``steps``.
        """
        if not self._works:
            return self._run(values)
        try:
            return self._run({**values, WORK: Work(steps, now or clock.now())})
        except (MemoryError, RecursionError):
            raise TooMuchWork from None

    def holds(self, values: dict[str, Any], *, now: datetime | None = None) -> bool:
        """Whether it is true: not false, and not null."""
        return self(values, now=now) is True

    def __repr__(self) -> str:
        return f"Expression({self.text!r}: {self.type})"


class Test:
    """The unary tests of one cell: ``test(value, others)`` says whether the value passes one of them."""

    __test__ = False
    __slots__ = ("_tests", "_works", "names", "negated", "text", "timely", "trees")

    def __init__(
        self,
        text: str,
        trees: list[Node],
        negated: bool,
        tests: list[Callable[[Any, dict[str, Any]], Any]],
        checked: Checker,
    ) -> None:
        self.text, self.trees, self.negated = text, trees, negated
        self._tests, self._works = tests, checked.works
        self.names, self.timely = frozenset(checked.names), checked.timely

    @property
    def anything(self) -> bool:
        """Whether it is ``-``."""
        return not self.trees

    def __call__(
        self, value: Any, values: Mapping[str, Any] | None = None, *, now: datetime | None = None
    ) -> bool:
        """Whether ``value`` passes; a test that is null is not passed."""
        if not self._tests:
            return True
        inner = {**(values or {}), INPUT: value}
        if self._works:
            inner[WORK] = Work(STEPS, now or clock.now())
        found = any_of(test(value, inner) for test in self._tests)
        return found is (not self.negated)

    def __repr__(self) -> str:
        return f"Test({self.text!r})"


def compile(
    text: str,
    types: Mapping[str, Type],
    *,
    wanted: Type | None = None,
    functions: Mapping[str, Function] = BUILTINS,
) -> Expression:
    """``text`` as an expression over names of ``types``; raises :class:`FeelError` for what is wrong in it.

    ``wanted`` is the type its value must have. Every name, member, function and operand is checked now.
    """
    parser = Parser(text, _special(types), _spaced(functions))
    tree = parser.expression()
    parser.end()
    checker = Checker(functions, types)
    found = checker.check(tree, types) if wanted is None else checker.want(tree, types, wanted)
    _refuse(checker.errors)
    return Expression(text, tree, found, Emitter(functions).emit(tree), checker)


def unary(
    text: str,
    of: Type,
    types: Mapping[str, Type] | None = None,
    *,
    functions: Mapping[str, Function] = BUILTINS,
) -> Test:
    """``text`` as unary tests of a value of type ``of``: ``< 10``, ``[1..5]``, ``"a","b"``, ``not("x")``, ``-``."""
    scope = {**(types or {}), INPUT: of}
    trees, negated = Parser(text, _special(scope), _spaced(functions)).unary_tests()
    checker = Checker(functions, types or {})
    for tree in trees:
        checker.test(tree, of, scope)
    _refuse(checker.errors)
    emitter = Emitter(functions)
    return Test(text, trees, negated, [emitter.test(tree) for tree in trees], checker)


def _refuse(errors: list[FeelError]) -> None:
    if errors:
        first, *others = sorted(errors, key=lambda error: error.position)
        first.others = tuple(others)
        raise first


def _special(types: Mapping[str, Type]) -> Iterable[str]:
    """The names among ``types`` and their members that are not one plain word."""
    for name, of in types.items():
        if name != INPUT and not name.isidentifier():
            yield name
        yield from _special(of.fields)
        if of.item is not None:
            yield from _special(of.item.fields)


def _spaced(functions: Mapping[str, Function]) -> list[str]:
    return [name for name in (*functions, *TIMELY) if " " in name]
