"""Timers: what cases do by themselves when their time has come. At least once, by any number of workers."""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections

from dothi.core.clock import now_us
from dothi.core.errors import DothiError
from dothi.engines import registry
from dothi.engines.store.base import StoreUnavailable
from dothi.kernel.cases import rows
from dothi.kernel.cases.commands import Act
from dothi.kernel.cases.engine import Refused
from dothi.kernel.cases.models import TimerClaim
from dothi.kernel.cases.performing import perform
from dothi.kernel.cases.reading import reading
from dothi.kernel.cases.views import snapshot_of
from dothi.kernel.identity.access import SYSTEM

log = structlog.get_logger()
TOGETHER: Final = 200
LEASE_US: Final = 60_000_000
LOOK_EVERY_S: Final = 1.0
# A timer that fails is tried again later each time, for good: a person sees it in the list of failing ones.
REST_US: Final = 30_000_000
LONGEST_REST_US: Final = 3_600_000_000


def fire_due(at_us: int | None = None) -> int:
    """Fire the timers whose time has come, a few hundred at most; how many fired."""
    now = now_us() if at_us is None else at_us
    claimed = _claim(now)
    orders: list[Act] = []
    for num, names in claimed.items():
        orders += [Act(case=num, action=f"timer.{name}", by=SYSTEM, cause=f"timer:{name}") for name in names]
    results = perform(orders)
    failed: dict[int, DothiError] = {}
    fired = 0
    for order, result in zip(orders, results, strict=True):
        # Another worker, or a move of the case, was quicker: there is no such timer any more.
        if isinstance(result, Refused) and result.code == "unknown-timer":
            continue
        if isinstance(result, DothiError):
            failed[int(order.case)] = result
        else:
            fired += 1
    _settle(claimed, failed, now)
    return fired


def failing(limit: int = 100) -> list[TimerClaim]:
    """The cases whose timers fail, the most often first."""
    return list(TimerClaim.objects.filter(attempts__gt=0).order_by("-attempts", "num")[:limit])


def _claim(now: int) -> dict[int, list[str]]:
    """The due timers of cases that no worker has, in order of their time; taken for a minute."""
    with reading() as (session, _):
        sql = (
            f"SELECT {rows.names(rows.CASE)} FROM cases_case c WHERE wake_us <= ? AND wake_us < 4611686018427387904"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM cases_timerclaim t WHERE t.num = c.num AND t.until_us > ?)"
            f" ORDER BY wake_us, num LIMIT {TOGETHER}"
        )
        found = session.query(sql, (now, now))
    due: dict[int, list[str]] = {}
    for row in found:
        timers = snapshot_of(row).timers
        names = sorted((at, name) for name, at in timers.items() if at <= now)
        due[row[0]] = [name for _, name in names]
    mine = _take(list(due), now)
    return {num: names for num, names in due.items() if num in mine}


def _take(nums: list[int], now: int) -> set[int]:
    if not nums:
        return set()
    TimerClaim.objects.bulk_create([TimerClaim(num=num, until_us=0) for num in nums], ignore_conflicts=True)
    taken = set()
    for num in nums:  # the update is the claim: of two workers one finds it free
        if TimerClaim.objects.filter(num=num, until_us__lte=now).update(until_us=now + LEASE_US):
            taken.add(num)
    return taken


def _settle(claimed: dict[int, list[str]], failed: dict[int, DothiError], now: int) -> None:
    done = [num for num in claimed if num not in failed]
    if done:
        TimerClaim.objects.filter(num__in=done).delete()
    for num, error in failed.items():
        row = TimerClaim.objects.filter(num=num).first()
        attempts = (row.attempts if row else 0) + 1
        rest = min(REST_US << min(attempts, 12), LONGEST_REST_US)
        TimerClaim.objects.filter(num=num).update(
            until_us=now + rest, attempts=attempts, error=str(error)[:500]
        )
        log.warning("cases.timer_failed", case=num, attempts=attempts, error=str(error)[:200])


def run(stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Fire timers for as long as the process runs."""
    while not stop.is_set():
        fired = 0
        close_old_connections()
        try:
            fired = fire_due()
        except (OperationalError, StoreUnavailable, registry.NotWired) as error:
            log.warning("cases.timers_wait", error=str(error)[:200])
        finally:
            close_old_connections()
        stop.wait(0.01 if fired >= TOGETHER // 2 else every_s)
