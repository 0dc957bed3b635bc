"""The grammar of the query language (clause 4.9): text to a tree, errors with their position in the text."""

from __future__ import annotations

import re
from typing import Literal, NoReturn

import msgspec
from msgspec import Struct

from dothi.kernel.context.ld.errors import BadRequestData, TooComplexQuery

Operator = Literal["==", "!=", ">=", "<=", ">", "<", "~=", "!~="]
Literals = str | int | float | bool
MAX_LENGTH = 8192
MAX_TERMS = 256
MAX_DEPTH = 32

_NAME = re.compile(r"[^\W\d_][\w]*(?::[^\W\d_]\w*)?")
_MEMBER = re.compile(r"[^\[\].;|()=!<>~\"]+")
_LANGUAGE = re.compile(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_OPERATOR = re.compile(r"!~=|~=|==|!=|>=|<=|>|<")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\.\.|[;|),]|\Z)")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_WORD = re.compile(r"(?:(?!\.\.)[^;|(),\"])+")
_UNQUOTED_PATTERN = re.compile(r"(?:\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\)|\\.|[^;|()])+")


class Path(Struct, frozen=True):
    """``names`` a.b.c, then ``member`` [d.e] inside the value, or ``linked``: a path in the entity pointed to."""

    names: tuple[str, ...]
    member: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    linked: Path | None = None


class Range(Struct, frozen=True):
    """``low..high``, both included."""

    low: str | int | float
    high: str | int | float


class Term(Struct, frozen=True):
    """A condition on one path; without an operator: it exists. ``quoted`` tells text from an unquoted word."""

    path: Path
    operator: Operator | None = None
    values: tuple[Literals, ...] = ()
    range: Range | None = None


class And(Struct, frozen=True):
    """All of ``items``."""

    items: tuple[Node, ...]


class Or(Struct, frozen=True):
    """Any of ``items``."""

    items: tuple[Node, ...]


Node = And | Or | Term


def parse(text: str) -> Node:
    """The tree of a query; BadRequestData (with the position) or TooComplexQuery."""
    if len(text) > MAX_LENGTH:
        raise TooComplexQuery(f"has {len(text)} characters, {MAX_LENGTH} are allowed", where="q")
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0

    def query(self) -> Node:
        node = self._either(0)
        if self.at < len(self.text):
            self._fail("expected ';', '|' or the end")
        return node

    def _fail(self, message: str) -> NoReturn:
        found = repr(self.text[self.at : self.at + 12]) if self.at < len(self.text) else "the end"
        raise BadRequestData(f"{message} at position {self.at + 1}, found {found}", where="q")

    def _take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def _either(self, depth: int) -> Node:
        items = [self._all(depth)]
        while self._take("|"):
            items.append(self._all(depth))
        return items[0] if len(items) == 1 else Or(tuple(items))

    def _all(self, depth: int) -> Node:
        items = [self._one(depth)]
        while self._take(";"):
            items.append(self._one(depth))
        return items[0] if len(items) == 1 else And(tuple(items))

    def _one(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise TooComplexQuery(f"parentheses are nested more than {MAX_DEPTH} deep", where="q")
        if self._take("("):
            node = self._either(depth + 1)
            if not self._take(")"):
                self._fail("expected ')'")
            return node
        return self._term()

    def _term(self) -> Term:
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise TooComplexQuery(f"has more than {MAX_TERMS} conditions", where="q")
        path = self._path(0)
        operator = self._match(_OPERATOR)
        if operator is None:
            return Term(path)
        if operator in ("~=", "!~="):
            return Term(path, operator, (self._pattern(),))  # type: ignore[arg-type]
        return self._compared(path, operator)  # type: ignore[arg-type]

    def _compared(self, path: Path, operator: Operator) -> Term:
        first = self._value()
        equality = operator in ("==", "!=")
        if self._take(".."):
            if not equality:
                self._fail("a range goes with == or != only")
            return Term(path, operator, range=self._range(first))
        values = [first]
        while self.text.startswith(",", self.at):
            if not equality:
                self._fail("a list of values goes with == or != only")
            self.at += 1
            values.append(self._value())
        return Term(path, operator, tuple(values))

    def _range(self, low: Literals) -> Range:
        high = self._value()
        numbers = isinstance(low, int | float), isinstance(high, int | float)
        if isinstance(low, bool) or isinstance(high, bool) or numbers[0] != numbers[1]:
            self._fail("a range needs two numbers, texts, dates or times")
        return Range(low, high)

    def _path(self, depth: int) -> Path:
        if depth > MAX_DEPTH:
            raise TooComplexQuery("too many linked entities", where="q")
        names = [self._name()]
        while self.text.startswith(".", self.at) and not self.text.startswith("..", self.at):
            self.at += 1
            names.append(self._name())
        if self._take("{"):
            return self._linked(tuple(names), depth)
        return Path(tuple(names), self._member())

    def _linked(self, names: tuple[str, ...], depth: int) -> Path:
        types = self._types()
        inner = self._path(depth + 1)
        if not self._take("}"):
            self._fail("expected '}'")
        return Path(names, types=types, linked=inner)

    def _types(self) -> tuple[str, ...]:
        """The entity types before a colon in ``{Type,Type:path}``; none when there is no colon."""
        found = re.match(r"([^\W\d_]\w*(?:,[^\W\d_]\w*)*):", self.text[self.at :])
        if found is None:
            return ()
        self.at += found.end()
        return tuple(found[1].split(","))

    def _name(self) -> str:
        name = self._match(_NAME)
        if name is None:
            self._fail("expected the name of an attribute")
        return name

    def _member(self) -> tuple[str, ...]:
        if not self._take("["):
            return ()
        if (language := self._match(_LANGUAGE)) is not None and self._take("]"):
            return (language,)
        self.at -= len(language or "")
        names: list[str] = []
        while True:
            name = self._match(_MEMBER)
            if name is None:
                self._fail("expected the name of a member")
            names.append(name)
            if self._take("]"):
                return tuple(names)
            if not self._take("."):
                self._fail("expected ']' or '.'")

    def _value(self) -> Literals:
        if self.text.startswith('"', self.at):
            return self._string()
        if (number := self._match(_NUMBER)) is not None:
            return float(number) if set(number) & set(".eE") else int(number)
        word = self._match(_WORD)
        if not word or word.isspace():
            self._fail("expected a value")
        return {"true": True, "false": False}.get(word, word)

    def _string(self) -> str:
        start = self.at
        text = self._match(_STRING)
        if text is None:
            self._fail("the text that begins here is not closed by a quotation mark")
        try:
            return msgspec.json.decode(text, type=str)
        except msgspec.DecodeError:
            self.at = start
            self._fail("the text that begins here is not a JSON string")

    def _pattern(self) -> str:
        if not self.text.startswith('"', self.at):
            pattern = self._match(_UNQUOTED_PATTERN)
            if not pattern:
                self._fail("expected a regular expression")
            return pattern
        text = self._match(_STRING)
        if text is None:
            self._fail("the pattern that begins here is not closed by a quotation mark")
        try:
            return msgspec.json.decode(text, type=str)
        except msgspec.DecodeError:  # a backslash of the pattern written once, as most people do
            return text[1:-1].replace('\\"', '"')
