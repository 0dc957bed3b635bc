"""One running platform per data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process holds the data folder; ``args[0]`` is its id, or 0 when unknown."""


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold ``<home>/up.lock`` for the length of a block; raises :class:`AlreadyRunning`."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise AlreadyRunning(int(file.read() or 0)) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(home: Path) -> int | None:
    """The id of the process that holds the folder, None when nobody does."""
    try:
        with held(home):
            return None
    except AlreadyRunning as running:
        return int(running.args[0])
