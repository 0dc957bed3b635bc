"""The queue of a hall as it stands: who waits, who is called, how long it takes today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from dothi.centres.services.actions.tickets import today
from dothi.centres.services.models import Ticket
from dothi.kernel.identity.access import Actor

ENOUGH: Final = 5  # tickets served today before a waiting time is said


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long somebody who takes a number now may wait. ``minutes`` is None while too few were served today."""

    waiting: int
    served: int
    counters: int
    minutes: int | None


def wait_minutes(waiting: int, served_s: Sequence[float], counters: int) -> int | None:
    """The median time of today's served tickets, for all who wait, shared by the counters that call; None: too few.

    >>> wait_minutes(4, [300] * 5, 2)
    10
    """
    if len(served_s) < ENOUGH:
        return None
    return round(median(served_s) * waiting / max(counters, 1) / 60)


def estimate(unit: str) -> Estimate:
    """The waiting time of a hall, from today's tickets."""
    there = Ticket.objects.filter(unit=unit, day=today())
    served = [
        (ended - called).total_seconds()
        for called, ended in there.filter(state=Ticket.SERVED).values_list("called_at", "ended_at")
        if called and ended
    ]
    waiting = there.filter(state=Ticket.WAITING).count()
    counters = there.filter(state=Ticket.CALLED).values("counter").distinct().count()
    return Estimate(waiting, len(served), counters, wait_minutes(waiting, served, counters))


def waiting(unit: str, limit: int = 100) -> list[Ticket]:
    """Who waits, in the order they are called."""
    there = Ticket.objects.filter(unit=unit, day=today(), state=Ticket.WAITING)
    return list(there.order_by("-priority", "id")[:limit])


def called(unit: str, limit: int = 12) -> list[Ticket]:
    """Who is called now, the latest first."""
    there = Ticket.objects.filter(unit=unit, day=today(), state=Ticket.CALLED)
    return list(there.order_by("-called_at")[:limit])


def mine(unit: str, by: Actor) -> Ticket | None:
    """Whom this clerk is serving."""
    there = Ticket.objects.filter(unit=unit, day=today(), state=Ticket.CALLED, clerk=by.reference)
    return there.order_by("-called_at").first()


def ticket(key: int) -> Ticket | None:
    """A ticket by its key."""
    return Ticket.objects.filter(pk=key).first()
