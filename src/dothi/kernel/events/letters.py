"""Events whose handling failed: kept, tried again when due, given up after enough attempts."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterable

import msgspec
import structlog

from dothi.core.clock import now_us
from dothi.kernel.events import outbox, rules
from dothi.kernel.events.declared import Consumer
from dothi.kernel.events.log import Event
from dothi.kernel.events.models import DeadLetter, HandledEvent

log = structlog.get_logger()
REMEMBER_US = 7 * 24 * 3600 * 1_000_000
_ERROR_CHARS = 4000
_AT_ONCE = 50


def park(consumer: Consumer, event: Event, error: Exception) -> None:
    """The event failed for the first time: put it aside, so that the ones behind it can go on."""
    now = now_us()
    letter = DeadLetter(
        consumer=consumer.name, event_id=event.id, position=event.position,
        event=msgspec.json.encode(event).decode(), attempts=0, first_failed_us=now,
    )  # fmt: skip
    known = DeadLetter.objects.filter(consumer=consumer.name, event_id=event.id).first()
    failed(consumer, known or letter, event, error)


def failed(consumer: Consumer, letter: DeadLetter, event: Event, error: Exception) -> None:
    """One more attempt was in vain: rest and try again, or give up."""
    letter.attempts += 1
    letter.last_failed_us = now_us()
    letter.error = "".join(traceback.format_exception(error))[-_ERROR_CHARS:].replace("\x00", "")
    letter.due_us = letter.last_failed_us + rules.rest_us(letter.attempts, random.random())  # noqa: S311
    given_up = rules.is_given_up(letter.attempts, consumer.attempts)
    letter.state = DeadLetter.DEAD if given_up else DeadLetter.RETRYING
    letter.save()
    say = log.error if given_up else log.warning
    say("events.dead_letter" if given_up else "events.retry", consumer=consumer.name, event_id=event.id,
        type=event.type, attempts=letter.attempts, error=repr(error)[:300])  # fmt: skip
    if given_up and rules.is_announced(event.type):
        data = letter.facts() | {"type": event.type, "error": repr(error)[:300]}
        outbox.append("vn.dothi.events.dead-lettered", letter.reference, data, None, None)


def due(consumer: Consumer) -> list[DeadLetter]:
    """Those whose rest is over, the longest waiting first."""
    resting = DeadLetter.objects.filter(consumer=consumer.name, state=DeadLetter.RETRYING)
    return list(resting.filter(due_us__lte=now_us()).order_by("due_us")[:_AT_ONCE])


def next_due_us(consumer: Consumer) -> int | None:
    """When the next one is to be tried again."""
    resting = DeadLetter.objects.filter(consumer=consumer.name, state=DeadLetter.RETRYING)
    return resting.order_by("due_us").values_list("due_us", flat=True).first()


def event_of(letter: DeadLetter) -> Event:
    """The event as it was read from its log."""
    return msgspec.json.decode(letter.event, type=Event)


def unhandled(consumer: Consumer, events: list[Event]) -> list[Event]:
    """Those this consumer has neither handled nor put aside, each id once."""
    if not (consumer.remember and events):
        return events
    fresh = {event.id: event for event in reversed(events)}
    known: set[str] = set()
    for table in (HandledEvent, DeadLetter):
        rows = table.objects.filter(consumer=consumer.name, event_id__in=list(fresh))
        known.update(rows.values_list("event_id", flat=True))
    return [event for event in events if event.id not in known and fresh[event.id] is event]


def remember(consumer: Consumer, events: Iterable[Event]) -> None:
    """These were handled."""
    if consumer.remember:
        now = now_us()
        HandledEvent.objects.bulk_create(
            [HandledEvent(consumer=consumer.name, event_id=event.id, at_us=now) for event in events],
            ignore_conflicts=True,
        )


def forget_old() -> None:
    """Let go of the ids of events handled more than a week ago."""
    HandledEvent.objects.filter(at_us__lt=now_us() - REMEMBER_US).delete()
