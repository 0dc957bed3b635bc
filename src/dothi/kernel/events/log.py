"""Events as CloudEvents, and the logs they are read from. No Django here: hot paths read logs too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from dothi.core.clock import from_us, iso
from dothi.core.errors import BadInput, both
from dothi.engines.store.base import Row, Store

HIGHEST_LIMIT = 10_000


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. ``position`` is its place in its log: text that means nothing elsewhere."""

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]
    actor: str | None = None
    position: str

    def to_cloudevent(self) -> dict[str, Any]:
        """The event in the JSON form of CloudEvents 1.0, its position as the extension ``sequence``."""
        body = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": iso(self.time),
            "datacontenttype": "application/json",
            "sequence": self.position,
            "data": self.data,
        }
        return body if self.actor is None else body | {"actor": self.actor}


class Log(Protocol):
    """An append-only log of events in one fixed order. A position is the place right behind its event."""

    @property
    def name(self) -> str: ...

    def read(self, after: str | None, limit: int, *, types: Sequence[str] | None = None) -> list[Event]:
        """The events behind ``after`` (None: from the oldest kept), at most ``limit``.

        ``types`` are names or prefixes ending in ``*``. A position of no such log is :class:`BadInput`.
        """
        ...

    def head(self) -> str | None:
        """The position of the newest event that can be read; None when there is none."""
        ...

    def changes(self) -> int:
        """A number that differs after something was appended; cheap enough to poll."""
        ...


class Trimmed(Protocol):
    """What a log that forgets old events also answers."""

    def lost(self, after: str) -> bool:
        """Whether reading on behind ``after`` would leave out events, or ``after`` is of another history."""
        ...


_logs: dict[str, Log] = {}


def register(log: Log) -> None:
    """Make ``log`` known by its name."""
    _logs[log.name] = log


def logs() -> dict[str, Log]:
    """The logs of this process by name."""
    return dict(_logs)


def type_matches(patterns: Sequence[str], type: str) -> bool:
    """Whether ``type`` is one of ``patterns`` (names, or prefixes ending in ``*``)."""
    return any(type.startswith(p[:-1]) if p.endswith("*") else type == p for p in patterns)


def is_lost(log: Log, after: str) -> bool:
    """Whether a reader that stood at ``after`` has missed events of ``log`` for good."""
    lost = getattr(log, "lost", None)
    if lost is not None:
        return bool(lost(after))
    try:
        log.read(after, 1)
    except BadInput:
        return True
    return False


_COLUMNS = "era, txid, seq, event_id, type, source, subject, time_us, data, actor"
# On PostgreSQL a sequence number is given before the commit, so that a lower one may appear after a higher
# one was read. Only events of transactions older than every transaction still running are read, in the order
# of transactions: nothing can appear behind a reader's back. ``era`` grows when a database was restored into a
# server that counts transactions differently; events of earlier eras are all settled.
_SETTLED = (
    "(era < coalesce((SELECT era FROM events_logstate WHERE id = 1), 1)"
    " OR txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
)


class Position(msgspec.Struct, frozen=True, order=True):
    """A place in the city's log."""

    era: int
    txid: int
    seq: int

    def text(self) -> str:
        """As readers see it. Texts of one log sort as the positions do."""
        return f"{self.era:04x}-{self.txid:012x}-{self.seq:012x}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """The place written in ``text``; :class:`BadInput` when it is none."""
        try:
            era, txid, seq = (int(part, 16) for part in text.split("-"))
        except ValueError:
            raise BadInput(_NO_POSITION, where="after") from None
        return cls(era, txid, seq)


_NO_POSITION = both("Vị trí này không thuộc nhật ký sự kiện.", "This is not a position of the event log.")
BEGINNING = Position(0, 0, 0)


class CityLog:
    """The log of the city's own database: the outbox that Django's transactions write to."""

    name = "city"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._settled = "1 = 1" if store.dialect == "sqlite" else _SETTLED

    def read(self, after: str | None, limit: int, *, types: Sequence[str] | None = None) -> list[Event]:
        start = BEGINNING if after is None else Position.parse(after)
        sql, params = self._select(start, types)
        with self._store.read() as session:
            rows = session.query(f"{sql} LIMIT ?", (*params, min(limit, HIGHEST_LIMIT)))
        return [_event(row) for row in rows]

    def _select(self, start: Position, types: Sequence[str] | None) -> tuple[str, list[Any]]:
        params: list[Any]
        if self._store.dialect == "sqlite":  # one writer at a time: the number alone is the order of commits
            where, order, params = "seq > ?", "seq", [start.seq]
        else:
            where, order = f"(era, txid, seq) > (?, ?, ?) AND {self._settled}", "era, txid, seq"
            params = [start.era, start.txid, start.seq]
        if types is not None:
            chosen, values = _type_filter(types)
            where, params = f"{where} AND {chosen}", params + values
        return f"SELECT {_COLUMNS} FROM events_outbox WHERE {where} ORDER BY {order}", params  # noqa: S608

    def head(self) -> str | None:
        order = "seq DESC" if self._store.dialect == "sqlite" else "era DESC, txid DESC, seq DESC"
        sql = f"SELECT era, txid, seq FROM events_outbox WHERE {self._settled} ORDER BY {order} LIMIT 1"  # noqa: S608
        with self._store.read() as session:
            rows = session.query(sql)
        return Position(*rows[0]).text() if rows else None

    def lost(self, after: str) -> bool:
        try:
            place = Position.parse(after)
        except BadInput:
            return True
        with self._store.read() as session:
            ((floor, newest),) = session.query(
                "SELECT (SELECT floor FROM events_logstate WHERE id = 1),"
                " (SELECT max(seq) FROM events_outbox)"
            )
        # Numbers only grow, also over a restore: one that was never given belongs to another history.
        return place.text() < (floor or "") or place.seq > max(newest or 0, _seq(floor))

    def changes(self) -> int:
        return self._store.changes()


def _seq(position: str | None) -> int:
    return Position.parse(position).seq if position else 0


def _type_filter(types: Sequence[str]) -> tuple[str, list[Any]]:
    parts, values = ["1 = 0"], []
    for pattern in types:
        if pattern.endswith("*"):
            parts.append("substr(type, 1, ?) = ?")
            values += [len(pattern) - 1, pattern[:-1]]
        else:
            parts.append("type = ?")
            values.append(pattern)
    return f"({' OR '.join(parts)})", values


def _event(row: Row) -> Event:
    era, txid, seq, id, type, source, subject, time_us, data, actor = row
    return Event(
        id=id, type=type, source=source, subject=subject, time=from_us(time_us),
        data=msgspec.json.decode(data), actor=actor or None, position=Position(era, txid, seq).text(),
    )  # fmt: skip
