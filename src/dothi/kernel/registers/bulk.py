"""Many records at once: batches of one transaction, one event and one audit entry each; what is wrong is told by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Literal

import structlog
from django.db import transaction

from dothi.kernel.identity.access import Actor
from dothi.kernel.registers.access import IMPORT, needed
from dothi.kernel.registers.batches import Counts, Options, RowError, load, sifted
from dothi.kernel.registers.keeping import Why
from dothi.kernel.registers.rows import Row, Sifter
from dothi.kernel.registers.types import kind
from dothi.kernel.registers.writing import quickly

log = structlog.get_logger()
OnError = Callable[[RowError], None]
ERRORS_KEPT = 1_000


@dataclass(slots=True)
class BulkReport:
    """What a bulk load did: rows read, what became of them, and the versions it recorded (0: none).

    ``errors`` holds the first of the failed rows; all of them go to ``on_error``. ``undone``: all-or-nothing was
    asked for and something was wrong, so nothing was kept.
    """

    rows: int = 0
    created: int = 0
    revised: int = 0
    unchanged: int = 0
    failed: int = 0
    first_seq: int = 0
    last_seq: int = 0
    undone: bool = False
    errors: list[RowError] = field(default_factory=list)

    def add(self, counts: Counts) -> None:
        """Count a batch."""
        self.rows += counts.rows
        self.created += counts.created
        self.revised += counts.revised
        self.unchanged += counts.unchanged
        self.failed += len(counts.errors)
        self.first_seq = self.first_seq or counts.first_seq
        self.last_seq = counts.last_seq or self.last_seq
        self.errors += counts.errors[: ERRORS_KEPT - len(self.errors)]


Progress = Callable[[BulkReport], None]


class _Undo(Exception):
    """Takes the whole load back."""


def bulk(
    type: str,
    rows: Iterable[Mapping[str, Any] | Row],
    *,
    by: Actor,
    mode: Literal["create", "upsert"] = "create",
    valid_from: date | None = None,
    reason: str = "",
    source: str = "",
    simulated: bool = False,
    batch: int = 50_000,
    all_or_nothing: bool = False,
    on_error: OnError | None = None,
    progress: Progress | None = None,
) -> BulkReport:
    """Load records of one type; a row is the data, or a :class:`Row` with days of its own.

    ``create``: an identifier that is there already is an error of the row. ``upsert``: such a row revises the record
    that has it from its ``valid_from`` on, and changes nothing when it says the same. Rows that fail are left out and
    told to ``on_error`` with their number (from 0); with ``all_or_nothing`` they undo the whole load. Larger batches
    write index pages less often, and keep other writers waiting longer (some seconds for 50,000).
    """
    declared = kind(type)
    if not by.may_somewhere(needed(IMPORT, declared)):
        by.require(needed(IMPORT, declared))
    options = Options(declared, Why(by, reason, source), mode == "upsert", valid_from, simulated)
    report = BulkReport()
    with quickly():
        try:
            if all_or_nothing:
                with transaction.atomic():
                    _run(options, rows, batch, report, on_error, progress)
                    if report.failed:
                        raise _Undo
            else:
                _run(options, rows, batch, report, on_error, progress)
        except _Undo:
            report.created = report.revised = report.first_seq = report.last_seq = 0
            report.undone = True
    log.info("records loaded", type=type, rows=report.rows, created=report.created, failed=report.failed)
    return report


def _run(
    options: Options,
    rows: Iterable[Mapping[str, Any] | Row],
    size: int,
    report: BulkReport,
    on_error: OnError | None,
    progress: Progress | None,
) -> None:
    for start, chunk in _chunks(rows, size):
        counts = load(sifted(options, start, chunk), by=options.why.by)
        report.add(counts)
        for each in counts.errors if on_error else ():
            on_error(each)  # type: ignore[misc]
        if progress:
            progress(report)


def _chunks(
    rows: Iterable[Mapping[str, Any] | Row], size: int
) -> Iterator[tuple[int, Sequence[Mapping[str, Any] | Row]]]:
    stream, start = iter(rows), 0
    while chunk := list(islice(stream, size)):
        yield start, chunk
        start += len(chunk)


def check_rows(type: str, rows: Iterable[Mapping[str, Any] | Row], *, by: Actor) -> Iterator[RowError]:
    """What :func:`bulk` would refuse in ``create`` mode, row by row, without writing anything."""
    declared = kind(type)
    options = Options(declared, Why(by, ""), False, None, False)
    for start, chunk in _chunks(rows, 20_000):
        sifter = Sifter(declared, by, upsert=options.upsert)
        sifter.sift(start, chunk)
        sifter.compare()
        yield from sorted(sifter.errors, key=lambda each: each.row)
