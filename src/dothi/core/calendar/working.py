"""The working calendar: days, hours and holidays as sorted arrays, asked by bisection.

All times inside are microseconds since 1970 UTC. ``worked(t)`` is the working time from the calendar's first
day to ``t``; ``reach(x)`` is the first moment at which it is ``x``. Both are O(log n); a day's index counts from
the calendar's first day.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from dothi.core.calendar.hours import MINUTE, Hours, minute_of
from dothi.core.clock import HCMC, from_us, us
from dothi.core.errors import BadInput, Text, both


class OutsideCalendar(BadInput):
    """The time lies before the first or after the last day of the calendar."""

    kind = "outside-calendar"
    title = both("Ngoài phạm vi lịch làm việc", "Outside the working calendar")


class Counting(Struct, frozen=True):
    """How terms in days are counted, where the law leaves a choice (docs/adr/0123)."""

    after_hours: Literal["next working day", "same day"] = "next working day"
    """What is received after closing time counts as received on the next working day, or on its own day."""
    day_ends: Literal["office", "midnight"] = "office"
    """A term in working days ends at closing time of its last day, or at 24:00."""
    same_day_until: time | None = time(15, 0)
    """What is due on the day of receipt (0 working days) is due the next working day if received later."""


class Day(Struct, frozen=True):
    """What the calendar says of one day: its hours (none: off) and why, where there is a reason."""

    day: date
    hours: Hours
    basis: dict[str, str] | None = None

    @property
    def working(self) -> bool:
        return bool(self.hours)


class WorkingCalendar:
    """Working hours of each day from ``first`` on; immutable. Made by :func:`dothi.core.calendar.build`."""

    def __init__(
        self,
        first: date,
        days: Sequence[Hours],
        *,
        basis: Mapping[date, Text] | None = None,
        tz: ZoneInfo = HCMC,
        counting: Counting | None = None,
    ) -> None:
        self.first, self.last = first, first + timedelta(days=len(days) - 1)
        self.tz = tz
        self.counting = counting or Counting()
        self.basis = dict(basis or {})
        self._days = tuple(days)
        self.midnights = [self._midnight(index) for index in range(len(days) + 1)]
        self._lay_out()
        cut = self.counting.same_day_until
        self.cutoff = minute_of(cut) * MINUTE if cut else None
        self.version = self._digest()

    def _midnight(self, index: int) -> int:
        return us(datetime.combine(self.first + timedelta(days=index), time(), self.tz))

    def _lay_out(self) -> None:
        """The periods and their running sums, by period and by day."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.sums, self.day_sums = [0], [0]
        self.working_days: list[int] = []
        self.ranks = [0]  # working days before each day
        for index, hours in enumerate(self._days):
            for period in hours:
                start, end = (
                    self.midnights[index] + minute * MINUTE for minute in (period.start, period.end)
                )
                self.starts.append(start)
                self.ends.append(end)
                self.sums.append(self.sums[-1] + end - start)
            if hours:
                self.working_days.append(index)
            self.ranks.append(len(self.working_days))
            self.day_sums.append(self.sums[-1])
        self.closings = [
            self.midnights[index] + hours[-1].end * MINUTE if hours else self.midnights[index] - 1
            for index, hours in enumerate(self._days)
        ]

    def _digest(self) -> str:
        digest = hashlib.sha256(repr((self.counting, str(self.tz), self.midnights[0])).encode())
        for column in (self.starts, self.ends, self.midnights):
            digest.update(array("q", column).tobytes())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkingCalendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    # microseconds, for clocks and for many at once

    def worked(self, t: int) -> int:
        """Working microseconds from the calendar's first day to ``t``."""
        self._within(t)
        index = bisect_right(self.starts, t) - 1
        return self.sums[index] + min(t, self.ends[index]) - self.starts[index] if index >= 0 else 0

    def reach(self, x: int) -> int:
        """The first moment at which ``worked`` is ``x``: the end of a period rather than the start of the next."""
        if x > self.sums[-1]:
            raise self.outside()
        index = bisect_left(self.sums, x) - 1
        return self.starts[index] + x - self.sums[index] if index >= 0 else self.midnights[0]

    def day_index(self, t: int) -> int:
        """The index of the day that holds ``t``; midnight belongs to the day it begins."""
        self._within(t)
        return min(bisect_right(self.midnights, t), len(self._days)) - 1

    def nth_working(self, rank: int) -> int:
        """The index of the working day before which ``rank`` working days lie."""
        if rank >= len(self.working_days):
            raise self.outside()
        return self.working_days[rank]

    def from_index(self, index: int) -> int:
        """The index of the first working day at or after ``index``."""
        if index > len(self._days):
            raise self.outside()
        return self.nth_working(self.ranks[index])

    def end_of_day(self, index: int) -> int:
        """24:00 of the day at ``index``."""
        if index >= len(self._days):
            raise self.outside()
        return self.midnights[index + 1]

    def _within(self, t: int) -> None:
        if not self.midnights[0] <= t <= self.midnights[-1]:
            raise self.outside()

    def outside(self) -> OutsideCalendar:
        """The error of a time that the calendar does not cover."""
        return OutsideCalendar(
            both(
                f"Lịch làm việc chỉ có từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}",
                f"The working calendar goes from {self.first} to {self.last}",
            )
        )

    # datetimes, for people

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The moment at which ``working`` time (not negative) has been worked since ``start``."""
        span = working // timedelta(microseconds=1)
        if span < 0:
            raise ValueError("working time to add is not negative")
        t = us(start)
        return from_us(max(t, self.reach(self.worked(t) + span)))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` to ``end``; negative when ``end`` is earlier."""
        return timedelta(microseconds=self.worked(us(end)) - self.worked(us(start)))

    def is_open(self, at: datetime) -> bool:
        """Whether ``at`` is within working hours (their first minute is, their end is not)."""
        t = us(at)
        self._within(t)
        index = bisect_right(self.starts, t) - 1
        return index >= 0 and t < self.ends[index]

    def next_open(self, at: datetime) -> datetime:
        """``at`` if it is within working hours, else the next opening time."""
        t = us(at)
        self._within(t)
        index = bisect_right(self.ends, t)
        if index == len(self.ends):
            raise self.outside()
        return from_us(max(t, self.starts[index]))

    def index_of(self, day: date) -> int:
        """The index of ``day``; raises :class:`OutsideCalendar`."""
        index = (day - self.first).days
        if not 0 <= index < len(self._days):
            raise self.outside()
        return index

    def day(self, day: date) -> Day:
        """The hours of ``day`` and why it is off or worked, where there is a reason other than the weekday."""
        basis = self.basis.get(day)
        return Day(day, self._days[self.index_of(day)], dict(basis) if basis else None)

    def is_working(self, day: date) -> bool:
        return bool(self._days[self.index_of(day)])

    def add_days(self, day: date, working_days: int) -> date:
        """The ``working_days``-th working day after ``day`` (before it, when negative); 0 is ``day`` itself."""
        if not working_days:
            return day
        index = self.index_of(day)
        rank = (
            self.ranks[index + 1] + working_days - 1 if working_days > 0 else self.ranks[index] + working_days
        )
        if rank < 0:
            raise self.outside()
        return self.first + timedelta(days=self.nth_working(rank))

    def days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        return self.ranks[self.index_of(end) + 1] - self.ranks[self.index_of(start) + 1]

    def special_days(self, year: int) -> list[Day]:
        """The holidays and make-up days of ``year`` in order: what a wall calendar prints in red."""
        return [self.day(day) for day in sorted(self.basis) if day.year == year]


def changed_window(old: WorkingCalendar, new: WorkingCalendar) -> tuple[int, int] | None:
    """From when until when (microseconds) the two differ; ``None`` when they are the same.

    A clock that was due before the window, or opened after it, keeps its deadline.
    """
    if old == new:
        return None
    if (old.first, old.last, old.tz, old.counting) != (new.first, new.last, new.tz, new.counting):
        return min(old.midnights[0], new.midnights[0]), max(old.midnights[-1], new.midnights[-1])
    differing = [
        index for index, (was, now) in enumerate(zip(old._days, new._days, strict=True)) if was != now
    ]
    return old.midnights[differing[0]], old.midnights[differing[-1] + 1]
