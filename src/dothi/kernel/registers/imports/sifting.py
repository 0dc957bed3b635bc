"""Rows of a file as batches ready to be kept: read, mapped, checked. All that needs neither the lock nor a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dothi.core.errors import both
from dothi.kernel.identity import queries as identity
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.registers.imports.mapping import VALID_FROM, Mapper
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.readers.registry import open_table
from dothi.kernel.registers.rows import RowError, Sifter
from dothi.kernel.registers.types import kind
from dothi.kernel.registers.validation import Fault

_NO_DAY = Fault(VALID_FROM, "date", both("ngày bắt đầu giá trị không đúng.", "the first day is not a date."))
BATCH, LARGE_BATCH, LARGE = (
    20_000,
    50_000,
    250_000,
)  # rows in a transaction; from how many rows the larger ones


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


def batch_of(job: ImportJob) -> int:
    """How many rows go into one transaction.

    Each one rewrites most pages of the indexes of a large register, so that few are quick; and keeps other writers
    waiting, a second for 20,000 rows on SQLite.
    """
    return LARGE_BATCH if job.total >= LARGE else BATCH


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows from ``start`` on as they came, and what was found of them."""

    start: int
    rows: Sequence[Sequence[Any]]
    sifter: Sifter


class Sifting:
    """The file of one import, batch by batch."""

    def __init__(self, job: ImportJob, batch: int | None = None) -> None:
        self.kind, self.by, self.batch = kind(job.type), actor(job), batch or batch_of(job)
        self.upsert = job.mode == ImportJob.UPSERT
        self.table = open_table(job.path, job.format, job.reading)
        self.mapper = Mapper(self.kind, self.table.columns, job.mapping, job.reading.get("numbers", "vi"))

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``."""
        stream = self.table.rows(skip)
        while rows := list(islice(stream, self.batch)):
            yield Chunk(skip, rows, self._sifted(skip, rows))
            skip += len(rows)

    def _sifted(self, start: int, rows: Sequence[Sequence[Any]]) -> Sifter:
        """What is right and what is wrong in the rows by themselves; a wrong first day is named as that."""
        mapper, sifter = self.mapper, Sifter(self.kind, self.by, self.upsert)
        wrong = (
            {index for index, row in enumerate(rows, start) if mapper.wrong_day(row)} if mapper.dated else ()
        )
        given: list[Any] = [
            None if index in wrong else mapper.row(row) for index, row in enumerate(rows, start)
        ]
        sifter.sift(start, given)
        for at, error in enumerate(sifter.errors if wrong else ()):
            if error.row in wrong:
                sifter.errors[at] = RowError(error.row, [_NO_DAY], {})
        return sifter
