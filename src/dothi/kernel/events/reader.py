"""One consumer at work: reads its log in batches, hands events over, keeps its place."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import structlog
from django.db import transaction

from dothi.core.clock import now_us
from dothi.core.errors import BadInput
from dothi.kernel.events import leases, letters
from dothi.kernel.events.away import is_away
from dothi.kernel.events.declared import Consumer
from dothi.kernel.events.log import Event, Log
from dothi.kernel.events.models import ConsumerOffset, DeadLetter

log = structlog.get_logger()
BATCH = 200
# A batch ends after this long even when events are left: on SQLite it holds the one write lock meanwhile.
BATCH_S = 0.1
SKIPPED_AT_MOST = 5000
Renew = Callable[[], None]


class Reader:
    """The state of a consumer in this process. :meth:`step` is called again and again by one thread."""

    def __init__(self, consumer: Consumer, source: Log, owner: str) -> None:
        self.consumer = consumer
        self._log = source
        self._owner = owner
        self._kept: str | None = None  # the place in the database
        self._place: str | None = None  # may be further, over events of other types
        self._skipped = 0
        self._due_us: int | None = 0

    def begin(self) -> bool:
        """Take the lease; False when another process has it."""
        row = leases.holds(self.consumer.name, self._owner) or self._take()
        if row is None:
            return False
        if row.position != (self._kept or ""):
            self._adopt(row.position)
        self._due_us = letters.next_due_us(self.consumer)
        return True

    def _take(self) -> ConsumerOffset | None:
        if not ConsumerOffset.objects.filter(name=self.consumer.name).exists():
            start = (self._log.head() or "") if self.consumer.start == "head" else ""
            ConsumerOffset.objects.bulk_create(
                [ConsumerOffset(name=self.consumer.name, log=self.consumer.log, position=start)],
                ignore_conflicts=True,  # another runner may begin at the same moment
            )
        return leases.take(self.consumer.name, self._owner)

    def _adopt(self, position: str) -> None:
        self._kept = self._place = position or None
        self._skipped = 0

    def step(self) -> bool:
        """Handle what is due and one batch; False when there was nothing to do."""
        retried = self._due_us is not None and self._due_us <= now_us() and self._retry()
        return self._next_batch() or retried

    def rest_s(self, longest: float) -> float:
        """How long there is nothing to do if no event comes."""
        if self._due_us is None:
            return longest
        return min(max((self._due_us - now_us()) / 1e6, 0.0), longest)

    def _next_batch(self) -> bool:
        events = self._read()
        if not events:
            return False
        wanted = [event for event in events if self.consumer.wants(event)]
        self._skipped += len(events) - len(wanted)
        if wanted or self._skipped >= SKIPPED_AT_MOST:
            self._work(wanted, events[-1].position)
        else:
            self._place = events[-1].position
        return True

    def _read(self) -> list[Event]:
        try:
            return self._log.read(self._place, BATCH)
        except BadInput:
            # The log was begun anew (its database was replaced): all it holds is news.
            log.warning("events.place_unknown", consumer=self.consumer.name, position=self._place)
            self._place = None
            return self._log.read(None, BATCH)

    def _outer(self) -> AbstractContextManager[object]:
        return transaction.atomic() if self.consumer.atomic else nullcontext()

    def _work(self, wanted: list[Event], last: str) -> None:
        """Hand over ``wanted`` and move on to ``last``, or as far as time and luck allowed."""
        away: Exception | None = None
        with self._outer():
            if not self._unmoved():
                return
            fresh = letters.unhandled(self.consumer, wanted)
            done, failures, away = self._handle(fresh)
            left = fresh[len(done) + len(failures) :]
            place = last if not left else _place_before(left[0], wanted, self._place)
            with transaction.atomic():
                if not self.consumer.atomic and not self._unmoved():
                    return
                self._settle(done, failures, place)
        self._kept = self._place = place
        self._skipped = 0
        if failures:
            self._due_us = 0
        if away is not None:
            raise away

    def _unmoved(self) -> bool:
        """Whether the place in the database is the one known here; else adopt it (a replay was asked for)."""
        with transaction.atomic():
            row = leases.fence(self.consumer.name, self._owner)
        if row.position == (self._kept or ""):
            return True
        self._adopt(row.position)
        return False

    def _handle(
        self, events: Sequence[Event]
    ) -> tuple[list[Event], list[tuple[Event, Exception]], Exception | None]:
        """What was done, what failed and why, and what is away if that ended it."""
        done: list[Event] = []
        failures: list[tuple[Event, Exception]] = []
        if self.consumer.batch and events and self._give(events) is None:
            return list(events), [], None
        until = time.monotonic() + BATCH_S
        for event in events:
            error = self._give([event])
            if error is None:
                done.append(event)
            elif is_away(error):
                return done, failures, error
            else:
                failures.append((event, error))
            if time.monotonic() > until:
                break
        return done, failures, None

    def _give(self, events: Sequence[Event]) -> Exception | None:
        try:
            with self._outer():  # inside the batch's transaction: a savepoint
                self.consumer.give(events)
        except Exception as error:
            return error
        return None

    def _settle(
        self, done: Sequence[Event], failures: Sequence[tuple[Event, Exception]], place: str | None
    ) -> None:
        for event, error in failures:
            letters.park(self.consumer, event, error)
        letters.remember(self.consumer, done)
        self._move(place)

    def _move(self, place: str | None) -> None:
        mine = ConsumerOffset.objects.filter(name=self.consumer.name, owner=self._owner)
        mine.update(position=place or "", moved_at_us=now_us(), waiting_for="")

    def _retry(self) -> bool:
        """Try again what is due, each event in a transaction of its own."""
        found = letters.due(self.consumer)
        for letter in found:
            self._retry_one(letter)
        self._due_us = letters.next_due_us(self.consumer)
        return bool(found)

    def _retry_one(self, letter: DeadLetter) -> None:
        event = letters.event_of(letter)
        with self._outer():
            with transaction.atomic():
                leases.fence(self.consumer.name, self._owner)
            error = self._give([event])
            if error is not None and is_away(error):
                raise error
            with transaction.atomic():
                leases.fence(self.consumer.name, self._owner)
                if error is None:
                    letter.delete()
                    letters.remember(self.consumer, [event])
                else:
                    letters.failed(self.consumer, letter, event, error)


def _place_before(event: Event, events: Sequence[Event], place: str | None) -> str | None:
    """The position of the event in front of ``event``; ``place`` when it is the first."""
    for each in events:
        if each is event:
            break
        place = each.position
    return place
