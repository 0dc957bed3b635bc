"""Makes a working calendar of Viet Nam from the ``holidays`` package, a week of hours and a table of overrides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from dothi.core.calendar.hours import Hours, WorkWeek
from dothi.core.calendar.overrides import Override, by_day, shipped_overrides
from dothi.core.calendar.working import Counting, WorkingCalendar
from dothi.core.clock import HCMC
from dothi.core.errors import both
from dothi.core.kept import kept, sources

YEARS = (2010, 2040)
"""The years a calendar covers unless told otherwise."""

MAKE_UP = both("Ngày làm bù", "Make-up working day")


class Holidays(Struct, frozen=True):
    """The days off with their names in both languages, and the weekend days worked for others."""

    names: dict[date, dict[str, str]]
    make_up: frozenset[date]


@lru_cache(maxsize=8)
def public_holidays(first: int, last: int, keep: Path | None = None) -> Holidays:
    """Those of the years ``first`` to ``last``.

    A copy stays in the file ``keep``, for the version of the package it came from: importing that takes a second.
    """
    if keep is None:
        return _asked(first, last)
    source = sources([], "holidays", version("holidays"), str(first), str(last))
    return kept(keep, source, Holidays, lambda: _asked(first, last))


def _asked(first: int, last: int) -> Holidays:
    import holidays  # half a second, and only the process that builds a calendar needs it

    years = range(first - 1, last + 2)  # a day may be exchanged for one of the next year
    vi = holidays.country_holidays("VN", years=years, language="vi")
    en = holidays.country_holidays("VN", years=years, language="en_US")
    within = {day: {"vi": name, "en": en[day]} for day, name in vi.items() if first <= day.year <= last}
    return Holidays(within, frozenset(day for day in vi.weekend_workdays if first <= day.year <= last))


def build(
    *,
    week: WorkWeek | None = None,
    overrides: Iterable[Override] | None = None,
    years: tuple[int, int] = YEARS,
    tz: ZoneInfo = HCMC,
    counting: Counting | None = None,
    keep: Path | None = None,
) -> WorkingCalendar:
    """The working calendar of ``years`` (first and last).

    An override beats a make-up day, which beats a holiday, which beats the week. ``overrides`` replaces the
    shipped table; add to it with ``(*shipped_overrides(), …)``. ``keep`` is a file for a copy of the holidays.
    """
    week = week or WorkWeek()
    decided = by_day(shipped_overrides() if overrides is None else overrides)
    public = public_holidays(*years, keep)
    basis = (
        public.names
        | dict.fromkeys(public.make_up, MAKE_UP)
        | {day: row.basis for day, row in decided.items()}
    )
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)

    def hours_of(day: date) -> Hours:
        if override := decided.get(day):
            return () if override.kind == "off" else override.periods() or week.usual()
        if day in public.make_up:
            return week.usual()
        return () if day in basis else week.days[day.weekday()]

    days = [hours_of(first + timedelta(days=index)) for index in range((last - first).days + 1)]
    within = {day: text for day, text in basis.items() if first <= day <= last}
    return WorkingCalendar(first, days, basis=within, tz=tz, counting=counting)


@lru_cache(maxsize=1)
def vietnam() -> WorkingCalendar:
    """The calendar with the usual hours, the public holidays and the shipped overrides; built once a process."""
    return build()
