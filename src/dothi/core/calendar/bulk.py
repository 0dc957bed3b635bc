"""Many clocks at once: the deadlines of 100,000 clocks in a fraction of a second, as when the calendar changes.

The same steps as :mod:`dothi.core.calendar.clocks`, on columns; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from dothi.core.calendar.allowance import UNITS, Allowance, Unit
from dothi.core.calendar.clocks import OPEN, Extension, Pause, added, spans
from dothi.core.calendar.working import WorkingCalendar, changed_window
from dothi.core.clock import us

Times = npt.NDArray[np.int64]
HELD = np.iinfo(np.int64).min
"""The deadline of a clock that a pause holds."""


class Clock(Struct, frozen=True):
    """All that a deadline depends on, beside the calendar."""

    opened: datetime
    allowance: Allowance
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Clocks as columns; times in microseconds, amounts in thousandths of ``UNITS[unit]``, extensions included.

    Pauses stand one after the other: those of clock ``i`` are ``first[i]`` to ``first[i + 1]``, in order and apart.
    """

    opened: Times
    unit: npt.NDArray[np.int8]
    milli: Times
    more: Times
    """What an extension in another unit adds, in microseconds."""
    first: Times
    starts: Times
    ends: Times

    @staticmethod
    def of(clocks: Iterable[Clock]) -> Columns:
        """The columns of ``clocks``."""
        rows: list[tuple[int, int, int, int]] = []
        first, starts, ends = [0], [], []
        codes = {unit: code for code, unit in enumerate(UNITS)}
        for clock in clocks:
            unit = clock.allowance.unit
            same, more = added(unit, clock.extension.amount) if clock.extension else (0, 0)
            rows.append((us(clock.opened), codes[unit], clock.allowance.milli + same, more))
            for start, end in spans(clock.pauses) if clock.pauses else ():
                starts.append(start)
                ends.append(end)
            first.append(len(starts))
        table = np.array(rows, dtype=np.int64).reshape(-1, 4).T
        pauses = (np.array(column, dtype=np.int64) for column in (first, starts, ends))
        return Columns(table[0], table[1].astype(np.int8), table[2], table[3], *pauses)

    def __len__(self) -> int:
        return len(self.opened)


class _Arrays:
    """A calendar's lists as arrays, and its questions asked of many moments at once."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        for name in ("starts", "ends", "sums", "midnights", "day_sums", "ranks", "working_days", "closings"):
            setattr(self, name, np.array(getattr(calendar, name), dtype=np.int64))

    starts: Times
    ends: Times
    sums: Times
    midnights: Times
    day_sums: Times
    ranks: Times
    working_days: Times
    closings: Times

    def _need(self, inside: Any) -> None:
        if not np.all(inside):
            raise self.calendar.outside()

    def worked(self, t: Times) -> Times:
        self._need((t >= self.midnights[0]) & (t <= self.midnights[-1]))
        index = np.searchsorted(self.starts, t, "right") - 1
        known = np.maximum(index, 0)
        passed = self.sums[known] + np.minimum(t, self.ends[known]) - self.starts[known]
        return np.where(index >= 0, passed, 0)

    def reach(self, x: Times) -> Times:
        self._need(x <= self.sums[-1])
        index = np.searchsorted(self.sums, x, "left") - 1
        known = np.maximum(index, 0)
        return np.where(index >= 0, self.starts[known] + x - self.sums[known], self.midnights[0])

    def day_index(self, t: Times) -> Times:
        self._need((t >= self.midnights[0]) & (t <= self.midnights[-1]))
        return np.minimum(np.searchsorted(self.midnights, t, "right"), len(self.closings)) - 1

    def nth_working(self, rank: Times) -> Times:
        self._need(rank < len(self.working_days))
        return self.working_days[rank]

    def from_index(self, index: Times) -> Times:
        self._need(index <= len(self.closings))
        return self.nth_working(self.ranks[index])

    def end_of_day(self, index: Times) -> Times:
        self._need(index < len(self.closings))
        return self.midnights[index + 1]


@lru_cache(maxsize=8)
def _arrays(calendar: WorkingCalendar) -> _Arrays:
    return _Arrays(calendar)


def due_many(clocks: Columns | Iterable[Clock], calendar: WorkingCalendar) -> Times:
    """The deadline of each clock in microseconds since 1970, or ``HELD``."""
    columns = clocks if isinstance(clocks, Columns) else Columns.of(clocks)
    result = np.empty(len(columns), dtype=np.int64)
    arrays = _arrays(calendar)
    for code, unit in enumerate(UNITS):
        which = np.flatnonzero(columns.unit == code)
        if len(which):
            result[which] = _due(unit, which, columns, arrays)
    return result


def affected(clocks: Columns, deadlines: Times, window: tuple[int, int]) -> npt.NDArray[np.intp]:
    """Which clocks may get another deadline when the calendar differs in ``window`` (``changed_window``)."""
    before = (deadlines != HELD) & (deadlines <= window[0])
    after = clocks.opened >= window[1]
    return np.flatnonzero(~(before | after))


def take(columns: Columns, which: npt.NDArray[np.intp]) -> Columns:
    """The columns of some clocks."""
    counts = columns.first[which + 1] - columns.first[which]
    first = np.concatenate(([0], np.cumsum(counts)))
    rows = np.repeat(columns.first[which] - first[:-1], counts) + np.arange(first[-1])
    return Columns(
        columns.opened[which],
        columns.unit[which],
        columns.milli[which],
        columns.more[which],
        first,
        columns.starts[rows],
        columns.ends[rows],
    )


def replan(columns: Columns, deadlines: Times, old: WorkingCalendar, new: WorkingCalendar) -> Times:
    """The deadlines under ``new``, which were ``deadlines`` under ``old``: only what the change may touch is computed."""
    window = changed_window(old, new)
    if window is None:
        return deadlines
    which = affected(columns, deadlines, window)
    result = deadlines.copy()
    result[which] = due_many(take(columns, which), new)
    return result


def _due(unit: Unit, which: npt.NDArray[np.intp], columns: Columns, calendar: _Arrays) -> Times:
    """The deadlines of the clocks of one unit."""
    at: Callable[[Times], Times] = calendar.worked if unit.working else (lambda t: t)
    begin, target = _lay(unit, columns.opened[which], columns.milli[which], calendar)
    target = target + columns.more[which]
    deadline = _deadline(unit, begin, begin, target, calendar)
    count = columns.first[which + 1] - columns.first[which]
    running = np.arange(len(which))
    for turn in range(int(count.max(initial=0))):
        running = running[count[running] > turn]
        pause = columns.first[which[running]] + turn
        start, end = np.maximum(columns.starts[pause], begin[running]), columns.ends[pause]
        touching = start < deadline[running]
        running, start, end = running[touching], start[touching], end[touching]
        deadline[running[end == OPEN]] = HELD
        moving = (end > start) & (end != OPEN)
        moved, start, end = running[moving], start[moving], end[moving]
        since = at(start)
        target[moved] = np.maximum(target[moved], since) + at(end) - since
        deadline[moved] = _deadline(unit, begin[moved], end, target[moved], calendar)
        running = running[deadline[running] != HELD]
    return deadline


def _lay(unit: Unit, opened: Times, milli: Times, calendar: _Arrays) -> tuple[Times, Times]:
    """Where counting begins, and the clock's time at which it ends."""
    if unit is Unit.WORKING_DAYS:
        return _working_days(opened, milli, calendar)
    if unit is Unit.DAYS:
        day = calendar.day_index(opened)
        rest = milli % 1000 * unit.microseconds // 1000
        return calendar.end_of_day(day), calendar.end_of_day(day + milli // 1000) + rest
    return opened, (calendar.worked(opened) if unit.working else opened) + unit.microseconds * milli // 1000


def _working_days(opened: Times, milli: Times, calendar: _Arrays) -> tuple[Times, Times]:
    counting = calendar.calendar.counting
    day = calendar.day_index(opened)
    received = day.copy()
    if counting.after_hours == "next working day":
        late = np.flatnonzero(opened > calendar.closings[day])
        received[late] = calendar.from_index(day[late] + 1)
    days, rest = milli // 1000, milli % 1000
    rank = calendar.ranks[received + 1]
    last = received.copy()
    last[days > 0] = calendar.nth_working((rank + days - 1)[days > 0])
    begin = calendar.end_of_day(received)
    same = np.flatnonzero(milli == 0)
    last[same] = _same_day(opened[same], day[same], received[same], calendar)
    begin[same] = opened[same]
    target = calendar.day_sums[last + 1]
    partly = np.flatnonzero(rest)
    extra = calendar.nth_working((rank + days)[partly])
    target[partly] += (calendar.day_sums[extra + 1] - calendar.day_sums[extra]) * rest[partly] // 1000
    return begin, target


def _same_day(opened: Times, day: Times, received: Times, calendar: _Arrays) -> Times:
    last = calendar.from_index(received)
    late = calendar.closings[last] < opened
    if (cutoff := calendar.calendar.cutoff) is not None:
        late |= (last == day) & (opened > calendar.midnights[day] + cutoff)
    last[late] = calendar.from_index(last[late] + 1)
    return last


def _deadline(unit: Unit, begin: Times, resumed: Times, target: Times, calendar: _Arrays) -> Times:
    moment = calendar.reach(target) if unit.working else target.copy()
    if not unit.in_days:
        return np.maximum(moment, begin)
    if unit is Unit.WORKING_DAYS and calendar.calendar.counting.day_ends == "office":
        return moment
    last = np.maximum(calendar.day_index(moment - 1), calendar.day_index(resumed))
    return calendar.end_of_day(calendar.from_index(last))
