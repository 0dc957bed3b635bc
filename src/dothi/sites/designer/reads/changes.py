"""What a revision changed, line by line."""

from __future__ import annotations

import difflib
from typing import Final

LINES_MOST: Final = 400


def lines(before: str, after: str) -> list[tuple[str, str]]:
    """(``+``, ``-``, ``@`` or a space, the line), with two lines around each change."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    rows = [(each[0], each[1:]) if each[:2] != "@@" else ("@", "") for each in found]
    return rows[2 : LINES_MOST + 2]
