"""A decision table as a grid: a column an input or output, a row a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dothi.centres.services.designing.bodies import text_of
from dothi.core.errors import BadInput, both

RULES_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, its expression or name, and the values it may have."""

    label: str
    of: str
    values: str
    output: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A rule: its cells, and why."""

    number: int
    cells: tuple[tuple[str, str, str], ...]  # name, value, column
    why_vi: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole table."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def _rows(table: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = table.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def grid(table: Mapping[str, Any], language: str) -> Grid:
    """The table as a page shows it."""
    columns = [
        Column(text_of(each, "label", language=language) or str(each.get(of, "")), str(each.get(of, "")), ", ".join(map(str, each.get("values") or ())), of == "name")
        for name, of in (("inputs", "expression"), ("outputs", "name"))
        for each in _rows(table, name)
    ]  # fmt: skip
    inputs = len(_rows(table, "inputs"))
    lines = []
    for number, rule in enumerate(_rows(table, "rules")):
        values = [*_padded(rule.get("when"), inputs, "-"), *_padded(rule.get("then"), len(columns) - inputs, "null")]  # fmt: skip
        cells = tuple((f"r{number}.{index}", _cell(value), column.label) for index, (value, column) in enumerate(zip(values, columns, strict=True)))  # fmt: skip
        lines.append(Line(number, cells, text_of(rule, "why"), text_of(rule, "why", language="en")))
    return Grid(tuple(columns), tuple(lines))


def _padded(given: Any, count: int, empty: str) -> list[Any]:
    cells = list(given) if isinstance(given, list) else []
    return (cells + [empty] * count)[:count]


def changed(table: dict[str, Any], sent: Mapping[str, str]) -> dict[str, Any]:
    """The table with the cells that were typed; ``do`` adds, removes or moves a rule."""
    inputs, outputs = len(_rows(table, "inputs")), len(_rows(table, "outputs"))
    rules = []
    for number, rule in enumerate(_rows(table, "rules")):
        if f"r{number}.0" not in sent:
            rules.append(rule)
            continue
        cells = [sent.get(f"r{number}.{index}", "").strip()[:500] for index in range(inputs + outputs)]
        made: dict[str, Any] = {
            "when": [each or "-" for each in cells[:inputs]],
            "then": [each or "null" for each in cells[inputs:]],
        }
        vi, en = (sent.get(f"r{number}.why.{lang}", "").strip()[:1000] for lang in ("vi", "en"))
        if vi or en:
            made["why"] = {"vi": vi or en, "en": en or vi}
        rules.append(made)
    return {**table, "rules": _moved(rules, sent.get("do", ""), inputs, outputs)}


def _moved(rules: list[dict[str, Any]], do: str, inputs: int, outputs: int) -> list[dict[str, Any]]:
    what, _, rest = do.partition(":")
    if what == "add":
        if len(rules) >= RULES_MOST:
            raise BadInput(both("Quá nhiều dòng.", "Too many rules."), where="rules")
        return [*rules, {"when": ["-"] * inputs, "then": ["null"] * outputs}]
    place = int(rest) if rest.isdecimal() and len(rest) < 6 else -1
    if 0 <= place < len(rules):
        if what == "remove":
            return [each for index, each in enumerate(rules) if index != place]
        to = place + {"up": -1, "down": 1}.get(what, 0)
        if 0 <= to < len(rules):
            rules[place], rules[to] = rules[to], rules[place]
    return rules
