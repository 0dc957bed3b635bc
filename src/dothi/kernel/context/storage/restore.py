"""What a restored database needs before it is written to again."""

from __future__ import annotations

from dothi.engines.store.base import Store
from dothi.kernel.context.storage.positions import ERA


def begin_era(store: Store) -> None:
    """After a restore: positions go on growing though the server's transaction ids begin anew."""
    with store.write() as session:
        session.execute("UPDATE mark SET seq = seq + 1 WHERE key = 'era'")
        era = int(session.query("SELECT seq FROM mark WHERE key = 'era'")[0][0])
        if store.dialect == "postgresql":
            number = f"pg_current_xact_id()::text::bigint + {era * ERA}"
            session.execute(f"ALTER TABLE change ALTER COLUMN txid SET DEFAULT ({number})")
