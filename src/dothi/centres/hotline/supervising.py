"""A shift in numbers: the queue, the clock of handing on, who works on what. Each number says when it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour

from dothi.centres.hotline import access
from dothi.centres.hotline.models import Call, Correction, Inbound, RoutingDecision
from dothi.centres.hotline.publishing import PROCEDURE
from dothi.core.clock import HCMC, now, us
from dothi.core.config import current
from dothi.kernel.cases import queries as cases
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.queries import Load, Page
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor

NEW: Final = Filter(procedures=(PROCEDURE,), states=("new",))
OPERATORS_MOST: Final = 50
HAND_ON: Final = timedelta(minutes=5)
LOOKED_AT_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Operator:
    """What one operator did since midnight: calls, of them open, made into reports; minutes a call lasted on average."""

    reference: str
    calls: int
    open: int
    filed: int
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of today: reports taken, handed on within their time, handed on late."""

    hour: int
    taken: int
    within: int
    over: int


@dataclass(frozen=True, slots=True)
class Shift:
    """The call centre now, and since midnight."""

    at: datetime
    since: datetime
    waiting: int
    waiting_late: int
    taken: int
    within: int
    over: int
    corrected: int
    letters: int  # messages that wait for a person
    operators: Sequence[Operator]
    agencies: Sequence[Load]
    hours: Sequence[Hour]

    @property
    def share(self) -> float | None:
        """Percent of what was handed on today that was handed on in time; None: nothing was."""
        done = self.within + self.over
        return 100 * self.within / done if done else None


def hand_on_by(case: CaseView) -> int | None:
    """When a new report must be handed on (microseconds); None: its clock does not run."""
    clock = case.snapshot.clocks.get("dispatch") if case.snapshot else None
    return clock.due_us if clock is not None and clock.running and case.state == "new" else None


def waiting(*, by: Actor, after: str = "", limit: int = 50) -> Page:
    """Reports that nobody has handed on, the oldest first, with their clocks."""
    found = cases.inbox(NEW, by=by, after=after, limit=limit)
    return Page([cases.get(each.num, by=by) for each in found.items], found.next)


def _waiting_late(by: Actor, moment: datetime) -> int:
    """How many of them are over their time: those opened before it, less those whose clock stood still or began again."""
    before = us(moment - HAND_ON)
    old = cases.inbox(msgspec.structs.replace(NEW, opened_to=before), by=by, limit=LOOKED_AT_MOST)
    dues = (hand_on_by(cases.get(each.num, by=by)) for each in old.items)
    return sum(due is not None and due < us(moment) for due in dues)


def shift(*, by: Actor) -> Shift:
    """The numbers of the shift. Needs ``hotline.supervise`` in the city."""
    by.require(access.SUPERVISE, unit=current().city)
    moment = now()
    since = moment.astimezone(HCMC).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = cases.counts(NEW, by=by)
    today = RoutingDecision.objects.filter(at__gte=since)
    done = RoutingDecision.objects.filter(dispatched_at__gte=since).aggregate(
        within=Count("pk", filter=Q(dispatched_late=False)), over=Count("pk", filter=Q(dispatched_late=True))
    )
    return Shift(
        at=moment, since=since, waiting=counts.total, waiting_late=_waiting_late(by, moment), taken=today.count(),
        within=done["within"], over=done["over"], corrected=Correction.objects.filter(at__gte=since).count(),
        letters=Inbound.objects.filter(state__in=(Inbound.WAITING, Inbound.DEAD)).count(),
        operators=_operators(since), agencies=cases.workload(by, procedures=(PROCEDURE,))[:30],
        hours=_hours(since, moment),
    )  # fmt: skip


def _operators(since: datetime) -> list[Operator]:
    made: dict[str, list[Call]] = {}
    for each in Call.objects.filter(started_at__gte=since).only(
        "operator", "started_at", "ended_at", "outcome"
    )[:20_000]:
        made.setdefault(each.operator, []).append(each)
    found = []
    for reference, own in made.items():
        spans = [each.ended_at - each.started_at for each in own if each.ended_at]
        mean = sum(spans, timedelta()) / len(spans) / timedelta(minutes=1) if spans else None
        still = sum(each.ended_at is None for each in own)
        found.append(
            Operator(reference, len(own), still, sum(each.outcome == Call.FILED for each in own), mean)
        )
    return sorted(found, key=lambda each: -each.calls)[:OPERATORS_MOST]


def _hours(since: datetime, moment: datetime) -> list[Hour]:
    taken = _by_hour(RoutingDecision.objects.filter(at__gte=since), "at")
    handed = RoutingDecision.objects.filter(dispatched_at__gte=since)
    within = _by_hour(handed.filter(dispatched_late=False), "dispatched_at")
    over = _by_hour(handed.filter(dispatched_late=True), "dispatched_at")
    last = moment.astimezone(HCMC).hour
    return [
        Hour(each, taken.get(each, 0), within.get(each, 0), over.get(each, 0)) for each in range(last + 1)
    ]


def _by_hour(rows: QuerySet[RoutingDecision], field: str) -> dict[int, int]:
    named = (
        rows.order_by()
        .annotate(hour=ExtractHour(field, tzinfo=HCMC))
        .values("hour")
        .annotate(many=Count("pk"))
    )
    return {each["hour"]: each["many"] for each in named}
