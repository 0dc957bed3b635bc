"""Carries the events of every log to the bus, for other programs: CloudEvents in JSON, one subject a type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from dothi.engines import registry
from dothi.engines.bus.base import Message
from dothi.kernel.events.declared import Consumer, add, remove
from dothi.kernel.events.log import Event

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


def subject_of(log: str, event: Event) -> str:
    """``city.directory.unit-changed``; on NATS with the namespace ``dothi.`` in front."""
    tail = event.type.removeprefix("vn.dothi.").removeprefix(f"{log}.")
    words = [_UNFIT.sub("_", word) for word in tail.split(".")]
    return ".".join([log, *(word or "_" for word in words)])


def carry(log: str) -> Callable[[Sequence[Event]], None]:
    """The handler that publishes the events of ``log``; the bus drops what it has seen by its id."""

    def publish(events: Sequence[Event]) -> None:
        registry.bus().publish_all(
            [Message(subject_of(log, e), msgspec.json.encode(e.to_cloudevent()), e.id) for e in events]
        )

    return publish


def declare(names: Iterable[str], *, always: bool = False) -> None:
    """One relay a log, when the bus reaches other processes (or ``always``)."""
    try:
        wanted = always or registry.bus().shared
    except registry.NotWired:
        wanted = False
    for name in names:
        remove(f"relay-{name}")
        if wanted:
            add(
                Consumer(f"relay-{name}", name, ("*",), carry(name), atomic=False, batch=True, remember=False)
            )
