"""A case's history: entries sealed to each other by hashes, and the case as their replay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, structs

from dothi.core.errors import both
from dothi.kernel.cases.engine.types import Entry, Patch, Snapshot

V = TypeVar("V")
_encode = msgspec.json.Encoder(order="deterministic").encode
_MERGED = ("data", "facts", "clocks", "tasks", "waiting_for", "documents", "payments", "timers")
_GIVEN = ("outcome", "unit", "organisation", "assignee", "role", "applicant")
_NO_CHANGE = Patch()


class Broken(ValueError):
    """A history that cannot be: an entry was changed, taken out, put in, or comes in the wrong order."""

    def __init__(self, seq: int, why: Mapping[str, str]) -> None:
        super().__init__(f"entry {seq}: {why['en']}")
        self.seq = seq
        self.why = dict(why)


def seal(entry: Entry) -> Entry:
    """``entry``, made with its ``prev_hash`` and without a hash of its own, with it. For who made it only."""
    structs.force_setattr(entry, "hash", _hash(entry))
    return entry


def digest(entry: Entry) -> str:
    """SHA-256 of the previous hash and the canonical JSON of the entry without its own, in hex."""
    return _hash(structs.replace(entry, hash=""))


def _hash(bare: Entry) -> str:
    return hashlib.sha256(bare.prev_hash.encode() + _encode(bare)).hexdigest()


def verify(entries: Iterable[Entry]) -> int:
    """How many entries there are, each rightly sealed to the one before; raises :class:`Broken`."""
    previous, count = "", 0
    for entry in entries:
        count += 1
        if entry.seq != count:
            raise Broken(entry.seq, both(f"phải là mục số {count}", f"it should be number {count}"))
        if entry.prev_hash != previous:
            raise Broken(entry.seq, both("không nối với mục trước", "it is not sealed to the one before"))
        if digest(entry) != entry.hash:
            raise Broken(entry.seq, both("nội dung đã bị thay đổi", "its content was changed"))
        previous = entry.hash
    return count


def first(entry: Entry) -> Snapshot:
    """The case that an opening entry makes."""
    case = entry.data.case
    if case is None:
        raise Broken(entry.seq, both("không phải mục mở hồ sơ", "it does not open a case"))
    return _merged(Snapshot(**case, rev=0, seq=0, state="", phase="", opened_us=entry.at_us), entry)


def apply(snapshot: Snapshot, entry: Entry) -> Snapshot:
    """The case after ``entry``."""
    if entry.seq != snapshot.seq + 1:
        raise Broken(entry.seq, both("sai thứ tự", "it comes in the wrong order"))
    return _merged(snapshot, entry)


def replay(entries: Iterable[Entry]) -> Snapshot:
    """The case that all its entries together make; equal to the one that was stored."""
    snapshot: Snapshot | None = None
    for entry in entries:
        snapshot = first(entry) if snapshot is None else apply(snapshot, entry)
    if snapshot is None:
        raise Broken(0, both("không có mục nào", "there is no entry"))
    return snapshot


def _merged(snapshot: Snapshot, entry: Entry) -> Snapshot:
    patch = entry.data
    changes: dict[str, Any] = {"rev": snapshot.rev + 1, "seq": entry.seq, "head": entry.hash}
    for name in _MERGED:
        new = getattr(patch, name)
        if new:
            changes[name] = _over(getattr(snapshot, name), new)
    for name in _GIVEN:
        value = getattr(patch, name)
        if value is not UNSET:
            changes[name] = value
    if patch.once:
        changes["once"] = snapshot.once.union(patch.once)
    if patch.version is not None:
        changes |= {"version": patch.version, "procedure": patch.procedure or snapshot.procedure}
    if patch.state is not None:
        changes |= {"state": patch.state, "entered_us": entry.at_us}
    if patch.phase is not None:
        changes["phase"] = patch.phase
        changes["closed_us"] = entry.at_us if patch.phase == "done" else None
    return structs.replace(snapshot, **changes)


def _over(old: Mapping[str, V], new: Mapping[str, V | None]) -> dict[str, V]:
    merged: dict[str, Any] = {**old, **new}
    if None in new.values():
        return {key: value for key, value in merged.items() if value is not None}
    return merged
