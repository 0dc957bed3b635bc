"""The syntax tree of an expression. ``type`` is filled in by the check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dothi.core.feel.types import ANY, Type


@dataclass(slots=True, kw_only=True)
class Node:
    """Something with a place (in characters) and a type."""

    position: int = 0
    type: Type = field(default=ANY, compare=False)


@dataclass(slots=True)
class Literal(Node):
    """A constant."""

    value: Any


@dataclass(slots=True)
class Name(Node):
    """A variable; ``?`` is the input of a unary test. ``of_item`` is set when it is a member of a filter's item."""

    name: str
    of_item: bool = False


@dataclass(slots=True)
class Path(Node):
    """``base.name``."""

    base: Node
    name: str


@dataclass(slots=True)
class Negative(Node):
    """``-value``."""

    value: Node


@dataclass(slots=True)
class Binary(Node):
    """Arithmetic, comparison, ``and``, ``or``."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class If(Node):
    """``if … then … else …``."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(slots=True)
class Range(Node):
    """``[low..high)``; an end that is ``None`` is open to infinity."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(slots=True)
class In(Node):
    """``value in tests``: a range, values to be equal to, lists to be in, or conditions on ``?``."""

    value: Node
    tests: list[Node]


@dataclass(slots=True)
class Many(Node):
    """``[a, b]``."""

    items: list[Node]


@dataclass(slots=True)
class Context(Node):
    """``{a: 1}``."""

    entries: list[tuple[str, Node]]


@dataclass(slots=True)
class Filter(Node):
    """``list[condition]`` or ``list[index]``, from 1; negative from the end."""

    base: Node
    condition: Node


@dataclass(slots=True)
class Loop(Node):
    """``for x in list return body``; ``some`` and ``every`` with a condition as body."""

    kind: str
    over: list[tuple[str, Node]]
    body: Node


@dataclass(slots=True)
class Call(Node):
    """A function of the library."""

    name: str
    arguments: list[Node]


@dataclass(slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    wanted: Type
