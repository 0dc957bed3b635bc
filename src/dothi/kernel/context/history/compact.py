"""Turns the oldest change rows into columns: prepared on a snapshot, put in place in one short
transaction."""

from __future__ import annotations

from collections.abc import Sequence

from dothi.core.clock import now_us
from dothi.engines.store.base import Row, Session, Store
from dothi.kernel.context import metrics
from dothi.kernel.context.history import tail
from dothi.kernel.context.history.chunks import MAX_POINTS
from dothi.kernel.context.history.columns import Columns, Series, fill
from dothi.kernel.context.history.read import names_of
from dothi.kernel.context.storage import schema
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.positions import Dialect, Position, after, columns, order, settled
from dothi.kernel.context.storage.sql import marks, padded, pieces, query_in

_ABSORB = 2  # a chunk at most so many times as long as what comes after it is written anew together with it
_SECOND = 1_000_000


def compact_once(store: Store, dictionary: Dictionary, limit: int, *, settle_s: float = 0.0) -> int:
    """Move at most ``limit`` change rows; how many. Nothing is moved while fewer wait, all younger than
    ``settle_s``.

    Several processes may call it: one wins, the others' work is dropped. It may be killed at any moment.
    """
    with store.read() as session:
        since = tail.compacted(session)
        version = _version(session)
        rows = _next_rows(session, store.dialect, since, limit)
        if not rows or (len(rows) < limit and rows[0][3] > now_us() - settle_s * _SECOND):
            return 0
        fresh = _fresh(session, dictionary, rows)
        absorbed = _absorb(session, fresh)
    chunks = [row for each in fresh.values() for row in each.rows()]
    until = Position(rows[-1][0], rows[-1][1])
    with store.write() as session:
        if not _claim(session, store.dialect, since, version):
            return 0
        _put(session, chunks, absorbed, until)
    metrics.COMPACTED.inc(len(rows))
    return len(rows)


def _next_rows(session: Session, dialect: Dialect, since: Position, limit: int) -> list[Row]:
    past, first = after(dialect, since)
    return session.query(
        f"SELECT {columns(dialect)}, eid, at_us, delta FROM change "  # noqa: S608
        f"WHERE {past} AND {settled(dialect)} ORDER BY {order(dialect)} LIMIT ?",
        (*first, limit),
    )


def _fresh(session: Session, dictionary: Dictionary, rows: Sequence[Row]) -> dict[Series, Columns]:
    """The rows' points by series."""
    ordered = sorted(((seq, eid, delta) for _, seq, eid, _, delta in rows), key=lambda row: (row[1], row[0]))
    found = tail.collect(
        ordered, tail.cuts(session, {row[1] for row in ordered}), names_of(session, dictionary)
    )
    fresh: dict[Series, Columns] = {}
    for (eid, nid), instances in found.items():
        fill(fresh, eid, nid, instances)
    return fresh


def _absorb(session: Session, fresh: dict[Series, Columns]) -> list[int]:
    """Put short chunks, newest first, in front of what comes after them; their numbers."""
    rows = query_in(
        session,
        "SELECT eid, nid, dataset, kind, unit, cid, n FROM chunk WHERE n < ? AND eid",
        sorted({series[0] for series in fresh}),
        "ORDER BY cid DESC",
        first=(MAX_POINTS,),
    )
    sizes = {series: len(each) for series, each in fresh.items()}
    taken: dict[int, Series] = {}
    for eid, nid, dataset, kind, unit, cid, count in rows:
        series = (eid, nid, dataset, kind, unit)
        size = sizes.get(series)
        if size is None:
            continue
        if count > _ABSORB * size or size + count > MAX_POINTS:
            del sizes[series]  # chunks before this one stay as they are
            continue
        sizes[series] = size + count
        taken[cid] = series
    cids = sorted(taken, reverse=True)
    found = query_in(session, "SELECT cid, times, modified, vals FROM chunk WHERE cid", cids)
    for cid, *blobs in sorted(found, key=lambda row: -row[0]):
        fresh[taken[cid]].put_before(*blobs)
    return cids


def _version(session: Session) -> int:
    """Moves whenever history was rewritten by hand (temporal updates and deletions)."""
    return int(session.query("SELECT seq FROM mark WHERE key = 'rewritten'")[0][0])


def _claim(session: Session, dialect: Dialect, since: Position, version: int) -> bool:
    """Whether nobody compacted or rewrote history since the work was prepared; nobody can until the
    commit."""
    lock = " FOR UPDATE" if dialect == "postgresql" else ""
    rows = session.query(f"SELECT txid, seq FROM mark WHERE key = 'compacted'{lock}")  # noqa: S608
    return Position(*rows[0]) == since and _version(session) == version


def _put(session: Session, chunks: Sequence[Row], absorbed: Sequence[int], until: Position) -> None:
    for piece in pieces(absorbed):
        given = padded(piece)
        session.execute(f"DELETE FROM chunk WHERE cid IN ({marks(len(given))})", given)  # noqa: S608
    session.write_rows(schema.CHUNK, chunks)
    session.execute("UPDATE mark SET txid = ?, seq = ? WHERE key = 'compacted'", until)
