"""Plays files into the context: in batches, at a rate, resumable, every refusal counted and kept."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from dothi.core import clock
from dothi.kernel.feeds.base import Batch, Payload, Writer
from dothi.kernel.feeds.bulk import write_past
from dothi.kernel.feeds.models import Replay
from dothi.kernel.feeds.replay import pace, sources
from dothi.kernel.feeds.replay.converters import Converter, converter
from dothi.kernel.feeds.replay.pace import Rate
from dothi.kernel.feeds.replay.reading import Refused
from dothi.kernel.feeds.replay.rejects import Rejects
from dothi.kernel.feeds.replay.sources import Part, Record
from dothi.kernel.identity.access import SYSTEM, Actor

MAX = Rate("max")
_GATHERED = 16_384  # rows gathered into columns before they are written


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a replay is: which part, how much of it (0 to 1), what became of the records so far."""

    part: str
    number: int
    parts: int
    fraction: float
    read: int
    accepted: int
    rejected: int


@dataclass(slots=True)
class PartReport:
    """What became of one file: ``reasons`` of refused records, ``cell_reasons`` of single readings.

    Counts are of the whole file, earlier runs included; ``resumed_from`` is where this run began.
    """

    name: str
    mapping: str
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    readings: int = 0
    missing: int = 0
    refused_readings: int = 0
    flagged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    cell_reasons: Counter[str] = field(default_factory=Counter)
    resumed_from: int = 0
    finished: bool = False
    rejects: Path | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class _Pending:
    """A batch being gathered: the entities, and the record each one came from."""

    entities: list[Payload] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    last: int = 0


class Player:
    """Plays the parts of a path in turn. ``stop`` ends it after the batch at hand; it goes on from there."""

    def __init__(
        self,
        context: Writer,
        *,
        rejects: Path,
        rate: Rate = MAX,
        mapping: str | None = None,
        provenance: str | None = None,
        restart: bool = False,
        by: Actor = SYSTEM,
        stop: threading.Event | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.context = context
        self.rejects = rejects
        self.rate = rate
        self.mapping = mapping
        self.provenance = provenance
        self.restart = restart
        self.by = by
        self.stop = stop or threading.Event()
        self.progress = progress or (lambda _: None)

    def play(self, path: Path) -> list[PartReport]:
        """Play everything at ``path``; one report per file or zip member, in order."""
        found = sources.parts(path)
        reports = []
        for number, part in enumerate(found, 1):
            if self.stop.is_set():
                break
            reports.append(_Run(self, part, number, len(found)).play())
        return reports


class _Run:
    """The replay of one part."""

    def __init__(self, player: Player, part: Part, number: int, parts: int) -> None:
        self._player, self._part, self._number, self._parts = player, part, number, parts
        self._convert = converter(part, player.mapping, player.provenance, self._complain)
        self._gatherer = self._convert.gatherer if player.rate.kind == "max" else None
        self._row = self._remembered()
        self._report = _report(self._row, part.name)
        self._pending = _Pending()
        self._record = Record(0, None)
        path = player.rejects / f"{Path(part.name).name}-{part.digest[:8]}.jsonl"
        self._rejects = Rejects(path, self._row.rejects_size)
        self._pacer = pace.Pacer(player.rate, player.stop)
        self._fraction = 0.0

    def _remembered(self) -> Replay:
        now = clock.now()
        known = {"digest": self._part.digest, "mapping": self._convert.key}
        if self._player.restart:
            Replay.objects.filter(**known).delete()
        row, _ = Replay.objects.get_or_create(
            **known, defaults={"name": self._part.name[:255], "started_at": now, "updated_at": now}
        )
        return row

    def play(self) -> PartReport:
        if self._row.finished_at is None:
            began = time.perf_counter()
            with self._part.open() as raw:
                for record in self._records(raw):
                    self._take(record, raw)
                    if self._player.stop.is_set():
                        break
                self._commit()
            self._report.seconds = time.perf_counter() - began
            if not self._player.stop.is_set():
                self._finish()
        self._report.finished = self._row.finished_at is not None
        self._report.rejects = self._rejects.path if self._rejects.path.exists() else None
        return self._report

    def _records(self, raw: IO[bytes]) -> Iterator[Record]:
        skip = self._row.position
        if self._part.form == "csv":
            return sources.csv_rows(raw, self._convert.delimiter, skip)
        return sources.json_records(raw, skip)

    def _take(self, record: Record, raw: IO[bytes]) -> None:
        self._record = record
        self._report.read += 1
        try:
            if self._gatherer is None or record.problem or not self._gatherer.add(record.value):
                self._one(record)
        except Refused as refusal:
            self._refuse(record, refusal.reason, str(refusal))
        self._pending.last = record.number
        if len(self._pending.entities) >= self._player.rate.batch or self._full():
            self._fraction = min(1.0, raw.tell() / max(self._part.size, 1))
            self._commit()

    def _one(self, record: Record) -> None:
        """Add a record to the batch as an entity of its own."""
        payload, observed_us = self._convert.entity(record)
        self._pace(observed_us)
        self._pending.entities.append(payload)
        self._pending.records.append(record)

    def _full(self) -> bool:
        return self._gatherer is not None and self._gatherer.rows >= _GATHERED

    def _pace(self, observed_us: int | None) -> None:
        wait = self._pacer.due_in(observed_us)
        if wait > 0:
            self._commit()  # what is due has to be there before the pause
            self._pacer.wait(wait)

    def _commit(self) -> None:
        """Write the batch, then remember how far we are; a crash between the two repeats one batch."""
        pending, self._pending = self._pending, _Pending()
        if not pending.last:
            return
        if pending.entities:
            done = self._player.context.upsert(pending.entities, mode="update", by=self._player.by)
            refused = self._refused(done, pending)
            self._report.accepted += len(pending.entities) - refused
        self._commit_gathered()
        self._row.position = pending.last
        self._save()
        report = self._report
        self._player.progress(
            Progress(
                report.name,
                self._number,
                self._parts,
                self._fraction,
                report.read,
                report.accepted,
                report.rejected,
            )
        )

    def _commit_gathered(self) -> None:
        """Write the rows gathered into columns; an entity that is refused takes its rows with it."""
        taken = self._gatherer.take() if self._gatherer else []
        if not taken:
            return
        done, _ = write_past(self._player.context, [past for past, _ in taken], by=self._player.by)
        rows = {past.entity["id"]: count for past, count in taken}
        for which, error in done.errors:
            count = rows.pop(which, 0)
            reason = f"refused: {_title(error)}"
            self._report.rejected += count
            self._report.reasons[reason] += count
            self._rejects.add(
                self._part.name, self._record.number, reason, f"{count} rows of {which}: {error}", None
            )
        self._report.accepted += sum(rows.values())

    def _refused(self, done: Batch, pending: _Pending) -> int:
        for which, error in done.errors:
            record = pending.records[which] if isinstance(which, int) else _named(which, pending)
            self._refuse(record, f"refused: {_title(error)}", str(error))
        return len(done.errors)

    def _refuse(self, record: Record, reason: str, detail: str) -> None:
        self._report.rejected += 1
        self._report.reasons[reason] += 1
        self._rejects.add(self._part.name, record.number, reason, detail, record.value)

    def _complain(self, reason: str, detail: str) -> None:
        """Hear of one reading that was refused or flagged; its record is still taken."""
        self._report.cell_reasons[reason] += 1
        self._rejects.add(self._part.name, self._record.number, reason, detail, self._record.value)

    def _finish(self) -> None:
        self._row.finished_at = clock.now()
        self._save()

    def _save(self) -> None:
        row, report, counts = self._row, self._report, self._convert.take_counts()
        report.readings += counts.readings
        report.missing += counts.missing
        report.refused_readings += counts.refused
        report.flagged += counts.flagged
        row.accepted, row.rejected, row.flagged = report.accepted, report.rejected, report.flagged
        row.readings, row.missing, row.refused_readings = (
            report.readings,
            report.missing,
            report.refused_readings,
        )
        row.reasons = {"records": dict(report.reasons), "readings": dict(report.cell_reasons)}
        row.rejects_size, row.updated_at = self._rejects.flush(), clock.now()
        row.save()


def _report(row: Replay, name: str) -> PartReport:
    """The report of a replay so far."""
    return PartReport(
        name, row.mapping, row.position, row.accepted, row.rejected, row.readings, row.missing,
        row.refused_readings, row.flagged, Counter(row.reasons.get("records", {})),
        Counter(row.reasons.get("readings", {})), row.position,
    )  # fmt: skip


def _named(id: Any, pending: _Pending) -> Record:
    """The record of the batch whose entity has this id."""
    wanted = str(id).encode()
    for entity, record in zip(pending.entities, pending.records, strict=True):
        if (wanted in entity[:400]) if isinstance(entity, bytes) else entity.get("id") == id:
            return record
    return Record(pending.last, None)


def _title(error: Exception) -> str:
    """What kind of refusal it is: the error's own kind or title, else its class."""
    for name in ("kind", "title"):
        given = getattr(error, name, None)
        if isinstance(given, str):
            return given
    return type(error).__name__


def replay(
    path: Path, context: Writer, *, rejects: Path, rate: str = "max", **options: Any
) -> list[PartReport]:
    """Play ``path`` at ``rate`` (``max``, ``60x``, ``500/s``); options as for :class:`Player`."""
    return Player(context, rejects=rejects, rate=pace.parse(rate), **options).play(path)


__all__ = ["Converter", "PartReport", "Player", "Progress", "replay"]
