"""Clocks by walking minute by minute: what the bisecting ones are checked against."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from dothi.core.calendar import Allowance, Pause, Unit, WorkingCalendar
from dothi.core.clock import HCMC

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@lru_cache(maxsize=20_000)
def hours(calendar: WorkingCalendar, day: date) -> list[tuple[datetime, datetime]]:
    start = datetime(day.year, day.month, day.day, tzinfo=HCMC)
    return [(start + each.start * MINUTE, start + each.end * MINUTE) for each in calendar.day(day).hours]


def works(calendar: WorkingCalendar, minute: datetime) -> bool:
    return any(start <= minute < end for start, end in hours(calendar, minute.date()))


def next_working(calendar: WorkingCalendar, day: date) -> date:
    while not calendar.day(day).hours:
        day += DAY
    return day


def day_minutes(calendar: WorkingCalendar, day: date) -> int:
    return sum(int((end - start) / MINUTE) for start, end in hours(calendar, day))


def term(opened: datetime, allowance: Allowance, calendar: WorkingCalendar) -> tuple[datetime, Fraction]:
    """When counting begins, and how many minutes must pass."""
    amount = Fraction(allowance.amount)
    rule = calendar.counting
    midnight = datetime(opened.year, opened.month, opened.day, tzinfo=HCMC) + DAY
    if allowance.unit is Unit.DAYS:
        return midnight, amount * 24 * 60
    if allowance.unit is not Unit.WORKING_DAYS:
        return opened, amount * (1 if "minutes" in allowance.unit else 60)
    received = opened.date()
    today = hours(calendar, received)
    if rule.after_hours == "next working day" and (not today or opened > today[-1][1]):
        received = next_working(calendar, received + DAY)
    if not amount:
        last = next_working(calendar, received)
        closed = last == opened.date() and opened > hours(calendar, last)[-1][1]
        if closed or (last == opened.date() and rule.same_day_until and opened.time() > rule.same_day_until):
            last = next_working(calendar, last + DAY)
        minutes, moment = 0, opened
        while moment.date() <= last:
            minutes += works(calendar, moment)
            moment += MINUTE
        return opened, Fraction(minutes)
    begin = datetime(received.year, received.month, received.day, tzinfo=HCMC) + DAY
    day, minutes = received, Fraction(0)
    while amount > 0:
        day = next_working(calendar, day + DAY)
        minutes += day_minutes(calendar, day) * min(amount, Fraction(1))
        amount -= 1
    return begin, minutes


def due(
    opened: datetime, allowance: Allowance, pauses: list[Pause], calendar: WorkingCalendar
) -> datetime | None:
    """The deadline: minutes that count are spent one by one; a paused one before the deadline pushes it on."""
    begin, needed = term(opened, allowance, calendar)
    unit = allowance.unit

    def rounded(moment: datetime) -> datetime:
        if unit is Unit.DAYS or (unit is Unit.WORKING_DAYS and calendar.counting.day_ends == "midnight"):
            last = next_working(calendar, max((moment - MINUTE).date(), resumed.date()))
            return datetime(last.year, last.month, last.day, tzinfo=HCMC) + DAY
        return moment

    moment, resumed, held, reached = begin, begin, False, None
    while True:
        holding = [
            pause for pause in pauses if pause.start <= moment and (pause.end is None or moment < pause.end)
        ]
        paused = bool(holding) and (reached is None or held or moment < rounded(reached))
        if held and not paused:
            resumed = moment
        if reached is not None and not paused and moment >= rounded(reached):
            return rounded(reached)
        held = paused
        if paused and any(pause.end is None for pause in holding):
            return None
        if not unit.working or works(calendar, moment):
            if paused and reached is not None:
                reached = moment + MINUTE
            elif not paused and reached is None:
                needed -= 1
                if needed <= 0:
                    reached = moment + MINUTE
        moment += MINUTE
