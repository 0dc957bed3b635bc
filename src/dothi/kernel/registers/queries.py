"""Reading one record: now, on a day, as it was known; its history, its links; the feed of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from dothi.core.clock import from_us, us
from dothi.core.errors import Forbidden, NotFound, both
from dothi.kernel.directory.snapshot import today
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import audit
from dothi.kernel.registers import keeping, preparing, readings, rules
from dothi.kernel.registers.access import FEED, PERSONAL, SENSITIVE, Sight, needed
from dothi.kernel.registers.keeping import Stated
from dothi.kernel.registers.models import Identifier, Link, Record, Version
from dothi.kernel.registers.seen import Seen, clear_in, open_ended, said, seen
from dothi.kernel.registers.types import Kind, kind, kinds

CHANGES_AT_MOST = 10_000


def _none() -> NotFound:
    return NotFound(both("Không có hồ sơ này.", "There is no such record."))


def _record(type: str, id: UUID) -> Record:
    found = Record.objects.filter(id=id, type=type).first()
    if found is None:
        raise _none()
    return found


def get(
    type: str,
    id: UUID,
    *,
    by: Actor,
    purpose: str = "",
    known_on: datetime | None = None,
    valid_on: date | None = None,
    case: str = "",
) -> Seen:
    """The record on a day (None: today), as it was known at a moment (None: now).

    Without a day, a record that ended shows what it said last; one that was merged gives the record it went into.
    """
    sight = Sight(kind(type), by, purpose)
    record = _record(type, id)
    asked, merged_from = record, None
    if known_on is None and valid_on is None:
        while record.merged_into is not None:
            record, merged_from = record.merged_into, asked.id
    sight.require(record.unit)
    version, span = _counting(record, known_on, valid_on)
    readings.note(sight, "record", [(record.pk, clear_in(sight, record.unit, [version]))], case)
    return seen(sight, record, version, span=span, merged_from=merged_from)


def _counting(
    record: Record, known_on: datetime | None, valid_on: date | None
) -> tuple[Stated, tuple[date, date]]:
    """The version that counts and the days it does."""
    known_us = None if known_on is None else us(known_on)
    segments = rules.timeline(keeping.versions(record), known_us)
    day = valid_on or today()
    found = next((each for each in segments if each.holds(day)), None)
    if found is None and valid_on is None:
        found = rules.nearest(segments, day)
    if found is None:
        raise NotFound(
            both(
                "Vào ngày và thời điểm đó hồ sơ chưa có hoặc không còn giá trị.",
                "On that day, as known at that moment, the record holds nothing.",
            )
        )
    return found.version, (found.valid_from, found.valid_to)


def by_identifier(
    type: str, scheme: str, value: str, *, by: Actor, purpose: str = "", case: str = ""
) -> Seen:
    """The record that carries an identifier, however it is written; a number it had before finds it too.

    A guarded identifier is answered only to who may see it in clear: finding is learning.
    """
    declared = kind(type)
    sight, carrier = Sight(declared, by, purpose), declared.carrier(scheme)
    _may_ask(sight, carrier.property)
    normal = carrier.normalise(value)[: preparing.VALUE_AT_MOST]
    carrying = Identifier.objects.filter(type=type, scheme=scheme, value=normal, exclusive=carrier.exclusive)
    found = carrying.select_related("record").first()
    if found is None or not sight.may(found.record.unit, [carrier.property]):
        raise _none()
    record = found.record
    version, span = _counting(record, None, None)
    shown = clear_in(sight, record.unit, [version])
    readings.note(sight, "identifier", [(record.pk, shown)], case)
    return seen(sight, record, version, span=span)


def _may_ask(sight: Sight, property: str) -> None:
    """Refuse to look by a property that the reader may see in clear nowhere."""
    if property not in sight.guarded:
        return
    level = sight.kind.properties[property].sensitivity
    permission = needed(SENSITIVE if level == "sensitive" else PERSONAL, sight.kind)
    if not sight.by.may_somewhere(permission):
        sight.by.require(permission)
    if property not in sight.opens:
        raise Forbidden(
            both(
                "Tra cứu theo dữ liệu cá nhân cần một mục đích cho phép.",
                "Looking by personal data needs a purpose that allows it.",
            ),
            where="purpose",
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One version in the history of a record: who recorded what of which days, when and why."""

    seq: int
    op: str
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    actor: str
    reason: str
    source: str
    schema: int
    data: dict[str, Any] | None
    origins: dict[str, str]


@dataclass(frozen=True, slots=True)
class History:
    """A record through its days as known at a moment, and everything recorded of it up to then."""

    id: UUID
    segments: list[Seen]
    entries: list[Entry]


def history(
    type: str,
    id: UUID,
    *,
    by: Actor,
    purpose: str = "",
    known_on: datetime | None = None,
    case: str = "",
) -> History:
    """All of a record, the earliest day and the earliest entry first."""
    sight, record = Sight(kind(type), by, purpose), _record(type, id)
    right = sight.require(record.unit)
    known_us = None if known_on is None else us(known_on)
    told = rules.known(keeping.versions(record), known_us)
    readings.note(sight, "history", [(record.pk, clear_in(sight, record.unit, told))], case)
    segments = [
        seen(sight, record, each.version, span=(each.valid_from, each.valid_to))
        for each in rules.timeline(told)
    ]
    entries = [
        Entry(
            each.seq,
            each.op,
            open_ended(each.valid_from),
            open_ended(each.valid_to),
            from_us(each.recorded_us),
            each.actor,
            each.reason,
            each.source,
            each.schema,
            None if data is None else right.show(data, sight.kind.properties),
            each.origins,
        )
        for each in told
        for data in [said(sight, each)]
    ]
    return History(record.id, segments, entries)


@dataclass(frozen=True, slots=True)
class Linked:
    """A link from or to a record: by which property, and the other record where it is known and may be seen."""

    property: str
    kind: str
    type: str
    id: UUID | None
    label: str
    outward: bool


LINKS_AT_MOST = 500


def links(type: str, id: UUID, *, by: Actor, purpose: str = "") -> list[Linked]:
    """The records this one names, then those that name it; only what the reader may see in clear of each side."""
    sight, record = Sight(kind(type), by, purpose), _record(type, id)
    right = sight.require(record.unit)
    found = [
        _linked(each.property, each.kind, each.target_type, _target(each), by, purpose, outward=True)
        for each in Link.objects.filter(record=record).order_by("id")[:LINKS_AT_MOST]
        if each.property in right.clear
    ]
    for each in _naming(record):
        theirs = _sight(each.record.type, by, purpose)
        if theirs.may(each.record.unit, [each.property]):
            found.append(
                _linked(each.property, each.kind, each.record.type, each.record, by, purpose, outward=False)
            )
    return found


def _naming(record: Record) -> list[Link]:
    keys = [(preparing.BY_ID, str(record.id))]
    keys += Identifier.objects.filter(record=record).values_list("scheme", "value")
    found: list[Link] = []
    for scheme, value in keys:
        named = Link.objects.filter(target_type=record.type, scheme=scheme, value=value)
        found += named.select_related("record").order_by("id")[: LINKS_AT_MOST - len(found)]
    return found


def _target(link: Link) -> Record | None:
    if link.scheme == preparing.BY_ID:
        id = preparing.uuid_of(link.value)
        found = Record.objects.filter(type=link.target_type, id=id).first() if id else None
        while found is not None and found.merged_into is not None:
            found = found.merged_into
        return found
    pointer = preparing.Pointer(link.property, link.kind, link.target_type, link.scheme, link.value)
    named = Identifier.objects.filter(**preparing.carried(pointer))
    first = named.select_related("record").first()
    return None if first is None else first.record


def _sight(type: str, by: Actor, purpose: str) -> Sight:
    """Another type may not know the purpose: then its guarded properties stay masked."""
    declared = kind(type)
    return Sight(declared, by, purpose if declared.purpose(purpose) else "")


def _linked(
    property: str, said: str, type: str, other: Record | None, by: Actor, purpose: str, *, outward: bool
) -> Linked:
    sight = _sight(type, by, purpose)
    if other is None or not sight.may(other.unit):
        return Linked(property, said, type, None, "", outward)
    right = sight.right(other.unit)
    named = set(sight.kind.template.keys)
    if named & sight.guarded and not named <= right.clear:
        return Linked(property, said, type, other.id, "", outward)
    readings.note(sight, "link", [(other.pk, sorted(named & right.clear))])
    return Linked(property, said, type, other.id, other.label, outward)


@dataclass(frozen=True, slots=True)
class Change:
    """One version in the feed. Applied in order of ``seq``, changes give what is known of every day:

    from ``valid_from`` up to, not including, ``valid_to`` the record says ``data`` (None: nothing holds).
    """

    seq: int
    id: UUID
    type: str
    op: str
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    data: dict[str, Any] | None
    schema: int
    unit: str
    simulated: bool
    actor: str
    reason: str
    source: str


def changes(type: str, after_seq: int = 0, limit: int = 1_000, *, by: Actor) -> list[Change]:
    """The changes of a type recorded after ``after_seq``, in order: the feed of change data capture.

    Everything in clear: whoever follows it (``registers.feed.<type>``, the whole city) keeps the sensitivity of each
    property with the data. Each reading by anyone but the platform itself is in the audit.
    """
    declared = kind(type)
    by.require(needed(FEED, declared))
    found = (
        Version.objects.filter(type=type, seq__gt=after_seq)
        .select_related("record")
        .order_by("seq")[: min(limit, CHANGES_AT_MOST)]
    )
    feed = [_change(each) for each in found]
    if by.kind != "system":
        detail = {"after": after_seq, "changes": len(feed)}
        audit("registers.feed", by=by, subject=f"register:{type}", detail=detail)
    return feed


def _change(version: Version) -> Change:
    record = version.record
    return Change(
        version.seq,
        record.id,
        record.type,
        version.op,
        open_ended(version.valid_from),
        open_ended(version.valid_to),
        from_us(version.recorded_us),
        None if version.data is None else msgspec.json.decode(version.data),
        version.schema,
        record.unit,
        record.simulated,
        version.actor,
        version.reason,
        version.source,
    )


def visible_kinds(by: Actor) -> Sequence[Kind]:
    """The record types of which this reader may see something somewhere."""
    return [
        each
        for each in kinds().values()
        if each.declared.access.open or by.may_somewhere(needed("read", each))
    ]
