"""Which value of two records a golden record keeps, and where it is from. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from dothi.core.text import fold

Side = Literal["winner", "other"]


@dataclass(frozen=True, slots=True)
class Said:
    """What one record says, and of each property the version (``seq``) since which it says so."""

    id: UUID
    data: Mapping[str, Any]
    since: Mapping[str, int]


def golden(
    winner: Said, other: Said, keep: Mapping[str, str], chosen: Mapping[str, Side] | None = None
) -> tuple[dict[str, Any], dict[str, UUID]]:
    """The golden record and of each property the record it is from. ``chosen`` by a person comes before any rule."""
    data, origins = {}, {}
    for property in dict.fromkeys((*winner.data, *other.data)):
        side = (chosen or {}).get(property) or _side(property, winner, other, keep.get(property, "latest"))
        source = winner if side == "winner" else other
        if property in source.data:
            data[property], origins[property] = source.data[property], source.id
    return data, origins


def _side(property: str, winner: Said, other: Said, rule: str) -> Side:
    if property not in other.data or property not in winner.data:
        return "winner" if property in winner.data else "other"
    mine, theirs = winner.data[property], other.data[property]
    if mine == theirs or rule == "winner":
        return "winner"
    if rule == "fullest":
        return "other" if fullness(theirs) > fullness(mine) else "winner"
    return "other" if other.since.get(property, 0) > winner.since.get(property, 0) else "winner"


def fullness(value: Any) -> tuple[int, int, int]:
    """How completely a value is written: no year-only date; words, then letters with their marks; not all capitals."""
    text = str(value)
    marks = sum(1 for letter in text if letter.isalpha() and fold(letter) != letter.lower())
    vague = text.endswith("-01-01") or (text.isupper() and len(text) > 3)
    return (0 if vague else 1, len(text.split()), marks)


def since(told: list[tuple[int, Mapping[str, Any] | None]]) -> dict[str, int]:
    """Of each property the version since which it says what it says now; ``told``: (seq, data) as recorded."""
    found: dict[str, int] = {}
    before: Mapping[str, Any] = {}
    for seq, data in told:
        for property, value in (data or {}).items():
            if property not in before or before[property] != value:
                found[property] = seq
        before = data or before
    return found
