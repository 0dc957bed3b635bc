"""Working an import off: batch by batch, each in one transaction with the job's place."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import structlog
from django.db import transaction

from dothi.core.errors import DothiError, both
from dothi.kernel.events import leases
from dothi.kernel.identity import queries as identity
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.registers.batches import Batch, Counts, Options, load, sifted
from dothi.kernel.registers.imports import faults_file, life
from dothi.kernel.registers.imports.mapping import VALID_FROM, Mapper, spoken_of
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.readers.registry import open_table
from dothi.kernel.registers.keeping import Why
from dothi.kernel.registers.rows import RowError, Sifter
from dothi.kernel.registers.types import kind
from dothi.kernel.registers.validation import Fault
from dothi.kernel.registers.writing import quickly

log = structlog.get_logger()
BATCH: Final = 20_000
_NO_DAY = Fault(VALID_FROM, "date", both("ngày bắt đầu giá trị không đúng.", "the first day is not a date."))
Chunk = tuple[int, list[Sequence[Any]]]


class _Laid(Exception):
    """The process ends, or somebody asked the import to stop."""


class _Undo(Exception):
    """Takes an all-or-nothing import back."""


def actor(job: ImportJob) -> Actor:
    """Who asked, with what they may do now; a token keeps its limits."""
    if job.actor.startswith("system"):
        return SYSTEM
    person = identity.actor_for(identity.account(job.account))
    kind_, _, id = job.actor.partition(":")
    within = None if job.within is None else tuple(Grant(*each) for each in job.within)
    return Actor(
        "token" if kind_ == "token" else "account", id, person.label, person.grants, within, job.account
    )


class Run:
    """One import at work."""

    def __init__(self, job: ImportJob, ending: threading.Event, batch: int = BATCH) -> None:
        self.job, self.ending, self.batch = job, ending, batch
        self.kind, self.by = kind(job.type), actor(job)
        why = Why(self.by, job.reason, job.source or job.file)
        upsert = job.mode == ImportJob.UPSERT
        speaks_of = spoken_of(self.kind, job.mapping)
        self.options = Options(self.kind, why, upsert, job.valid_from, job.simulated, speaks_of)
        self.table = open_table(job.path, job.format, job.reading)
        self.mapper = Mapper(self.kind, self.table.columns, job.mapping, job.reading.get("numbers", "vi"))

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``, a batch at a time."""
        stream = self.table.rows(skip)
        while rows := list(islice(stream, self.batch)):
            yield skip, rows
            skip += len(rows)

    def go_on(self) -> None:
        """Raise when the import is to stop here."""
        if self.ending.is_set() or life.cancelled(self.job):
            raise _Laid

    def each_for_itself(self) -> None:
        """Good rows are kept, the others told."""
        faults_file.forget_parts(self.job, self.job.checkpoint)
        for start, rows in self.chunks(self.job.checkpoint):
            self.go_on()
            batch = sifted(self.options, start, self.mapped(rows))
            with transaction.atomic():
                self.keep(start, rows, batch)

    def all_or_nothing(self) -> None:
        """First everything is looked at; only when nothing is wrong is everything kept, in one transaction."""
        faults_file.forget_parts(self.job)
        life.note(self.job, phase="checking", checked=0, failed=0, checkpoint=0)
        for start, rows in self.chunks(0):
            self.go_on()
            self.look(start, rows)
        if self.job.failed:
            life.note(self.job, undone=True, checkpoint=self.job.checked)
            return
        life.note(self.job, phase="keeping")
        before = {name: getattr(self.job, name) for name in _COUNTED}
        try:
            with transaction.atomic():
                for start, rows in self.chunks(0):
                    self.keep(start, rows, sifted(self.options, start, self.mapped(rows)))
                if self.job.failed:
                    raise _Undo
        except _Undo:
            failed, read = self.job.failed, self.job.checkpoint
            life.note(self.job, **before | {"failed": failed, "checkpoint": read, "undone": True})

    def look(self, start: int, rows: Sequence[Sequence[Any]]) -> None:
        """What would be refused, without writing a record."""
        sifter = Sifter(self.kind, self.by, self.options.upsert)
        sifter.sift(start, self.mapped(rows))
        sifter.compare()
        errors = self.told(sifter.errors, start, rows)
        faults_file.write_part(self.job, self.kind, start, rows, errors)
        life.note(self.job, checked=start + len(rows), failed=self.job.failed + len(errors))

    def mapped(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """The rows as the register takes them; None for one whose first day is none."""
        mapper = self.mapper
        return [None if mapper.wrong_day(row) else mapper.row(row) for row in rows]

    def told(self, errors: Sequence[RowError], start: int, rows: Sequence[Sequence[Any]]) -> list[RowError]:
        """The errors in the order of the rows; a wrong first day is named as that."""
        found = [
            RowError(each.row, [_NO_DAY], {}) if self.mapper.wrong_day(rows[each.row - start]) else each
            for each in errors
        ]
        return sorted(found, key=lambda each: each.row)

    def keep(self, start: int, rows: Sequence[Sequence[Any]], batch: Batch) -> None:
        """Keep a batch, and that it was: in the caller's transaction."""
        counts = load(batch, by=self.by)
        errors = self.told(counts.errors, start, rows)
        faults_file.write_part(self.job, self.kind, start, rows, errors)
        life.note(self.job, **self._after(counts, start + len(rows)))

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


def execute(job: ImportJob, ending: threading.Event, batch: int = BATCH) -> ImportJob:
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


def work_off(job: ImportJob, ending: threading.Event | None = None, batch: int = BATCH) -> ImportJob:
    """Work off one import here and now (a command, a test); the job as it ended."""
    owner = leases.new_owner()
    try:
        taken = life.take(owner, job)
        if taken is None:
            return ImportJob.objects.get(pk=job.pk)
        return execute(taken, ending or threading.Event(), batch)
    finally:
        leases.forget_owner(owner)
