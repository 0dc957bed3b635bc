"""Events that could not be handled, as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dothi.core.clock import from_us
from dothi.kernel.events import queries
from dothi.kernel.events.log import Event
from dothi.kernel.events.models import ConsumerOffset, DeadLetter

STATES = (DeadLetter.DEAD, DeadLetter.RETRYING, "all")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters to list; an empty field does not narrow."""

    consumer: str = ""
    state: str = DeadLetter.DEAD
    type: str = ""

    @classmethod
    def asked(cls, given: dict[str, Any]) -> Wanted:
        """From the parameters of an address; what is not understood does not narrow."""
        state = str(given.get("state", DeadLetter.DEAD))
        return cls(
            str(given.get("consumer", ""))[:100].replace("\0", ""),
            state if state in STATES else DeadLetter.DEAD,
            str(given.get("type", ""))[:200].strip().replace("\0", ""),
        )


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One failed event: what it is, what went wrong (the last line of the trace), since when."""

    letter: DeadLetter
    event: Event
    error: str
    first: datetime
    last: datetime
    next: datetime | None

    @property
    def dead(self) -> bool:
        """Whether it waits for a person, and not for its next try."""
        return self.letter.state == DeadLetter.DEAD


def line(letter: DeadLetter) -> LetterLine:
    """The letter in words."""
    return LetterLine(
        letter=letter,
        event=msgspec.json.decode(letter.event, type=Event),
        error=letter.error.strip().rpartition("\n")[2],
        first=from_us(letter.first_failed_us),
        last=from_us(letter.last_failed_us),
        next=from_us(letter.due_us) if letter.state == DeadLetter.RETRYING and letter.due_us else None,
    )


def lines(wanted: Wanted, before: int | None, limit: int) -> list[LetterLine]:
    """The newest first, by key: letters that come meanwhile move nothing."""
    state = None if wanted.state == "all" else wanted.state
    found = queries.dead_letters(consumer=wanted.consumer or None, state=state).order_by("-id")
    if wanted.type:
        found = found.filter(event__contains=f'"type":"{wanted.type}')
    found = found if before is None else found.filter(pk__lt=before)
    return [line(letter) for letter in found[:limit]]


def consumers() -> list[str]:
    """The names to choose from."""
    return list(ConsumerOffset.objects.order_by("name").values_list("name", flat=True))


def pretty(event: Event) -> str:
    """The event in the JSON of CloudEvents, for reading."""
    return msgspec.json.format(msgspec.json.encode(event.to_cloudevent()), indent=2).decode()
