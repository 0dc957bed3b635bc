"""Proof that what lists show is what the histories say: every chain checked, every case rebuilt and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from dothi.engines.store.base import Row, Session
from dothi.kernel.cases import definitions, engine, facts766, rows
from dothi.kernel.cases.engine import Entry
from dothi.kernel.cases.engine.history import Broken
from dothi.kernel.cases.held import Held
from dothi.kernel.cases.models import SEQ_BITS
from dothi.kernel.cases.reading import reading
from dothi.kernel.cases.views import snapshot_of

TOGETHER: Final = 200
_entry: Final = msgspec.json.Decoder(Entry).decode
# Columns that the history decides; the others (title, place, priority) are kept beside it.
_DERIVED: Final = [
    (index, column.name)
    for index, column in enumerate(rows.CASE.columns)
    if column.name not in ("num", "title", "priority", "changed_us", "lon", "lat", "snapshot")
]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one case."""

    num: int
    code: str
    what: str


def verify(*, first: int = 1, last: int | None = None) -> Iterator[Fault | int]:
    """Faults as they are found, and after each few hundred cases how many were looked at."""
    place, seen = first - 1, 0
    while True:
        with reading() as (session, _):
            found = _cases(session, place, last)
            faults = [fault for row in found for fault in _faults(session, row)]
        yield from faults
        seen += len(found)
        yield seen
        if len(found) < TOGETHER:
            return
        place = found[-1][0]


def _cases(session: Session, after: int, last: int | None) -> list[Row]:
    sql = f"SELECT {rows.names(rows.CASE)} FROM cases_case WHERE num > ? AND num <= ? ORDER BY num LIMIT {TOGETHER}"  # noqa: S608
    return session.query(sql, (after, (1 << 62) if last is None else last))


def _faults(session: Session, row: Row) -> Iterator[Fault]:
    num, code = row[0], row[2]
    first = num << SEQ_BITS
    sql = "SELECT key, at_us, kind, public, body FROM cases_entry WHERE key > ? AND key < ? ORDER BY key"
    stored = session.query(sql, (first, first + (1 << SEQ_BITS)))
    entries = [_entry(bytes(each[4])) for each in stored]
    for (key, at_us, kind, public, _), entry in zip(stored, entries, strict=True):
        if (key - first, at_us, kind, public) != (entry.seq, entry.at_us, entry.kind, int(entry.public)):
            yield Fault(num, code, f"entry {key - first}: its row says something else than its content")
    try:
        engine.verify(entries)
        rebuilt = engine.replay(entries)
    except Broken as broken:
        yield Fault(num, code, str(broken))
        return
    if rebuilt != snapshot_of(row):
        yield Fault(num, code, "the case is not what its history makes of it")
    held = Held(row, rebuilt)
    again = held.row()
    for index, name in _DERIVED:
        if again[index] != row[index]:
            yield Fault(num, code, f"{name} is {row[index]!r}, by its history {again[index]!r}")
    yield from _fact(session, held, code)


def _fact(session: Session, held: Held, code: str) -> Iterator[Fault]:
    case = held.snapshot
    if case.kind not in facts766.KINDS:
        return
    compiled = definitions.of(session, case.procedure, case.version)
    wanted = (held.num, *facts766.facts(compiled, case))
    sql = f"SELECT {rows.names(rows.FACT)} FROM cases_fact766 WHERE num = ?"  # noqa: S608
    if session.query(sql, (held.num,)) != [wanted]:
        yield Fault(held.num, code, "the facts of Decision 766 are not those of its history")
