"""Whole runs of past readings, straight into columns: for replays and first fillings.

A change row for each would be waste. Nothing that is now changes, and no event is recorded, as with temporal
operations of the standard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dothi.core.clock import now_us
from dothi.engines.store.base import Session
from dothi.kernel.context.history.chunks import FLOAT, OBSERVED, Chunk, Floats, Times, pack, split
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.storage import schema
from dothi.kernel.context.storage.dictionary import Naming
from dothi.kernel.context.storage.writer import Writer

_KIND = FLOAT | OBSERVED


class Run(NamedTuple):
    """Numbers of one attribute of one entity at their observed times (µs), in one unit ('' for none)."""

    id: str
    attribute: str
    unit: str
    times_us: Times
    values: Floats


def append(writer: Writer, terms: TermMap, runs: Sequence[Run]) -> int:
    """Write the points that are not there yet (by entity, attribute, time); how many. Back when durable."""
    naming: list[Naming] = []

    def job(session: Session) -> int:
        naming[:] = [writer.naming(session)]
        return _write(session, naming[0], terms, runs)

    written = int(writer.run(job).result())
    naming[0].learn()
    return written


def _write(session: Session, naming: Naming, terms: TermMap, runs: Sequence[Run]) -> int:
    tid = naming.tenant("", create=True)
    assert tid is not None
    eids = naming.eids(tid, {run.id for run in runs}, create=True)
    iris = {run.attribute: terms.iri(run.attribute) for run in runs}
    nids = naming.nids(set(iris.values()))
    chunks: list[Chunk] = []
    at = now_us()
    for run in runs:
        eid, nid = eids[run.id], nids[iris[run.attribute]]
        keep = _new(session, eid, nid, run)
        times, values = run.times_us[keep], run.values[keep]
        if len(times):
            modified = np.full(len(times), at, np.int64)
            chunks += split(Chunk(eid, nid, "", _KIND, run.unit, times, modified, values).ordered())
    session.write_rows(schema.CHUNK, [pack(chunk) for chunk in chunks])
    return sum(map(len, chunks))


def _new(session: Session, eid: int, nid: int, run: Run) -> NDArray[np.bool_]:
    """Which points of a run are in no chunk yet: writing the same run twice writes it once."""
    rows = session.query(
        "SELECT times FROM chunk WHERE eid = ? AND nid = ? AND t1 >= ? AND t0 <= ? "
        "AND dataset = '' AND kind = ?",
        (eid, nid, int(run.times_us.min()), int(run.times_us.max()), _KIND),
    )
    if not rows:
        return np.ones(len(run.times_us), bool)
    known = np.concatenate([np.frombuffer(times, "<i8") for (times,) in rows])
    return np.asarray(~np.isin(run.times_us, known))
