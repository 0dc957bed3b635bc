"""The ways there are."""

from __future__ import annotations

from dothi.centres.opendata.channels.base import Channel
from dothi.centres.opendata.channels.email.channel import EmailChannel
from dothi.centres.opendata.channels.webhook.channel import WebhookChannel
from dothi.core.errors import BadInput, both

_channels: dict[str, Channel] = {"email": EmailChannel(), "webhook": WebhookChannel()}


def channels() -> dict[str, Channel]:
    """Every way by its key."""
    return dict(_channels)


def channel(key: str) -> Channel:
    """One way; raises :class:`BadInput` when there is none or this installation cannot use it."""
    found = _channels.get(key)
    if found is None or not found.ready():
        able = ", ".join(name for name, each in _channels.items() if each.ready())
        raise BadInput(both(f"Có thể báo qua: {able}.", f"Notices can be sent by: {able}."), where="channel")
    return found


def use(key: str, made: Channel) -> None:
    """Send this way with ``made`` from now on."""
    _channels[key] = made
