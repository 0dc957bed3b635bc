"""Two records found to be one: merged into a golden record whose properties say where they came from; and undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dothi.core.clock import now_us
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.directory.snapshot import today
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.registers import keeping, rules
from dothi.kernel.registers.access import MERGE, require
from dothi.kernel.registers.keeping import Stated, Why
from dothi.kernel.registers.models import Identifier, Merge, Record, Version
from dothi.kernel.registers.schemas import brought_up
from dothi.kernel.registers.types import kind

ALWAYS = (rules.BEGINNING, rules.FOREVER)


@dataclass(frozen=True, slots=True)
class Unmerged:
    """What undoing a merge did. ``restored``: the winner says again what it said before; False when it was changed

    since, so that a person decides what of it belongs to whom.
    """

    merge: Merge
    restored: bool


def _pair(winner: Record | UUID, loser: Record | UUID, **_: Any) -> str:
    return winner.reference if isinstance(winner, Record) else f"record:{winner}"


@action(permission=None, subject=_pair)
def merge(
    winner: Record | UUID,
    loser: Record | UUID,
    *,
    by: Actor,
    reason: str,
    data: Mapping[str, Any] | None = None,
    origins: Mapping[str, UUID | str] | None = None,
) -> Merge:
    """``loser`` is the same as ``winner``: from now on nothing is known of it, and its identifiers find the winner.

    ``data``: the golden record for the winner's present days (None: its own, completed by the loser's).
    ``origins``: which record each property was taken from; what is not named is found by comparing.
    """
    why = _why(by, reason)
    first, second = keeping.held(winner), keeping.held(loser)
    _may_merge(first, second)
    declared = kind(first.type)
    require(by, MERGE, declared, [first.unit, second.unit])
    kept, theirs = _now(first), _now(second)
    mine, other = _data(first, kept), _data(second, theirs)
    golden = keeping.checked(declared, {**other, **mine} if data is None else data)
    span = (kept.valid_from, kept.valid_to) if kept is not None else ALWAYS
    gone = keeping.add(second, Version.MERGE, ALWAYS, None, why)
    second.state, second.merged_into, second.current = Record.MERGED, first, None
    second.words = second.personal_words = ""
    second.changed_us = now_us()
    second.save()
    Identifier.objects.filter(record=second).update(record=first)
    from_where = _origins(first, second, mine, other, golden, origins or {})
    keeping.add(first, Version.MERGE, span, golden, why, origins=from_where)
    keeping.settle(first)
    done = Merge.objects.create(
        winner=first, loser=second, seq=gone.seq, at_us=now_us(), actor=by.reference[:80], reason=reason[:300]
    )
    note(merged=str(second.id))
    keeping.say("merged", first, gone, why, merged=str(second.id), merge=done.pk)
    return done


def _why(by: Actor, reason: str) -> Why:
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Give the reason."), where="reason")
    return Why(by, reason.strip())


def _may_merge(first: Record, second: Record) -> None:
    if first.pk == second.pk or first.type != second.type:
        raise BadInput(
            both(
                "Chỉ gộp hai hồ sơ khác nhau của cùng một loại.",
                "Only two different records of one type can be merged.",
            ),
            where="loser",
        )
    keeping.unmerged(first)
    keeping.unmerged(second)


def _now(record: Record) -> rules.Segment[Stated] | None:
    return rules.nearest(rules.timeline(keeping.versions(record)), today())


def _data(record: Record, segment: rules.Segment[Stated] | None) -> dict[str, Any]:
    if segment is None or segment.version.data is None:
        return {}
    return brought_up(kind(record.type), segment.version.data, segment.version.schema)


def _origins(
    first: Record,
    second: Record,
    mine: Mapping[str, Any],
    other: Mapping[str, Any],
    golden: Mapping[str, Any],
    given: Mapping[str, UUID | str],
) -> dict[str, str]:
    """Property → the record its value was taken from; what neither had was entered with the merge."""
    found: dict[str, str] = {}
    for key, value in golden.items():
        if key in given:
            found[key] = str(given[key])
        elif mine.get(key) == value:
            found[key] = str(first.id)
        elif other.get(key) == value:
            found[key] = str(second.id)
        else:
            found[key] = "entered"
    return found


@action(permission=None, subject=lambda merge, **_: f"merge:{getattr(merge, 'pk', merge)}")
def unmerge(merge: Merge | int, *, by: Actor, reason: str) -> Unmerged:
    """The merge was wrong: the loser says again what it said, and its identifiers find it again."""
    why = _why(by, reason)
    keeping.lock()
    key = merge.pk if isinstance(merge, Merge) else merge
    done = Merge.objects.select_for_update().filter(pk=key).first()
    if done is None:
        raise NotFound(both("Không có lần gộp này.", "There is no such merge."))
    if done.undone_us is not None:
        raise Conflict(both("Lần gộp này đã được tách.", "This merge was undone already."))
    first, second = keeping.held(done.winner), keeping.held(done.loser)
    require(by, MERGE, kind(first.type), [first.unit, second.unit])
    if first.state == Record.MERGED or second.merged_into_id != first.pk:
        raise Conflict(
            both(
                "Hồ sơ thắng đã được gộp tiếp; hãy tách lần gộp sau trước.",
                "The winner was merged further; undo the later merge first.",
            )
        )
    done.undone_us, done.undone_by, done.undone_reason = now_us(), by.reference[:80], reason[:300]
    done.save()
    restored = _restore(first, done, why)
    version = _revive(second, first, done, why)
    keeping.say("unmerged", second, version, why, winner=str(first.id), merge=done.pk, restored=restored)
    return Unmerged(done, restored)


def _before(record: Record, done: Merge) -> list[rules.Segment[Stated]]:
    """What was known of a record just before the merge."""
    return rules.timeline([each for each in keeping.versions(record) if each.seq < done.seq])


def _restore(winner: Record, done: Merge, why: Why) -> bool:
    """Let the winner say what it said, unless it was changed since the merge."""
    golden = next(
        each for each in keeping.versions(winner) if each.seq > done.seq and each.op == Version.MERGE
    )
    if any(each.seq > golden.seq for each in keeping.versions(winner)):
        return False
    _restate(winner, _before(winner, done), why)
    keeping.settle(winner)
    return True


def _revive(loser: Record, winner: Record, done: Merge, why: Why) -> Version:
    loser.state, loser.merged_into = Record.ACTIVE, None
    loser.save()
    Identifier.objects.filter(record=winner, origin__in=family(loser)).update(record=loser)
    version = _restate(loser, _before(loser, done), why)
    keeping.settle(loser)
    return version


def family(record: Record) -> list[int]:
    """A record and all that were merged into it, however far back."""
    found, new = [record.pk], [record.pk]
    while new:
        new = list(Record.objects.filter(merged_into__in=new).values_list("pk", flat=True))
        found += new
    return found


def _restate(record: Record, segments: list[rules.Segment[Stated]], why: Why) -> Version:
    """Say again all that was known, and that nothing held in the gaps."""
    version = keeping.add(record, Version.UNMERGE, ALWAYS, None, why)
    for each in segments:
        version = keeping.add(
            record,
            Version.UNMERGE,
            (each.valid_from, each.valid_to),
            each.version.data,
            why,
            origins=each.version.origins,
            schema=each.version.schema,
        )
    return version
