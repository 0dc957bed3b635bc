"""A durable subscription: which messages are out, done, or wait for another attempt."""

from __future__ import annotations

import heapq
import threading
import time

from dothi.engines.bus.base import Message
from dothi.engines.bus.embedded.journal import Journal
from dothi.engines.bus.subjects import backoff_s, matches

_BATCH = 100


class Durable:
    """The state shared by the subscribers of one durable name. All methods may be called from any thread."""

    def __init__(self, journal: Journal, name: str, pattern: str) -> None:
        self._journal = journal
        self._name = name
        self._pattern = pattern
        self._condition = threading.Condition()
        self._read = self._kept = journal.place(name)  # read up to; place kept in the journal
        self._fresh: list[tuple[int, Message]] = []  # newest first, so that pop() takes the oldest
        self._again: list[tuple[float, int, Message]] = []  # a heap by the time of the next attempt
        self._out: set[int] = set()  # read and not done

    def wake(self) -> None:
        """New messages are in the journal, or a subscriber is to look whether it should stop."""
        with self._condition:
            self._condition.notify_all()

    def take(self, stop: threading.Event) -> tuple[int, Message] | None:
        """The next message to handle, waiting for one; None when ``stop`` is set."""
        with self._condition:
            while not stop.is_set():
                now = time.monotonic()
                if self._again and self._again[0][0] <= now:
                    _, seq, message = heapq.heappop(self._again)
                    return seq, message
                if not self._fresh:
                    self._fill()
                if self._fresh:
                    return self._fresh.pop()
                self._condition.wait(self._again[0][0] - now if self._again else None)
        return None

    def done(self, seq: int) -> None:
        """The message ``seq`` was handled."""
        with self._condition:
            self._out.discard(seq)
            self._keep()

    def failed(self, seq: int, message: Message) -> None:
        """The handler of ``seq`` raised: it comes again, later each time."""
        due = time.monotonic() + backoff_s(message.attempt)
        again = Message(message.subject, message.data, message.id, message.attempt + 1)
        with self._condition:
            heapq.heappush(self._again, (due, seq, again))
            self._condition.notify_all()

    def _fill(self) -> None:
        rows = self._journal.after(self._read, _BATCH)
        while rows and not self._fresh:
            self._read = rows[-1][0]
            found = [
                (seq, Message(subject, data, id))
                for seq, id, subject, data in rows
                if matches(self._pattern, subject)
            ]
            self._out.update(seq for seq, _ in found)
            self._fresh = found[::-1]
            rows = self._journal.after(self._read, _BATCH) if not found else []

    def _keep(self) -> None:
        floor = min(self._out) - 1 if self._out else self._read
        if floor > self._kept:
            self._kept = floor
            self._journal.move(self._name, floor)
