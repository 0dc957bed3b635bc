"""A suggestion for a report: its category from the words, who answers from the place and the answers, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from dothi.centres.hotline.routing.model import Model, Reason
from dothi.centres.hotline.routing.tables import Decision, Facts, decide
from dothi.core.errors import Text, both
from dothi.kernel.packs.reports import PlaceKind, ReportCategory, Responder, RoadOwner

Position = tuple[float, float]
"""Longitude, latitude."""
SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Place:
    """What a position means: the unit it lies in and who keeps the road there, as far as known."""

    unit: str | None = None
    kind: PlaceKind | None = None
    road_owner: RoadOwner | None = None
    street: str = ""
    keeper: str = ""  # the organisation that the register of streets names


@dataclass(frozen=True, slots=True)
class Resolved:
    """The organisation that answers at a place, and how it was found."""

    organisation: str | None
    why: Text


Locate = Callable[[Position], Place]
"""How a position is looked up: the directory's boundaries, a register of streets."""
Resolve = Callable[[Responder, Place], Resolved]
"""Which organisation a responder is at a place; its organisation is None when it cannot be said."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category the report may be of, and the words that speak for it."""

    category: str
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the platform would do; a person may do otherwise, and what they choose is what is learned from."""

    candidates: tuple[Candidate, ...]
    category: str | None  # None: left to a person
    chosen_by: Literal["person", "model", "nobody"]
    abstained: bool
    model: str  # its version
    threshold: float
    position: Position | None
    position_from: Literal["given", "photo", "nowhere"]
    place: Place
    decision: Decision | None = None
    organisation: str | None = None
    organisation_why: Text = field(default_factory=lambda: both("", ""))
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> str | None:
        """The row of the category's table that decided who answers."""
        return self.decision.by["responder"] if self.decision else None


def named(responder: Responder, _: Place) -> Resolved:
    """The organisation that the row names; nothing where it names a level."""
    return Resolved(responder.organisation, both("Theo bảng phân tuyến.", "By the routing table."))


class Router:
    """Suggests for reports with one model and the declared categories."""

    def __init__(
        self,
        model: Model,
        categories: Mapping[str, ReportCategory],
        *,
        locate: Locate | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.model, self.categories = model, categories
        self._locate: Locate = locate or (lambda _: Place())
        self._resolve: Resolve = resolve or named

    def suggest(
        self,
        text: str,
        position: Position | None = None,
        answers: Mapping[str, Any] | None = None,
        *,
        photo_position: Position | None = None,
        category: str | None = None,
    ) -> Suggestion:
        """What the report seems to be and who should have it.

        ``position`` is what the person gave, else the photo's is taken. ``category`` is one a person chose: then
        the model only says what it would have thought.
        """
        candidates = self.candidates(text)
        first = candidates[0] if candidates else None
        sure = first is not None and first.probability >= self.model.threshold
        chosen = category or (first.category if first and sure else None)
        where = position or photo_position
        place = self._locate(where) if where else Place()
        decision, resolved = None, Resolved(None, both("", ""))
        if chosen is not None and chosen in self.categories:
            facts = Facts(place.unit, place.kind, place.road_owner, answers or {})
            decision = decide(self.categories[chosen], facts)
            resolved = self._resolve(decision.responder, place)
        return Suggestion(
            candidates=candidates,
            category=chosen,
            chosen_by="person" if category else ("model" if chosen else "nobody"),
            abstained=not sure,
            model=self.model.version,
            threshold=self.model.threshold,
            position=where,
            position_from="given" if position else ("photo" if photo_position else "nowhere"),
            place=place,
            decision=decision,
            organisation=resolved.organisation,
            organisation_why=resolved.why,
            answers=dict(answers or {}),
        )

    def candidates(self, text: str, most: int = SHOWN) -> tuple[Candidate, ...]:
        """The likeliest declared categories of ``text``; none for a text without words the model knows."""
        known = [(key, p) for key, p in self.model.probabilities(text).items() if key in self.categories][
            :most
        ]
        found = tuple(Candidate(key, p, tuple(self.model.reasons(text, key))) for key, p in known)
        return found if any(each.reasons for each in found) else ()
