"""Changing the past: deletion and correction of history, in one transaction of its own."""

from __future__ import annotations

from collections.abc import Callable

from dothi.engines.store.base import Session
from dothi.kernel.context.history.chunks import Chunk, pack, split
from dothi.kernel.context.history.points import merged
from dothi.kernel.context.history.read import Reader
from dothi.kernel.context.storage import chain, schema
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.positions import Dialect

Transform = Callable[[list[Chunk]], list[Chunk]]


def attribute(
    session: Session, dialect: Dialect, dictionary: Dictionary, eid: int, nid: int, transform: Transform
) -> None:
    """Put ``transform(runs)`` in the place of an attribute's runs. ``transform`` may raise to leave all as
    it is."""
    _lock(session, dialect, eid)
    runs = Reader(session, dialect, dictionary).history([eid], [nid])[eid].get(nid, [])
    kept = [part for run in merged(transform(runs)) if len(run) for part in split(run)]
    session.execute("DELETE FROM chunk WHERE eid = ? AND nid = ?", (eid, nid))
    session.write_rows(schema.CHUNK, [pack(part) for part in kept])
    _cut(session, dialect, eid, nid)


def everything(session: Session, dialect: Dialect, eid: int) -> None:
    """Delete all history of an entity; of one that is not there now, every trace but its number."""
    _lock(session, dialect, eid)
    session.execute("DELETE FROM chunk WHERE eid = ?", (eid,))
    session.execute("DELETE FROM cut WHERE eid = ?", (eid,))
    _cut(session, dialect, eid, schema.ANY_TYPE)
    if session.execute("DELETE FROM entity WHERE eid = ? AND gone <> ?", (eid, schema.LIVE)):
        session.execute(
            "DELETE FROM entity_type WHERE eid = ? AND tid = (SELECT tid FROM urn WHERE eid = ?)", (eid, eid)
        )


def _lock(session: Session, dialect: Dialect, eid: int) -> None:
    """Nobody else may write to the entity until the commit (SQLite has one writer anyway)."""
    if dialect == "postgresql":
        session.query("SELECT eid FROM entity WHERE eid = ? FOR UPDATE", (eid,))


def _cut(session: Session, dialect: Dialect, eid: int, nid: int) -> None:
    """Changes so far are no part of the history any more, though they stay in the log."""
    last = chain.last(session, dialect, eid)
    if last:
        session.write_rows(schema.CUT, [(eid, nid, last)], conflict="replace")
    session.execute("UPDATE mark SET seq = seq + 1 WHERE key = 'rewritten'")
