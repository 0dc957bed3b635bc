"""Reads tokens into a tree: a Pratt parser of the FEEL subset (DMN 1.3, chapter 10) that README.md states."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from dothi.core.feel.errors import FeelError, nearest
from dothi.core.feel.lexer import Token, tokens
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
from dothi.core.feel.types import NULL, SIMPLE, parse_type

DEEPEST = 60
"""How deep an expression may be nested."""

_OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER, _NEGATE = range(1, 8)
_POWERS: Final = {
    "or": _OR, "and": _AND, "+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "**": _POWER,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "in", "between", "instance"), _COMPARE),
}  # fmt: skip
COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
INPUT = "?"


class Parser:
    """One expression, or one list of unary tests."""

    def __init__(self, text: str, names: Iterable[str] = (), functions: Iterable[str] = ()) -> None:
        self.tokens = tokens(text, names, functions)
        self.index = 0
        self.depth = 0
        self.filters = True

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of these signs or keywords."""
        return self.token.kind in ("sign", "keyword") and self.token.text in texts

    def take(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def accept(self, *texts: str) -> bool:
        if self.at(*texts):
            self.index += 1
            return True
        return False

    def expect(self, *texts: str) -> Token:
        if not self.at(*texts):
            raise FeelError("expected", self.token.position, wanted=texts[0], found=self.token.text or "∎")
        return self.take()

    def end(self) -> None:
        """Nothing is left."""
        if self.token.kind != "end":
            raise self.unexpected()

    def unexpected(self) -> FeelError:
        token = self.token
        hint = nearest(token.text, _WORDS) if token.kind == "name" else None
        return FeelError("unexpected", token.position, hint, found=token.text or "∎")

    # expressions

    def expression(self, power: int = 0) -> Node:
        """An expression whose operators bind tighter than ``power``."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise FeelError("too-deep", self.token.position, limit=DEEPEST)
        left = self.postfix(self.prefix())
        while (binds := self._binds()) > power:
            left = self.infix(left, binds)
        self.depth -= 1
        return left

    def _binds(self) -> int:
        return _POWERS.get(self.token.text, 0) if self.token.kind in ("sign", "keyword") else 0

    def infix(self, left: Node, power: int) -> Node:
        token = self.take()
        where = token.position
        if token.text == "in":
            return In(left, self.tests_of_in(), position=where)
        if token.text == "between":
            low = self.expression(_COMPARE)
            self.expect("and")
            return In(
                left, [Range(low, self.expression(_COMPARE), True, True, position=where)], position=where
            )
        if token.text == "instance":
            return self.instance_of(left)
        return Binary(token.text, left, self.expression(power), position=where)

    def instance_of(self, left: Node) -> Node:
        if self.token.text != "of":
            raise self.unexpected()
        where = self.take().position
        words: list[str] = []
        while self.token.text in _TYPE_WORDS and " ".join([*words, self.token.text]) in _TYPE_STARTS:
            words.append(self.take().text)
        name = " ".join(words)
        if name not in _TYPES:
            found = name or self.token.text
            raise FeelError("unknown-type", where, nearest(found, _TYPES), name=found)
        return InstanceOf(left, parse_type(name), position=where)

    def prefix(self) -> Node:
        token = self.take()
        where = token.position
        if token.kind == "number":
            value = Decimal(token.text)
            return Literal(int(token.text) if token.text.isdigit() else value, position=where)
        if token.kind == "string":
            return Literal(token.text, position=where)
        if token.kind == "at":
            return Call("@", [Literal(token.text, position=where)], position=where)
        if token.kind == "name":
            return self.name(token)
        if token.text in _CONSTANTS:
            return Literal(_CONSTANTS[token.text], position=where)
        reader = self._READERS.get(token.text)
        if token.kind == "end" or reader is None:
            self.index -= 1
            raise self.unexpected()
        return reader(self, where)

    def name(self, token: Token) -> Node:
        if not self.at("("):
            return Name(token.text, position=token.position)
        self.take()
        return Call(token.text, self.list_until(")"), position=token.position)

    def list_until(self, closing: str) -> list[Node]:
        items: list[Node] = []
        if not self.accept(closing):
            filters, self.filters = self.filters, True
            items.append(self.expression())
            while self.accept(","):
                items.append(self.expression())
            self.filters = filters
            self.expect(closing)
        return items

    def negative(self, where: int) -> Node:
        return Negative(self.expression(_POWER), position=where)

    def bracket(self, where: int) -> Node:
        """``(a)`` or ``(a..b]``."""
        filters, self.filters = self.filters, True
        inner = self.expression()
        self.filters = filters
        if self.at(".."):
            return self.range(inner, False, where)
        self.expect(")")
        return inner

    def square(self, where: int) -> Node:
        """``[a, b]`` or ``[a..b]``."""
        if self.accept("]"):
            return Many([], position=where)
        filters, self.filters = self.filters, True
        items = [self.expression()]
        if self.at(".."):
            self.filters = filters
            return self.range(items[0], True, where)
        while self.accept(","):
            items.append(self.expression())
        self.filters = filters
        self.expect("]")
        return Many(items, position=where)

    def outward(self, where: int) -> Node:
        """``]a..b[``."""
        return self.range(self.expression(_COMPARE), False, where)

    def range(self, low: Node, closed: bool, where: int) -> Node:
        self.expect("..")
        filters, self.filters = self.filters, False
        high = self.expression(_COMPARE)
        self.filters = filters
        return Range(low, high, closed, self.expect("]", ")", "[").text == "]", position=where)

    def context(self, where: int) -> Node:
        entries: list[tuple[str, Node]] = []
        while not self.accept("}"):
            if entries:
                self.expect(",")
            if self.token.kind not in ("name", "string"):
                raise self.unexpected()
            key = self.take().text
            self.expect(":")
            entries.append((key, self.expression()))
        return Context(entries, position=where)

    def condition(self, where: int) -> Node:
        test = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return If(test, then, self.expression(), position=where)

    def loop(self, where: int) -> Node:
        kind = self.tokens[self.index - 1].text
        over: list[tuple[str, Node]] = []
        while not over or self.accept(","):
            if self.token.kind != "name":
                raise self.unexpected()
            name = self.take().text
            self.expect("in")
            over.append((name, self.domain()))
        self.expect("return" if kind == "for" else "satisfies")
        return Loop(kind, over, self.expression(), position=where)

    def domain(self) -> Node:
        """What a loop goes over; ``1..n`` needs no brackets."""
        where = self.token.position
        first = self.expression()
        return Range(first, self.expression(), True, True, position=where) if self.accept("..") else first

    def postfix(self, left: Node) -> Node:
        while True:
            where = self.token.position
            if self.accept("."):
                if self.token.kind not in ("name", "keyword"):
                    raise self.unexpected()
                left = Path(left, self.take().text, position=self.tokens[self.index - 1].position)
            elif self.filters and self.accept("["):
                left = Filter(left, self.expression(), position=where)
                self.expect("]")
            else:
                return left

    _READERS: Final = {
        "-": negative, "(": bracket, "[": square, "]": outward, "{": context, "if": condition,
        "for": loop, "some": loop, "every": loop,
    }  # fmt: skip

    # unary tests

    def tests_of_in(self) -> list[Node]:
        """What stands after ``in``: one test, or several in brackets."""
        if not self.at("("):
            return [self.test(_COMPARE)]
        start = self.index
        self.take()
        first = self.test()
        if self.at(".."):
            self.index = start
            return [self.expression(_COMPARE)]
        found = [first]
        while self.accept(","):
            found.append(self.test())
        self.expect(")")
        return found

    def test(self, power: int = 0) -> Node:
        """``< 10``, a range, a value, or a condition on ``?``."""
        where = self.token.position
        if self.token.kind == "sign" and self.token.text in COMPARISONS:
            operator = self.take().text
            return Binary(operator, Name(INPUT, position=where), self.expression(_COMPARE), position=where)
        return self.expression(power)

    def unary_tests(self) -> tuple[list[Node], bool]:
        """The tests of one cell and whether they are negated; none for ``-``."""
        if self.token.text == "-" and self.tokens[self.index + 1].kind == "end":
            self.take()
            return [], False
        if self.token.kind == "name" and self.token.text == "not" and self.tokens[self.index + 1].text == "(":
            start = self.index
            self.index += 2
            found = self.list_of_tests()
            if self.accept(")") and self.token.kind == "end":
                return found, True
            self.index = start
        found = self.list_of_tests()
        self.end()
        return found, False

    def list_of_tests(self) -> list[Node]:
        found = [self.test()]
        while self.accept(","):
            found.append(self.test())
        return found


_WORDS: Final = (
    *_CONSTANTS,
    "and",
    "or",
    "then",
    "else",
    "in",
    "return",
    "satisfies",
    "between",
    "instance of",
)
_TYPES: Final = frozenset({*SIMPLE, "list", "context", NULL.kind}) - {NULL.kind}
_TYPE_WORDS: Final = frozenset(word for name in _TYPES for word in name.split())
_TYPE_STARTS: Final = frozenset(
    " ".join(name.split()[: count + 1]) for name in _TYPES for count in range(len(name.split()))
)
