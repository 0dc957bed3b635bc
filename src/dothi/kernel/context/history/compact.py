"""Turns the oldest change rows into columns: prepared on a snapshot, put in place in one short
transaction."""

from __future__ import annotations

from collections.abc import Sequence

from dothi.core.clock import now_us
from dothi.engines.store.base import Row, Session, Store
from dothi.kernel.context import metrics
from dothi.kernel.context.history import tail
from dothi.kernel.context.history.chunks import COLUMNS, MAX_POINTS, Chunk, join, pack, split, unpack
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
        chunks, absorbed = _absorb(session, fresh)
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


def _fresh(session: Session, dictionary: Dictionary, rows: Sequence[Row]) -> list[Chunk]:
    """The rows' points as runs."""
    ordered = sorted(((seq, eid, delta) for _, seq, eid, _, delta in rows), key=lambda row: (row[1], row[0]))
    found = tail.collect(
        ordered, tail.cuts(session, {row[1] for row in ordered}), names_of(session, dictionary)
    )
    return tail.runs(found)


def _absorb(session: Session, fresh: Sequence[Chunk]) -> tuple[list[Chunk], list[int]]:
    """The chunks to write, and the numbers of the short ones that went into them."""
    short: dict[tuple[int, int, str, int, str], list[tuple[int, int]]] = {}
    rows = query_in(
        session,
        "SELECT eid, nid, dataset, kind, unit, cid, n FROM chunk WHERE n < ? AND eid",
        sorted({chunk.eid for chunk in fresh}),
        "ORDER BY cid DESC",
        first=(MAX_POINTS,),
    )
    for eid, nid, dataset, kind, unit, cid, count in rows:
        short.setdefault((eid, nid, dataset, kind, unit), []).append((cid, count))
    taken: dict[tuple[int, int, str, int, str], list[int]] = {}
    for chunk in fresh:
        size = len(chunk)
        for cid, count in short.get(chunk.series, ()):
            if count > _ABSORB * size or size + count > MAX_POINTS:
                break
            taken.setdefault(chunk.series, []).append(cid)
            size += count
    cids = [cid for group in taken.values() for cid in group]
    old: dict[int, Chunk] = {}
    for row in query_in(session, f"SELECT {COLUMNS} FROM chunk WHERE cid", cids):  # noqa: S608
        old[row[0]] = unpack(row)
    whole = [join([*(old[cid] for cid in reversed(taken.get(chunk.series, ()))), chunk]) for chunk in fresh]
    return [part for chunk in whole for part in split(chunk)], cids


def _version(session: Session) -> int:
    """Moves whenever history was rewritten by hand (temporal updates and deletions)."""
    return int(session.query("SELECT seq FROM mark WHERE key = 'rewritten'")[0][0])


def _claim(session: Session, dialect: Dialect, since: Position, version: int) -> bool:
    """Whether nobody compacted or rewrote history since the work was prepared; nobody can until the
    commit."""
    lock = " FOR UPDATE" if dialect == "postgresql" else ""
    rows = session.query(f"SELECT txid, seq FROM mark WHERE key = 'compacted'{lock}")  # noqa: S608
    return Position(*rows[0]) == since and _version(session) == version


def _put(session: Session, chunks: Sequence[Chunk], absorbed: Sequence[int], until: Position) -> None:
    for piece in pieces(absorbed):
        given = padded(piece)
        session.execute(f"DELETE FROM chunk WHERE cid IN ({marks(len(given))})", given)  # noqa: S608
    session.write_rows(schema.CHUNK, [pack(chunk) for chunk in chunks])
    session.execute("UPDATE mark SET txid = ?, seq = ? WHERE key = 'compacted'", until)
