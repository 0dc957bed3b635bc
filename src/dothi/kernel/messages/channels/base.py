"""What a way of reaching people is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Refused(Exception):
    """The gateway will never take this message: a wrong address, a blocked number, a text it does not allow."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message was taken: the gateway's number of it; ``written`` when it only lies in a file."""

    provider_id: str = ""
    written: bool = False


class Outgoing(Protocol):
    """A message as a way sees it."""

    id: UUID
    channel: str
    address: str
    name: str
    language: str
    subject: str
    text: str
    link: str
    purpose: str


class Channel(Protocol):
    """One way."""

    def ready(self) -> bool:
        """Whether this installation has what it takes."""
        ...

    def check_config(self) -> list[str]:
        """What is wrong with its settings, for the administrator; empty when nothing is."""
        ...

    def send(self, message: Outgoing) -> Sent:
        """Send it now. Raises :class:`Refused`, or ``Unavailable`` when trying later may help."""
        ...
