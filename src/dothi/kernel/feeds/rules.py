"""Decisions about feeds as pure functions: when to run next, how long to wait after a failure."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)


def backoff(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 5 s, doubled each time, at most 10 minutes."""
    if failures <= 0:
        return timedelta(0)
    return min(FIRST_RETRY * (1 << min(failures - 1, 20)), LONGEST_RETRY)


def next_run(started: datetime, ended: datetime, interval: timedelta, failures: int) -> datetime:
    """When a feed runs next: on its rhythm, missed beats left out; later after failures."""
    if failures:
        return ended + backoff(failures)
    beats = max(1, (ended - started) // interval + 1)
    return started + beats * interval
