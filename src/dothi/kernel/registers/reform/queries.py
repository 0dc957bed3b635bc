"""What is still asked of a person after a reform of units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from dothi.core.errors import Forbidden, Text, both
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.access import Actor
from dothi.kernel.registers.access import READ, needed
from dothi.kernel.registers.models import UnitQuestion
from dothi.kernel.registers.reform.rules import Question, Why
from dothi.kernel.registers.types import kind

AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that may be chosen."""

    code: str
    name: Text
    suggested: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One open question. Nothing of what the record says but the old unit's name."""

    id: int
    record: UUID
    unit: str
    property: str
    why: str
    old: str
    old_name: Text
    choices: Sequence[Choice]


def questions(type: str, *, by: Actor, after: int = 0, limit: int = 50) -> list[Asked]:
    """The open questions of a type in the units this reader may read, in the order they came up."""
    declared = kind(type)
    permission = needed(READ, declared)
    if not by.may_somewhere(permission):
        by.require(permission)
    found = UnitQuestion.objects.filter(type=type, answer="", pk__gt=after).order_by("pk")
    shown: list[Asked] = []
    for each in found.select_related("record").iterator(chunk_size=200):
        if by.may(permission, unit=each.record.unit or None):
            shown.append(asked(each))
        if len(shown) >= max(1, min(limit, AT_MOST)):
            break
    return shown


def waiting(type: str) -> int:
    """How many questions of a type are open."""
    return UnitQuestion.objects.filter(type=type, answer="").count()


def asked(each: UnitQuestion) -> Asked:
    """A question with the names of its units."""
    return Asked(
        each.pk,
        each.record.id,
        each.record.unit,
        each.property,
        each.why,
        each.old,
        name_of(each.old),
        [Choice(code, name_of(code), code == each.suggested) for code in each.candidates],
    )


def name_of(code: str) -> Text:
    """What a unit of either order is called; its code where nobody knows."""
    found = directory.unit(code)
    return both(code, code) if found is None else found.full_name


HEADINGS = ("record", "property", "why", "old", "old_name", "candidates", "suggested")


def lines(
    type: str, *, by: Actor, found: Sequence[tuple[UUID, Question]] | None = None
) -> Iterator[list[str]]:
    """The report as rows of a file: the open questions, or those ``found`` by a run that wrote nothing."""
    if not by.may(needed(READ, kind(type))):
        raise Forbidden(both("Báo cáo là của cả Thành phố.", "The report is the whole city's."))
    if found is None:
        rows = UnitQuestion.objects.filter(type=type, answer="").select_related("record").order_by("pk")
        found = [
            (
                each.record.id,
                Question(
                    each.property, cast(Why, each.why), each.old, tuple(each.candidates), each.suggested
                ),
            )
            for each in rows.iterator(chunk_size=1_000)
        ]
    for id, each in found:
        names = "; ".join(f"{code} {name_of(code)['vi']}" for code in each.candidates)
        yield [str(id), each.property, each.why, each.old, name_of(each.old)["vi"], names, each.suggested]
