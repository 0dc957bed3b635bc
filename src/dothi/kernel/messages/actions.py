"""Asking for a message, and what a person does about one that failed."""

from __future__ import annotations

from collections.abc import Mapping

from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.identity.acting import action
from dothi.kernel.messages.channels import registry
from dothi.kernel.messages.models import Message
from dothi.kernel.messages.rules import Recipient, route
from dothi.kernel.messages.sealed import seal

READ = permission("messages.read", "Xem tin nhắn gửi người dân", "See messages to people")
RESEND = permission("messages.resend", "Gửi lại tin nhắn lỗi", "Send failed messages again")
DUE = "vn.dothi.messages.due"


def send(
    to: Recipient,
    *,
    subject: str,
    text: str,
    key: str,
    purpose: str,
    about: str = "",
    link: str = "",
    sealed: Mapping[str, str] | None = None,
    by: Actor | None = None,
) -> Message:
    """Ask for a message, in the caller's transaction; it is delivered after the commit, and again until it arrives.

    ``key`` makes it one message however often it is asked for. ``sealed`` (what stands in the text or link → what is
    sent in its place) can be read by nobody but the receiver. Raises ``BadInput`` when there is no address.
    """
    if not text.strip():
        raise BadInput(both("Tin nhắn trống.", "The message is empty."), where="text")
    channel, address = route(to, registry.ready())
    made, new = Message.objects.get_or_create(
        key=key[:200],
        defaults={
            "channel": channel, "address": address, "name": to.name[:200], "language": to.language,
            "purpose": purpose[:100], "about": about[:200], "subject": " ".join(subject.split())[:300],
            "text": text, "link": link[:500], "sealed": seal(sealed or {}),
        },
    )  # fmt: skip
    if new:
        data = {"id": str(made.pk), "channel": channel, "purpose": made.purpose, "about": made.about}
        record(DUE, subject=made.reference, data=data, actor=by.reference if by else None)
    return made


@action(permission=RESEND)
def resend(message: Message, *, by: Actor) -> Message:
    """Try a message again that failed or was only written to a file."""
    held = Message.objects.select_for_update().get(pk=message.pk)
    if held.state not in (Message.FAILED, Message.WRITTEN):
        raise Conflict(both("Tin nhắn này không bị lỗi.", "This message has not failed."))
    held.state, held.error, held.ended_at = Message.QUEUED, "", None
    held.save(update_fields=["state", "error", "ended_at"])
    data = {"id": str(held.pk), "channel": held.channel, "purpose": held.purpose, "about": held.about}
    record(DUE, subject=held.reference, data=data, actor=by.reference)
    return held


@action(permission=RESEND)
def cancel(message: Message, *, by: Actor) -> Message:
    """Give a message up that was not sent yet."""
    held = Message.objects.select_for_update().get(pk=message.pk)
    if held.state not in (Message.QUEUED, Message.FAILED, Message.WRITTEN):
        raise Conflict(both("Tin nhắn này đã được gửi.", "This message was sent."))
    held.state, held.ended_at, held.sealed = Message.CANCELLED, now(), ""
    held.save(update_fields=["state", "ended_at", "sealed"])
    return held


def receipt(channel: str, provider_id: str, *, delivered: bool, error: str = "") -> bool:
    """What a gateway reports of a message it took; whether there is such a message. Said twice, it changes nothing."""
    state = Message.DELIVERED if delivered else Message.FAILED
    open_ones = Message.objects.filter(channel=channel, provider_id=provider_id)
    moved = open_ones.filter(state=Message.SENT).update(state=state, error=error[:500], ended_at=now())
    return bool(moved) or open_ones.exists()
