"""From a text to one statement, within bounds that keep a hostile text from costing the asking process much."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlglot import exp, parse, tokenize
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]

from dothi.kernel.warehouse.sql.errors import refused

LONGEST = 20_000
MOST_TOKENS = 4_000
DEEPEST = 24
DIALECTS = ("duckdb", "postgres")
_BEGINS = frozenset({TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN})
_OPEN = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSE = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})
# Each may stand before what it takes without a bracket, so that a row of them is as deep as brackets are.
_PREFIX = frozenset({TokenType.NOT, TokenType.DASH, TokenType.TILDE})


@dataclass(frozen=True, slots=True)
class Statement:
    """One parsed statement and the dialect it was written in."""

    tree: exp.Expr
    dialect: str


def parse_sql(sql: str, dialect: str = "duckdb") -> Statement:
    """The one statement in ``sql``; raises :class:`SqlRefused` for anything else."""
    if dialect not in DIALECTS:
        raise refused(f"Không có phương ngữ “{dialect}”.", f"There is no dialect '{dialect}'.", "dialect")
    text = _readable(sql)
    try:
        _bounded(tokenize(text, read=dialect))
        trees = [tree for tree in parse(text, read=dialect) if tree is not None]
    except SqlglotError as error:
        raise refused(*_where(error)) from None
    except (RecursionError, ValueError, AttributeError, KeyError, TypeError, IndexError):
        # The parser's own faults on a text nobody meant: refused like any other.
        raise refused("Không đọc được câu truy vấn này.", "This query cannot be read.") from None
    if len(trees) != 1:
        raise refused("Hãy gửi đúng một câu SELECT.", "Send exactly one SELECT.")
    return Statement(trees[0], dialect)


def _readable(sql: str) -> str:
    """``sql`` unless it is too long or has characters that are there but cannot be seen."""
    if len(sql) > LONGEST:
        raise refused(f"Truy vấn dài quá {LONGEST} ký tự.", f"The query is longer than {LONGEST} characters.")
    for character in sql:
        if character in "\n\r\t" or " " <= character <= "~":
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "Zs"):
            code = f"U+{ord(character):04X}"
            raise refused(f"Truy vấn có ký tự ẩn {code}.", f"The query has the invisible character {code}.")
    return sql


def _bounded(tokens: list[Token]) -> None:
    """Refuse by the words alone what the parser need not see: no query, several, too many words, too deep."""
    if not tokens or tokens[0].token_type not in _BEGINS:
        raise refused("Chỉ nhận câu SELECT.", "Only SELECT is taken.")
    if any(token.token_type is TokenType.SEMICOLON for token in tokens[:-1]):
        raise refused("Hãy gửi đúng một câu SELECT.", "Send exactly one SELECT.")
    if len(tokens) > MOST_TOKENS:
        raise refused("Truy vấn có quá nhiều từ.", "The query has too many words.")
    depth = row = 0
    for token in tokens:
        row = row + 1 if token.token_type in _PREFIX else 0
        depth += (token.token_type in _OPEN) - (token.token_type in _CLOSE)
        if depth > DEEPEST or row > DEEPEST:
            raise refused("Truy vấn lồng nhau quá sâu.", "The query is nested too deeply.")


def _where(error: SqlglotError) -> tuple[str, str]:
    """Line and column of a syntax error, without the parser's picture of it."""
    first = (getattr(error, "errors", None) or [{}])[0]
    line, column = first.get("line"), first.get("col")
    if line is None:
        return "Không đọc được câu truy vấn này.", "This query cannot be read."
    return (f"Sai cú pháp ở dòng {line}, cột {column}.", f"Syntax error in line {line}, column {column}.")
