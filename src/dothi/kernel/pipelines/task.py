"""The run a source or model works for: its log, its progress, and whether it is to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
from django.db import DatabaseError, connection

from dothi.core.config import current
from dothi.kernel.pipelines import life
from dothi.kernel.pipelines.models import Run

log = structlog.get_logger()
_TELL_EVERY_S: Final = 0.5
_RENEW_EVERY_S: Final = 10.0


class Stopped(Exception):
    """Somebody asked the run to stop."""


class Interrupted(Exception):
    """The process ends; the run goes on in another."""


class RunTask:
    """What :class:`dothi.kernel.pipelines.sources.base.Task` asks for, over one run."""

    def __init__(self, run: Run, ending: threading.Event | None = None) -> None:
        self.run = run
        self.folder = Path()
        self._ending = ending or threading.Event()
        self._cancel = threading.Event()
        self._lost = threading.Event()
        self._told = 0.0

    @property
    def full(self) -> bool:
        return self.run.full

    def say(self, vi: str, en: str, level: str = "info") -> None:
        life.say(self.run, vi, en, level)

    def check(self) -> None:
        """Raise when the run is to stop: asked to, lost to another process, or the process ends."""
        if self._lost.is_set():
            raise life.RunLost(str(self.run.pk))
        if self._cancel.is_set():
            raise Stopped
        if self._ending.is_set():
            raise Interrupted

    def progress(self, done: int, total: int | None) -> None:
        """Tell how far the run is; written down now and then."""
        self.run.done, self.run.total = done, total
        if time.monotonic() - self._told >= _TELL_EVERY_S:
            self._told = time.monotonic()
            life.note(self.run, done=done, total=total)
            if Run.objects.filter(pk=self.run.pk, cancel_asked=True).exists():
                self._cancel.set()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Renew the lease beside the work, however long one step of it takes."""
        done = threading.Event()
        thread = threading.Thread(target=self._beat, args=(done,), daemon=True, name=f"run-{self.run.pk}")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(timeout=5)

    def _beat(self, done: threading.Event) -> None:
        try:
            while not done.wait(_RENEW_EVERY_S):
                try:
                    if life.renew(self.run):
                        self._cancel.set()
                except life.RunLost:
                    self._lost.set()
                    return
                except DatabaseError as error:
                    log.warning("pipelines.lease_not_renewed", run=str(self.run.pk), error=str(error))
        finally:
            connection.close()


def spool_folder(run: Run) -> Path:
    """Where a run keeps what it has read."""
    return current().home / "pipelines" / "spool" / str(run.pk)
