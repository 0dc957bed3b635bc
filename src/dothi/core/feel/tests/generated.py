"""Expressions made at random from the part of FEEL that every implementation has, and the values they are run on."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from dothi.core.feel import BOOLEAN, DATE, NUMBER, STRING, Type, context, list_of

TYPES: dict[str, Type] = {
    "amount": NUMBER,
    "height": NUMBER,
    "missing": NUMBER,
    "kind": STRING,
    "ward": STRING,
    "urgent": BOOLEAN,
    "paid": BOOLEAN,
    "unknown": BOOLEAN,
    "sizes": list_of(NUMBER),
    "applicant": context({"age": NUMBER, "name": STRING, "resident": BOOLEAN}),
    "lines": list_of(context({"price": NUMBER, "count": NUMBER})),
    "received": DATE,
}
VALUES: dict[str, Any] = {
    "amount": 15,
    "height": 7.5,
    "missing": None,
    "kind": "house",
    "ward": "Bến Thành",
    "urgent": True,
    "paid": False,
    "unknown": None,
    "sizes": [3, 1, 4, 1, 5],
    "applicant": {"age": 41, "name": "Lan", "resident": True},
    "lines": [{"price": 5, "count": 2}, {"price": 8, "count": 1}, {"price": 2, "count": 10}],
    "received": "2026-11-30",
}


class Maker:
    """Random expressions of a wanted type."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def pick(self, *choices: Any) -> Any:
        return self.chance.choice(choices)

    def of(self, kind: str, depth: int) -> str:
        makers: dict[str, Callable[[int], str]] = {
            "number": self.number, "boolean": self.boolean, "string": self.string, "list": self.list, "date": self.date,
        }  # fmt: skip
        return makers[kind](depth)

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("amount", "height", "applicant.age", "0", "1", "2", "10", "0.5", "7", "missing")
        d = depth - 1
        return self.pick(
            lambda: f"({self.number(d)} {self.pick('+', '-', '*')} {self.number(d)})",
            lambda: f"{self.number(d)} {self.pick('+', '-', '*')} {self.number(d)}",
            lambda: f"({self.number(d)}) / {self.pick('2', '4', '0')}",
            lambda: f"-{self.number(0)}",
            lambda: f"{self.pick('2', '3')} ** {self.pick('2', '3')}",
            lambda: f"(if {self.boolean(d)} then {self.number(d)} else {self.number(d)})",
            lambda: f"{self.pick('sum', 'min', 'max', 'count')}({self.list(d)})",
            lambda: f"{self.pick('floor', 'ceiling', 'abs')}({self.number(d)})",
            lambda: f"string length({self.string(d)})",
            lambda: f"modulo({self.number(d)}, {self.pick('2', '3', '-3')})",
            lambda: f"{self.list(d)}[{self.pick('1', '2', '-1', '9')}]",
        )()

    def boolean(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("urgent", "paid", "unknown", "true", "false", "applicant.resident")
        d = depth - 1
        return self.pick(
            lambda: f"{self.number(d)} {self.pick('<', '<=', '>', '>=', '=', '!=')} {self.number(d)}",
            lambda: f"{self.string(d)} {self.pick('=', '!=')} {self.string(d)}",
            lambda: f"({self.boolean(d)}) {self.pick('and', 'or')} ({self.boolean(d)})",
            lambda: (
                f"{self.boolean(0)} {self.pick('and', 'or')} {self.boolean(0)} {self.pick('and', 'or')} {self.boolean(0)}"
            ),
            lambda: f"not({self.boolean(d)})",
            lambda: (
                f"{self.number(d)} in {self.pick('[', '(')}{self.pick('0', '1')}..{self.pick('7', '15', '41')}{self.pick(']', ')')}"
            ),
            lambda: f"{self.number(d)} between {self.pick('0', '5')} and {self.pick('7', '15')}",
            lambda: f'kind in ("house", {self.string(0)})',
            lambda: f"{self.number(d)} in (1, > 5, [2..3])",
            lambda: (
                f"{self.pick('some', 'every')} x in {self.list(d)} satisfies x {self.pick('>', '<', '=')} {self.number(0)}"
            ),
            lambda: (
                f"{self.pick('contains', 'starts with', 'ends with')}({self.string(d)}, {self.string(0)})"
            ),
            lambda: f"list contains({self.list(d)}, {self.number(0)})",
            lambda: f"{self.date(d)} {self.pick('<', '>=', '=')} {self.date(d)}",
        )()

    def string(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("kind", "ward", "applicant.name", '"house"', '"n"', '"Thành"', '""')
        d = depth - 1
        return self.pick(
            lambda: f"({self.string(d)} + {self.string(d)})",
            lambda: f"{self.pick('upper case', 'lower case')}({self.string(d)})",
            lambda: f"substring({self.string(d)}, {self.pick('1', '2', '-1')}, {self.pick('1', '3')})",
            lambda: f"(if {self.boolean(d)} then {self.string(d)} else {self.string(d)})",
            lambda: (
                f"substring {self.pick('before', 'after')}({self.string(d)}, {self.pick(chr(34) + 'n' + chr(34), 'kind')})"
            ),
        )()

    def list(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("sizes", "lines.price", "[1, 2, 3]", "[amount, height]", "[]")
        d = depth - 1
        return self.pick(
            lambda: f"{self.pick('sizes', 'lines.count')}[item {self.pick('>', '<=')} {self.number(0)}]",
            lambda: f"lines[price {self.pick('>', '<')} {self.number(0)}].count",
            lambda: f"(for x in {self.list(d)} return x {self.pick('+', '*')} {self.number(0)})",
            lambda: "(for i in 1..3 return i * amount)",
            lambda: f"{self.pick('append')}({self.list(d)}, {self.number(0)})",
            lambda: f"concatenate({self.list(d)}, {self.list(d)})",
            lambda: f"{self.pick('reverse', 'distinct values')}({self.list(d)})",
            lambda: f"[{self.number(d)}, {self.number(d)}]",
        )()

    def date(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("received", 'date("2026-02-28")', 'date("2026-12-31")')
        span = self.pick("P1D", "P10D", "P1M", "P1Y2M")
        return f'({self.date(depth - 1)} {self.pick("+", "-")} duration("{span}"))'


def expressions(count: int, seed: int = 7) -> list[str]:
    """``count`` different expressions."""
    maker = Maker(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[
            maker.of(maker.pick("number", "boolean", "boolean", "string", "list"), maker.pick(1, 2, 2, 3))
        ] = None
    return list(found)
