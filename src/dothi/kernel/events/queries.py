"""Reads for people who look after the logs: how far each consumer is, what could not be handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db.models import Count, Q, QuerySet

from dothi.core.clock import from_us, now_us
from dothi.core.errors import DothiError, NotFound, both
from dothi.kernel.events.declared import consumers
from dothi.kernel.events.log import Event, Log, Position, logs
from dothi.kernel.events.models import ConsumerOffset, DeadLetter, OutboxEvent

# Counting stops here: "more than" is all a person needs to know.
COUNT_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class ConsumerState:
    """A consumer as an administrator sees it. ``behind`` counts events not yet read, up to a limit."""

    name: str
    log: str
    position: str | None
    behind: int | None
    behind_more: bool
    oldest_waiting: datetime | None
    running: bool
    owner: str
    moved_at: datetime | None
    waiting_for: str
    retrying: int
    dead: int


def consumer_states() -> list[ConsumerState]:
    """Every consumer that ever ran here, by name."""
    counts = DeadLetter.objects.values("consumer").annotate(
        retrying=Count("id", filter=Q(state=DeadLetter.RETRYING)),
        dead=Count("id", filter=Q(state=DeadLetter.DEAD)),
    )
    letters = {row["consumer"]: (row["retrying"], row["dead"]) for row in counts}
    return [_state(row, *letters.get(row.name, (0, 0))) for row in ConsumerOffset.objects.order_by("name")]


def consumed(log: str) -> str | None:
    """The position up to which every consumer of ``log`` has read; None when it has no consumer."""
    places = ConsumerOffset.objects.filter(log=log).values_list("position", flat=True)
    return min(places, default=None)


def _state(row: ConsumerOffset, retrying: int, dead: int) -> ConsumerState:
    source = logs().get(row.log)
    behind, oldest = _behind(source, row) if source else (None, None)
    return ConsumerState(
        name=row.name,
        log=row.log,
        position=row.position or None,
        behind=behind,
        behind_more=behind is not None and behind >= COUNT_AT_MOST,
        oldest_waiting=oldest,
        running=bool(row.owner) and row.leased_until_us > now_us(),
        owner=row.owner,
        moved_at=from_us(row.moved_at_us) if row.moved_at_us else None,
        waiting_for=row.waiting_for,
        retrying=retrying,
        dead=dead,
    )


def _behind(source: Log, row: ConsumerOffset) -> tuple[int | None, datetime | None]:
    """Events of the consumer's own types only: over others it moves on without writing its place down."""
    declared = consumers().get(row.name)
    try:
        waiting = source.read(row.position or None, COUNT_AT_MOST, types=declared.types if declared else None)
    except DothiError:
        return None, None
    return len(waiting), waiting[0].time if waiting else None


def newest(limit: int, *, before: str | None = None, type: str = "") -> list[Event]:
    """The city's latest events, newest first, for people to look at; ``before`` is the position of the last one seen.

    Consumers read forward through :mod:`dothi.kernel.events.log`, which also knows what is not settled yet.
    """
    rows = OutboxEvent.objects.order_by("-seq")
    rows = rows.filter(type__startswith=type) if type else rows
    rows = rows if before is None else rows.filter(seq__lt=Position.parse(before).seq)
    return [
        Event(
            id=row.event_id, type=row.type, source=row.source, subject=row.subject, time=from_us(row.time_us),
            data=msgspec.json.decode(row.data), actor=row.actor or None,
            position=Position(row.era, row.txid, row.seq).text(),
        )
        for row in rows[:limit]
    ]  # fmt: skip


def dead_letters(*, consumer: str | None = None, state: str | None = DeadLetter.DEAD) -> QuerySet[DeadLetter]:
    """Events that could not be handled, the newest failure first. ``state`` None: those being retried too."""
    found = DeadLetter.objects.order_by("-last_failed_us", "-id")
    found = found if state is None else found.filter(state=state)
    return found if consumer is None else found.filter(consumer=consumer)


def dead_letter(key: int) -> DeadLetter:
    """One of them; :class:`NotFound` when it is gone."""
    letter = DeadLetter.objects.filter(pk=key).first()
    if letter is None:
        raise NotFound(
            both("Sự kiện này không còn trong danh sách lỗi.", "This dead letter is no longer there.")
        )
    return letter
