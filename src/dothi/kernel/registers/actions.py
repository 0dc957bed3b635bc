"""Every change of one record: one transaction with its permission, its audit, its version and its event.

``record`` is a record or its id. Dates are days in the city; a day is the first one a change holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dothi.core.clock import now_us
from dothi.core.errors import BadInput, Conflict, both
from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.snapshot import today
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.packs.record_types import UNIT
from dothi.kernel.registers import keeping, preparing, rules
from dothi.kernel.registers.access import WRITE, require
from dothi.kernel.registers.keeping import Stated, Why
from dothi.kernel.registers.models import Identifier, Record, Version
from dothi.kernel.registers.schemas import brought_up
from dothi.kernel.registers.types import Kind, kind


def _of(record: Record | UUID, **_: Any) -> str:
    return record.reference if isinstance(record, Record) else f"record:{record}"


@action(permission=None)
def create(
    type: str,
    data: Mapping[str, Any],
    *,
    by: Actor,
    valid_from: date | None = None,
    reason: str = "",
    source: str = "",
    simulated: bool = False,
) -> Record:
    """A new record that holds from ``valid_from`` on (None: longer than we know).

    Raises :class:`BadInput` with all faults of the data, :class:`Conflict` when an identifier is another's.
    """
    declared, why = kind(type), Why(by, reason, source)
    clean = keeping.checked(declared, data)
    keeping.lock()
    unit = preparing.facts(declared, clean).unit
    require(by, WRITE, declared, [unit])
    linked(declared, clean)
    record = Record.objects.create(type=type, unit=unit, simulated=simulated, changed_us=now_us())
    span = (valid_from or rules.BEGINNING, rules.FOREVER)
    version = keeping.add(record, Version.CREATE, span, clean, why)
    keeping.settle(record)
    keeping.say("created", record, version, why)
    return record


@action(permission=None, subject=_of)
def revise(
    record: Record | UUID,
    changes: Mapping[str, Any],
    *,
    valid_from: date,
    by: Actor,
    reason: str,
    source: str = "",
    valid_to: date | None = None,
    replace: bool = False,
) -> Version:
    """What is different from ``valid_from`` on: a merge patch (null removes), or all of it with ``replace``.

    It holds until ``valid_to``, else until the next change that is known already.
    """
    why = _why(by, reason, source)
    held = keeping.held(record)
    keeping.unmerged(held)
    segments = rules.timeline(keeping.versions(held))
    span = rules.begins(segments, valid_from, valid_to)
    base = rules.nearest(segments, valid_from)
    return _change(held, Version.REVISE, span, base, changes, why, replace=replace)


@action(permission=None, subject=_of)
def correct(
    record: Record | UUID,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    reason: str,
    source: str = "",
    valid_on: date | None = None,
    replace: bool = False,
    throughout: bool = False,
) -> Version:
    """What was recorded wrongly: the days stay, what is known of them changes from now on.

    All days of the segment that holds ``valid_on`` (None: today, or the nearest there is) are corrected;
    ``throughout``: also other days that say the same wrong thing, property by property (not with ``replace``).
    """
    why = _why(by, reason, source)
    held = keeping.held(record)
    keeping.unmerged(held)
    segments = rules.timeline(keeping.versions(held))
    near = rules.nearest(segments, today()) if valid_on is None else None
    base = near or rules.corrected(segments, valid_on or today())
    span = (base.valid_from, base.valid_to)
    version = _change(held, Version.CORRECT, span, base, changes, why, replace=replace)
    if throughout and not replace:
        _on_other_days(held, segments, base, changes, why)
    return version


def _on_other_days(
    record: Record,
    segments: Sequence[rules.Segment[Stated]],
    base: rules.Segment[Stated],
    changes: Mapping[str, Any],
    why: Why,
) -> None:
    wrong = _said(record, base)
    for each in segments:
        said = _said(record, each)
        same = {key: value for key, value in changes.items() if said.get(key) == wrong.get(key) != value}
        if each is not base and same:
            span = (each.valid_from, each.valid_to)
            _change(record, Version.CORRECT, span, each, same, why, replace=False)


def _said(record: Record, segment: rules.Segment[Stated]) -> dict[str, Any]:
    return brought_up(kind(record.type), segment.version.data or {}, segment.version.schema)


def _change(
    record: Record,
    op: str,
    span: tuple[date, date],
    base: rules.Segment[Stated] | None,
    changes: Mapping[str, Any],
    why: Why,
    *,
    replace: bool,
) -> Version:
    declared = kind(record.type)
    require(why.by, WRITE, declared, [record.unit])
    before = None if base is None else brought_up(declared, base.version.data or {}, base.version.schema)
    wanted = changes if replace else rules.patched(before or {}, changes)
    clean = keeping.checked(declared, wanted)
    require(why.by, WRITE, declared, [preparing.facts(declared, clean).unit])
    linked(declared, clean, before)
    version = keeping.add(record, op, span, clean, why)
    keeping.settle(record)
    fields = rules.changed(before, clean)
    note(fields=fields)
    keeping.say("corrected" if op == Version.CORRECT else "revised", record, version, why, fields=fields)
    return version


@action(permission=None, subject=_of)
def end(record: Record | UUID, *, on: date, by: Actor, reason: str, source: str = "") -> Version:
    """From ``on`` nothing holds any more: someone died, a business closed. The record stays, and its identifiers."""
    why = _why(by, reason, source)
    held = keeping.held(record)
    keeping.unmerged(held)
    require(by, WRITE, kind(held.type), [held.unit])
    rules.may_end(rules.timeline(keeping.versions(held)), on)
    version = keeping.add(held, Version.END, (on, rules.FOREVER), None, why)
    keeping.settle(held)
    keeping.say("ended", held, version, why)
    return version


def _why(by: Actor, reason: str, source: str) -> Why:
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do của thay đổi.", "Give the reason for the change."), where="reason")
    return Why(by, reason.strip(), source)


def linked(declared: Kind, data: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
    """Refuse a new link to what is not there, where the declaration says that it must be."""
    must = {each.key for each in declared.linked if each.link is not None and each.link.must_exist}
    changed = {key for key in must if data.get(key) != (before or {}).get(key)}
    for each in declared.linked:
        if each.key in changed and each.link is not None and each.link.register == UNIT:
            code = data.get(each.key)
            if code is not None and directory.unit(str(code)) is None:
                raise _missing(each.key)
    for pointer in preparing.pointers(declared, data):
        if pointer.property in changed and not exists(pointer):
            raise _missing(pointer.property)


def exists(pointer: preparing.Pointer) -> bool:
    """Whether the record that a link names is there."""
    if pointer.scheme == preparing.BY_ID:
        id = preparing.uuid_of(pointer.value)
        return id is not None and Record.objects.filter(type=pointer.target_type, id=id).exists()
    return Identifier.objects.filter(**preparing.carried(pointer)).exists()


def _missing(key: str) -> Conflict:
    return Conflict(
        both(f"{key}: hồ sơ được liên kết không có.", f"{key}: the record it names is not there."), where=key
    )
