"""What an MQTT message may hold: one NGSI-LD entity, or an array of them."""

from __future__ import annotations

import msgspec
from msgspec import Raw

_many = msgspec.json.Decoder(list[Raw])
_one = msgspec.json.Decoder(Raw)


def entities(payload: bytes) -> list[bytes]:
    """Each entity of a message as its own bytes; raises :class:`ValueError` that says what is wrong."""
    start = payload.lstrip()[:1]
    if start == b"[":
        found = [bytes(each) for each in _many.decode(payload)]
    elif start == b"{":
        found = [bytes(_one.decode(payload))]
    else:
        raise ValueError("a message is an NGSI-LD entity or an array of entities in JSON")
    if wrong := next((each for each in found if not each.startswith(b"{")), None):
        raise ValueError(f"{wrong[:40]!r} in the array is not an entity")
    return found
