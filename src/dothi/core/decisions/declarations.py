"""How a pack declares a decision table: plain structs that its YAML is read into."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field, structs

Cell = str | int | float | bool | None
"""A cell as YAML has it; text is FEEL, so a word of text is written ``'"house"'``."""
Label = dict[str, str]


class Hit(StrEnum):
    """Which of the rules that match decide."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    PRIORITY = "priority"
    COLLECT = "collect"
    RULE_ORDER = "rule order"

    @property
    def single(self) -> bool:
        """Whether the outcome is that of one rule."""
        return self not in (Hit.COLLECT, Hit.RULE_ORDER)


class Input(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A column that is tested: an expression over the values at hand, its type, and the values it may have."""

    expression: str
    type: str = "string"
    values: list[str | int | float] = field(default_factory=list)
    label: Label = field(default_factory=dict)


class Output(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A column that is decided. ``values`` are those allowed, under PRIORITY the most important first."""

    name: str
    type: str = "string"
    values: list[str | int | float] = field(default_factory=list)
    default: Cell = None
    label: Label = field(default_factory=dict)


class Rule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row: tests of the inputs, expressions of the outputs, and why, in the words of the regulation."""

    when: list[Cell]
    then: list[Cell]
    why: Label = field(default_factory=dict)


class Table(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A decision table."""

    key: str
    inputs: list[Input]
    outputs: list[Output]
    rules: list[Rule]
    hit: Hit = Hit.UNIQUE
    aggregate: Literal["sum", "min", "max", "count"] | None = None
    label: Label = field(default_factory=dict)


def feel(cell: Cell, empty: str = "-") -> str:
    """The FEEL text of a cell; an ``empty`` one tests nothing, or is null."""
    if cell is None or cell == "":
        return empty
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)


def exact(value: str | int | float) -> str | int | Decimal:
    """An allowed value as FEEL has it: numbers are never binary fractions."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def as_text(table: Table) -> Table:
    """The same table with every cell as FEEL text: what comes back from a DMN file."""
    rules = [
        structs.replace(
            rule, when=[feel(cell) for cell in rule.when], then=[feel(cell, "null") for cell in rule.then]
        )
        for rule in table.rules
    ]
    outputs = [
        column if column.default is None else structs.replace(column, default=feel(column.default))
        for column in table.outputs
    ]
    return structs.replace(table, rules=rules, outputs=outputs)


def literal(value: str | int | float) -> str:
    """An allowed value as FEEL writes it."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
