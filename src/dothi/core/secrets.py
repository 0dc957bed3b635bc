"""Secrets of an installation: from the environment, else a file of mode 0600 made on first use."""

from __future__ import annotations

import os
import secrets as _random
from pathlib import Path


def secret(home: Path, name: str) -> str:
    """The secret called ``name``: ``DOTHI_SECRET_<NAME>`` or ``<home>/secrets/<name>``, made when missing.

    Raises :class:`PermissionError` when the file can be read by others.
    """
    given = os.environ.get(f"DOTHI_SECRET_{name.upper()}")
    if given:
        return given
    path = home / "secrets" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "w") as file:
        file.write(_random.token_urlsafe(48))
    return _read(path)


def _read(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others. Mend it with: chmod 600 {path}")
    text = path.read_text(encoding="ascii").strip()
    if not text:  # another process has created the file and is about to fill it
        import time

        time.sleep(0.05)
        text = path.read_text(encoding="ascii").strip()
    return text
