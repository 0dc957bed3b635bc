"""Clocks, guards and decision tables: what one core does.

    python bench/clocks.py [--clocks 100000]

Plans the deadlines of many clocks (half of them paused once or twice), as when the calendar changes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from dothi.core.calendar import (
    Allowance,
    Clock,
    Columns,
    Override,
    Pause,
    build,
    due_at,
    due_many,
    replan,
    shipped_overrides,
)

TERMS = [
    Allowance.parse(text)
    for text in ("15 working days", "20 days", "5 minutes", "1 working day", "8 working hours")
]


def timed(work: Callable[[], Any], turns: int = 1) -> tuple[float, Any]:
    """Seconds a turn, and what the last one gave."""
    began = time.perf_counter()
    for _ in range(turns):
        result = work()
    return (time.perf_counter() - began) / turns, result


def made(count: int) -> list[Clock]:
    chance = random.Random(7)
    clocks = []
    for _ in range(count):
        opened = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=chance.randrange(500_000))
        pauses = []
        start = opened
        for _ in range(chance.choice((0, 0, 1, 2))):
            start += timedelta(minutes=chance.randrange(20_000))
            pauses.append(Pause(start, start + timedelta(minutes=chance.randrange(10_000)), "supplement"))
            start = pauses[-1].end
        clocks.append(Clock(opened, chance.choice(TERMS), tuple(pauses)))
    return clocks


def plan(count: int) -> None:
    clocks = made(count)
    print(f"\n{count:,} clocks, {sum(len(clock.pauses) for clock in clocks):,} pauses")
    took, calendar = timed(build)
    print(f"  build a calendar of 31 years (first time)     {took * 1e3:10.1f} ms")
    took, _ = timed(build)
    print(f"  build it again                                {took * 1e3:10.1f} ms")
    took, columns = timed(lambda: Columns.of(clocks))
    print(f"  rows to columns                               {took * 1e3:10.1f} ms")
    due_many(columns, calendar)
    took, deadlines = timed(lambda: due_many(columns, calendar), 5)
    print(f"  all deadlines, on columns                     {took * 1e3:10.1f} ms")
    storm = Override(date(2026, 9, 24), "off", {"vi": "Nghỉ tránh bão", "en": "Closed for a storm"})
    changed = build(overrides=(*shipped_overrides(), storm))
    due_many(columns, changed)
    took, again = timed(lambda: replan(columns, deadlines, calendar, changed), 5)
    moved = int(np.count_nonzero(again != deadlines))
    print(f"  one day becomes a holiday: replanned          {took * 1e3:10.1f} ms, {moved:,} deadlines moved")
    some = clocks[:5000]
    took, alone = timed(lambda: [due_at(c.opened, c.allowance, c.pauses, calendar) for c in some])
    print(f"  one clock alone                               {took / len(some) * 1e6:10.1f} µs")
    assert [int(each.timestamp()) for each in alone] == [int(each) // 1_000_000 for each in deadlines[:5000]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clocks", type=int, default=100_000)
    plan(parser.parse_args().clocks)


if __name__ == "__main__":
    main()
