"""Cuts the text of an expression into tokens. Names that are declared with spaces or hyphens are one token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from dothi.core.feel.errors import FeelError

LONGEST = 4000
"""Characters an expression may have."""

KEYWORDS: Final = frozenset(
    {"and", "or", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between", "true", "false", "null", "instance"}
)  # fmt: skip
_FORMS = r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<at>@"[^"]*")
  %s
  | (?P<word>[^\W\d]\w*|\?)
  | (?P<sign>\*\*|\.\.|<=|>=|!=|[-+*/<>=(){}\[\].,:])
"""
_ESCAPE = re.compile(
    r"\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)",
    re.DOTALL,
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


class Token(NamedTuple):
    """``kind`` is number, string, at, name, keyword, sign or end; ``text`` is the value of a string, as written else."""

    kind: str
    text: str
    position: int


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str], functions: frozenset[str]) -> re.Pattern[str]:
    """Names of several words, longest first; a function's only before its bracket."""
    forms = [(name, r"(?![\w-])") for name in names] + [(name, r"(?=\s*\()") for name in functions]
    forms.sort(key=lambda form: -len(form[0]))
    choices = "|".join(r"\s+".join(map(re.escape, name.split())) + after for name, after in forms)
    known = rf"| (?P<known>(?:{choices}))" if forms else ""
    return re.compile(_FORMS % known.replace(r"\ ", r"[ ]").replace("#", r"\#"), re.VERBOSE | re.DOTALL)


def tokens(text: str, names: Iterable[str] = (), functions: Iterable[str] = ()) -> list[Token]:
    """The tokens of ``text``, ended by one of kind ``end``; raises :class:`FeelError`."""
    if len(text) > LONGEST:
        raise FeelError("too-long", LONGEST, limit=LONGEST)
    pattern = _pattern(frozenset(map(_plain, names)), frozenset(functions))
    result: list[Token] = []
    position = 0
    while position < len(text):
        found = pattern.match(text, position)
        if found is None:
            raise FeelError(
                "string" if text[position] == '"' else "unexpected", position, found=text[position]
            )
        if found.lastgroup != "space":
            result.append(_token(found.lastgroup or "", found.group(), position))
        position = found.end()
    result.append(Token("end", "", len(text)))
    return result


def _plain(name: str) -> str:
    return " ".join(name.split())


def _token(kind: str, text: str, position: int) -> Token:
    if kind == "string":
        return Token(kind, _ESCAPE.sub(_unescape, text[1:-1]), position)
    if kind == "at":
        return Token(kind, text[2:-1], position)
    if kind == "known":
        return Token("name", _plain(text), position)
    if kind == "word":
        return Token("keyword" if text in KEYWORDS else "name", text, position)
    return Token(kind, text, position)


def _unescape(found: re.Match[str]) -> str:
    code = found.group(1)
    if code[0] in "uU" and len(code) > 1:
        first, _, second = code[1:].partition("\\u")
        number = int(first, 16)
        if second:  # one letter as two halves
            number = 0x10000 + ((number - 0xD800) << 10) + int(second, 16) - 0xDC00
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return _ESCAPES.get(code, code)
