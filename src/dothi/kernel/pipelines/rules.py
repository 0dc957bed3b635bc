"""Decisions about runs as pure functions: when the next one is due, whether to try again, what a run depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from cronsim import CronSim

from dothi.core.clock import HCMC

FIRST_RETRY: Final = timedelta(seconds=10)
LONGEST_RETRY: Final = timedelta(minutes=30)
_UNITS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def duration(text: str) -> timedelta:
    """``15 minutes`` as a time span (the form is checked where packs are loaded)."""
    number, unit = text.split()
    return timedelta(seconds=int(number) * _UNITS[unit.removesuffix("s")])


def next_time(schedule: str, after: datetime) -> datetime | None:
    """When a cron expression, read in the city's time, is due next behind ``after``; None for words."""
    if " " not in schedule:
        return None
    found: datetime = next(CronSim(schedule, after.astimezone(HCMC)))
    return found.astimezone(after.tzinfo)


def first_time(schedule: str, now: datetime, *, succeeded: bool, changed: bool) -> datetime | None:
    """When a flow that has no time of its own yet is due: at once if it is to run and has not, else by its plan.

    ``changed``: its declaration is another than the one that last ran.
    """
    if schedule == "manual":
        return None
    if schedule == "on-change":
        return now if changed and succeeded else None
    if not succeeded or changed:
        return now
    return next_time(schedule, now)


def retry_delay(attempt: int) -> timedelta:
    """How long to wait behind the ``attempt``-th failure: 10 s, doubled each time, at most half an hour."""
    return min(FIRST_RETRY * (1 << min(max(attempt - 1, 0), 20)), LONGEST_RETRY)


def may_retry(attempt: int, retries: int, *, transient: bool) -> bool:
    """Whether a failed run is tried again by itself: only what may pass by waiting, and not for ever."""
    return transient and attempt <= retries


def digest(*parts: Any) -> str:
    """64 hexadecimal digits that differ when any part differs; parts are plain data or structs."""
    content = msgspec.json.encode(msgspec.to_builtins(parts, enc_hook=str), order="sorted")
    return hashlib.sha256(content).hexdigest()


def layers(reads: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """The datasets made from ``start``, directly or not, each behind all it is made from.

    ``reads``: dataset → the datasets it is made from.
    """
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        fresh = [key for key, inputs in reads.items() if here in inputs and key not in reached]
        reached.update(fresh)
        waiting += fresh
    order: list[str] = []
    left = sorted(reached - {start})
    while left:
        ready = [key for key in left if not any(other in left for other in reads[key] if other != key)]
        order += ready or left
        left = [key for key in left if key not in order]
    return order
