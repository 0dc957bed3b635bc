"""The times of a service norm as values: ``5 minutes``, ``5 days``, ``1 working day``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, cast

Unit = Literal["minute", "hour", "day"]
_FORM = re.compile(r"(\d+) (working )?(minute|hour|day)s?")
_VI = {"minute": "phút", "hour": "giờ", "day": "ngày"}


@dataclass(frozen=True, slots=True)
class Allowed:
    """So many minutes, hours or days, of working time or as they pass."""

    amount: int
    unit: Unit
    working: bool

    @property
    def elapsed(self) -> timedelta | None:
        """The time as it passes; None for working time, which needs a calendar."""
        return None if self.working else timedelta(**{f"{self.unit}s": self.amount})

    def text(self, language: str = "vi") -> str:
        """``5 ngày``, ``1 ngày làm việc``; ``5 days``, ``1 working day``."""
        if language == "en":
            return f"{self.amount} {'working ' if self.working else ''}{self.unit}{'' if self.amount == 1 else 's'}"
        return f"{self.amount} {_VI[self.unit]}{' làm việc' if self.working else ''}"


def parse(text: str) -> Allowed:
    """The time a declaration writes; raises :class:`ValueError`."""
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a time such as '5 days' or '1 working day'")
    return Allowed(int(found[1]), cast(Unit, found[3]), found[2] is not None)
