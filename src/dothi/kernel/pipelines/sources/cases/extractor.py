"""Follows cases by the event log: one row for each case that something happened to, as it stands now.

The first run reads every case by its number, from a place in the log that was noted before; the next ones read the
events behind that place and each case they name once. A place that the log has forgotten reads every case again.
Cases are never deleted, so that upserting by ``case`` is the whole truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from dothi.kernel.cases import exporting
from dothi.kernel.events import log as events
from dothi.kernel.packs.flows import CasesSource, SourceDeclaration
from dothi.kernel.pipelines.sources.base import Portion, Position, Task, Unchanged

_EVENTS_AT_ONCE: Final = 500
_TYPES: Final = {
    "case": pa.string(), "procedure": pa.string(), "kind": pa.string(), "version": pa.int64(), "unit": pa.string(),
    "organisation": pa.string(), "channel": pa.string(), "state": pa.string(), "phase": pa.string(),
    "outcome": pa.string(), "opened_at": pa.timestamp("us", tz="UTC"), "opened_on": pa.date32(),
    "changed_at": pa.timestamp("us", tz="UTC"), "closed_at": pa.timestamp("us", tz="UTC"), "closed_on": pa.date32(),
    "due_at": pa.timestamp("us", tz="UTC"), "late": pa.bool_(), "on_time": pa.bool_(), "digitised": pa.bool_(),
    "online": pa.bool_(), "followed": pa.bool_(), "rating": pa.int64(), "simulated": pa.bool_(),
}  # fmt: skip


class CasesExtractor:
    """A portion a page of cases, or of the cases that a page of events names."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec, log = declared.cases, events.logs()["city"]
        assert spec is not None
        resume = position.get("resume", {})
        if "num" in resume:  # a first reading that was cut off
            yield from _all(spec, task, resume["log"], int(resume["num"]))
        elif (task.full and not resume) or "log" not in position or _lost(log, position["log"], task):
            yield from _all(spec, task, log.head(), 0)
        else:
            yield from _changed(spec, task, log, position["log"], fresh=not resume)


def _lost(log: events.Log, place: str | None, task: Task) -> bool:
    if place is None or not events.is_lost(log, place):
        return False
    task.say(
        "Nhật ký không còn giữ chỗ đã đọc; đọc lại mọi hồ sơ.",
        "The log forgot the place; reading every case.",
        "warning",
    )
    return True


def _all(spec: CasesSource, task: Task, place: str | None, num: int) -> Iterator[Portion]:
    while found := exporting.behind(num, spec.page, **_asked(spec)):
        task.check()
        num = int(found[-1]["num"])
        yield Portion(_table(found, spec), {"log": place, "resume": {"num": num, "log": place}})
    yield Portion(None, {"log": place})


def _changed(
    spec: CasesSource, task: Task, log: events.Log, place: str | None, *, fresh: bool
) -> Iterator[Portion]:
    begin = place
    while found := log.read(place, _EVENTS_AT_ONCE, types=exporting.EVENTS):
        task.check()
        place = found[-1].position
        ids = list(dict.fromkeys(str(each.data["id"]) for each in found if "id" in each.data))
        rows = exporting.of(ids, **_asked(spec))
        yield Portion(_table(rows, spec) if rows else None, {"log": place, "resume": {"events": True}})
    if place == begin and fresh:
        raise Unchanged
    yield Portion(None, {"log": place})


def _asked(spec: CasesSource) -> dict[str, Any]:
    return {"procedures": spec.procedures, "kinds": spec.kinds, "fields": spec.fields}


def _table(rows: list[dict[str, Any]], spec: CasesSource) -> pa.Table:
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in _TYPES.items()}
    for name in spec.fields:
        columns[name] = pa.array([None if row[name] is None else str(row[name]) for row in rows], pa.string())
    return pa.table(columns)


EXTRACTOR = CasesExtractor()
