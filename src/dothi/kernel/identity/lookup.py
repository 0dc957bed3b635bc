"""Who a token or an account is right now, read from the city's store. No Django here.

An answer is kept for a few seconds, and dropped as soon as anything was committed to the store (asked at most
every 50 ms), when a role begins or ends, and at once in the process that changed it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from dothi.core.clock import now
from dothi.engines.registry import store
from dothi.engines.store.base import Session, Store, StoreError
from dothi.kernel.identity import rules
from dothi.kernel.identity.access import Actor

log = structlog.get_logger()

KEEP_S = 5.0
ASK_EVERY_S = 0.05
TOUCH_EVERY_S = 60.0
_MAX_ENTRIES = 10_000

_BY_HASH = (
    "SELECT t.id, t.owner_id, t.name, t.scope, t.unit, t.organisation,"
    " t.expires_at, t.revoked_at, t.last_used_at, a.is_active"
    " FROM identity_apitoken t JOIN identity_account a ON a.id = t.owner_id WHERE t.secret_hash = ?"
)
_ACCOUNT = "SELECT id, name, is_active FROM identity_account WHERE id = ?"
_HELD = (
    "SELECT role, unit, organisation, valid_from, valid_to FROM identity_roleassignment"
    " WHERE account_id = ? AND revoked_at IS NULL"
)
_TOUCH = "UPDATE identity_apitoken SET last_used_at = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Known:
    """An actor as read, and the moment at which it must be read again whatever else happens."""

    actor: Actor
    until: datetime | None
    read_at: float


class _Cache:
    """What was read of one store at one of its versions."""

    def __init__(self) -> None:
        self.entries: dict[str, Known] = {}
        self.store: Store | None = None
        self.version: int | None = None
        self.asked_at = 0.0

    def refresh(self, current: Store) -> None:
        """Drop everything when the store is another one, or has changed."""
        moment = time.monotonic()
        if current is not self.store:
            self.entries, self.store, self.asked_at, self.version = {}, current, 0.0, None
        if moment - self.asked_at >= ASK_EVERY_S:
            version = current.changes()
            if version != self.version:
                self.entries = {}
            self.version, self.asked_at = version, moment

    def get(self, key: str) -> Actor | None:
        known = self.entries.get(key)
        if known is None or time.monotonic() - known.read_at > KEEP_S:
            return None
        return None if known.until is not None and now() >= known.until else known.actor


_cache = _Cache()
_touched: dict[str, float] = {}


def forget() -> None:
    """Read everybody again; called where accounts, roles and tokens are changed."""
    _cache.entries = {}


def _through_cache(key: str, read: Callable[[Session, Store], Known | None]) -> Actor | None:
    current = store("city")
    _cache.refresh(current)
    actor = _cache.get(key)
    if actor is not None:
        return actor
    entries = _cache.entries  # of now: what is read below may be old news once they are dropped
    with current.read() as session:
        known = read(session, current)
    if known is None:
        return None
    if len(entries) >= _MAX_ENTRIES:
        entries.clear()
    entries[key] = known
    return known.actor


def by_secret(hashed: str) -> Actor | None:
    """The actor of the API token whose secret hashes to this; None when it may not be used (any more)."""
    return _through_cache(hashed, lambda session, current: _read_token(session, current, hashed))


def by_account(account: UUID) -> Actor | None:
    """The account as an actor; None when it is gone or switched off."""
    return _through_cache(
        f"account:{account}", lambda session, current: _read_account(session, current, account)
    )


def _read_token(session: Session, current: Store, hashed: str) -> Known | None:
    rows = session.query(_BY_HASH, (hashed,))
    if not rows:
        return None
    (key, owner, name, scope, unit, organisation, expires, revoked, used, active) = rows[0]
    at = now()
    ends = _moment(expires)
    if revoked is not None or not active or ends is None or at >= ends:
        return None
    held = _held(session, owner)
    actor = Actor(
        "token",
        str(_uuid(key)),
        name,
        rules.grants(held, at),
        rules.within(scope.split(), unit, organisation),
        account=str(_uuid(owner)),
    )
    _note_use(current, key, _moment(used), at)
    changes = rules.next_change(held, at)
    return Known(actor, min(ends, changes) if changes else ends, time.monotonic())


def _read_account(session: Session, current: Store, account: UUID) -> Known | None:
    key: Any = account.hex if current.dialect == "sqlite" else account  # as Django keeps it on each engine
    rows = session.query(_ACCOUNT, (key,))
    if not rows or not rows[0][2]:
        return None
    at = now()
    held = _held(session, key)
    actor = Actor("account", str(account), rows[0][1], rules.grants(held, at), account=str(account))
    return Known(actor, rules.next_change(held, at), time.monotonic())


def _held(session: Session, account: Any) -> list[rules.Held]:
    rows = session.query(_HELD, (account,))
    return [
        rules.Held(role, unit, org, _moment(begin) or now(), _moment(end))
        for role, unit, org, begin, end in rows
    ]


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _moment(value: Any) -> datetime | None:
    """A time as either engine gives it: aware, or text in UTC as Django writes it to SQLite."""
    if value is None:
        return None
    given = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def _note_use(current: Store, key: Any, used: datetime | None, at: datetime) -> None:
    """Keep the time of use, at most once a minute and never in the way of the request."""
    moment = time.monotonic()
    if moment - _touched.get(str(key), -TOUCH_EVERY_S) < TOUCH_EVERY_S:
        return
    if used is not None and 0 <= (at - used).total_seconds() < TOUCH_EVERY_S:
        return
    if len(_touched) >= _MAX_ENTRIES:
        _touched.clear()
    _touched[str(key)] = moment
    threading.Thread(target=_touch, args=(current, key, at), name="token-use", daemon=True).start()


def _touch(current: Store, key: Any, at: datetime) -> None:
    written: Any = (
        at.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if current.dialect == "sqlite" else at
    )
    try:
        with current.write() as session:
            session.execute(_TOUCH, (written, key))
    except StoreError as error:
        log.warning("the use of a token could not be noted", token=str(_uuid(key)), error=str(error))
