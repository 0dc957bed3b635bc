"""Server-sent events on the wire (WHATWG HTML, 9.2)."""

from __future__ import annotations

from typing import Any

import msgspec

from dothi.kernel.events.log import Event

RETRY = b"retry: 2000\n\n"
TOO_SLOW = b": this listener is too slow; reconnect to go on from the last event\n\n"
RENEW = b": reconnect to prove again who you are\n\n"
GOODBYE = b": the server is going down; reconnect\n\n"
_json = msgspec.json.Encoder()


def _line(text: str) -> bytes:
    return text.replace("\r", " ").replace("\n", " ").encode()


def frame(event: Event) -> bytes:
    """One event: its position as the id, its type, the CloudEvent as data."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (
        _line(event.position), _line(event.type), _json.encode(event.to_cloudevent())
    )  # fmt: skip


def reset(position: str | None) -> bytes:
    """What was missed cannot be told any more: load everything anew, then go on from ``position``."""
    data: dict[str, Any] = {
        "reason": "the events behind your position are no longer kept",
        "position": position,
    }
    return place(position) + b"event: reset\ndata: %b\n\n" % _json.encode(data)


def place(position: str | None) -> bytes:
    """The id line alone: a listener that reconnects says it, whether or not it saw an event."""
    return b"" if position is None else b"id: %b\n" % _line(position)


def heartbeat(position: str | None) -> bytes:
    """A sign of life that also moves the listener's position over events it did not ask for."""
    return b":\n" + place(position) + b"\n"
