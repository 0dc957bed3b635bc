"""Decisions of the warehouse as pure functions: no I/O, no Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dothi.core.errors import BadInput, Conflict, Forbidden, both
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.warehouse.vocabularies import INTERNAL, OPEN

DECLARE = permission("warehouse.declare", "Khai báo tập dữ liệu", "Declare datasets")
LOAD = permission("warehouse.load", "Nạp phiên bản dữ liệu", "Load versions of datasets")
WITHDRAW = permission("warehouse.withdraw", "Thu hồi phiên bản dữ liệu", "Withdraw versions of datasets")
READ = permission("warehouse.read", "Đọc dữ liệu chia sẻ", "Read shared datasets")
READ_INTERNAL = permission(
    "warehouse.read.internal", "Đọc dữ liệu nội bộ", "Read internal datasets and columns"
)
READ_PERSONAL = permission("warehouse.read.personal", "Đọc dữ liệu cá nhân", "Read columns of personal data")
READ_SENSITIVE = permission("warehouse.read.sensitive", "Đọc dữ liệu nhạy cảm", "Read sensitive columns")

_COLUMN_NEEDS = {"internal": READ_INTERNAL, "personal": READ_PERSONAL, "sensitive": READ_SENSITIVE}
MODES = ("replace", "append", "upsert")


def is_open(access: str, state: str) -> bool:
    """Whether anybody may read a dataset: it is open, and published."""
    return access == OPEN and state in ("published", "superseded")


def may_read(actor: Actor, *, access: str, state: str, unit: str) -> bool:
    """Whether ``actor`` may read the dataset's open columns. ``unit`` empty: the whole city answers for it."""
    if is_open(access, state):
        return True
    needed = READ_INTERNAL if access == INTERNAL else READ
    return actor.may(needed, unit=unit or None)


def require_read(actor: Actor, *, access: str, state: str, unit: str) -> None:
    """Raise unless ``actor`` :func:`may_read`."""
    if not may_read(actor, access=access, state=state, unit=unit):
        actor.require(READ_INTERNAL if access == INTERNAL else READ, unit=unit or None)
        raise Forbidden  # pragma: no cover  (require raises whenever may_read is false)


def visible_columns(actor: Actor, columns: Sequence[Mapping[str, Any]], *, unit: str) -> list[str]:
    """Names of the columns ``actor`` may see as they are; the others are absent for them."""
    return [
        column["name"]
        for column in columns
        if (needed := _COLUMN_NEEDS.get(column.get("sensitivity", "open"))) is None
        or actor.may(needed, unit=unit or None)
    ]


def check_mode(mode: str, key_columns: Sequence[str]) -> None:
    """Raise for a mode there is not, or one that needs key columns where there are none."""
    if mode not in MODES:
        raise BadInput(both(f"Không có kiểu nạp “{mode}”.", f"There is no mode '{mode}'."), where="mode")
    if mode == "upsert" and not key_columns:
        raise BadInput(
            both("Cập nhật theo khóa cần cột khóa.", "Upsert needs key columns."), where="key_columns"
        )


def may_withdraw(state: str) -> None:
    """Only what is or was published can be withdrawn."""
    if state not in ("published", "superseded"):
        raise Conflict(
            both("Chỉ phiên bản đã công bố mới thu hồi được.", "Only a published version can be withdrawn.")
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What retention looks at: a version's number, its state, and since when it is there."""

    number: int
    state: str
    at: datetime


def expired(versions: Sequence[Kept], retention: Mapping[str, int], now: datetime) -> list[int]:
    """Numbers of the versions to let go: beyond the newest ``versions`` *and* older than ``days``.

    A limit that is not set lets nothing go by itself; the published version and unfinished ones always stay.
    """
    if not retention:
        return []
    newest, days = retention.get("versions"), retention.get("days")
    past = sorted(
        (each for each in versions if each.state in ("superseded", "withdrawn")), key=lambda v: -v.number
    )
    published = any(each.state == "published" for each in versions)
    room = None if newest is None else max(newest - published, 0)
    oldest = None if days is None else now - timedelta(days=days)
    return [
        each.number
        for place, each in enumerate(past)
        if (room is None or place >= room) and (oldest is None or each.at < oldest)
    ]


def column_changes(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Names of the columns added, removed, and of another type."""
    before = {column["name"]: column["type"] for column in old}
    after = {column["name"]: column["type"] for column in new}
    return {
        "columns_added": [name for name in after if name not in before],
        "columns_removed": [name for name in before if name not in after],
        "columns_retyped": [name for name in after if name in before and before[name] != after[name]],
    }
