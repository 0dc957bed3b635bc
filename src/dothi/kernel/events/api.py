"""HTTP API for those who look after the logs. Mount the router with an ``auth`` that yields the actor."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from dothi.core.clock import from_us
from dothi.core.errors import Unauthenticated
from dothi.kernel.events import actions, queries
from dothi.kernel.events.actions import By
from dothi.kernel.events.models import DeadLetter

router = Router()
READ = "events.dead-letters.read"


class ConsumerOut(Schema):
    """How far a consumer is in its log."""

    name: str
    log: str
    position: str | None
    behind: int | None
    behind_more: bool
    oldest_waiting: datetime | None
    running: bool
    owner: str
    moved_at: datetime | None
    waiting_for: str
    retrying: int
    dead: int


class DeadLetterOut(Schema):
    """An event that a consumer could not handle."""

    id: int
    consumer: str
    state: str
    attempts: int
    error: str
    first_failed_at: datetime
    last_failed_at: datetime
    next_attempt_at: datetime | None
    event: dict[str, Any]


class DeadLetterPage(Schema):
    """A page of dead letters and the key to ask for the next with."""

    items: list[DeadLetterOut]
    before: int | None


class ReplayIn(Schema):
    """From where to handle events again: behind ``after``, or all."""

    after: str | None = None


def _by(request: HttpRequest) -> By:
    by = getattr(request, "auth", None)
    if by is None or not hasattr(by, "require"):
        raise Unauthenticated
    return cast(By, by)


@router.get("/consumers", response=list[ConsumerOut], summary="Consumers and how far they are")
def consumers(request: HttpRequest) -> list[queries.ConsumerState]:
    """Each consumer's place in its log, how much waits behind it, and what keeps it."""
    _by(request).require(READ)
    return queries.consumer_states()


@router.post("/consumers/{name}/replay", response={204: None}, summary="Handle events again")
def replay(request: HttpRequest, name: str, body: ReplayIn) -> Status[None]:
    """Set a consumer back; it handles the events behind that place again."""
    actions.replay(name, _by(request), after=body.after)
    return Status(204, None)


@router.get("/dead-letters", response=DeadLetterPage, summary="Events that could not be handled")
def dead_letters(
    request: HttpRequest,
    consumer: str | None = None,
    state: Literal["dead", "retrying", "all"] = "dead",
    before: int | None = None,
    limit: Annotated[int, Field(ge=1, le=500)] = 50,
) -> DeadLetterPage:
    """The newest first; ``before`` is the key of the last one of the page before."""
    _by(request).require(READ)
    found = queries.dead_letters(consumer=consumer, state=None if state == "all" else state).order_by("-id")
    found = found if before is None else found.filter(id__lt=before)
    page = list(found[: limit + 1])
    more = page[limit - 1].pk if len(page) > limit else None
    return DeadLetterPage(items=[_shown(letter) for letter in page[:limit]], before=more)


def _shown(letter: DeadLetter) -> DeadLetterOut:
    return DeadLetterOut(
        id=letter.pk,
        consumer=letter.consumer,
        state=letter.state,
        attempts=letter.attempts,
        error=letter.error.strip().rpartition("\n")[2],  # the last line says what; the trace is for the log
        first_failed_at=from_us(letter.first_failed_us),
        last_failed_at=from_us(letter.last_failed_us),
        next_attempt_at=from_us(letter.due_us) if letter.state == DeadLetter.RETRYING else None,
        event=msgspec.json.decode(letter.event),
    )


@router.post("/dead-letters/{key}/resend", response={204: None}, summary="Try an event again")
def resend(request: HttpRequest, key: int) -> Status[None]:
    """Give the event back to its consumer, with all its attempts."""
    actions.resend(queries.dead_letter(key), _by(request))
    return Status(204, None)


@router.post("/dead-letters/{key}/discard", response={204: None}, summary="Give an event up")
def discard(request: HttpRequest, key: int) -> Status[None]:
    """The consumer will not get this event any more; it stays in the log."""
    actions.discard(queries.dead_letter(key), _by(request))
    return Status(204, None)
