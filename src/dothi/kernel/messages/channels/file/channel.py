"""Writes messages to ``<home>/outbox/<day>/``: what is seen of a way that has no gateway. Nobody is reached."""

from __future__ import annotations

import os
from pathlib import Path

from dothi.core.clock import HCMC, now
from dothi.core.config import current
from dothi.kernel.messages.channels.base import Outgoing, Sent
from dothi.kernel.messages.channels.email.channel import letter
from dothi.kernel.messages.rules import EMAIL, short


class FileChannel:
    """Files."""

    def ready(self) -> bool:
        return True

    def check_config(self) -> list[str]:
        return []

    def send(self, message: Outgoing) -> Sent:
        folder = current().home / "outbox" / f"{now().astimezone(HCMC):%Y-%m-%d}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if message.channel == EMAIL:
            path, content = folder / f"{message.id}.eml", bytes(letter(message))
        else:
            path = folder / f"{message.id}.{message.channel}.txt"
            content = f"{message.address}\n{short(message.subject, message.text, message.link)}\n".encode()
        _write(path, content)
        return Sent(path.name, written=True)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
