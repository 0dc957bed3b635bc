"""Which version serves, and who may see it, read from the city's store: for hot paths. No Django here.

What was read is kept until anything is committed to the store, which is asked at most every 50 ms.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from dothi.core.errors import Gone, NotFound, both
from dothi.engines.registry import store
from dothi.engines.store.base import Store
from dothi.kernel.warehouse.references import Ref

ASK_EVERY_S = 0.05
_MOST = 10_000
_COLUMNS = (
    'd.id, d.key, d.access, d.state, d.unit, d.row_policy, d.key_columns, d.columns, d."table", d.title_vi, d.title_en,'
    " d.licence, d.provenance, v.id, v.number, v.snapshot, v.rows, v.columns, v.state, v.published_at, v.withdrawn_reason"
)
_FROM = " FROM warehouse_dataset d JOIN warehouse_datasetversion v ON v.dataset_id = d.id WHERE d.key = ?"
_SERVING = f"SELECT {_COLUMNS}{_FROM} AND v.state = 'published'"
_NUMBER = f"SELECT {_COLUMNS}{_FROM} AND v.number = ?"
_VERSIONS = (
    "SELECT v.number, v.state, v.rows, v.published_at"
    + _FROM
    + " AND v.state IN ('published', 'superseded', 'withdrawn') ORDER BY v.number DESC"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A version that can be served, and what decides who may see it."""

    ref: Ref
    access: str
    state: str
    unit: str
    policy: Mapping[str, Any]
    title: Mapping[str, str]
    licence: str
    provenance: str
    published_at: datetime


class _Memory:
    """What was read of one store at one of its versions."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, int | None], Found] = {}
        self.store: Store | None = None
        self.version: int | None = None
        self.asked_at = 0.0
        self.lock = threading.Lock()

    def of(self, current: Store) -> dict[tuple[str, int | None], Found]:
        """What is known of this store now; emptied when it is another one, or has changed."""
        with self.lock:
            moment = time.monotonic()
            if current is not self.store or moment - self.asked_at >= ASK_EVERY_S:
                version = current.changes()
                if current is not self.store or version != self.version or len(self.known) > _MOST:
                    self.known = {}
                self.store, self.version, self.asked_at = current, version, moment
            return self.known


_memory = _Memory()


def find(key: str, number: int | None = None) -> Found:
    """The version ``number`` of a dataset, or the one that serves now.

    Raises :class:`NotFound`, or :class:`Gone` with the reason for a version that was withdrawn or let go.
    """
    current = store("city")
    known = _memory.of(current)
    found = known.get((key, number))
    if found is None:
        with current.read() as session:
            rows = (
                session.query(_SERVING, (key,)) if number is None else session.query(_NUMBER, (key, number))
            )
        found = known[key, number] = _found(rows[0] if rows else None, key)
    return found


def versions(key: str) -> list[dict[str, Any]]:
    """The versions that are or were published, newest first."""
    with store("city").read() as session:
        rows = session.query(_VERSIONS, (key,))
    return [
        {"number": number, "state": state, "rows": count, "published_at": _moment(at)}
        for number, state, count, at in rows
    ]


def _found(row: Any, key: str) -> Found:
    if row is None:
        raise _missing(key)
    (dataset, name, access, state, unit, policy, keys, declared, table, title_vi, title_en, licence, provenance,
     version, number, snapshot, count, columns, version_state, published, reason) = row  # fmt: skip
    if version_state in ("withdrawn", "expired"):
        raise Gone(both(f"Phiên bản này không còn: {reason}", f"This version is no longer there: {reason}"))
    if version_state not in ("published", "superseded"):
        raise _missing(key)
    ref = Ref(
        str(_uuid(dataset)), name, number, str(_uuid(version)), table, snapshot or 0, count,
        tuple(_as_declared(_json(columns), _json(declared))), tuple(_json(keys)),
    )  # fmt: skip
    at = _moment(published)
    assert at is not None
    title = both(title_vi, title_en)
    return Found(ref, access, state, unit, _json(policy), title, licence, provenance, at)


def _missing(key: str) -> NotFound:
    return NotFound(both(f"Không có dữ liệu “{key}”.", f"There is no data '{key}' here."))


def _as_declared(columns: list[dict[str, Any]], declared: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The version's columns with today's word on who may see them: it counts for old versions too."""
    now = {column["name"]: column for column in declared}
    return [
        column | {"sensitivity": now.get(column["name"], column).get("sensitivity", "open")}
        for column in columns
    ]


def _json(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    given = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return given if given.tzinfo else given.replace(tzinfo=UTC)
