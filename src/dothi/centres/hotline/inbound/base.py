"""What a channel is asked, and what it makes of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dothi.kernel.messages.rules import Recipient


class NotForUs(Exception):
    """The message is no report and gets no answer: a bounce, an automatic reply, our own. Says why."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as a person wrote it. ``code``: the report it names; ``skipped``: files that were not taken."""

    sender: Recipient
    text: str
    code: str = ""
    position: tuple[float, float] | None = None
    photos: Sequence[tuple[str, bytes]] = ()
    skipped: Sequence[str] = ()


class Driver(Protocol):
    """One channel."""

    channel: str
    """The channel of the cases it makes, as the procedure names it."""

    def ready(self) -> bool:
        """Whether this installation takes messages by it."""
        ...

    def check_config(self) -> list[str]:
        """What is wrong with its settings, for the administrator; empty when nothing is."""
        ...

    def number(self, content: bytes) -> str:
        """The channel's own number of a message: the same message has the same."""
        ...

    def read(self, content: bytes) -> Incoming:
        """The message. Raises :class:`NotForUs`, or ``BadInput`` for what cannot be read."""
        ...
