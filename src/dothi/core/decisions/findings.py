"""What a check of a table says: where, how bad, and the sentence in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from dothi.core.errors import BadInput, both


class Finding(Struct, frozen=True):
    """One thing to know of a table; an error forbids its use, a warning does not. ``path`` is in the declaration."""

    path: str
    code: str
    message: dict[str, str]
    level: Literal["error", "warning"] = "error"
    suggestion: str | None = None


class BadTable(BadInput):
    """A table that cannot be used, with all its ``findings``."""

    kind = "bad-decision-table"
    title = both("Bảng quyết định không hợp lệ", "Invalid decision table")

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = next(each for each in findings if each.level == "error")
        super().__init__(first.message, where=first.path)
