"""Days that the government declared free or working, and what follows: every running clock is planned anew."""

from __future__ import annotations

import threading
from datetime import date
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections, transaction

from dothi.core.calendar import Override
from dothi.core.clock import now_us
from dothi.core.errors import DothiError, both
from dothi.engines.store.base import StoreUnavailable
from dothi.kernel.cases import calendars
from dothi.kernel.cases.access import CONFIGURE
from dothi.kernel.cases.changing import recorder
from dothi.kernel.cases.commands import Change, Standing
from dothi.kernel.cases.engine import Outcome
from dothi.kernel.cases.models import CalendarDay, CalendarState
from dothi.kernel.cases.performing import perform
from dothi.kernel.cases.reading import reading
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import action

log = structlog.get_logger()
TOGETHER: Final = 500
LOOK_EVERY_S: Final = 5.0


@action(permission=CONFIGURE)
def set_day(
    day: date, *, working: bool, basis_vi: str, basis_en: str, by: Actor, hours: str = ""
) -> CalendarDay:
    """Declare a day free, or worked (for ``hours``), by a decision. Running clocks follow within seconds."""
    Override(day, "working" if working else "off", both(basis_vi, basis_en), hours)  # refuses what cannot be
    row, _ = CalendarDay.objects.update_or_create(
        day=day,
        defaults={
            "working": working, "hours": hours, "basis_vi": basis_vi[:200], "basis_en": basis_en[:200],
            "changed_us": now_us(), "changed_by": by.reference,
        },
    )  # fmt: skip
    _changed(day, by)
    return row


@action(permission=CONFIGURE)
def clear_day(day: date, *, by: Actor) -> None:
    """Let a day be as published again."""
    CalendarDay.objects.filter(day=day).delete()
    _changed(day, by)


def days() -> list[CalendarDay]:
    """All declared days, in order."""
    return list(CalendarDay.objects.order_by("day"))


def _changed(day: date, by: Actor) -> None:
    state, _ = CalendarState.objects.select_for_update().get_or_create(pk=1)
    CalendarState.objects.filter(pk=1).update(revision=state.revision + 1)
    record(
        "vn.dothi.cases.calendar-changed",
        subject="calendar",
        data={"day": day.isoformat(), "revision": state.revision + 1},
        actor=by.reference,
    )
    transaction.on_commit(calendars.forget)


def replan() -> int:
    """Plan every running clock by the calendar as it is now; how many cases changed."""
    calendars.forget()
    with reading() as (session, _):
        revision = calendars.again(session).revision
        sql = "SELECT num FROM cases_case WHERE phase IN ('open', 'waiting') ORDER BY num"
        nums = [num for (num,) in session.query(sql)]
    moved: set[str] = set()

    def again(standing: Standing) -> Outcome:
        outcome = recorder(standing).replan()
        if outcome.entries:
            moved.add(standing.snapshot.id)
        return outcome

    for start in range(0, len(nums), TOGETHER):
        batch = nums[start : start + TOGETHER]
        results = perform([Change(case=num, name="replan", by=SYSTEM, make=again) for num in batch])
        for num, result in zip(batch, results, strict=True):
            if isinstance(result, DothiError):
                log.warning("cases.replan_failed", case=num, error=str(result)[:200])
    CalendarState.objects.filter(pk=1, planned__lt=revision).update(planned=revision)
    return len(moved)


def run(stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Follow the calendar for as long as the process runs; two workers doing it do no harm."""
    while not stop.is_set():
        close_old_connections()
        try:
            state = CalendarState.objects.filter(pk=1).first()
            if state is not None and state.planned < state.revision:
                log.info("cases.replanned", cases=replan(), revision=state.revision)
        except (OperationalError, StoreUnavailable) as error:
            log.warning("cases.replan_waits", error=str(error)[:200])
        finally:
            close_old_connections()
        stop.wait(every_s)
