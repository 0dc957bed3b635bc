"""The clocks of a case: started, held, resumed, extended, stopped; the calendar says when they run out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import structs

from dothi.kernel.cases.engine.types import ClockState, Extension, Pause
from dothi.kernel.packs.procedures import ClockType


class Calendar(Protocol):
    """When a period is over: the working calendar of the city."""

    def due_us(
        self, allowances: tuple[str, ...], started_us: int, pauses: tuple[Pause, ...], part: float
    ) -> int:
        """When ``part`` of the allowances together has passed since ``started_us`` beside the pauses."""
        ...


def started(declared: ClockType, allowance: str, at_us: int, calendar: Calendar) -> ClockState:
    """A clock that begins now."""
    bare = ClockState(allowance=allowance, started_us=at_us, public=declared.public)
    return planned(declared, bare, calendar)


def planned(declared: ClockType, clock: ClockState, calendar: Calendar) -> ClockState:
    """``clock`` with its due time counted anew (it runs, was extended, or the calendar changed)."""
    if not clock.running:
        return structs.replace(clock, due_us=None, warn_us=None) if clock.paused else clock
    due = moment(clock, 1.0, calendar)
    return structs.replace(clock, due_us=due, warn_us=moment(clock, declared.warn_at, calendar))


def moment(clock: ClockState, part: float, calendar: Calendar) -> int:
    """When ``part`` of the clock's time is used up."""
    allowances = (clock.allowance, *(each.by for each in clock.extensions))
    return calendar.due_us(allowances, clock.started_us, clock.pauses, part)


def held(clock: ClockState, at_us: int, cause: str) -> ClockState:
    """A running clock that stands still from now on."""
    pauses = (*clock.pauses, Pause(from_us=at_us, cause=cause))
    return structs.replace(clock, pauses=pauses, due_us=None, warn_us=None)


def resumed(declared: ClockType, clock: ClockState, at_us: int, calendar: Calendar) -> ClockState:
    """A clock that stood still and counts again."""
    last = structs.replace(clock.pauses[-1], to_us=at_us)
    return planned(declared, structs.replace(clock, pauses=(*clock.pauses[:-1], last)), calendar)


def extended(
    declared: ClockType, clock: ClockState, by: str, at_us: int, actor: str, reason: str, calendar: Calendar
) -> ClockState:
    """A clock with more time: it may warn again, and what it missed by then stays missed."""
    more = Extension(by=by, at_us=at_us, actor=actor, reason=reason)
    longer = structs.replace(clock, extensions=(*clock.extensions, more), warned=False)
    return planned(declared, longer, calendar)


def stopped(clock: ClockState, at_us: int) -> ClockState:
    """A clock that has done its work. Whether it was late stays readable from ``missed_us``."""
    pauses = clock.pauses
    if clock.paused:
        pauses = (*pauses[:-1], structs.replace(pauses[-1], to_us=at_us))
    missed = clock.missed_us
    if missed is None and clock.due_us is not None and at_us > clock.due_us:
        missed = clock.due_us
    return structs.replace(clock, stopped_us=at_us, pauses=pauses, missed_us=missed)


def due(clocks: Iterable[ClockState]) -> int | None:
    """The earliest time at which a running public clock runs out."""
    times = [each.due_us for each in clocks if each.running and each.public and each.due_us is not None]
    return min(times, default=None)
