"""One outer loop around every commit: whoever loses a race loads the table again and repeats its change.

pyiceberg's own retries are turned off (each table's ``commit.retry.num-retries`` is 0): they repeat only
part of what we know how to repeat, and give up after four times.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, ValidationException
from pyiceberg.table import Table, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot as IcebergSnapshot
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dothi.engines.lake.base import LakeError, NoSuchTable, Snapshot
from dothi.engines.lake.iceberg.catalog import Catalogue

KEY = "dothi.key"
COMMIT = "dothi.commit"
OPERATION = "dothi.operation"
EXPIRED_KEYS = "dothi.expired-keys"
KEYS_REMEMBERED = 1000
PATIENCE_SECONDS = 300.0
_FIRST_WAIT = 0.01
_LONGEST_WAIT = 1.0

Change = Callable[[Table, Transaction, dict[str, str]], None]


def described(snapshot: IcebergSnapshot) -> Snapshot:
    """The snapshot as the lake's protocol tells of it."""
    summary = snapshot.summary
    at = datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC)
    if summary is None:
        return Snapshot(snapshot.snapshot_id, at, "", 0, 0, "")
    get = summary.additional_properties.get
    return Snapshot(
        snapshot.snapshot_id,
        at,
        get(OPERATION) or summary.operation.value,
        int(get("total-records", "0")),
        int(get("total-files-size", "0")),
        get(KEY, ""),
    )


def _said(table: Table, property_: str, value: str) -> Snapshot | None:
    for snapshot in table.metadata.snapshots:
        if snapshot.summary and snapshot.summary.additional_properties.get(property_) == value:
            return described(snapshot)
    return None


def done_before(table: Table, key: str) -> Snapshot | None:
    """The snapshot that was committed with this key, even if it has expired since (of the last thousand)."""
    if not key:
        return None
    return _said(table, KEY, key) or _remembered(table).get(key)


class _Remembered(msgspec.Struct, array_like=True):
    id: int
    at_ms: int
    operation: str
    rows: int
    bytes: int


def _remembered(table: Table) -> dict[str, Snapshot]:
    text = table.properties.get(EXPIRED_KEYS, "{}")
    kept = msgspec.json.decode(text, type=dict[str, _Remembered])
    return {
        key: Snapshot(
            one.id, datetime.fromtimestamp(one.at_ms / 1000, UTC), one.operation, one.rows, one.bytes, key
        )
        for key, one in kept.items()
    }


def remember_keys(table: Table, transaction: Transaction, snapshots: Collection[int]) -> None:
    """Note the keys of snapshots that are about to be forgotten, so that a late repetition is still known."""
    known = _remembered(table)
    for each in table.metadata.snapshots:
        if each.snapshot_id in snapshots and (one := described(each)).key:
            known[one.key] = one
    last = list(known.items())[-KEYS_REMEMBERED:]
    written = {
        key: _Remembered(one.id, round(one.at.timestamp() * 1000), one.operation, one.rows, one.bytes)
        for key, one in last
    }
    if written:
        transaction.set_properties({EXPIRED_KEYS: msgspec.json.encode(written).decode()})


def load(catalog: Catalogue, table: str) -> Table:
    """The table as it is now."""
    try:
        return catalog.load_table(table)
    except NoSuchTableError as error:
        raise NoSuchTable(f"the lake has no table {table}") from error
    except SQLAlchemyError as error:
        raise LakeError(f"the lake's catalogue cannot be reached: {error}") from error


class Retry:
    """Waits longer each time, with chance in it, until its patience is over."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._until = time.monotonic() + patience
        self._wait = _FIRST_WAIT

    def again(self, error: Exception) -> None:
        """Wait before the next attempt, or raise when there was enough of it."""
        if time.monotonic() > self._until:
            raise LakeError(f"gave up after {PATIENCE_SECONDS:.0f} s: {error}") from error
        time.sleep(random.uniform(0.3, 1) * self._wait)  # noqa: S311  # spreads writers, hides nothing
        self._wait = min(2 * self._wait, _LONGEST_WAIT)


class _Remembering(Transaction):
    """A transaction that computes its metadata once per change.

    pyiceberg copies all of a table's metadata every time it looks: 16 times a commit, 185 ms at 100 snapshots.
    """

    _seen: tuple[object, object] | None = None
    _metadata: TableMetadata

    @property
    def table_metadata(self) -> TableMetadata:
        now = (self._table.metadata, self._updates)
        if self._seen is None or any(old is not new for old, new in zip(self._seen, now, strict=True)):
            self._metadata = super().table_metadata if self._updates else self._table.metadata
            self._seen = now
        return self._metadata


RETRIED = (CommitFailedException, ValidationException, DBAPIError)


def commit(catalog: Catalogue, name: str, operation: str, key: str, change: Change) -> Snapshot:
    """Make ``change`` the table's next snapshot; with a key that was committed before, return that snapshot.

    ``change`` stages files on a fresh transaction at each attempt and decides anew what it replaces. A lost
    connection leaves open whether the commit happened; the summary's commit id answers that.
    """
    marks = {COMMIT: str(uuid4()), OPERATION: operation} | ({KEY: key} if key else {})
    retry = Retry()
    while True:
        try:
            with catalog.turns.turn(name):
                return _attempt(catalog, name, marks, change)
        except NoSuchTableError as error:
            raise NoSuchTable(f"the lake has no table {name}") from error
        except RETRIED as error:
            retry.again(error)


def _attempt(catalog: Catalogue, name: str, marks: dict[str, str], change: Change) -> Snapshot:
    table = catalog.load_table(name)
    if done := _said(table, COMMIT, marks[COMMIT]) or done_before(table, marks.get(KEY, "")):
        return done
    transaction = _Remembering(table)
    change(table, transaction, marks)
    snapshot = transaction.commit_transaction().current_snapshot()
    assert snapshot is not None  # the transaction made one
    return described(snapshot)


def settle(catalog: Catalogue, name: str, change: Callable[[Table, Transaction], bool]) -> Table:
    """Change a table's schema, tags or snapshots with the same loop; ``change`` says whether there is anything."""
    retry = Retry()
    while True:
        try:
            with catalog.turns.turn(name):
                table = load(catalog, name)
                transaction = _Remembering(table)
                return transaction.commit_transaction() if change(table, transaction) else table
        except RETRIED as error:
            retry.again(error)
