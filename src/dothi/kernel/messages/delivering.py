"""Delivers messages: a consumer of the city's log, so that failures come again by themselves and end as dead letters."""

from __future__ import annotations

import structlog

from dothi.core.clock import now
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.messages.actions import DUE
from dothi.kernel.messages.channels import registry
from dothi.kernel.messages.channels.base import Refused
from dothi.kernel.messages.models import Message
from dothi.kernel.messages.sealed import opened

log = structlog.get_logger()


@consumer("messages", types=[DUE], atomic=False)
def deliver(event: Event) -> None:
    """Send one message unless that was done. Raises ``Unavailable`` when the gateway is away: it comes again."""
    held = Message.objects.filter(pk=event.data["id"], state=Message.QUEUED).first()
    if held is None:
        return
    way = registry.channel(held.channel)
    Message.objects.filter(pk=held.pk).update(attempts=held.attempts + 1)
    try:
        sent = way.send(opened(held))
    except Refused as error:
        # The gateway took the question and said no: asking again changes nothing.
        _end(held, Message.FAILED, error=str(error))
        log.warning("a message was refused", message=str(held.pk), channel=held.channel, why=str(error))
        return
    _end(held, Message.WRITTEN if sent.written else Message.SENT, provider_id=sent.provider_id)


def _end(held: Message, state: str, *, error: str = "", provider_id: str = "") -> None:
    over = now() if state != Message.SENT else None
    Message.objects.filter(pk=held.pk, state=Message.QUEUED).update(
        state=state, error=error[:500], provider_id=provider_id[:100], sent_at=now(), ended_at=over,
        sealed="" if state == Message.SENT else held.sealed,
    )  # fmt: skip
