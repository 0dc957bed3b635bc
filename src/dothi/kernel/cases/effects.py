"""What steps ordered, carried out after they are durable: at least once, each by a handler that its kind names.

>>> @effect("message")
... def send(order: EffectOrder) -> None: ...

A handler runs in a transaction of Django's with the consumer's place: what it writes there, and ``act`` calls in it,
happen once. What it does elsewhere must bear being done twice (``order.id`` says what is the same). An effect whose
handler fails is tried again with pauses, then it is a dead letter that a person sees and can send again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog

from dothi.core.clock import now_us
from dothi.kernel.cases.engine.types import EffectOrder
from dothi.kernel.cases.models import SEQ_BITS, Effect
from dothi.kernel.cases.writing import ORDERED
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event

log = structlog.get_logger()
Handler = Callable[[EffectOrder], None]
_decode: Final = msgspec.json.Decoder(EffectOrder).decode
_handlers: dict[str, Handler] = {}


class NoHandler(RuntimeError):
    """Nobody has registered for effects of this kind."""


def effect(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of one kind of effects."""

    def declare(handle: Handler) -> Handler:
        known = _handlers.get(kind)
        if known is not None and known is not handle:
            raise ValueError(f"effects of kind {kind!r} have a handler already")
        _handlers[kind] = handle
        return handle

    return declare


def handlers() -> dict[str, Handler]:
    """The handlers by kind."""
    return dict(_handlers)


def forget(kind: str) -> None:
    """Take a handler away."""
    _handlers.pop(kind, None)


@consumer("cases.effects", types=(ORDERED,))
def carry_out(event: Event) -> None:
    """The effects of one command that are not done yet."""
    data: dict[str, Any] = event.data
    first = data["num"] << SEQ_BITS
    waiting = Effect.objects.filter(
        entry__gte=first | data["first"], entry__lte=first | data["last"], state=Effect.WAITING
    ).order_by("entry", "n")
    for row in waiting:
        order = _decode(bytes(row.body))
        handle = _handlers.get(row.kind)
        if handle is None:
            raise NoHandler(f"no handler for effects of kind {row.kind!r} ({order.id})")
        handle(order)
        Effect.objects.filter(entry=row.entry, n=row.n).update(
            state=Effect.DONE, attempts=row.attempts + 1, at_us=now_us()
        )


def waiting(num: int) -> list[EffectOrder]:
    """What a case has ordered that is not done yet."""
    first = num << SEQ_BITS
    rows = Effect.objects.filter(entry__gte=first, entry__lt=first + (1 << SEQ_BITS), state=Effect.WAITING)
    return [_decode(bytes(row.body)) for row in rows.order_by("entry", "n")]
