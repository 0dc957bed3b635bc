"""A category's decision table: who answers, how urgent, in what time; each thing by the first row that says it.

The rows are declared with the category and small; another engine of decision tables can take their place behind
:func:`decide`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dothi.kernel.packs.declarations import Label
from dothi.kernel.packs.reports import (
    Condition,
    PlaceKind,
    Priority,
    ReportCategory,
    Responder,
    RoadOwner,
    RoutingRow,
)

Answer = str | float | Sequence[str] | None
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a report besides its category; None: not known, so that no row that asks for it applies."""

    unit: str | None = None  # the code of the ward, commune or special zone
    unit_kind: PlaceKind | None = None
    road_owner: RoadOwner | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the table says, and by which row each thing was decided (``default``: by the category itself)."""

    responder: Responder
    priority: Priority
    answer: str
    by: Mapping[str, str]  # responder, priority, answer → the key of a row
    notes: tuple[Label, ...] = ()


def decide(category: ReportCategory, facts: Facts) -> Decision:
    """Who answers a report of ``category`` with these facts, how urgently, and in what time."""
    rows = list(_applying(category, facts))
    to = next((row for row in rows if row.to is not None), None)
    urgency = next((row for row in rows if row.priority is not None), None)
    time = next((row for row in rows if row.answer is not None), None)
    deciding = [row for row in rows if row in (to, urgency, time)]
    return Decision(
        responder=to.to if to and to.to else category.responder,
        priority=urgency.priority if urgency and urgency.priority else category.priority,
        answer=time.answer if time and time.answer else category.norm.answer,
        by={
            name: row.key if row else DEFAULT
            for name, row in (("responder", to), ("priority", urgency), ("answer", time))
        },
        notes=tuple(row.note for row in deciding),
    )


def _applying(category: ReportCategory, facts: Facts) -> Iterator[RoutingRow]:
    return (row for row in category.rows if applies(row.when, facts))


def applies(when: Condition, facts: Facts) -> bool:
    """Whether every part of the condition holds."""
    return (
        _among(facts.unit, when.place)
        and _among(facts.unit_kind, when.place_kind)
        and _among(facts.road_owner, when.road_owner)
        and all(_answered(facts.answers.get(key), any_of) for key, any_of in when.answers.items())
    )


def _among(value: str | None, allowed: Sequence[str]) -> bool:
    return not allowed or value in allowed


def _answered(given: Answer, any_of: Sequence[str]) -> bool:
    if given is None:
        return False
    values = [given] if isinstance(given, str | float | int) else given
    return any(str(value) in any_of for value in values)
