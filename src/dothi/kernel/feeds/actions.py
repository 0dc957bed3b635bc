"""Every write about feeds: what a run did, switching a feed on and off, letters that could not be taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from dothi.core import clock
from dothi.kernel.feeds import rules
from dothi.kernel.feeds.base import FeedResult
from dothi.kernel.feeds.models import DeadLetter, FeedRun, FeedState
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.identity.acting import action, note

RUNS_KEPT = 100
LETTERS_KEPT = 1000
MANAGE = permission("feeds.manage", "Quản lý nguồn dữ liệu", "Manage data feeds")


@transaction.atomic
def announce(keys: Mapping[str, bool]) -> None:
    """Make sure each feed has its row; ``keys`` says whether a new one starts enabled."""
    for key, enabled in keys.items():
        FeedState.objects.get_or_create(key=key, defaults={"enabled": enabled})


@transaction.atomic
def record(
    key: str, result: FeedResult, *, started: datetime, ended: datetime, interval: timedelta, error: str = ""
) -> FeedState:
    """Write down one run and when the feed is due again. Runs that did nothing leave no row of their own."""
    state, _ = FeedState.objects.select_for_update().get_or_create(key=key)
    state.failures = state.failures + 1 if error else 0
    state.started_at, state.error = started, error
    state.succeeded_at = state.succeeded_at if error else ended
    state.next_run_at = rules.next_run(started, ended, interval, state.failures)
    state.written += result.written
    state.rejected += result.rejected
    state.save()
    if error or result.read:
        _append(state, result, started, ended, error)
    return state


def _append(state: FeedState, result: FeedResult, started: datetime, ended: datetime, error: str) -> None:
    run = FeedRun.objects.create(
        feed=state, started_at=started, ended_at=ended, read=result.read, written=result.written,
        rejected=result.rejected, reasons=dict(result.reasons), error=error[:2000],
    )  # fmt: skip
    if run.pk % 20 == 0:  # pruning now and then is enough
        kept = FeedRun.objects.filter(feed=state).values_list("pk", flat=True)[RUNS_KEPT : RUNS_KEPT + 1]
        for oldest in kept:
            FeedRun.objects.filter(feed=state, pk__lte=oldest).delete()


@action(permission=MANAGE)
def switch(key: str, *, on: bool, by: Actor) -> None:
    """Switch a feed on or off; a feed switched on is due at once."""
    note(feed=key, on=on)
    FeedState.objects.update_or_create(key=key, defaults={"enabled": on, "next_run_at": None, "failures": 0})


def bury(feed: str, topic: str, payload: bytes, reason: str) -> None:
    """Keep a message that could not be taken, with the reason."""
    letter = DeadLetter.objects.create(
        feed=feed, received_at=clock.now(), topic=topic[:255], payload=payload[:65536], reason=reason[:2000]
    )
    if letter.pk % 50 == 0:
        kept = DeadLetter.objects.filter(feed=feed).values_list("pk", flat=True)[
            LETTERS_KEPT : LETTERS_KEPT + 1
        ]
        for oldest in kept:
            DeadLetter.objects.filter(feed=feed, pk__lte=oldest).delete()


def count_written(key: str, rows: int) -> None:
    """Add to a feed's total outside a run."""
    FeedState.objects.filter(key=key).update(written=F("written") + rows)
