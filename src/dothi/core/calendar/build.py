"""Makes a working calendar of Viet Nam from the ``holidays`` package, a week of hours and a table of overrides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dothi.core.calendar.hours import Hours, WorkWeek
from dothi.core.calendar.overrides import Override, by_day, shipped_overrides
from dothi.core.calendar.working import Counting, WorkingCalendar
from dothi.core.clock import HCMC
from dothi.core.errors import both

YEARS = (2010, 2040)
"""The years a calendar covers unless told otherwise."""

MAKE_UP = both("Ngày làm bù", "Make-up working day")


@lru_cache(maxsize=8)
def public_holidays(first: int, last: int) -> tuple[dict[date, dict[str, str]], frozenset[date]]:
    """The days off of the years ``first`` to ``last`` with their names, and the weekend days worked for others."""
    import holidays  # half a second, and only the process that builds a calendar needs it

    years = range(first - 1, last + 2)  # a day may be exchanged for one of the next year
    vi = holidays.country_holidays("VN", years=years, language="vi")
    en = holidays.country_holidays("VN", years=years, language="en_US")
    names = {day: {"vi": name, "en": en[day]} for day, name in vi.items() if first <= day.year <= last}
    return names, frozenset(day for day in vi.weekend_workdays if first <= day.year <= last)


def build(
    *,
    week: WorkWeek | None = None,
    overrides: Iterable[Override] | None = None,
    years: tuple[int, int] = YEARS,
    tz: ZoneInfo = HCMC,
    counting: Counting | None = None,
) -> WorkingCalendar:
    """The working calendar of ``years`` (first and last).

    An override beats a make-up day, which beats a holiday, which beats the week. ``overrides`` replaces the
    shipped table; add to it with ``(*shipped_overrides(), …)``.
    """
    week = week or WorkWeek()
    decided = by_day(shipped_overrides() if overrides is None else overrides)
    basis, make_up = public_holidays(*years)
    basis = basis | dict.fromkeys(make_up, MAKE_UP) | {day: row.basis for day, row in decided.items()}
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)

    def hours_of(day: date) -> Hours:
        if override := decided.get(day):
            return () if override.kind == "off" else override.periods() or week.usual()
        if day in make_up:
            return week.usual()
        return () if day in basis else week.days[day.weekday()]

    days = [hours_of(first + timedelta(days=index)) for index in range((last - first).days + 1)]
    within = {day: text for day, text in basis.items() if first <= day <= last}
    return WorkingCalendar(first, days, basis=within, tz=tz, counting=counting)


@lru_cache(maxsize=1)
def vietnam() -> WorkingCalendar:
    """The calendar with the usual hours, the public holidays and the shipped overrides; built once a process."""
    return build()
