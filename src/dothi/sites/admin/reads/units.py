"""Units as an administrator looks them up: with what they were, and what they are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max

from dothi.kernel.directory import queries
from dothi.kernel.directory.models import UnitBoundary
from dothi.kernel.directory.names import kind_label
from dothi.kernel.directory.views import Successor, UnitView
from dothi.sites.ui.shell import language

FOUND_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit found, the one above it, and of an old one what it is now."""

    unit: UnitView
    kind: str
    above: UnitView | None
    now: list[Successor]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that boundaries came from: how many, and when the last of them."""

    name: str
    count: int
    at: datetime


def above(unit: UnitView) -> UnitView | None:
    """The unit this one lies in, of the same time."""
    return queries.unit(f"{unit.era}:{unit.parent}") if unit.parent else None


def kind(unit: UnitView) -> str:
    """What it is: ward, commune …"""
    return kind_label(unit.kind)[language()]


def find(text: str, on: date | None) -> list[UnitLine]:
    """Units by name or code, those of the past too; ``on`` leaves those that were units on that day."""
    found = queries.search(text, 500 if on else FOUND_AT_MOST + 1)
    chosen = [unit for unit in found if on is None or unit.valid_on(on)]
    return [line(unit) for unit in chosen[: FOUND_AT_MOST + 1]]


def line(unit: UnitView) -> UnitLine:
    """A unit with its neighbours in rank and time."""
    old = unit.valid_to is not None
    return UnitLine(unit, kind(unit), above(unit), queries.successors(unit.key) if old else [])


def below(unit: UnitView) -> list[UnitView]:
    """The units directly within it, of its own time."""
    on = None if unit.valid_to is None else date.fromordinal(unit.valid_to.toordinal() - 1)
    return [each for each in queries.units(parent=unit.code, at=on) if each.era == unit.era]


def sources() -> list[Source]:
    """Where the boundaries came from, the newest first."""
    rows = (
        UnitBoundary.objects.values("source")
        .annotate(count=Count("unit"), at=Max("imported_at"))
        .order_by("-at")
    )
    return [Source(row["source"], row["count"], row["at"]) for row in rows]


def boundary(unit: UnitView) -> UnitBoundary | None:
    """Where a unit's own boundary came from and when."""
    return UnitBoundary.objects.defer("full", "simplified").filter(unit_id=unit.key).first()
