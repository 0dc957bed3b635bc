"""From the shared way of writing parameters (``?``) to the driver's (``%s``)."""

from __future__ import annotations

import re
from functools import lru_cache

# What may hold a question mark that is not a parameter: texts, quoted names, comments.
_PIECE = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|\?|%""", re.DOTALL
)


@lru_cache(maxsize=2048)
def translated(sql: str) -> str:
    """``sql`` with ``?`` outside quotes and comments as ``%s`` and every other ``%`` doubled."""
    return _PIECE.sub(_rewritten, sql)


def _rewritten(match: re.Match[str]) -> str:
    piece = match[0]
    return "%s" if piece == "?" else piece.replace("%", "%%")
