"""Looks for values that no rule of a table covers, rules that overlap, and rules that can never decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dothi.core.decisions.columns import Column
from dothi.core.decisions.declarations import Hit, Input, Table, exact, feel, literal
from dothi.core.decisions.findings import BadTable, Finding
from dothi.core.decisions.table import CompiledTable, compile_table
from dothi.core.errors import both
from dothi.core.feel import BUILTINS, Function, Type
from dothi.core.feel.functions import to_text

MOST = 5
"""Gaps that are told; the first are enough to go on with."""
STEPS = 20_000


def check(
    table: Table, types: Mapping[str, Type], *, functions: Mapping[str, Function] = BUILTINS
) -> list[Finding]:
    """Everything to know of ``table``: what is wrong, and the gaps, overlaps and idle rules that can be told.

    Cells that depend on other values are left out of the account: rules with one are not said to overlap, and may
    cover more or less than is said.
    """
    try:
        compiled = compile_table(table, types, functions=functions)
    except BadTable as bad:
        return list(bad.findings)
    spaces = [
        _Space(column, declared) for column, declared in zip(compiled.columns, table.inputs, strict=True)
    ]
    return [*_pairs(compiled, spaces), *_gaps(compiled, spaces)]


class _Space:
    """A column's parts that can occur, with the rules of each: the allowed values, or all parts between the points."""

    def __init__(self, column: Column, declared: Input) -> None:
        self.column, self.declared = column, declared
        self.ordered = column.type.kind not in ("boolean", "string") and not declared.values
        self.parts: list[tuple[str, int]] = list(self._named(column, declared))
        self.by_rule = [
            sum(1 << part for part, (_, mask) in enumerate(self._all()) if mask >> rule & 1)
            for rule in range(len(column.tests))
        ]

    def left(self, rules: int) -> list[tuple[str, int]]:
        """The parts, with those of ``rules`` that match in each."""
        if self.ordered:
            return _merged(self.column, rules)
        return [(text, mask & rules) for text, mask in self.parts]

    def _all(self) -> list[tuple[str, int]]:
        return [*self.parts, ("null", self.column.null)]

    def _named(self, column: Column, declared: Input) -> list[tuple[str, int]]:
        if column.type.kind == "boolean":
            return [(to_text(value) or "", column.rules(value)) for value in (False, True)]
        if declared.values:
            return [(literal(value), column.rules(exact(value))) for value in declared.values]
        if column.type.kind == "string":
            others = self._merged_strings(column)
            return [*((literal(point), column.rules(point)) for point in column.points), *others]
        return _merged(column)

    @staticmethod
    def _merged_strings(column: Column) -> list[tuple[str, int]]:
        """Texts that are not named in any cell; ranges of texts are not told apart."""
        masks = dict.fromkeys(column.masks[::2])
        return [("…", mask) for mask in masks]


def _merged(column: Column, rules: int = -1) -> list[tuple[str, int]]:
    """The parts of an ordered type as FEEL writes them, neighbours with the same of ``rules`` together."""
    found: list[tuple[int, int, int]] = []
    for part, mask in enumerate(each & rules for each in column.masks):
        if found and found[-1][2] == mask:
            found[-1] = (found[-1][0], part, mask)
        else:
            found.append((part, part, mask))
    return [(_range_text(column.points, first, last), mask) for first, last, mask in found]


def _range_text(points: list[Any], first: int, last: int) -> str:
    """Parts ``first`` to ``last`` in FEEL: a point, ``< p``, ``]a..b]``."""
    low = points[(first - 1) // 2] if first else None
    high = points[last // 2] if last < 2 * len(points) else None
    low_closed, high_closed = first % 2 == 1, last % 2 == 1
    if low_closed:
        low = points[first // 2]
    if first == last and low_closed:
        return _text(low)
    if low is None and high is None:
        return "-"
    if low is None:
        return f"{'<=' if high_closed else '<'} {_text(high)}"
    if high is None:
        return f"{'>=' if low_closed else '>'} {_text(low)}"
    return f"{'[' if low_closed else ']'}{_text(low)}..{_text(high)}{']' if high_closed else '['}"


def _text(value: Any) -> str:
    text = to_text(value) or ""
    return text if isinstance(value, (int, float)) or hasattr(value, "as_tuple") else f'@"{text}"'


def _pairs(compiled: CompiledTable, spaces: list[_Space]) -> list[Finding]:
    """Rules that overlap where that is forbidden, and rules that an earlier one leaves nothing to."""
    table = compiled.declared
    findings: list[Finding] = []
    unsure = 0
    for column in compiled.columns:
        unsure |= column.open
    for later in range(len(table.rules)):
        for earlier in range(later):
            if (unsure >> later | unsure >> earlier) & 1:
                continue
            both_match = [space.by_rule[later] & space.by_rule[earlier] for space in spaces]
            if all(both_match) and (finding := _pair(table, spaces, earlier, later, both_match)):
                findings.append(finding)
    return findings


def _pair(table: Table, spaces: list[_Space], earlier: int, later: int, common: list[int]) -> Finding | None:
    path = f"rules[{later}]"
    same = [feel(cell) for cell in table.rules[earlier].then] == [
        feel(cell) for cell in table.rules[later].then
    ]
    if table.hit is Hit.FIRST:
        hidden = all(space.by_rule[later] & ~space.by_rule[earlier] == 0 for space in spaces)
        vi, en = (
            f"Luật {later + 1} không bao giờ tới lượt sau luật {earlier + 1}",
            f"Rule {later + 1} never comes after rule {earlier + 1}",
        )
        return Finding(path, "idle", both(vi, en), "warning") if hidden else None
    if table.hit is Hit.UNIQUE or (table.hit is Hit.ANY and not same):
        where = _where(spaces, [(bits & -bits).bit_length() - 1 for bits in common])
        vi = f"Luật {earlier + 1} và luật {later + 1} cùng khớp khi {where}"
        en = f"Rules {earlier + 1} and {later + 1} both match when {where}"
        return Finding(path, "overlap", both(vi, en))
    return None


def _where(spaces: list[_Space], parts: list[int]) -> str:
    told = []
    for space, part in zip(spaces, parts, strict=True):
        name = [*space.parts, ("null", 0)][part][0]
        if name != "-":
            told.append(f"{space.declared.expression}: {name}")
    return "; ".join(told) or "-"


def _gaps(compiled: CompiledTable, spaces: list[_Space]) -> list[Finding]:
    """Combinations of values that no rule covers, unless that is allowed or answered by defaults."""
    table = compiled.declared
    if not table.hit.single or (
        table.outputs and all(output.default is not None for output in table.outputs)
    ):
        return []
    search = _Search(sorted(spaces, key=lambda space: (space.ordered, len(space.parts))))
    rows = search.uncovered(0, (1 << len(table.rules)) - 1)
    findings = []
    for row in rows[:MOST]:
        parts = {id(space): text for space, text in zip(search.spaces, row, strict=False) if text != "-"}
        told = [f"{space.declared.expression}: {parts[id(space)]}" for space in spaces if id(space) in parts]
        where = "; ".join(told) or "-"
        findings.append(
            Finding(
                "rules",
                "gap",
                both(f"Không luật nào khớp khi {where}", f"No rule matches when {where}"),
                "warning",
            )
        )
    if search.steps > STEPS:
        vi, en = "Bảng quá lớn để tìm mọi khoảng trống", "The table is too large to look for every gap"
        findings.append(Finding("rules", "gaps-unknown", both(vi, en), "warning"))
    return findings


class _Search:
    """Column by column: which rules are left in each part, until none is."""

    def __init__(self, spaces: list[_Space]) -> None:
        self.spaces = spaces
        self.steps = 0
        self._known: dict[tuple[int, int], list[tuple[str, ...]]] = {}

    def uncovered(self, column: int, rules: int) -> list[tuple[str, ...]]:
        """The first rows of parts, from ``column`` on, that none of ``rules`` covers."""
        if not rules:
            return [()]
        if column == len(self.spaces):
            return []
        known = self._known.get((column, rules))
        if known is not None:
            return known
        found: list[tuple[str, ...]] = []
        for text, mask in self.spaces[column].left(rules):
            self.steps += 1
            if len(found) > MOST or self.steps > STEPS:
                break
            found += [(text, *rest) for rest in self.uncovered(column + 1, mask)]
        self._known[column, rules] = found
        return found
