"""The history of entities: chunks that overlap a window, and the tail of changes past them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dothi.engines.store.base import Session
from dothi.kernel.context.history import tail
from dothi.kernel.context.history.chunks import COLUMNS, Chunk, unpack
from dothi.kernel.context.history.points import merged
from dothi.kernel.context.history.window import EVER, Window
from dothi.kernel.context.storage import chain
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.positions import Dialect
from dothi.kernel.context.storage.sql import marks, padded, query_in

Runs = dict[int, list[Chunk]]
"""Attribute → its runs inside the window: one for each dataset, kind and unit, each in order of time."""


class Reader:
    """Reads history inside one session (one snapshot: chunks, mark and tail belong together)."""

    def __init__(self, session: Session, dialect: Dialect, dictionary: Dictionary) -> None:
        self._session = session
        self._dialect = dialect
        self._dictionary = dictionary

    def history(
        self,
        eids: Sequence[int],
        nids: Collection[int] | None = None,
        window: Window = EVER,
        *,
        last: int | None = None,
    ) -> dict[int, Runs]:
        """For each entity its runs; ``nids`` limits the attributes, ``last`` wants no more than so many
        points each."""
        parts = self._tail(eids, nids)
        parts += self._chunks(eids, nids, window, last, parts)
        result: dict[int, Runs] = {eid: {} for eid in eids}
        for chunk in merged(parts):
            clipped = window.clip(chunk)
            if clipped is not None:
                result[chunk.eid].setdefault(chunk.nid, []).append(clipped)
        return result

    def forgotten(self, eid: int) -> bool:
        """Whether all history of an entity was deleted at some time."""
        return bool(self._session.query("SELECT 1 FROM cut WHERE eid = ? AND nid = 0", (eid,)))

    def tail(self, eids: Sequence[int], nids: Collection[int] | None) -> list[Chunk]:
        """What is not in chunks yet."""
        return self._tail(eids, nids)

    def _tail(self, eids: Sequence[int], nids: Collection[int] | None) -> list[Chunk]:
        rows = chain.since(self._session, self._dialect, eids, tail.compacted(self._session))
        if not rows:
            return []
        names = _Names(self._session, self._dictionary)
        found = tail.collect(rows, tail.cuts(self._session, eids), names)
        return tail.runs(
            found if nids is None else {key: value for key, value in found.items() if key[1] in nids}
        )

    def _chunks(
        self,
        eids: Sequence[int],
        nids: Collection[int] | None,
        window: Window,
        last: int | None,
        parts: list[Chunk],
    ) -> list[Chunk]:
        where, edges = window.clause()
        if last is not None:
            cids = self._latest(eids, nids, window, last)
            found = query_in(self._session, f"SELECT {COLUMNS} FROM chunk WHERE cid", cids)  # noqa: S608
            return [unpack(row) for row in found]
        attribute, given = _among(nids)
        rows = query_in(
            self._session,
            f"SELECT {COLUMNS} FROM chunk WHERE {where}{attribute} AND eid",  # noqa: S608
            sorted(eids),
            first=(*edges, *given),
        )
        return [unpack(row) for row in rows]

    def _latest(
        self, eids: Sequence[int], nids: Collection[int] | None, window: Window, last: int
    ) -> list[int]:
        """Chunks that hold the last ``last`` points of each attribute and dataset (and perhaps a few
        more)."""
        where, edges = window.clause()
        attribute, given = _among(nids)
        low, high = ("m0", "m1") if window.by == "modifiedAt" else ("t0", "t1")
        rows = query_in(
            self._session,
            f"SELECT eid, nid, dataset, cid, {low}, {high}, n FROM chunk WHERE {where}{attribute} AND eid",  # noqa: S608
            sorted(eids),
            first=(*edges, *given),
        )
        series: dict[tuple[int, int, str], list[tuple[int, int, int, int]]] = {}
        for eid, nid, dataset, cid, first, final, count in rows:
            series.setdefault((eid, nid, dataset), []).append((final, first, cid, count))
        return [cid for each in series.values() for cid in _enough(each, window, last)]


def _enough(chunks: list[tuple[int, int, int, int]], window: Window, last: int) -> list[int]:
    """Of (end, start, cid, n) those that may hold one of the last ``last`` points inside the window."""
    cutoff, counted = window.start, 0
    for final, first, _, count in sorted(chunks, reverse=True):
        if first >= window.start and final < window.end:  # wholly inside: all its points count
            counted += count
            cutoff = first if counted == count else min(cutoff, first)
            if counted >= last:
                return [cid for end, _, cid, _ in chunks if end >= cutoff]
    return [cid for _, _, cid, _ in chunks]


def _among(nids: Collection[int] | None) -> tuple[str, list[int]]:
    if nids is None:
        return "", []
    given = padded(sorted(nids)) or [-1]
    return f" AND nid IN ({marks(len(given))})", given


class _Names(dict[str, int]):
    """Numbers of attributes, looked up when first asked for."""

    def __init__(self, session: Session, dictionary: Dictionary) -> None:
        super().__init__(dictionary.names)
        self._session = session
        self._dictionary = dictionary

    def __missing__(self, iri: str) -> int:
        return self.setdefault(iri, self._dictionary.nids(self._session, (iri,))[iri])


names_of = _Names
