"""Decision tables compiled: every cell checked against the declared types, the rules of a row of values found by index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from dothi.core.decisions.columns import Column
from dothi.core.decisions.declarations import Hit, Input, Output, Rule, Table, exact, feel, literal
from dothi.core.decisions.findings import BadTable, Finding
from dothi.core.errors import both
from dothi.core.feel import BUILTINS, Expression, FeelError, Function, Test, Type, compile, parse_type, unary
from dothi.core.feel.functions import to_text, total
from dothi.core.feel.types import NUMBER


class Decision(Struct, frozen=True):
    """What a table decided: the outcome, by which rules (from 0), on which values of its inputs.

    The outcome is a dict of the outputs, or a list of them, or a number under an aggregate; ``None`` when no rule
    matched, or in a ``conflict`` of rules that UNIQUE or ANY forbids.
    """

    outcome: Any
    rules: tuple[int, ...]
    inputs: tuple[Any, ...]
    table: CompiledTable
    conflict: bool = False

    @property
    def value(self) -> Any:
        """The outcome of a table with one output, without its name."""
        if isinstance(self.outcome, dict):
            return next(iter(self.outcome.values()))
        if isinstance(self.outcome, list):
            return [next(iter(each.values())) for each in self.outcome]
        return self.outcome

    def reasons(self, language: str = "vi") -> list[str]:
        """One sentence a rule: its number, what it asked of each input, and the words of the regulation."""
        if not self.rules:
            return [both("Không luật nào khớp", "No rule matched").get(language, "")]
        return [self._reason(rule, language) for rule in self.rules]

    def _reason(self, rule: int, language: str) -> str:
        table = self.table.declared
        asked = [
            f"{column.label.get(language) or column.expression} = {to_text(value) if value is not None else 'null'} ({feel(cell)})"
            for column, value, cell in zip(table.inputs, self.inputs, table.rules[rule].when, strict=True)
            if feel(cell) != "-"
        ]
        word = "Luật" if language == "vi" else "Rule"
        always = "luôn áp dụng" if language == "vi" else "always applies"
        why = table.rules[rule].why.get(language, "")
        return f"{word} {rule + 1}: {'; '.join(asked) or always}" + (f" — {why}" if why else "")


class CompiledTable:
    """A table that can decide. Made by :func:`compile_table`."""

    def __init__(
        self,
        declared: Table,
        inputs: list[Expression],
        columns: list[Column],
        outputs: list[list[Expression]],
        defaults: list[Any],
    ) -> None:
        self.declared = declared
        self.columns = columns
        self._inputs, self._outputs = inputs, outputs
        self._names = [output.name for output in declared.outputs]
        self._constants = [_constant(row) for row in outputs]
        self._first = declared.hit is Hit.FIRST
        self._default = dict(zip(self._names, defaults, strict=True)) if defaults else None
        self._every = (1 << len(declared.rules)) - 1
        self._places = {
            output.name: {exact(value): place for place, value in enumerate(output.values)}
            for output in declared.outputs
        }
        cells: list[Expression | Test] = [
            *inputs,
            *(cell for row in outputs for cell in row),
            *(test for column in columns for test in column.tests),
        ]
        self.names = frozenset(name for cell in cells for name in cell.names)
        """The names of the values that it reads."""
        self.timely = any(cell.timely for cell in cells)
        """Whether it also asks for the time."""
        self._open = 0
        for column in columns:
            self._open |= column.open

    def decide(self, values: dict[str, Any], *, now: datetime | None = None) -> Decision:
        """What the table says of ``values``."""
        given = tuple([each(values) if now is None else each(values, now=now) for each in self._inputs])
        found = self._matching(given, values, now)
        rules = tuple(_one(found)) if self._first else tuple(found)
        return self._decided(rules, given, values, now)

    def _matching(
        self, given: tuple[Any, ...], values: dict[str, Any], now: datetime | None
    ) -> Iterator[int]:
        """The rules that match, in order."""
        mask = self._every
        for column, value in zip(self.columns, given, strict=True):
            mask &= column.rules(value)
            if not mask:
                return
        while mask:
            bit = mask & -mask
            rule = bit.bit_length() - 1
            if not self._open & bit or self._tried(rule, bit, given, values, now):
                yield rule
            mask ^= bit

    def _tried(
        self, rule: int, bit: int, given: tuple[Any, ...], values: dict[str, Any], now: datetime | None
    ) -> bool:
        """Whether the cells of ``rule`` that depend on other values pass."""
        return all(
            not column.open & bit or column.tests[rule](value, values, now=now)
            for column, value in zip(self.columns, given, strict=True)
        )

    def _decided(
        self, rules: tuple[int, ...], given: tuple[Any, ...], values: dict[str, Any], now: datetime | None
    ) -> Decision:
        hit = self.declared.hit
        if not rules:
            return Decision(self._nothing(), (), given, self)
        outcomes = [self._outcome(rule, values, now) for rule in rules]
        if not hit.single:
            return Decision(self._collected(outcomes), rules, given, self)
        if len(rules) == 1:
            return Decision(outcomes[0], rules, given, self)
        if hit is Hit.PRIORITY:
            best = min(range(len(rules)), key=lambda place: self._rank(outcomes[place]))
            return Decision(outcomes[best], (rules[best],), given, self)
        if hit is Hit.ANY and all(outcome == outcomes[0] for outcome in outcomes):
            return Decision(outcomes[0], rules, given, self)
        return Decision(None, rules, given, self, conflict=True)

    def _outcome(self, rule: int, values: dict[str, Any], now: datetime | None) -> dict[str, Any]:
        constant = self._constants[rule]
        row = constant if constant is not None else [each(values, now=now) for each in self._outputs[rule]]
        return dict(zip(self._names, row, strict=True))

    def _nothing(self) -> Any:
        if self.declared.hit.single:
            return None if self._default is None else dict(self._default)
        if self.declared.aggregate == "count":
            return 0
        return None if self.declared.aggregate else []

    def _collected(self, outcomes: list[dict[str, Any]]) -> Any:
        aggregate = self.declared.aggregate
        if aggregate is None:
            return outcomes
        if aggregate == "count":
            return len(outcomes)
        found = [outcome[self._names[0]] for outcome in outcomes]
        if None in found:
            return None
        return total(found) if aggregate == "sum" else (min if aggregate == "min" else max)(found)

    def _rank(self, outcome: dict[str, Any]) -> tuple[int, ...]:
        """The places of the outputs among the values allowed, the most important first."""
        return tuple(
            self._places[output.name].get(outcome[output.name], len(output.values))
            for output in self.declared.outputs
            if output.values
        )


def _one(found: Iterator[int]) -> Sequence[int]:
    return [first] if (first := next(found, None)) is not None else []


def _constant(row: list[Expression]) -> list[Any] | None:
    """The outputs of a rule whose cells are literals."""
    values = [getattr(each.tree, "value", None) for each in row]
    plain = all(type(each.tree).__name__ == "Literal" for each in row)
    return values if plain else None


class _Reader:
    """Compiles cell by cell and gathers what is wrong."""

    def __init__(self, table: Table, types: Mapping[str, Type], functions: Mapping[str, Function]) -> None:
        self.table, self.types, self.functions = table, types, functions
        self.findings: list[Finding] = []
        self._tests: dict[tuple[str, str], Test] = {}

    def wrong(self, path: str, code: str, vi: str, en: str, suggestion: str | None = None) -> None:
        self.findings.append(Finding(path, code, both(vi, en), suggestion=suggestion))

    def refused(self, path: str, error: FeelError, words: Sequence[str | int | float] = ()) -> None:
        """A cell that is no FEEL, or not of its column's type; a bare word is often meant as text."""
        for each in (error, *error.others):
            name = each.detail["en"].partition("'")[2].partition("'")[0]
            meant = literal(name) if each.code == "unknown-name" and name in words else each.suggestion
            self.findings.append(Finding(path, each.code, each.detail, suggestion=meant))

    def type_of(self, path: str, column: Input | Output) -> Type | None:
        try:
            return parse_type(column.type)
        except Exception as error:
            self.wrong(path, "type", str(getattr(error, "detail", {}).get("vi", error)), str(error))
            return None

    def shape(self) -> None:
        """Columns, cells and hit policy fit together."""
        table = self.table
        if not (table.inputs and table.outputs and table.rules):
            self.wrong(
                "rules",
                "empty",
                "Bảng cần cột điều kiện, cột kết quả và luật",
                "A table has inputs, outputs and rules",
            )
        for index, rule in enumerate(table.rules):
            for name, cells, wanted in (
                ("when", rule.when, len(table.inputs)),
                ("then", rule.then, len(table.outputs)),
            ):
                if len(cells) != wanted:
                    self.wrong(
                        f"rules[{index}].{name}", "cells", f"Cần {wanted} ô, có {len(cells)}", f"There are {len(cells)} cells for {wanted} columns"
                    )  # fmt: skip
        names = [output.name for output in table.outputs]
        if len(set(names)) != len(names):
            self.wrong("outputs", "names", "Hai cột kết quả trùng tên", "Two outputs have the same name")
        if table.hit is Hit.PRIORITY and not any(output.values for output in table.outputs):
            self.wrong(
                "outputs",
                "priority",
                "PRIORITY cần các giá trị theo thứ tự ưu tiên",
                "PRIORITY needs the allowed values in order",
            )
        if table.aggregate and (table.hit is not Hit.COLLECT or len(table.outputs) != 1):
            self.wrong(
                "aggregate",
                "aggregate",
                "Chỉ COLLECT với một cột kết quả mới tổng hợp",
                "Only COLLECT with one output has an aggregate",
            )

    def input(self, index: int, column: Input) -> tuple[Expression, Column] | None:
        path = f"inputs[{index}]"
        of = self.type_of(path + ".type", column)
        if of is None:
            return None
        try:
            expression = compile(column.expression, self.types, wanted=of, functions=self.functions)
        except FeelError as error:
            self.refused(path + ".expression", error)
            return None
        tests = [
            self.test(f"rules[{row}].when[{index}]", rule, index, of)
            for row, rule in enumerate(self.table.rules)
        ]
        return (expression, Column(of, [test for test in tests if test])) if all(tests) else None

    def test(self, path: str, rule: Rule, index: int, of: Type) -> Test | None:
        allowed = self.table.inputs[index].values
        text = feel(rule.when[index])
        try:
            if (known := self._tests.get((text, str(of)))) is None:  # columns say the same in many rows
                known = self._tests[text, str(of)] = unary(text, of, self.types, functions=self.functions)
            return known
        except FeelError as error:
            self.refused(path, error, allowed or [text])
            return None

    def output(self, path: str, cell: str, column: Output, of: Type) -> Expression | None:
        try:
            found = compile(cell, self.types, wanted=of, functions=self.functions)
        except FeelError as error:
            self.refused(path, error, column.values or [cell])
            return None
        constant = _constant([found])
        if (
            column.values
            and constant is not None
            and constant[0] is not None
            and constant[0] not in map(exact, column.values)
        ):
            allowed = ", ".join(map(literal, column.values))
            self.wrong(path, "allowed", f"{cell} không thuộc {allowed}", f"{cell} is not one of {allowed}")
        return found


def compile_table(
    table: Table, types: Mapping[str, Type], *, functions: Mapping[str, Function] = BUILTINS
) -> CompiledTable:
    """``table`` over names of ``types``; raises :class:`BadTable` with everything that is wrong in it.

    Gaps and overlaps are found by :func:`dothi.core.decisions.check`, which also calls this.
    """
    reader = _Reader(table, types, functions)
    reader.shape()
    if reader.findings:
        raise BadTable(reader.findings)
    inputs = [reader.input(index, column) for index, column in enumerate(table.inputs)]
    outputs: list[list[Expression]] = [[] for _ in table.rules]
    defaults: list[Any] = []
    for index, column in enumerate(table.outputs):
        of = reader.type_of(f"outputs[{index}].type", column)
        if of is None:
            continue
        if table.aggregate in ("sum",) and not NUMBER.takes(of):
            reader.wrong(f"outputs[{index}].type", "aggregate", "Chỉ cộng được số", "Only numbers are summed")
        for row, rule in enumerate(table.rules):
            path = f"rules[{row}].then[{index}]"
            if (found := reader.output(path, feel(rule.then[index], "null"), column, of)) is not None:
                outputs[row].append(found)
        if column.default is not None and (
            found := reader.output(f"outputs[{index}].default", feel(column.default, "null"), column, of)
        ):
            defaults.append(found({}))
    if reader.findings:
        raise BadTable(reader.findings)
    complete = [each for each in inputs if each is not None]
    whole = defaults if len(defaults) == len(table.outputs) else []
    return CompiledTable(
        table, [each[0] for each in complete], [each[1] for each in complete], outputs, whole
    )
