"""Writing to the city's log, inside the transaction of the change an event tells of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from django.db import connection, transaction

from dothi.core.clock import from_us, now_us
from dothi.core.ids import uuid7_str, uuid7s
from dothi.engines import registry
from dothi.engines.store.base import Column, Session, Table
from dothi.kernel.events.log import Event, Position

BELL = "events.city"
_FIELDS = "era, txid, event_id, type, source, subject, time_us, data, actor"
_ERA = "coalesce((SELECT era FROM events_logstate WHERE id = 1), 1)"
_TXID = {"postgresql": "pg_current_xact_id()::text::bigint", "sqlite": "0"}
# Sorted by the event's id when written in bulk: ids made together grow, so numbers are given in that order.
_TABLE: Final = Table(
    "events_outbox",
    (
        Column("era", "int"), Column("txid", "int"), Column("event_id", "text"), Column("type", "text"),
        Column("source", "text"), Column("subject", "text"), Column("time_us", "int"), Column("data", "text"),
        Column("actor", "text"),
    ),
    ("event_id",),
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


class News(NamedTuple):
    """An event to record in bulk."""

    type: str
    subject: str
    data: dict[str, Any]
    actor: str = ""


class OutsideTransaction(RuntimeError):
    """An event was to be recorded with no transaction open: it could tell of a change that never was."""


def append(type: str, subject: str, data: dict[str, Any], actor: str | None, source: str | None) -> Event:
    """One row in the outbox; the event as readers will see it."""
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"record({type!r}) belongs in the transaction of the change it tells of")
    id, time, source = uuid7_str(), now_us(), source or source_of(type)
    values = (id, type, source, subject, time, msgspec.json.encode(data).decode(), actor or "")
    era_txid = f"{_ERA}, {_TXID[connection.vendor]}"
    holes = ", ".join(["%s"] * len(values))
    sql = f"INSERT INTO events_outbox ({_FIELDS}) VALUES ({era_txid}, {holes}) RETURNING era, txid, seq"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        place = Position(*cursor.fetchone())
    ring_after_commit()
    return Event(
        id=id, type=type, source=source, subject=subject, time=from_us(time), data=data, actor=actor,
        position=place.text(),
    )  # fmt: skip


def append_all(session: Session, dialect: str, news: Sequence[News]) -> None:
    """Many events in the write transaction of ``session``, in the order given; :func:`ring` after its commit."""
    if not news:
        return
    ((era, txid),) = session.query(f"SELECT {_ERA}, {_TXID[dialect]}")
    time = now_us()
    session.write_rows(
        _TABLE,
        [
            (era, txid, str(id), each.type, source_of(each.type), each.subject, time, _encode(each.data).decode(), each.actor)
            for id, each in zip(uuid7s(len(news)), news, strict=True)
        ],
    )  # fmt: skip


def source_of(type: str) -> str:
    """The module an event type belongs to: ``vn.dothi.directory.unit-changed`` → ``urn:dothi:directory``."""
    parts = type.split(".")
    return f"urn:dothi:{parts[2]}" if len(parts) > 3 and parts[:2] == ["vn", "dothi"] else "urn:dothi:city"


def ring_after_commit() -> None:
    """Wake readers when the open transaction of Django has committed."""
    pending = connection.run_on_commit
    if not (pending and pending[-1][1] is ring):  # many events of one transaction ring once
        transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Wake readers at once; without a bus they notice by polling."""
    try:
        registry.bus().ring(BELL)
    except registry.NotWired:
        return
