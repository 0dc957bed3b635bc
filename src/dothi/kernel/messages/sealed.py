"""Parts of a message that nobody may read where it is kept: keys of links, one-time codes. Put in as it is delivered."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Final

import msgspec
import structlog

from dothi.kernel.identity.locked import InvalidToken, lock, unlock
from dothi.kernel.messages.models import Message

log = structlog.get_logger()
KEY: Final = "messages"


def seal(parts: Mapping[str, str]) -> str:
    """What is kept of ``parts`` (what stands in the text → what is sent in its place)."""
    return lock(msgspec.json.encode(dict(parts)).decode(), KEY) if parts else ""


def opened(held: Message) -> Message:
    """The message as its receiver reads it: a copy that is never saved.

    Where the key of the installation is lost, it goes out as it is kept: the links still lead there, without their secret.
    """
    if not held.sealed:
        return held
    try:
        parts = msgspec.json.decode(unlock(held.sealed, KEY), type=dict[str, str])
    except InvalidToken:
        log.warning("messages.key_is_lost", message=str(held.pk))
        return held
    made = copy.copy(held)
    for stands, sent in parts.items():
        made.subject = made.subject.replace(stands, sent)
        made.text = made.text.replace(stands, sent)
        made.link = made.link.replace(stands, sent)
    return made
