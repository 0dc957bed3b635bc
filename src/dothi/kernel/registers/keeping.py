"""How a change goes into the tables: versions added, and the record's pointer, identifiers and links set by them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from dothi.core.clock import now_us
from dothi.core.errors import Conflict, NotFound, both
from dothi.kernel.directory.snapshot import today
from dothi.kernel.events.actions import record as tell
from dothi.kernel.identity.access import Actor
from dothi.kernel.registers import preparing, rules
from dothi.kernel.registers.models import SLOTS, Identifier, Link, Record, Version
from dothi.kernel.registers.types import Kind, kind
from dothi.kernel.registers.validation import refusal

EVENT: Final = "vn.dothi.registers"
_LOCK = zlib.crc32(b"dothi.registers")


def lock() -> None:
    """Let one transaction at a time write versions, so that ``seq`` grows in the order of commits.

    SQLite has one writer anyway; PostgreSQL gives sequence numbers before commits, and a follower of the feed
    would pass over a number that is committed late.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@dataclass(frozen=True, slots=True)
class Stated:
    """A version with its data read."""

    seq: int
    op: str
    valid_from: date
    valid_to: date
    recorded_us: int
    data: dict[str, Any] | None
    schema: int
    actor: str
    reason: str
    source: str
    origins: dict[str, str]


def stated(version: Version) -> Stated:
    """A row of the table with its JSON read."""
    return Stated(
        version.seq,
        version.op,
        version.valid_from,
        version.valid_to,
        version.recorded_us,
        None if version.data is None else msgspec.json.decode(version.data),
        version.schema,
        version.actor,
        version.reason,
        version.source,
        msgspec.json.decode(version.origins) if version.origins else {},
    )


def versions(record: Record) -> list[Stated]:
    """All versions of a record in the order they were recorded."""
    return [stated(each) for each in Version.objects.filter(record=record).order_by("seq")]


def held(record: Record | UUID, type: str | None = None) -> Record:
    """The record as it is now, held for the rest of the transaction; raises :class:`NotFound`."""
    lock()
    key = record.id if isinstance(record, Record) else record
    found = Record.objects.select_for_update().filter(id=key).first()
    if found is None or (type is not None and found.type != type):
        raise NotFound(both("Không có hồ sơ này.", "There is no such record."))
    return found


def unmerged(record: Record) -> None:
    """Refuse to change a record that was merged into another, or disposed of."""
    if record.state == Record.MERGED:
        raise Conflict(
            both(
                "Hồ sơ này đã gộp vào hồ sơ khác; hãy sửa hồ sơ đó.",
                "This record was merged into another; change that one.",
            ),
            merged_into=str(getattr(record.merged_into, "id", "")),
        )
    if record.state == Record.DISPOSED:
        raise Conflict(
            both(
                "Hồ sơ này đã hết hạn lưu giữ và được tiêu huỷ.",
                "This record was disposed of after its time.",
            )
        )


def checked(declared: Kind, data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` cleaned; raises :class:`BadInput` with every fault in it."""
    clean = declared.clean(data)
    if found := declared.faults(clean):
        raise refusal(found)
    return clean


@dataclass(frozen=True, slots=True)
class Why:
    """Who changes a record, for what reason, on what ground."""

    by: Actor
    reason: str
    source: str = ""


def add(
    record: Record,
    op: str,
    span: tuple[date, date],
    data: Mapping[str, Any] | None,
    why: Why,
    *,
    origins: Mapping[str, str] | None = None,
    schema: int | None = None,
) -> Version:
    """Append one version."""
    return Version.objects.create(
        record=record,
        type=record.type,
        op=op,
        valid_from=span[0],
        valid_to=span[1],
        recorded_us=now_us(),
        data=None if data is None else preparing.encode(data).decode(),
        schema=schema or kind(record.type).declared.version,
        actor=why.by.reference[:80],
        reason=why.reason[:300],
        source=why.source[:300],
        origins=preparing.encode(dict(origins)).decode() if origins else "",
    )


def settle(record: Record, day: date | None = None) -> list[rules.Segment[Stated]]:
    """Set the record's row, identifiers and links by its versions; the segments known now."""
    segments = rules.timeline(versions(record))
    point(record, segments, day or today())
    _identify(record, [each.version.data or {} for each in segments])
    _link(record)
    return segments


def point(record: Record, segments: Sequence[rules.Segment[Stated]], day: date) -> None:
    """Let the record's row follow the version that counts on ``day``, else the one nearest to it."""
    near = rules.nearest(segments, day)
    if record.state not in (Record.MERGED, Record.DISPOSED):
        record.state = rules.state_of(segments, day)
    record.current = near.version.seq if near and near.holds(day) else None
    if near is not None and near.version.data is not None:
        found = preparing.facts(kind(record.type), near.version.data)
        record.unit, record.label, record.sort = found.unit, found.label, found.sort
        record.words, record.personal_words = found.words, found.personal_words
        for slot, value in zip(SLOTS, found.slots, strict=True):
            setattr(record, slot, value)
        record.west, record.south, record.east, record.north = found.box
        record.schema = near.version.schema
    record.changed_us = now_us()
    record.save()


def _identify(record: Record, datas: Iterable[Mapping[str, Any]]) -> None:
    """The identifiers of all days known of now: an earlier number still finds the record, a corrected one does not."""
    declared = kind(record.type)
    wanted = {named for data in datas for named in preparing.identifiers(declared, data)}
    there = {
        preparing.Named(each.scheme, each.value, each.exclusive): each.pk
        for each in Identifier.objects.filter(record=record, origin=record)
    }
    gone = [pk for named, pk in there.items() if named not in wanted]
    if gone:
        Identifier.objects.filter(pk__in=gone).delete()
    new = [named for named in sorted(wanted - there.keys()) if not _taken(record, named)]
    Identifier.objects.bulk_create(
        Identifier(
            record=record,
            origin=record,
            type=record.type,
            scheme=named.scheme,
            value=named.value,
            exclusive=named.exclusive,
        )
        for named in new
    )


def _taken(record: Record, named: preparing.Named) -> bool:
    """Whether a record merged into this one carries the identifier; refuses one that another record has."""
    if not named.exclusive:
        return False
    found = Identifier.objects.filter(
        type=record.type, scheme=named.scheme, value=named.value, exclusive=True
    ).first()
    if found is not None and found.record_id != record.pk:
        raise taken_by_another(kind(record.type), named.scheme)
    return found is not None


def taken_by_another(declared: Kind, scheme: str) -> Conflict:
    """Another record carries that identifier already. The value is not repeated: it may be personal."""
    label = next(each.label for each in declared.declared.identifiers if each.key == scheme)
    return Conflict(
        both(f"{label.vi} này đã có ở hồ sơ khác.", f"Another record has this {label.en} already."),
        where=declared.carrier(scheme).property,
    )


def _link(record: Record) -> None:
    """The links of the record's current version."""
    current = Version.objects.filter(pk=record.current).first() if record.current else None
    data = msgspec.json.decode(current.data) if current and current.data else {}
    wanted = set(preparing.pointers(kind(record.type), data))
    there = {
        preparing.Pointer(each.property, each.kind, each.target_type, each.scheme, each.value): each.pk
        for each in Link.objects.filter(record=record)
    }
    Link.objects.filter(pk__in=[pk for pointer, pk in there.items() if pointer not in wanted]).delete()
    Link.objects.bulk_create(
        Link(record=record, **pointer._asdict()) for pointer in sorted(wanted - there.keys())
    )


def say(what: str, record: Record, version: Version, why: Why, **more: Any) -> None:
    """Record the event of a change: never what a record says, only which and where to read it."""
    data = {
        "type": record.type,
        "id": str(record.id),
        "seq": version.seq,
        "valid_from": _day(version.valid_from, rules.BEGINNING),
        "valid_to": _day(version.valid_to, rules.FOREVER),
        "unit": record.unit,
        **more,
    }
    tell(f"{EVENT}.{what}", subject=record.reference, data=data, actor=why.by.reference)


def _day(day: date, open_end: date) -> str | None:
    return None if day == open_end else day.isoformat()
