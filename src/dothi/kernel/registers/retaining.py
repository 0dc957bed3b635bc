"""Records whose time is over: named with the day they were kept until, and disposed of by a decision.

What a record said is then gone from the register for good: its versions, identifiers, words and links. Its id, its unit,
who read it and the decision stay, and the feed of changes says that nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q

from dothi.core.clock import HCMC, from_us, now_us
from dothi.core.errors import BadInput, Conflict, both
from dothi.kernel.directory.snapshot import today
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.packs.record_types import Retention
from dothi.kernel.registers import keeping, rules
from dothi.kernel.registers.access import DISPOSE, needed, require
from dothi.kernel.registers.keeping import Why
from dothi.kernel.registers.merging import ALWAYS, family
from dothi.kernel.registers.models import SLOTS, Identifier, Link, Record, UnitQuestion, Version
from dothi.kernel.registers.types import kind

AT_MOST: Final = 1_000
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A record that may go: kept ``until`` that day. Nothing of what it says."""

    id: UUID
    unit: str
    state: str
    until: date


def due(type: str, *, by: Actor, after: UUID | None = None, limit: int = 100) -> list[Due]:
    """Records of a type kept longer than declared, in the units where this actor may dispose of them."""
    declared = kind(type)
    permission = needed(DISPOSE, declared)
    if not by.may_somewhere(permission):
        by.require(permission)
    rule, found = declared.declared.retention, []
    for each in _due(type, rule, after) if rule is not None else ():
        if by.may(permission, unit=each.unit or None):
            found.append(each)
        if len(found) >= max(1, min(limit, AT_MOST)):
            break
    return found


def _due(type: str, rule: Retention, after: UUID | None) -> Iterator[Due]:
    day = today()
    if day.year - rule.years < date.min.year:
        return
    cutoff = rules.years_later(day, -rule.years)
    for records in _candidates(type, rule, cutoff, after):
        told: dict[int, list[keeping.Stated]] = {each.pk: [] for each in records}
        for version in Version.objects.filter(record__in=told).order_by("seq"):
            told[version.record_id].append(keeping.stated(version))
        for each in records:
            until = _until(told[each.pk], rule)
            if until is not None and until <= day:
                yield Due(each.id, each.unit, each.state, until)


def _until(told: Sequence[keeping.Stated], rule: Retention) -> date | None:
    recorded = from_us(told[-1].recorded_us).astimezone(HCMC).date()
    return rules.kept_until(rules.timeline(told), recorded, rule.years, rule.after)


def _candidates(type: str, rule: Retention, cutoff: date, after: UUID | None) -> Iterator[list[Record]]:
    """Records that could be due, in the order of their numbers."""
    found = Record.objects.filter(type=type, state__in=(Record.ACTIVE, Record.ENDED, Record.FUTURE))
    if rule.after == "ended":
        ended = Version.objects.filter(
            Q(data=None, valid_from__lte=cutoff) | Q(valid_to__lte=cutoff), type=type
        )
        found = found.filter(state=Record.ENDED, num__in=ended.values("record_id"))
    else:
        first = Version.objects.filter(type=type).order_by("seq").first()
        if first is None or from_us(first.recorded_us).astimezone(HCMC).date() > cutoff:
            return
    last = Record.objects.get(id=after).pk if after is not None else 0
    while records := list(found.filter(num__gt=last).order_by("num")[:_CHUNK]):
        yield records
        last = records[-1].pk


@action(permission=None, subject=lambda type, *_, **__: f"register:{type}")
def dispose(type: str, ids: Sequence[UUID], *, by: Actor, decision: str) -> int:
    """Let go what these records said, with all that was merged into them; how many. All of them, or none.

    ``decision``: the decision or minutes that say so. Raises :class:`Conflict` for one that is to be kept still.
    """
    if not decision.strip():
        raise BadInput(both("Hãy ghi quyết định tiêu huỷ.", "Name the decision."), where="decision")
    declared, why = kind(type), Why(by, decision.strip())
    rule, day = declared.declared.retention, today()
    for id in ids:
        record = keeping.held(id, type)
        require(by, DISPOSE, declared, [record.unit])
        keeping.unmerged(record)
        told = keeping.versions(record)
        until = None if rule is None or not told or record.state == Record.DISPOSED else _until(told, rule)
        if until is None or until > day:
            raise Conflict(
                both("Hồ sơ này chưa hết thời hạn lưu giữ.", "This record is to be kept still."), id=str(id)
            )
        _let_go(record, why)
    note(records=len(ids), decision=decision.strip()[:200])
    return len(ids)


def _let_go(record: Record, why: Why) -> None:
    all_of_it = family(record)
    Identifier.objects.filter(Q(record__in=all_of_it) | Q(origin__in=all_of_it)).delete()
    Link.objects.filter(record__in=all_of_it).delete()
    UnitQuestion.objects.filter(record__in=all_of_it).delete()
    Version.objects.filter(record__in=all_of_it).delete()
    for each in Record.objects.filter(pk__in=all_of_it):
        version = keeping.add(each, Version.DISPOSE, ALWAYS, None, why)
        if each.pk == record.pk:
            each.state = Record.DISPOSED
        each.current, each.changed_us = None, now_us()
        each.label = each.sort = each.words = each.personal_words = ""
        for slot in SLOTS:
            setattr(each, slot, None)
        each.west = each.south = each.east = each.north = None
        each.save()
        keeping.say("disposed", each, version, why)
