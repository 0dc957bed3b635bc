"""The working calendar that clocks are planned by: the published one with the days the government declared."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from dothi.core.calendar import (
    Allowance,
    Extension,
    Override,
    WorkingCalendar,
    build,
    due_at,
    shipped_overrides,
    vietnam,
)
from dothi.core.calendar import Pause as Span
from dothi.core.clock import from_us, us
from dothi.engines.store.base import Session
from dothi.kernel.cases.engine.types import Pause

LOOK_EVERY_S: Final = 2.0
_LEAST: Final = Decimal("0.001")


class Planner:
    """The calendar as the engine asks it: allowances as texts, times in microseconds."""

    def __init__(self, calendar: WorkingCalendar, revision: int = 0) -> None:
        self.calendar = calendar
        self.revision = revision

    def due_us(
        self, allowances: tuple[str, ...], started_us: int, pauses: tuple[Pause, ...], part: float
    ) -> int:
        """When ``part`` of the allowances together has passed since ``started_us`` beside the pauses."""
        allowance, extension = _together(allowances, part)
        spans = [
            Span(from_us(each.from_us), None if each.to_us is None else from_us(each.to_us), each.cause)
            for each in pauses
        ]
        due = due_at(from_us(started_us), allowance, spans, self.calendar, extension)
        assert due is not None, "a clock that stands still is not planned"
        return us(due)


@lru_cache(maxsize=2048)
def _together(allowances: tuple[str, ...], part: float) -> tuple[Allowance, Extension | None]:
    """The allowance of one unit, and what is added in another."""
    parsed = [Allowance.parse(each) for each in allowances]
    unit = parsed[0].unit
    same = [each for each in parsed if each.unit is unit]
    others = [each for each in parsed if each.unit is not unit]
    extension = Extension(_part(others, part), "") if others else None
    return _part(same, part), extension


def _part(allowances: Sequence[Allowance], part: float) -> Allowance:
    amount = sum((each.amount for each in allowances), Decimal(0))
    if part < 1 and amount:
        amount = max(round(amount * Decimal(str(part)), 3), _LEAST)
    return Allowance(amount, allowances[0].unit)


_known: list[tuple[float, Planner]] = []


def current(session: Session) -> Planner:
    """The calendar as the database has it now, looked up again every few seconds."""
    if _known and time.monotonic() - _known[0][0] < LOOK_EVERY_S:
        return _known[0][1]
    return again(session)


def again(session: Session) -> Planner:
    """The same, looked up now."""
    found = session.query("SELECT revision FROM cases_calendarstate WHERE id = 1")
    revision = int(found[0][0]) if found else 0
    planner = _known[0][1] if _known and _known[0][1].revision == revision else _built(session, revision)
    _known[:] = [(time.monotonic(), planner)]
    return planner


def forget() -> None:
    """Look the calendar up at the next question."""
    _known.clear()


def _built(session: Session, revision: int) -> Planner:
    rows = (
        session.query("SELECT day, working, hours, basis_vi, basis_en FROM cases_calendarday")
        if revision
        else []
    )
    if not rows:
        return Planner(vietnam(), revision)
    ours = {each.day: each for each in (_override(*row) for row in rows)}
    shipped = [each for each in shipped_overrides() if each.day not in ours]
    return Planner(build(overrides=[*shipped, *ours.values()]), revision)


def _override(day: object, working: object, hours: str, vi: str, en: str) -> Override:
    read = day if isinstance(day, date) else date.fromisoformat(str(day))
    return Override(read, "working" if working else "off", {"vi": vi, "en": en}, hours)
