"""Whole runs of past readings, straight into columns: for replays and first fillings.

A change row for each would be waste. Nothing that is now changes, and no event is recorded, as with temporal
operations of the standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from dothi.core.clock import now_us
from dothi.engines.store.base import Session, Store
from dothi.kernel.context.history.chunks import FLOAT, OBSERVED, Chunk, Floats, Times, pack, split
from dothi.kernel.context.history.read import Reader
from dothi.kernel.context.history.window import Window
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.storage import schema
from dothi.kernel.context.storage.dictionary import Dictionary, Naming
from dothi.kernel.context.storage.writer import Writer

_KIND = FLOAT | OBSERVED


class Run(NamedTuple):
    """Numbers of one attribute of one entity at their observed times (µs), in one unit ('' for none)."""

    id: str
    attribute: str
    unit: str
    times_us: Times
    values: Floats


def append(store: Store, writer: Writer, dictionary: Dictionary, terms: TermMap, runs: Sequence[Run]) -> int:
    """Write the points that are not there yet (by entity, attribute, time); how many. Back when durable."""
    fresh = [run for run in _unknown(store, dictionary, terms, runs) if len(run.times_us)]
    if not fresh:
        return 0
    naming: list[Naming] = []

    def job(session: Session) -> int:
        naming[:] = [writer.naming(session)]
        return _write(session, naming[0], terms, fresh)

    written = int(writer.run(job).result())
    naming[0].learn()
    return written


def _unknown(store: Store, dictionary: Dictionary, terms: TermMap, runs: Sequence[Run]) -> Iterator[Run]:
    """The runs without the points that history holds already: writing a run twice writes it once."""
    with store.read() as session:
        reader = Reader(session, store.dialect, dictionary)
        for urn, group in groupby(sorted(runs, key=lambda run: run.id), key=lambda run: run.id):
            mine = list(group)
            held = _held(reader, session, dictionary, urn, {terms.iri(run.attribute) for run in mine}, mine)
            for run in mine:
                times = held.get(terms.iri(run.attribute))
                keep = slice(None) if times is None else ~np.isin(run.times_us, times)
                yield run._replace(times_us=run.times_us[keep], values=run.values[keep])


def _held(
    reader: Reader, session: Session, dictionary: Dictionary, urn: str, iris: set[str], runs: Sequence[Run]
) -> dict[str, Times]:
    """Times at which an entity has observations already, by attribute, as far as the runs reach."""
    eid, nids = dictionary.eid(session, 0, urn), dictionary.nids(session, iris)
    if eid is None or not nids:
        return {}
    window = Window(
        int(min(run.times_us.min() for run in runs)), int(max(run.times_us.max() for run in runs)) + 1
    )
    found = reader.history([eid], list(nids.values()), window)[eid]
    return {
        iri: np.concatenate(times)
        for iri, nid in nids.items()
        if (times := [c.times for c in found.get(nid, ()) if c.kind & OBSERVED and not c.dataset])
    }


def _write(session: Session, naming: Naming, terms: TermMap, runs: Sequence[Run]) -> int:
    tid = naming.tenant("", create=True)
    assert tid is not None
    eids = naming.eids(tid, {run.id for run in runs}, create=True)
    iris = {run.attribute: terms.iri(run.attribute) for run in runs}
    nids = naming.nids(set(iris.values()))
    chunks: list[Chunk] = []
    at = now_us()
    for run in runs:
        key = (eids[run.id], nids[iris[run.attribute]])
        modified = np.full(len(run.times_us), at, np.int64)
        chunks += split(Chunk(*key, "", _KIND, run.unit, run.times_us, modified, run.values).ordered())
    session.write_rows(schema.CHUNK, [pack(chunk) for chunk in chunks])
    return sum(map(len, chunks))
