"""The live city's own event log: one event for each change of an entity, read by position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dothi.core.clock import from_us
from dothi.core.errors import BadInput, both
from dothi.engines.store.base import Row, Session, Store
from dothi.kernel.context.ld.context import Contexts, TermMap
from dothi.kernel.context.ld.model import Instance, Stored, load
from dothi.kernel.context.ld.render import NORMALIZED, render
from dothi.kernel.context.storage import delta as deltas
from dothi.kernel.context.storage import positions
from dothi.kernel.context.storage.boxes import LOCATION
from dothi.kernel.context.storage.delta import Op
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.positions import Position
from dothi.kernel.context.storage.sql import marks, query_in
from dothi.kernel.events.log import Event, type_matches
from dothi.kernel.packs import queries as packs

HIGHEST_LIMIT = 10_000
TYPES = {
    Op.CREATED: "vn.dothi.context.entity-created",
    Op.UPDATED: "vn.dothi.context.entity-updated",
    Op.DELETED: "vn.dothi.context.entity-deleted",
}
_NO_POSITION = both(
    "Vị trí này không thuộc nhật ký của thành phố sống.", "This is not a position of the live city's log."
)
_any = msgspec.json.Decoder()


class ContextLog:
    """The changes of the default tenant's entities as events. Names are short by the packs' terms."""

    name = "context"

    def __init__(
        self,
        store: Store,
        dictionary: Dictionary | None = None,
        terms: TermMap | None = None,
        *,
        tid: int = 0,
    ) -> None:
        self._store = store
        self._dictionary = dictionary or Dictionary()
        self._terms = terms or Contexts(terms=packs.terms()).packs
        self._tid = tid

    def read(self, after: str | None, limit: int, *, types: Sequence[str] | None = None) -> list[Event]:
        since = _position(after)
        wanted = [int(op) for op, name in TYPES.items() if types is None or type_matches(types, name)]
        if not wanted:
            return []
        dialect = self._store.dialect
        past, first = positions.after(dialect, since)
        with self._store.read() as session:
            rows = session.query(
                f"SELECT {positions.columns(dialect)}, eid, at_us, op, types, delta FROM change "  # noqa: S608
                f"WHERE {past} AND {positions.settled(dialect)} AND tid = ? AND op IN ({marks(len(wanted))}) "
                f"ORDER BY {positions.order(dialect)} LIMIT ?",
                (*first, self._tid, *wanted, min(limit, HIGHEST_LIMIT)),
            )
            return self._events(session, rows) if rows else []

    def head(self) -> str | None:
        dialect = self._store.dialect
        order = "txid DESC, seq DESC" if dialect == "postgresql" else "seq DESC"
        with self._store.read() as session:
            rows = session.query(
                f"SELECT {positions.columns(dialect)} FROM change WHERE {positions.settled(dialect)} "  # noqa: S608
                f"ORDER BY {order} LIMIT 1"
            )
            if not rows:  # everything was trimmed: the log ends where it was cut
                rows = session.query("SELECT txid, seq FROM mark WHERE key = 'trimmed' AND seq > 0")
        return positions.encode(Position(*rows[0])) if rows else None

    def lost(self, after: str) -> bool:
        """Whether events behind ``after`` were trimmed, or ``after`` is of another history."""
        try:
            place = _position(after)
        except BadInput:
            return True
        with self._store.read() as session:
            floor = Position(*session.query("SELECT txid, seq FROM mark WHERE key = 'trimmed'")[0])
            newest = session.query("SELECT max(seq) FROM change")[0][0]
        return place < floor or place.seq > max(newest or 0, floor.seq)

    def changes(self) -> int:
        return self._store.changes()

    def _events(self, session: Session, rows: Sequence[Row]) -> list[Event]:
        eids = sorted({row[2] for row in rows})
        urns: dict[int, str] = dict(query_in(session, "SELECT eid, urn FROM urn WHERE eid", eids))
        names = {
            nid: self._dictionary.iri(session, nid) for row in rows for nid in map(int, row[5].split(","))
        }
        moved = self._moved(session, rows)
        return [self._event(row, urns[row[2]], names, moved.get(row[2])) for row in rows]

    def _moved(self, session: Session, rows: Sequence[Row]) -> dict[int, Any]:
        """Where the entities are now, for changes that do not say."""
        eids = sorted({row[2] for row in rows if row[4] != Op.DELETED})
        found = query_in(
            session, "SELECT eid, body FROM entity WHERE gone = 0 AND x0 IS NOT NULL AND eid", eids
        )
        return {eid: _geometry(load(body).attributes.get(LOCATION, ())) for eid, body in found}

    def _event(self, row: Row, urn: str, names: dict[int, str], location: Any) -> Event:
        txid, seq, _, at_us, op, types, delta = row
        change = deltas.load(delta)
        iris = tuple(names[nid] for nid in map(int, types.split(",")))
        shown: dict[str, Any] = _any.decode(
            render(Stored("", iris, attributes=change.attributes), self._terms, NORMALIZED)
        )
        data = {
            "id": urn,
            "type": [self._terms.name(iri) for iri in iris],
            "attributes": {name: value for name, value in shown.items() if name not in ("id", "type")},
        }
        if change.removed:
            data["removed"] = [self._terms.name(iri) for iri, _ in change.removed]
        location = _geometry(change.attributes.get(LOCATION, ())) or location
        if location is not None:
            data["location"] = location
        position = positions.encode(Position(txid, seq))
        return Event(
            id=f"context-{position}",
            type=TYPES[Op(op)],
            source="urn:dothi:context",
            subject=urn,
            time=from_us(at_us),
            data=data,
            position=position,
        )


def _position(text: str | None) -> Position:
    try:
        return positions.decode(text)
    except ValueError:
        raise BadInput(_NO_POSITION, where="after") from None


def _geometry(instances: Sequence[Instance]) -> Any:
    """The value of a GeoProperty's default instance."""
    return next((each.value for each in instances if not each.dataset), None)
