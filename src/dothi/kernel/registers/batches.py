"""One batch of a bulk load: one transaction, one audit entry, one event that names the versions it recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from dothi.core.clock import now_us
from dothi.core.errors import Conflict
from dothi.core.ids import uuid7s
from dothi.kernel.directory.snapshot import today
from dothi.kernel.events.actions import record as tell
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.registers import keeping, preparing, rules, writing
from dothi.kernel.registers.keeping import EVENT, Why
from dothi.kernel.registers.lookup_tables import fill
from dothi.kernel.registers.models import Record, Version
from dothi.kernel.registers.rows import Ready, Row, RowError, Sifter
from dothi.kernel.registers.schemas import brought_up
from dothi.kernel.registers.types import Kind
from dothi.kernel.registers.validation import Fault

__all__ = ["Batch", "Counts", "Options", "RowError", "load", "sifted"]
_NO_ORIGINS: Final = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What all batches of a load have in common. ``speaks_of``: the properties a row says anything of (None: all);

    of a record that is there the others stay as they are.
    """

    kind: Kind
    why: Why
    upsert: bool
    valid_from: date | None
    simulated: bool
    speaks_of: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are kept or refused together with their place in the input."""

    options: Options
    rows: int
    sifter: Sifter


def sifted(options: Options, start: int, rows: Sequence[Mapping[str, Any] | Row]) -> Batch:
    """A batch ready to be loaded. Before its transaction: others may write while rows are checked."""
    sifter = Sifter(options.kind, options.why.by, options.upsert)
    sifter.sift(start, rows)
    return Batch(options, len(rows), sifter)


@dataclass(slots=True)
class Counts:
    """What became of a batch."""

    rows: int
    created: int = 0
    revised: int = 0
    unchanged: int = 0
    first_seq: int = 0
    last_seq: int = 0
    errors: list[RowError] = field(default_factory=list)


@action(
    permission=None, name="registers.bulk", subject=lambda batch, **_: f"register:{batch.options.kind.key}"
)
def load(batch: Batch, *, by: Actor) -> Counts:
    """Keep the rows that are right beside the records that are there."""
    options, counts, sifter = batch.options, Counts(batch.rows), batch.sifter
    keeping.lock()
    sifter.compare()
    # In the order of their names: the largest index then grows at one place after the other.
    new = sorted((each for each in sifter.ready if each.record is None), key=lambda each: each.facts.sort)
    seqs = _create(options, new)
    counts.created = len(new)
    for each in sifter.ready:
        if each.record is not None:
            _meet(options, each, each.record, counts, seqs, sifter)
    if seqs:
        counts.first_seq, counts.last_seq = seqs[0], seqs[-1]
    counts.errors = sorted(sifter.errors, key=lambda each: each.row)
    _say(options, counts)
    return counts


def _say(options: Options, counts: Counts) -> None:
    facts = {
        "rows": counts.rows,
        "created": counts.created,
        "revised": counts.revised,
        "unchanged": counts.unchanged,
        "failed": len(counts.errors),
        "first_seq": counts.first_seq,
        "last_seq": counts.last_seq,
    }
    note(**facts)
    if counts.last_seq:
        key = options.kind.key
        data = {"type": key, "simulated": options.simulated, **facts}
        tell(f"{EVENT}.bulk-loaded", subject=f"register:{key}", data=data, actor=options.why.by.reference)


def _create(options: Options, rows: Sequence[Ready]) -> list[int]:
    """Insert new records; the numbers of their versions."""
    if not rows:
        return []
    nums = writing.numbers("registers_record", "num", len(rows))
    seqs = writing.numbers("registers_version", "seq", len(rows))
    at = now_us()
    ids = uuid7s(len(rows))
    table = writing.records(len(options.kind.encoders), placed=bool(options.kind.declared.geometry))
    writing.insert(table, _records(options, rows, nums, seqs, ids, at))
    fill(connection, nums[0], nums[-1])
    writing.insert(writing.VERSIONS, _versions(options, rows, nums, seqs, at))
    key = options.kind.key
    named = [(num, num, key, *each) for row, num in zip(rows, nums, strict=True) for each in row.named]
    named.sort(key=_BY_VALUE)  # an index grows faster in its own order
    writing.insert(writing.IDENTIFIERS, named)
    if options.kind.points:
        writing.insert(
            writing.LINKS,
            [
                (num, *each)
                for row, num in zip(rows, nums, strict=True)
                for each in preparing.pointers(options.kind, row.data)
            ],
        )
    return seqs


_BY_VALUE: Final = itemgetter(3, 4)
_FOREVER: Final = rules.FOREVER.isoformat()


def _from(options: Options, row: Ready) -> date:
    return row.valid_from or options.valid_from or rules.BEGINNING


def _records(
    options: Options,
    rows: Sequence[Ready],
    nums: Sequence[int],
    seqs: Sequence[int],
    ids: Sequence[UUID],
    at: int,
) -> list[tuple[Any, ...]]:
    """Rows of ``registers_record``. No function call a row that can be spared: this runs a million times."""
    key, day, native = options.kind.key, today(), writing.postgresql()
    slots, placed = len(options.kind.encoders), bool(options.kind.declared.geometry)
    tail = (options.kind.declared.version, options.simulated, at)
    found = []
    for row, num, seq, id in zip(rows, nums, seqs, ids, strict=True):
        facts, holds = row.facts, _from(options, row) <= day
        head = (num, id if native else id.hex, key, facts.unit)
        now = (Record.ACTIVE, seq) if holds else (Record.FUTURE, None)
        said = (facts.label, facts.sort, facts.words, facts.personal_words)
        found.append((*head, *now, *said, *tail, *facts.slots[:slots], *(facts.box if placed else ())))
    return found


def _versions(
    options: Options, rows: Sequence[Ready], nums: Sequence[int], seqs: Sequence[int], at: int
) -> list[tuple[Any, ...]]:
    """Rows of ``registers_version``."""
    key, version, why = options.kind.key, options.kind.declared.version, options.why
    actor, reason, common = why.by.reference[:80], why.reason[:300], why.source[:300]
    usual = (options.valid_from or rules.BEGINNING).isoformat()
    found = []
    for row, num, seq in zip(rows, nums, seqs, strict=True):
        start = usual if row.valid_from is None else row.valid_from.isoformat()
        source = common if row.source is None else row.source[:300]
        span = (seq, num, key, Version.CREATE, start, _FOREVER, at)
        found.append((*span, row.encoded, version, actor, reason, source, _NO_ORIGINS))
    return found


def _meet(options: Options, row: Ready, num: int, counts: Counts, seqs: list[int], sifter: Sifter) -> None:
    """A row whose record is there: revise it where the row says something else."""
    record = Record.objects.get(pk=num)
    segments = rules.timeline(keeping.versions(record))
    start = _from(options, row)
    before = rules.nearest(segments, start)
    there = {} if before is None or before.version.data is None else before.version.data
    span = rules.begins(segments, start, None)
    said = row.data
    data = said if options.speaks_of is None else _beside(options, said, there, before)
    if there == data and before is not None and before.holds(start):
        counts.unchanged += 1
        return
    refused = sifter.refused(record.unit)
    if refused is not None:
        sifter.fail(row, Fault(options.kind.declared.unit or "", "forbidden", dict(refused.detail)))
        return
    if data is not said and (wrong := options.kind.faults(data)):
        sifter.fail(row, *wrong)
        return
    try:
        with transaction.atomic():
            version = keeping.add(record, Version.REVISE, span, data, options.why)
            keeping.settle(record)
    except Conflict as error:
        sifter.fail(row, Fault(error.where or "", "taken", dict(error.detail)))
        return
    seqs.append(version.seq)
    counts.revised += 1


def _beside(
    options: Options,
    said: dict[str, Any],
    there: Mapping[str, Any],
    before: rules.Segment[keeping.Stated] | None,
) -> dict[str, Any]:
    """What a row says beside what it does not speak of, in the terms of today's schema."""
    speaks = options.speaks_of or frozenset()
    now = there if before is None else brought_up(options.kind, there, before.version.schema)
    return {key: value for key, value in now.items() if key not in speaks} | said
