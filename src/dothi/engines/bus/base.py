"""What the platform asks of a message bus: at-least-once subjects with durable consumers, and doorbells.

The event log (``kernel.events``) is the truth; the bus carries it to other processes and machines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a consumer sees it; ``id`` is the publisher's, ``attempt`` counts from 1."""

    subject: str
    data: bytes
    id: str
    attempt: int = 1


class BusError(Exception):
    """The bus could not take or deliver a message; ``__cause__`` has the driver's error."""


class MessageRefused(BusError):
    """This message or name will never be taken (too large, a wrong subject): trying again is of no use."""


class Bus(Protocol):
    """A message bus. Subjects are dotted (``city.context.updated``); wildcards ``*`` and ``>`` as in NATS."""

    shared: bool
    """Whether other processes hear what is published and rung here."""

    def publish(self, subject: str, data: bytes, *, id: str) -> None:
        """Returns when the bus has stored the message (embedded: has handed it to its subscribers).

        A message whose ``id`` was published a short while ago (minutes) is taken for the same and dropped.
        """
        ...

    def publish_all(self, messages: Sequence[Message]) -> None:
        """Publish many in their order; returns when all are stored. After an error some may be."""
        ...

    def subscribe(
        self, subject: str, handler: Callable[[Message], None], *, durable: str | None = None
    ) -> AbstractContextManager[None]:
        """Call ``handler`` for each message, in a thread of the bus, from now until the context is left.

        With ``durable`` (letters, digits, ``-``, ``_``) the place is kept under that name, subscribers of one
        name share the messages, and a message whose handler raised is delivered again, later each time,
        without holding up the others. Without it only messages published meanwhile are seen, once.
        """
        ...

    def ring(self, bell: str) -> None:
        """Wake whoever waits on ``bell``; nothing is stored, a ring may be lost."""
        ...

    def on_ring(self, bell: str, callback: Callable[[], None]) -> AbstractContextManager[None]:
        """Call ``callback`` at each ring until the context is left, in any thread: it only sets a flag."""
        ...

    def healthy(self) -> bool: ...

    def close(self) -> None: ...
