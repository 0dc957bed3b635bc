"""One column of tests as an index: the parts into which their constants cut its values, and which rules match in each.

The constants ``p0 < p1 < …`` cut an ordered type into ``2n + 1`` parts: below ``p0``, ``p0`` itself, between ``p0`` and
``p1``, and so on. Which rules match in a part is a bit mask, so that the rules of a row of values are found by one
bisection and one ``&`` a column.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from dothi.core.feel import Test, Type
from dothi.core.feel.check import CONSTANT, children, is_condition, names_input
from dothi.core.feel.emit import Emitter
from dothi.core.feel.functions import BUILTINS, TIMELY
from dothi.core.feel.parser import COMPARISONS, INPUT
from dothi.core.feel.tree import Binary, Call, Many, Name, Node, Range
from dothi.core.feel.types import ORDERED


class Interval(Struct, frozen=True):
    """From ``low`` to ``high``; an open end is ``None``."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True


Region = tuple[list[Interval], bool]
"""The intervals of a cell, and whether it means all but them."""


def region(test: Test) -> Region | None:
    """What a cell of constants admits; ``None`` when it depends on other values."""
    found: list[Interval] = []
    for tree in test.trees:
        part = _intervals(tree)
        if part is None:
            return None
        found += part
    return found, test.negated or test.anything


def _intervals(tree: Node) -> list[Interval] | None:
    if isinstance(tree, Range):
        ends = [_constant(end) if end is not None else (None,) for end in (tree.low, tree.high)]
        if ends[0] is None or ends[1] is None or None in (ends[0][0], ends[1][0]):
            return None
        return [Interval(ends[0][0], ends[1][0], tree.low_closed, tree.high_closed)]
    if isinstance(tree, Binary) and tree.operator in COMPARISONS and isinstance(tree.left, Name):
        return _compared(tree)
    if isinstance(tree, Many):
        parts = [_intervals(item) for item in tree.items]
        return None if None in parts else [each for part in parts for each in part or ()]
    value = None if is_condition(tree) else _constant(tree)
    if value is None or isinstance(value[0], (list, dict)):
        return None
    return [Interval(value[0], value[0])] if value[0] is not None else []


def _compared(tree: Binary) -> list[Interval] | None:
    value = _constant(tree.right)
    if not isinstance(tree.left, Name) or tree.left.name != INPUT or value is None or value[0] is None:
        return None
    (end,) = value
    if tree.operator == "!=":
        return [Interval(None, end, False, False), Interval(end, None, False, False)]
    if tree.operator == "=":
        return [Interval(end, end)]
    closed = tree.operator.endswith("=")
    return [
        Interval(None, end, False, closed) if tree.operator[0] == "<" else Interval(end, None, closed, False)
    ]


def _constant(node: Node) -> tuple[Any] | None:
    """The value of a node that depends on nothing, in a tuple because it may be null."""
    if not _depends_on_nothing(node):
        return None
    return (Emitter(BUILTINS).emit(node)({}),)


def _depends_on_nothing(node: Node) -> bool:
    if isinstance(node, Name) or names_input(node):
        return False
    if isinstance(node, Call) and (node.name in TIMELY or node.name != CONSTANT):
        return False
    return all(map(_depends_on_nothing, children(node)))


class Column:
    """The cells of one column, rule by rule, and the index of those that are constant."""

    def __init__(self, of: Type, tests: Sequence[Test]) -> None:
        self.tests = tests
        self.type = of
        regions = [region(test) if of.kind in ORDERED or of.kind == "boolean" else None for test in tests]
        regions = [([], True) if test.anything else each for test, each in zip(tests, regions, strict=True)]
        self.regions = regions
        self.open = sum(1 << rule for rule, each in enumerate(regions) if each is None)
        """The rules whose cell must be tried each time."""
        self.points = sorted(
            {
                end
                for each in regions
                if each
                for part in each[0]
                for end in (part.low, part.high)
                if end is not None
            }
        )
        self.masks = self._laid_out()
        self.null = self._tried(None)
        self.everything = (1 << len(tests)) - 1
        self._exact = dict(zip(self.points, self.masks[1::2], strict=True))

    def _tried(self, value: Any) -> int:
        """The rules that match ``value``, asked one by one; those that depend on other values are among them."""
        return self.open | sum(
            1 << rule
            for rule, each in enumerate(self.regions)
            if each is not None and self.tests[rule](value)
        )

    def _laid_out(self) -> list[int]:
        """The rules of each part."""
        masks = [self.open] * (2 * len(self.points) + 1)
        places = {point: 2 * index + 1 for index, point in enumerate(self.points)}
        for rule, each in enumerate(self.regions):
            if each is None:
                continue
            inside: set[int] = set()
            for one in each[0]:
                first = 0 if one.low is None else places[one.low] + (not one.low_closed)
                last = len(masks) - 1 if one.high is None else places[one.high] - (not one.high_closed)
                inside.update(range(first, last + 1))
            for part in range(len(masks)) if each[1] else inside:
                if not each[1] or part not in inside:
                    masks[part] |= 1 << rule
        return masks

    def rules(self, value: Any) -> int:
        """The rules whose cell may match ``value``; surely, but for those in ``open``."""
        if value is None:
            return self.null
        try:
            found = self._exact.get(value)
            return self.masks[2 * bisect_left(self.points, value)] if found is None else found
        except TypeError:  # of another type than declared
            return self._tried(value)
