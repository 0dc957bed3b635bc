"""Clocks: when a term runs out, what is left of it and how it stands. The law behind it is in docs/adr/0123."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from dothi.core.calendar.allowance import Allowance, BadAllowance, Unit
from dothi.core.calendar.working import WorkingCalendar
from dothi.core.clock import from_us, us
from dothi.core.errors import both

OPEN = 2**62
"""The end, in microseconds, of a pause that has not ended."""
SOON = 5
"""A clock is due soon when less than a fifth of its time is left."""


class Pause(Struct, frozen=True):
    """The clock stands still from ``start`` to ``end`` (``None``: it still does); ``cause`` is a key of the catalogue."""

    start: datetime
    end: datetime | None
    cause: str


class Extension(Struct, frozen=True):
    """More time, given once, with its reason. Its unit is of the allowance's kind: working time or not."""

    amount: Allowance
    reason: str


class State(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    DUE_SOON = "due soon"
    PAUSED = "paused"
    MISSED = "missed"
    MET = "met"


class Track(Struct, frozen=True):
    """A term laid on the calendar: counting begins at ``begin`` and ends when the clock's time is ``target``.

    The time of a clock is working time since the calendar's first day, or time since 1970; in microseconds.
    """

    calendar: WorkingCalendar
    unit: Unit
    begin: int
    target: int

    def at(self, t: int) -> int:
        """The clock's time at the moment ``t``."""
        return self.calendar.worked(t) if self.unit.working else t

    def deadline(self, target: int, resumed: int) -> int:
        """The deadline of a term whose time is over at ``target``: that moment, or the end of its last day.

        The last day is not before the one on which it was ``resumed``: a term is not over while it is held.
        """
        calendar = self.calendar
        moment = calendar.reach(target) if self.unit.working else target
        if not self.unit.in_days:
            return max(moment, self.begin)
        if self.unit is Unit.WORKING_DAYS and calendar.counting.day_ends == "office":
            return moment
        last = max(calendar.day_index(moment - 1), calendar.day_index(resumed))
        return calendar.end_of_day(calendar.from_index(last))


def due_at(
    opened: datetime,
    allowance: Allowance,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    extension: Extension | None = None,
) -> datetime | None:
    """When the clock runs out; ``None`` while a pause that has not ended holds it.

    A pause moves the deadline by the clock's own time: only by working time, where only that counts. A pause
    that begins after the deadline moves nothing.
    """
    track = lay(us(opened), allowance, calendar, extension)
    deadline = _run(track, spans(pauses))
    return None if deadline is None else from_us(deadline)


def remaining(
    opened: datetime,
    allowance: Allowance,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    *,
    at: datetime,
    extension: Extension | None = None,
) -> timedelta:
    """The clock's time left at ``at``, in working time where only that counts; negative when it is late.

    What happens after ``at`` is not known: a pause that holds then is taken as ending then.
    """
    track = lay(us(opened), allowance, calendar, extension)
    t = us(at)
    deadline = _run(track, spans(pauses, until=t))
    assert deadline is not None
    return timedelta(microseconds=track.at(deadline) - track.at(t))


def spent(
    opened: datetime,
    allowance: Allowance,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    *,
    at: datetime,
    extension: Extension | None = None,
) -> timedelta:
    """The clock's time used at ``at``, without pauses: what a statistic of handling times adds up."""
    track = lay(us(opened), allowance, calendar, extension)
    t = max(us(at), track.begin)
    paused = sum(
        track.at(end) - track.at(max(start, track.begin))
        for start, end in spans(pauses, until=t)
        if end > track.begin
    )
    return timedelta(microseconds=track.at(t) - track.at(track.begin) - paused)


def state(
    opened: datetime,
    allowance: Allowance,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    *,
    now: datetime,
    done: datetime | None = None,
    extension: Extension | None = None,
    soon: timedelta | None = None,
) -> State:
    """How the clock stands at ``now``; ``done`` is when its work was finished.

    ``soon`` (time of the clock) says from when on it is due soon; without it, the last fifth of the allowance.
    """
    finished = done is not None and done <= now
    t = us(done if done is not None and finished else now)
    track = lay(us(opened), allowance, calendar, extension)
    deadline = _run(track, spans(pauses, until=t, holding=True))
    if finished:
        return State.MET if deadline is None or t <= deadline else State.MISSED
    if deadline is None:
        return State.PAUSED
    if t > deadline:
        return State.MISSED
    left = track.at(deadline) - track.at(t)
    whole = track.target - track.at(track.begin)
    limit = whole // SOON if soon is None else soon // timedelta(microseconds=1)
    return State.DUE_SOON if left <= limit else State.RUNNING


def lay(
    opened: int, allowance: Allowance, calendar: WorkingCalendar, extension: Extension | None = None
) -> Track:
    """The term on the calendar. The day of receipt is not counted; what is left of an amount is a part of a day."""
    unit, milli = allowance.unit, allowance.milli
    more = 0
    if extension is not None:
        same, more = added(unit, extension.amount)
        milli += same
    if unit is Unit.WORKING_DAYS:
        begin, target = _working_days(opened, milli, calendar)
    elif unit is Unit.DAYS:
        day = calendar.day_index(opened)
        begin = calendar.end_of_day(day)
        days, rest = divmod(milli, 1000)
        target = calendar.end_of_day(day + days) + rest * unit.microseconds // 1000
    else:
        begin = opened
        length = unit.microseconds * milli // 1000
        target = (calendar.worked(opened) if unit.working else opened) + length
    return Track(calendar, unit, begin, target + more)


def added(unit: Unit, more: Allowance) -> tuple[int, int]:
    """What an extension adds: thousandths of the same unit, and microseconds of another."""
    if more.unit is unit:
        return more.milli, 0
    if more.unit.working != unit.working or more.unit.in_days:
        raise BadAllowance(
            both(
                f"Thời hạn tính bằng {Allowance(1, unit).text('vi')[2:]} không gia hạn bằng {more.text('vi')}",
                f"A term in {unit.value} cannot be extended by {more}",
            )
        )
    return 0, more.unit.microseconds * more.milli // 1000


def _working_days(opened: int, milli: int, calendar: WorkingCalendar) -> tuple[int, int]:
    """Where counting begins (24:00 of the day of receipt) and the working time at which it ends."""
    day = calendar.day_index(opened)
    late = opened > calendar.closings[day]  # always, on a day off
    received = (
        day if not late or calendar.counting.after_hours == "same day" else calendar.from_index(day + 1)
    )
    if not milli:
        return opened, calendar.day_sums[_same_day(opened, day, received, calendar) + 1]
    days, rest = divmod(milli, 1000)
    rank = calendar.ranks[received + 1]
    last = calendar.nth_working(rank + days - 1) if days else received
    target = calendar.day_sums[last + 1]
    if rest:
        partly = calendar.nth_working(rank + days)
        target += (calendar.day_sums[partly + 1] - calendar.day_sums[partly]) * rest // 1000
    return calendar.end_of_day(received), target


def _same_day(opened: int, day: int, received: int, calendar: WorkingCalendar) -> int:
    """The working day on whose end a term of no days is over: of receipt, or the next when received late in it."""
    last = calendar.from_index(received)
    late = calendar.cutoff is not None and last == day and opened > calendar.midnights[day] + calendar.cutoff
    return calendar.from_index(last + 1) if late or calendar.closings[last] < opened else last


def spans(pauses: Sequence[Pause], until: int | None = None, holding: bool = False) -> list[tuple[int, int]]:
    """The pauses in order and apart. What begins after ``until`` is left out; what lasts longer ends then,
    or is ``holding`` without end."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(
        (us(pause.start), OPEN if pause.end is None else us(pause.end)) for pause in pauses
    ):
        if until is not None and start > until:
            break
        if until is not None and end > until:
            end = OPEN if holding else until
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif end > start:
            result.append((start, end))
    return result


def _run(track: Track, pauses: list[tuple[int, int]]) -> int | None:
    """The deadline with pauses; ``None`` while one holds the clock."""
    target = track.target
    deadline = track.deadline(target, track.begin)
    for begin, end in pauses:
        start = max(begin, track.begin)
        if start >= deadline:
            break
        if end == OPEN:
            return None
        if end > start:
            since = track.at(start)
            target = max(target, since) + track.at(end) - since
            deadline = track.deadline(target, end)
    return deadline
