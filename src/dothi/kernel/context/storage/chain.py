"""Which changes are an entity's own.

On SQLite they are a chain: the entity names its last change (``last_seq``), each change the one before it
(``prev``, 0 for none). An index by entity would cost every change a random page of the commit. PostgreSQL keeps
such an index: there a later link may be of an earlier transaction, so that a walk cannot tell where what has become
columns begins.
"""

from __future__ import annotations

from collections.abc import Collection

from dothi.engines.store.base import Row, Session
from dothi.kernel.context.storage.positions import Dialect, Position, after
from dothi.kernel.context.storage.sql import marks, padded, pieces, query_in

# CROSS JOIN: SQLite keeps the order, from the entities to their changes and never the other way round.
WALK = """
WITH RECURSIVE walk (seq, eid, prev, delta) AS (
    SELECT c.seq, c.eid, c.prev, c.delta FROM entity e CROSS JOIN change c ON c.seq = e.last_seq
    WHERE c.seq > ?1 AND e.eid IN ({marks})
    UNION ALL
    SELECT c.seq, c.eid, c.prev, c.delta FROM walk w CROSS JOIN change c ON c.seq = w.prev WHERE c.seq > ?1
)
SELECT seq, eid, delta FROM walk
"""


def linked(dialect: Dialect) -> bool:
    """Whether changes are a chain."""
    return dialect == "sqlite"


def newest(session: Session) -> int:
    """The highest sequence number ever given out. On SQLite only, where nobody else writes meanwhile."""
    rows = session.query("SELECT seq FROM sqlite_sequence WHERE name = 'change'")
    return int(rows[0][0]) if rows else 0


def since(session: Session, dialect: Dialect, eids: Collection[int], position: Position) -> list[Row]:
    """(seq, eid, delta) of entities' changes past ``position``, by entity, in order."""
    if linked(dialect):
        rows: list[Row] = []
        for piece in pieces(sorted(eids)):
            given = padded(piece)
            rows += session.query(WALK.format(marks=marks(len(given))), (position.seq, *given))
    else:
        past, first = after(dialect, position)
        sql = f"SELECT seq, eid, delta FROM change WHERE {past} AND eid"  # noqa: S608
        rows = query_in(session, sql, sorted(eids), first=first)
    rows.sort(key=lambda row: (row[1], row[0]))
    return rows


def last(session: Session, dialect: Dialect, eid: int) -> int:
    """The sequence number of an entity's last change; 0 when it has none."""
    if linked(dialect):
        rows = session.query("SELECT last_seq FROM entity WHERE eid = ?", (eid,))
    else:
        rows = session.query("SELECT max(seq) FROM change WHERE eid = ?", (eid,))
    return int(rows[0][0] or 0) if rows else 0


def own(dialect: Dialect) -> str:
    """A condition that ties a change ``c`` to an entity ``e``: the last one there is, or any."""
    return "c.seq = e.last_seq" if linked(dialect) else "c.eid = e.eid"
