"""Every write that others ask for: recording events, and what a person does about failed ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Q

from dothi.core.clock import us
from dothi.core.errors import NotFound, both
from dothi.kernel.events import outbox
from dothi.kernel.events.log import BEGINNING, Event, Position
from dothi.kernel.events.models import ConsumerOffset, DeadLetter, HandledEvent, LogState, OutboxEvent

RESEND = "events.dead-letters.resend"
DISCARD = "events.dead-letters.discard"
REPLAY = "events.consumers.replay"
ORDER = ("era", "txid", "seq")


class By(Protocol):
    """Who asks. An actor of ``kernel.identity`` is one; this floor does not import it."""

    @property
    def reference(self) -> str: ...

    def require(self, permission: str) -> None:
        """Raise when this permission is missing."""
        ...


def record(
    type: str, *, subject: str, data: dict[str, Any], actor: str | None = None, source: str | None = None
) -> Event:
    """Append an event to the city's log, in the caller's transaction (raises when none is open).

    ``type`` is like ``vn.dothi.directory.unit-changed``; ``data`` is plain JSON. Readers see the event
    after the commit and never when it is undone.
    """
    return outbox.append(type, subject, data, actor, source)


@transaction.atomic
def resend(letter: DeadLetter, by: By) -> None:
    """Let the consumer try the event again, now, with all its attempts."""
    by.require(RESEND)
    held = _held(letter)
    DeadLetter.objects.filter(pk=held.pk).update(state=DeadLetter.RETRYING, attempts=0, due_us=0)
    record(
        "vn.dothi.events.dead-letter-resent", subject=held.reference, data=held.facts(), actor=by.reference
    )


@transaction.atomic
def discard(letter: DeadLetter, by: By) -> None:
    """Give the event up for this consumer. It stays in the log."""
    by.require(DISCARD)
    held = _held(letter)
    held.delete()
    record(
        "vn.dothi.events.dead-letter-discarded",
        subject=f"dead-letter:{letter.pk}",
        data={"consumer": letter.consumer, "event": letter.event_id, "error": letter.error[:500]},
        actor=by.reference,
    )


def _held(letter: DeadLetter) -> DeadLetter:
    held = DeadLetter.objects.select_for_update().filter(pk=letter.pk).first()
    if held is None:
        raise NotFound(
            both("Sự kiện này không còn trong danh sách lỗi.", "This dead letter is no longer there.")
        )
    return held


@transaction.atomic
def replay(consumer: str, by: By, *, after: str | None = None) -> None:
    """Let a consumer handle again all events behind ``after`` (None: all that are kept)."""
    by.require(REPLAY)
    offset = ConsumerOffset.objects.select_for_update().filter(name=consumer).first()
    if offset is None:
        raise NotFound(both(f"Không có bộ xử lý “{consumer}”.", f"There is no consumer '{consumer}'."))
    offset.position = after or ""
    offset.save(update_fields=["position"])
    HandledEvent.objects.filter(consumer=consumer).delete()
    data = {"consumer": consumer, "after": after}
    record("vn.dothi.events.consumer-replayed", subject=f"consumer:{consumer}", data=data, actor=by.reference)


@transaction.atomic
def trim(before: datetime) -> int:
    """Forget the city's events older than ``before`` that every consumer has passed; how many."""
    state, _ = LogState.objects.select_for_update().get_or_create(pk=1)
    passed = list(ConsumerOffset.objects.filter(log="city").values_list("position", flat=True))
    kept = OutboxEvent.objects.filter(time_us__gte=us(before)).order_by(*ORDER).values_list(*ORDER).first()
    old = OutboxEvent.objects.filter(_before(Position(*kept))) if kept else OutboxEvent.objects.all()
    if passed:
        slowest = min(Position.parse(place) if place else BEGINNING for place in passed)
        old = old.filter(_before(Position(slowest.era, slowest.txid, slowest.seq + 1)))
    last = old.order_by(*ORDER).values_list(*ORDER).last()
    if last is None:
        return 0
    state.floor = Position(*last).text()
    state.save(update_fields=["floor"])
    return old.delete()[0]


def _before(place: Position) -> Q:
    same_era = Q(era=place.era)
    return (
        Q(era__lt=place.era)
        | (same_era & Q(txid__lt=place.txid))
        | (same_era & Q(txid=place.txid, seq__lt=place.seq))
    )


def settle_era() -> None:
    """After a restore on PostgreSQL: a new era when the server's transactions count lower than the log's."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        LogState.objects.select_for_update().get_or_create(pk=1)
        cursor.execute(
            "UPDATE events_logstate SET era = era + 1 WHERE id = 1 AND (SELECT max(txid) FROM events_outbox o"
            " WHERE o.era = events_logstate.era) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
