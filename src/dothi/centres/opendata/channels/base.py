"""What a way of telling somebody is asked: whether it can, whether an address will do, and to send. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from dothi.core.errors import Text


class Undeliverable(Exception):
    """This notice did not reach this address; later it may. What is behind it goes on."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell: its id (the same when it is sent again), in both languages, as data for programs.

    ``link`` is where to read more, ``leave`` where to stop following.
    """

    id: str
    kind: str
    subject: Text
    text: Text
    link: str
    leave: str
    data: dict[str, Any]


class Channel(Protocol):
    """One way."""

    def ready(self) -> bool:
        """Whether this installation can send this way."""
        ...

    def check(self, address: str) -> str:
        """The address as it is kept; raises :class:`dothi.core.errors.BadInput`."""
        ...

    def send(self, address: str, notice: Notice, *, language: str, secret: str) -> None:
        """Send it now. Raises :class:`Undeliverable`, or ``Unavailable`` when nothing can be sent at all."""
        ...
