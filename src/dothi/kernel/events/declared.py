"""Who reads the logs: declared with ``@consumer``, driven by ``ConsumerRunner`` in a worker process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dothi.kernel.events.log import Event, type_matches

Handler = Callable[[Event], None]
BatchHandler = Callable[[Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A declared reader of one log.

    ``atomic``: the handler's writes to Django's database, and the consumer's place, are one transaction, so
    that an event has its effect exactly once; otherwise at least once. ``batch``: the handler takes a list. A
    handler that raises :class:`dothi.core.errors.Unavailable` says that what it needs is away: the consumer
    waits. Any other error is the event's: it is tried ``attempts`` times, later each time, and then becomes a
    dead letter, while the events behind it go on. ``remember``: keep the ids of handled events for a while,
    so that one that comes twice is handled once.
    """

    name: str
    log: str
    types: tuple[str, ...]
    handle: Callable[[Any], None]
    atomic: bool = True
    batch: bool = False
    attempts: int = 8
    remember: bool = True
    start: Literal["beginning", "head"] = "beginning"

    def wants(self, event: Event) -> bool:
        """Whether the event is of a type this consumer reads."""
        return type_matches(self.types, event.type)

    def give(self, events: Sequence[Event]) -> None:
        """Hand the events to the handler."""
        if self.batch:
            self.handle(events)
        else:
            for event in events:
                self.handle(event)


_consumers: dict[str, Consumer] = {}


def add(declared: Consumer) -> None:
    """Make a consumer known by its name."""
    known = _consumers.get(declared.name)
    if known is not None and known.handle is not declared.handle:
        raise ValueError(f"two consumers are called {declared.name!r}")
    _consumers[declared.name] = declared


def remove(name: str) -> None:
    """Forget a consumer; its place stays in the database."""
    _consumers.pop(name, None)


def consumers() -> dict[str, Consumer]:
    """The declared consumers by name."""
    return dict(_consumers)


def consumer(
    name: str, *, log: str = "city", types: Sequence[str] = ("*",), atomic: bool = True, attempts: int = 8,
    start: Literal["beginning", "head"] = "beginning",
) -> Callable[[Handler], Handler]:  # fmt: skip
    """Make a function the handler of the log's events of these types (names, or prefixes ending in ``*``)."""

    def declare(handle: Handler) -> Handler:
        add(Consumer(name, log, tuple(types), handle, atomic=atomic, attempts=attempts, start=start))
        return handle

    return declare


def batch_consumer(
    name: str, *, log: str = "city", types: Sequence[str] = ("*",), atomic: bool = True, attempts: int = 8,
    start: Literal["beginning", "head"] = "beginning",
) -> Callable[[BatchHandler], BatchHandler]:  # fmt: skip
    """The same for a function that takes a list of events: all of it or none of it takes effect."""

    def declare(handle: BatchHandler) -> BatchHandler:
        add(
            Consumer(
                name, log, tuple(types), handle, atomic=atomic, batch=True, attempts=attempts, start=start
            )
        )
        return handle

    return declare
