"""The worker's part: imports that wait are worked off, one at a time in a process; old files are forgotten."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Final

import structlog
from django.db import DatabaseError, close_old_connections

from dothi.core.clock import now
from dothi.kernel.events import leases
from dothi.kernel.registers.imports import life
from dothi.kernel.registers.imports.actions import forget_files
from dothi.kernel.registers.imports.models import ImportJob

log = structlog.get_logger()
LOOK_EVERY_S: Final = 1.0
TIDY_EVERY: Final = timedelta(hours=1)
FILES_KEPT: Final = timedelta(days=30)


def run(stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Work imports off until told to stop; one under way is laid down for the next process."""
    owner, tidied = leases.new_owner(), now() - TIDY_EVERY
    while not stop.is_set():
        try:
            life.put_back()
            while not stop.is_set() and (job := life.take(owner)) is not None:
                _work(job, stop)
            if now() - tidied >= TIDY_EVERY:
                tidied = now()
                tidy()
        except DatabaseError as error:
            log.warning("imports.database_away", error=str(error))
        except life.JobLost as error:
            log.warning("imports.lost", job=str(error))
        finally:
            close_old_connections()
        stop.wait(every_s)
    leases.forget_owner(owner)


def _work(job: ImportJob, stop: threading.Event) -> None:
    from dothi.kernel.registers.imports.running import execute  # readers come in with the first import

    done = execute(job, stop)
    log.info(
        "imports.ended",
        job=str(job.pk),
        type=job.type,
        state=done.state,
        created=done.created,
        failed=done.failed,
    )


def tidy() -> int:
    """Forget the files of imports that ended, or were never started, 30 days ago; how many."""
    count = 0
    for job in ImportJob.objects.filter(made_at__lt=now() - FILES_KEPT).exclude(state__in=ImportJob.OPEN):
        if job.folder.is_dir() and (job.ended_at or job.made_at) < now() - FILES_KEPT:
            forget_files(job)
            count += 1
    return count
