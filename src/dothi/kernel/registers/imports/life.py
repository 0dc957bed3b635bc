"""The life of an import, written down: taken by one process, renewed, put back, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from dothi.core.clock import now
from dothi.core.errors import DothiError
from dothi.kernel.events import leases
from dothi.kernel.events.actions import record
from dothi.kernel.registers.imports import faults_file
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.keeping import EVENT

LEASE: Final = timedelta(seconds=60)
MOST_ATTEMPTS: Final = 10


class JobLost(Exception):
    """Another process works on this import now."""


@transaction.atomic
def take(owner: str, job: ImportJob | None = None) -> ImportJob | None:
    """The import that waits longest (or just ``job``), now held by ``owner``; None when there is nothing to do."""
    waiting = ImportJob.objects.select_for_update().filter(state=ImportJob.QUEUED)
    found = (waiting.order_by("made_at") if job is None else waiting.filter(pk=job.pk)).first()
    if found is None:
        return None
    found.state, found.owner, found.leased_until = ImportJob.RUNNING, owner, now() + LEASE
    found.attempt += 1
    found.started_at = found.started_at or now()
    found.save()
    return found


def note(job: ImportJob, **facts: Any) -> None:
    """Write facts and hold on; raises :class:`JobLost` when the import is another process's."""
    for name, value in facts.items():
        setattr(job, name, value)
    mine = ImportJob.objects.filter(pk=job.pk, owner=job.owner, state=ImportJob.RUNNING)
    if not mine.update(**facts, leased_until=now() + LEASE):
        raise JobLost(str(job.pk))


def cancelled(job: ImportJob) -> bool:
    """Whether somebody asked it to stop."""
    return ImportJob.objects.filter(pk=job.pk, cancel_asked=True).exists()


def put_back() -> int:
    """Queue again the imports whose process is gone; how many. One that ended ten processes is ended itself."""
    count = 0
    for job in ImportJob.objects.filter(state=ImportJob.RUNNING):
        if leases.is_dead(job.owner) or (job.leased_until is not None and job.leased_until < now()):
            if job.attempt >= MOST_ATTEMPTS:
                died = f"Its process has died {job.attempt} times."
                end(job, ImportJob.FAILED, error_vi=f"Tiến trình đã chết {job.attempt} lần.", error_en=died)
                continue
            mine = ImportJob.objects.filter(pk=job.pk, state=ImportJob.RUNNING, owner=job.owner)
            count += mine.update(state=ImportJob.QUEUED, owner="")
    return count


def lay_down(job: ImportJob) -> None:
    """The process ends: another goes on."""
    mine = ImportJob.objects.filter(pk=job.pk, owner=job.owner, state=ImportJob.RUNNING)
    mine.update(state=ImportJob.QUEUED, owner="", attempt=max(job.attempt - 1, 0))


def refused(job: ImportJob, error: DothiError) -> ImportJob:
    """The import cannot go on; what it kept stays."""
    return end(job, ImportJob.FAILED, error_vi=error.text("vi")[:500], error_en=error.text("en")[:500])


@transaction.atomic
def end(job: ImportJob, state: str, **facts: Any) -> ImportJob:
    """The import has ended; its file of refused rows is made."""
    faults_file.join(job)
    for name, value in facts.items():
        setattr(job, name, value)
    job.state, job.ended_at, job.owner, job.leased_until, job.phase = state, now(), "", None, ""
    job.save()
    data = {
        "type": job.type, "state": state, "rows": job.checkpoint, "created": job.created, "revised": job.revised,
        "unchanged": job.unchanged, "failed": job.failed, "first_seq": job.first_seq, "last_seq": job.last_seq,
    }  # fmt: skip
    record(f"{EVENT}.import-ended", subject=job.reference, data=data, actor=job.actor)
    return job
