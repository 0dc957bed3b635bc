"""What time takes away: expired entities, old change rows, the history of entities deleted long ago."""

from __future__ import annotations

from dothi.core.clock import now_us
from dothi.engines.store.base import Store
from dothi.kernel.context.history import tail
from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.storage import chain, positions
from dothi.kernel.context.storage.commands import Command, Outcome
from dothi.kernel.context.storage.delta import Delta, Op
from dothi.kernel.context.storage.positions import Position
from dothi.kernel.context.storage.sql import marks, padded
from dothi.kernel.context.storage.writer import Writer

_AT_ONCE = 5_000
_SECOND = 1_000_000


def expire(store: Store, writer: Writer) -> int:
    """Delete entities whose ``expiresAt`` has passed; how many."""
    now = now_us()
    with store.read() as session:
        rows = session.query(
            "SELECT t.name, u.urn FROM entity e JOIN urn u ON u.eid = e.eid JOIN tenant t ON t.tid = e.tid "
            "WHERE e.expires_us IS NOT NULL AND e.expires_us <= ? AND e.gone = 0 LIMIT ?",
            (now, _AT_ONCE),
        )
    by_tenant: dict[str, list[Command]] = {}
    for tenant, urn in rows:
        by_tenant.setdefault(tenant, []).append(_end(urn))
    for tenant, commands in by_tenant.items():
        writer.submit(commands, tenant=tenant).result()
    return len(rows)


def _end(urn: str) -> Command:
    def apply(stored: Stored | None, now: int) -> Outcome:
        # The writer shows an expired entity as absent; one that is there was given more time meanwhile.
        return Outcome(stored, Delta() if stored is None else None, Op.DELETED)

    return Command(urn, apply)


def trim(store: Store, retention_s: float, consumed: str | None) -> int:
    """Delete change rows that are old, columnar and read by every consumer; how many."""
    cutoff = now_us() - int(retention_s * _SECOND)
    with store.read() as session:
        limit = tail.compacted(session)
        if consumed is not None:
            limit = min(limit, positions.decode(consumed))
        rows = session.query(
            f"SELECT {positions.columns(store.dialect)}, at_us FROM change "  # noqa: S608
            f"ORDER BY {positions.order(store.dialect)} LIMIT ?",
            (_AT_ONCE,),
        )
    until = None
    for txid, seq, at_us in rows:
        if at_us >= cutoff or Position(txid, seq) > limit:
            break
        until = Position(txid, seq)
    if until is None:
        return 0
    past, edge = positions.after(store.dialect, until)
    with store.write() as session:
        gone = session.execute(f"DELETE FROM change WHERE NOT ({past})", edge)  # noqa: S608
        session.execute("UPDATE mark SET txid = ?, seq = ? WHERE key = 'trimmed'", until)
    return gone


def forget(store: Store, retention_s: float) -> int:
    """Delete what is left of entities deleted longer ago than history is kept; how many. Their ids stay
    taken."""
    cutoff = now_us() - int(retention_s * _SECOND)
    with store.read() as session:
        rows = session.query(
            "SELECT e.eid FROM tenant n CROSS JOIN entity_type t JOIN entity e ON e.eid = t.eid "  # noqa: S608
            "WHERE t.tid = n.tid AND t.nid = 0 AND t.gone = 1 AND e.gone = 1 AND e.modified_us < ? "
            f"AND NOT EXISTS (SELECT 1 FROM change c WHERE {chain.own(store.dialect)}) LIMIT ?",
            (cutoff, _AT_ONCE),
        )
    if not rows:
        return 0
    eids = padded([row[0] for row in rows])
    with store.write() as session:
        # Looked at again inside: one of them may have been created anew meanwhile.
        old = session.query(
            f"SELECT eid FROM entity WHERE eid IN ({marks(len(eids))}) AND gone = 1 AND modified_us < ?",  # noqa: S608
            (*eids, cutoff),
        )
        for row in old:
            session.execute(
                "DELETE FROM entity_type WHERE eid = ? AND tid = (SELECT tid FROM urn WHERE eid = ?)",
                (*row, *row),
            )
            for table in ("chunk", "cut", "entity"):
                session.execute(f"DELETE FROM {table} WHERE eid = ?", row)  # noqa: S608
    return len(old)
