"""Change rows that are not columns yet, as runs of points."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dothi.engines.store.base import Row, Session
from dothi.kernel.context.history.chunks import Chunk
from dothi.kernel.context.history.points import gather
from dothi.kernel.context.ld.model import Instance
from dothi.kernel.context.storage import delta as deltas
from dothi.kernel.context.storage.positions import Position
from dothi.kernel.context.storage.sql import query_in

Cuts = dict[tuple[int, int], int]
"""(entity, attribute or 0 for all) → changes up to this sequence number are no part of its history any
more."""


def compacted(session: Session) -> Position:
    """Up to where changes have become columns."""
    return Position(*session.query("SELECT txid, seq FROM mark WHERE key = 'compacted'")[0])


def cuts(session: Session, eids: Collection[int]) -> Cuts:
    """The cuts of some entities."""
    rows = query_in(session, "SELECT eid, nid, seq FROM cut WHERE eid", sorted(eids))
    return {(eid, nid): seq for eid, nid, seq in rows}


def collect(
    rows: Iterable[Row], cut: Cuts, names: Mapping[str, int]
) -> dict[tuple[int, int], list[Instance]]:
    """Instances by (entity, attribute) of (seq, eid, delta) rows; ``names`` gives the attributes' numbers."""
    found: dict[tuple[int, int], list[Instance]] = {}
    for seq, eid, delta in rows:
        whole = cut.get((eid, 0), 0)
        if seq <= whole:
            continue
        for iri, instances in deltas.load(delta).attributes.items():
            key = (eid, names[iri])
            if cut and seq <= cut.get(key, 0):
                continue
            known = found.get(key)
            if known is None:
                found[key] = list(instances)
            else:
                known += instances
    return found


def runs(found: dict[tuple[int, int], list[Instance]]) -> list[Chunk]:
    """The collected instances as runs."""
    return [chunk for (eid, nid), instances in found.items() for chunk in gather(eid, nid, instances)]
