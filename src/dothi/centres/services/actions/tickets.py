"""The queue of a one-stop hall: a number taken, called, served or missed."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from dothi.centres.services.access import QUEUE
from dothi.centres.services.models import Ticket
from dothi.core.clock import HCMC, now
from dothi.core.errors import Conflict, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action

CALLS_MOST: Final = 3
_TRIES: Final = 5


def today() -> date:
    """The city's day."""
    return now().astimezone(HCMC).date()


def take(unit: str, *, matter: str = "", priority: bool = False) -> Ticket:
    """The next number of today. Anyone in the hall takes one; ``priority`` is for those the law puts first."""
    series = "U" if priority else "A"
    for _ in range(_TRIES):
        mine = Ticket.objects.filter(unit=unit, day=today(), series=series)
        last = mine.aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                return Ticket.objects.create(
                    unit=unit, day=today(), series=series, number=last + 1, matter=matter[:120], priority=int(priority)
                )  # fmt: skip
        except IntegrityError:
            continue  # somebody took it at the same moment
    raise Conflict(both("Quầy đang bận, hãy lấy số lại.", "The queue is busy: take a number again."))


@action(permission=QUEUE, unit=lambda unit, **_: unit, subject=lambda unit, **_: f"unit:{unit}")
def call_next(unit: str, *, counter: str, by: Actor) -> Ticket | None:
    """Call whoever waits longest, those with priority first; None when nobody waits."""
    waiting = Ticket.objects.select_for_update().filter(unit=unit, day=today(), state=Ticket.WAITING)
    found = waiting.order_by("-priority", "id").first()
    if found is None:
        return None
    found.state, found.counter, found.clerk = Ticket.CALLED, counter[:20], by.reference
    found.called_at, found.calls = now(), found.calls + 1
    found.save(update_fields=["state", "counter", "clerk", "called_at", "calls"])
    return found


@action(permission=QUEUE, unit=lambda ticket, **_: ticket.unit)
def call_again(ticket: Ticket, *, by: Actor) -> Ticket:
    """Call the same number again; after the third call without anyone it is missed."""
    held = _called(ticket)
    if held.calls >= CALLS_MOST:
        return _end(held, Ticket.MISSED)
    held.calls, held.called_at = held.calls + 1, now()
    held.save(update_fields=["calls", "called_at"])
    return held


@action(permission=QUEUE, unit=lambda ticket, **_: ticket.unit)
def serve(ticket: Ticket, *, by: Actor, missed: bool = False) -> Ticket:
    """Whoever was called has been served, or did not come."""
    return _end(_called(ticket), Ticket.MISSED if missed else Ticket.SERVED)


def _called(ticket: Ticket) -> Ticket:
    held = Ticket.objects.select_for_update().filter(pk=ticket.pk).first()
    if held is None:
        raise NotFound(both("Không có số này.", "There is no such number."))
    if held.state != Ticket.CALLED:
        raise Conflict(both("Số này chưa được gọi hoặc đã xong.", "This number is not being called."))
    return held


def _end(held: Ticket, state: str) -> Ticket:
    held.state, held.ended_at = state, now()
    held.save(update_fields=["state", "ended_at"])
    return held
