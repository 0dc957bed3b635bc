"""Working an import off: batch by batch, each in one transaction with the job's place."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing

import structlog
from django.db import transaction

from dothi.core.errors import DothiError
from dothi.kernel.events import leases
from dothi.kernel.registers.batches import Batch, Counts, Options, load
from dothi.kernel.registers.imports import ahead, faults_file, life
from dothi.kernel.registers.imports.mapping import spoken_of
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.sifting import Chunk, Sifting
from dothi.kernel.registers.keeping import Why
from dothi.kernel.registers.writing import quickly

log = structlog.get_logger()


class _Laid(Exception):
    """The process ends, or somebody asked the import to stop."""


class _Undo(Exception):
    """Takes an all-or-nothing import back."""


class Run:
    """One import at work."""

    def __init__(self, job: ImportJob, ending: threading.Event, batch: int | None = None) -> None:
        self.job, self.ending, self.sifting = job, ending, Sifting(job, batch)
        self.kind, self.by = self.sifting.kind, self.sifting.by
        why = Why(self.by, job.reason, job.source or job.file)
        speaks_of = spoken_of(self.kind, job.mapping)
        self.options = Options(self.kind, why, self.sifting.upsert, job.valid_from, job.simulated, speaks_of)

    def chunks(self, skip: int) -> Generator[Chunk, None, None]:
        """The rows after the first ``skip``, a batch at a time."""
        return ahead.chunks(self.job, self.sifting, skip)

    def go_on(self) -> None:
        """Raise when the import is to stop here."""
        if self.ending.is_set() or life.cancelled(self.job):
            raise _Laid

    def each_for_itself(self) -> None:
        """Good rows are kept, the others told."""
        faults_file.forget_parts(self.job, self.job.checkpoint)
        with closing(self.chunks(self.job.checkpoint)) as chunks:
            for chunk in chunks:
                self.go_on()
                with transaction.atomic():
                    self.keep(chunk)

    def all_or_nothing(self) -> None:
        """First everything is looked at; only when nothing is wrong is everything kept, in one transaction."""
        faults_file.forget_parts(self.job)
        life.note(self.job, phase="checking", checked=0, failed=0, checkpoint=0)
        with closing(self.chunks(0)) as chunks:
            for chunk in chunks:
                self.go_on()
                self.look(chunk)
        if self.job.failed:
            life.note(self.job, undone=True, checkpoint=self.job.checked)
            return
        life.note(self.job, phase="keeping")
        before = {name: getattr(self.job, name) for name in _COUNTED}
        try:
            with closing(self.chunks(0)) as chunks, transaction.atomic():
                for chunk in chunks:
                    self.keep(chunk)
                if self.job.failed:
                    raise _Undo
        except _Undo:
            failed, read = self.job.failed, self.job.checkpoint
            life.note(self.job, **before | {"failed": failed, "checkpoint": read, "undone": True})

    def look(self, chunk: Chunk) -> None:
        """What would be refused, without writing a record."""
        chunk.sifter.compare()
        errors = sorted(chunk.sifter.errors, key=lambda each: each.row)
        faults_file.write_part(self.job, self.kind, chunk.start, chunk.rows, errors)
        done = chunk.start + len(chunk.rows)
        life.note(self.job, checked=done, failed=self.job.failed + len(errors))

    def keep(self, chunk: Chunk) -> None:
        """Keep a batch, and that it was: in the caller's transaction."""
        counts = load(Batch(self.options, len(chunk.rows), chunk.sifter), by=self.by)
        faults_file.write_part(self.job, self.kind, chunk.start, chunk.rows, counts.errors)
        life.note(self.job, **self._after(counts, chunk.start + len(chunk.rows)))

    def _after(self, counts: Counts, place: int) -> dict[str, int]:
        job = self.job
        return {
            "checkpoint": place,
            "checked": place,
            "created": job.created + counts.created,
            "revised": job.revised + counts.revised,
            "unchanged": job.unchanged + counts.unchanged,
            "failed": job.failed + len(counts.errors),
            "first_seq": job.first_seq or counts.first_seq,
            "last_seq": counts.last_seq or job.last_seq,
        }


_COUNTED = ("created", "revised", "unchanged", "failed", "first_seq", "last_seq", "checkpoint")


def execute(job: ImportJob, ending: threading.Event, batch: int | None = None) -> ImportJob:
    """Work off an import that this process holds; the job as it ended, or was laid down."""
    try:
        run = Run(job, ending, batch)
        with quickly():
            run.all_or_nothing() if job.all_or_nothing else run.each_for_itself()
        return life.end(job, ImportJob.DONE, total=job.checkpoint)
    except _Laid:
        if ending.is_set():
            life.lay_down(job)
            return ImportJob.objects.get(pk=job.pk)
        return life.end(job, ImportJob.CANCELLED)
    except DothiError as error:
        return life.refused(ImportJob.objects.get(pk=job.pk), error)
    except life.JobLost:
        raise
    except Exception as error:
        log.exception("imports.broke", job=str(job.pk))
        name = type(error).__name__
        broken = {"error_vi": f"Lỗi hệ thống ({name}).", "error_en": f"An internal error ({name})."}
        return life.end(ImportJob.objects.get(pk=job.pk), ImportJob.FAILED, **broken)


def work_off(job: ImportJob, ending: threading.Event | None = None, batch: int | None = None) -> ImportJob:
    """Work off one import here and now (a command, a test); the job as it ended."""
    owner = leases.new_owner()
    try:
        taken = life.take(owner, job)
        if taken is None:
            return ImportJob.objects.get(pk=job.pk)
        return execute(taken, ending or threading.Event(), batch)
    finally:
        leases.forget_owner(owner)
