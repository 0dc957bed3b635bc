"""Of which order a unit's code is, and what it became: decisions on plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

DIVIDED: Final = "divided"
UNKNOWN: Final = "unknown"
UNREAD: Final = "unread"
Why = Literal["divided", "unknown", "unread"]
Order = Literal["old", "new", "none"]


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to say of one property: of the unit ``old`` (its key), which of ``candidates`` (codes)."""

    property: str
    why: Why
    old: str = ""
    candidates: tuple[str, ...] = ()
    suggested: str = ""


def order(*, was: bool, is_now: bool, began_before: bool, said_before: bool) -> Order:
    """Of which order a code is that ``was`` a unit's before the reform and/or ``is_now`` one's.

    A code of both orders is old where its days began before the reform and it was recorded before (or the caller knows
    that the records came with old codes: ``said_before``).
    """
    if was and (not is_now or (began_before and said_before)):
        return "old"
    return "new" if is_now else "none"


def choice(candidates: Sequence[str], *offers: str) -> str:
    """The one candidate there is, else the first of what is offered that is one; empty when nobody knows."""
    if len(candidates) == 1:
        return candidates[0]
    return next((each for each in offers if each in candidates), "")


def days(valid_from: date, valid_to: date, reform: date) -> tuple[date, date] | None:
    """The days of a segment that the reform changes; None when it ended before."""
    return None if valid_to <= reform else (max(valid_from, reform), valid_to)


def counted(
    before: Mapping[str, object], after: Mapping[str, object], properties: Iterable[str]
) -> list[str]:
    """Which of ``properties`` differ."""
    return [key for key in properties if before.get(key) != after.get(key)]
