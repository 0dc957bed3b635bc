"""Looking for duplicates, deciding on a pair, and taking a decision back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db.models import Q

from dothi.core.clock import now_us
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.directory.snapshot import today
from dothi.kernel.events.actions import record as tell
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.identity.actions import action, note
from dothi.kernel.registers import keeping, merging, rules
from dothi.kernel.registers.linkage.declared import digest, linkage
from dothi.kernel.registers.linkage.models import Candidate, Learned
from dothi.kernel.registers.linkage.survivorship import Said, Side, golden, since
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.schemas import brought_up
from dothi.kernel.registers.types import kind

REVIEW: Final = permission("registers.linkage.review", "Xem xét hồ sơ trùng", "Review duplicate records")
RUN: Final = permission("registers.linkage.run", "Tìm hồ sơ trùng", "Look for duplicate records")
Verdict = Literal["same", "different", "undecided"]


@dataclass(frozen=True, slots=True)
class Scan:
    """What looking for duplicates found."""

    type: str
    full: bool
    records: int
    pairs: int
    new: int
    waiting: int
    trained: bool


def scan(type: str, *, by: Actor, full: bool = False) -> Scan:
    """Look at new and changed records, or at all (``full``, the first time, or when the declaration changed)."""
    from dothi.kernel.registers.linkage import scanning  # numpy: only who looks needs it

    by.require(RUN)
    declared = linkage(type)
    learned = Learned.objects.filter(type=type).first()
    if learned is not None and learned.plan == digest(declared) and not full:
        last, nums = scanning.changed(type, learned)
        if len(nums) <= scanning.CHANGED_AT_MOST:
            weighed = scanning.some(type, learned, nums) if nums else []
            learned.seq = last
            return _keep(learned, weighed, nums, by=by)
    learned, weighed = scanning.everything(type)
    return _keep(learned, weighed, None, by=by)


@action(permission=RUN, subject=lambda learned, *_, **__: f"register:{learned.type}")
def _keep(learned: Learned, weighed: list[Any], nums: list[int] | None, *, by: Actor) -> Scan:
    from dothi.kernel.registers.linkage import scanning

    new = 0 if nums is not None and not nums else scanning.keep(learned.type, weighed, nums)
    learned.save()
    waiting = Candidate.objects.filter(type=learned.type, state=Candidate.OPEN).count()
    looked = learned.records if nums is None else len(nums)
    done = Scan(
        learned.type, nums is None, looked, learned.pairs, new, waiting, bool(learned.model.get("trained"))
    )
    note(records=looked, new=new)
    if nums is None or new:
        data = {"type": learned.type, "full": done.full, "records": looked, "new": new, "waiting": waiting}
        tell(
            f"{keeping.EVENT}.duplicates-found",
            subject=f"register:{learned.type}",
            data=data,
            actor=by.reference,
        )
    return done


def held(candidate: Candidate | int) -> Candidate:
    """The candidate, held for the rest of the transaction; raises :class:`NotFound`."""
    key = candidate.pk if isinstance(candidate, Candidate) else candidate
    found = Candidate.objects.select_for_update().filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có cặp hồ sơ này.", "There is no such pair."))
    return found


def require(candidate: Candidate, by: Actor) -> None:
    """Raise unless ``by`` may review pairs in the units of both records."""
    for unit in {candidate.left.unit, candidate.right.unit}:
        by.require(REVIEW, unit=unit or None)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Give the reason."), where="reason")
    return reason.strip()[:300]


@action(
    permission=None, subject=lambda candidate, *_, **__: f"duplicate:{getattr(candidate, 'pk', candidate)}"
)
def decide(
    candidate: Candidate | int,
    verdict: Verdict,
    *,
    by: Actor,
    reason: str,
    merge: bool = True,
    winner: Literal["left", "right"] = "left",
    chosen: Mapping[str, Literal["left", "right"]] | None = None,
) -> Candidate:
    """Say whether the two are one. ``same`` merges them (that needs the right to), unless ``merge`` is false.

    The ``winner`` keeps its id; the golden record takes each property by the declared rule, or as ``chosen``.
    """
    found, why = held(candidate), _reason(reason)
    require(found, by)
    if verdict not in (Candidate.SAME, Candidate.DIFFERENT, Candidate.UNDECIDED):
        raise BadInput(
            both("Chọn: trùng, khác hoặc chưa rõ.", "Choose same, different or undecided."), where="verdict"
        )
    if found.merge_id is not None:
        raise Conflict(
            both("Hai hồ sơ này đã gộp; hãy tách trước.", "These two are merged; part them first.")
        )
    if verdict == Candidate.SAME and merge:
        found.merge = _merged(found, by, why, winner, chosen or {})
        _forget(found.merge.loser)
    found.state, found.reason = verdict, why
    found.decided_us, found.decided_by = now_us(), by.reference[:80]
    found.save()
    note(verdict=verdict)
    _say("duplicate-decided", found, by, verdict=verdict, merged=found.merge_id is not None)
    return found


def _merged(found: Candidate, by: Actor, why: str, winner: str, chosen: Mapping[str, str]) -> Any:
    first, second = (found.left, found.right) if winner == "left" else (found.right, found.left)
    sides: dict[str, Side] = {key: "winner" if side == winner else "other" for key, side in chosen.items()}
    data, origins = golden(said(first), said(second), linkage(found.type).keep, sides)
    return merging.merge(first, second, by=by, reason=why, data=data, origins=origins)


def said(record: Record) -> Said:
    """What a record says today and since when."""
    told = keeping.versions(record)
    near = rules.nearest(rules.timeline(told), today())
    declared = kind(record.type)
    data = {} if near is None else brought_up(declared, near.version.data or {}, near.version.schema)
    return Said(record.id, data, since([(each.seq, each.data) for each in told]))


def _forget(loser: Record) -> None:
    """A record that was merged waits in no other pair; its winner is looked at again as a changed record."""
    of_it = Q(left=loser) | Q(right=loser)
    Candidate.objects.filter(of_it, state=Candidate.OPEN, merge=None).delete()


@action(
    permission=None, subject=lambda candidate, *_, **__: f"duplicate:{getattr(candidate, 'pk', candidate)}"
)
def take_back(candidate: Candidate | int, *, by: Actor, reason: str) -> Candidate:
    """The decision was wrong: merged records are parted again and count as different; otherwise the pair waits again."""
    found, why = held(candidate), _reason(reason)
    require(found, by)
    if found.state == Candidate.OPEN:
        raise Conflict(both("Cặp này chưa có kết luận.", "Nothing was decided of this pair yet."))
    if found.merge is not None:
        merging.unmerge(found.merge, by=by, reason=why)
        found.merge, found.state = None, Candidate.DIFFERENT
    else:
        found.state = Candidate.OPEN
    found.reason, found.decided_us, found.decided_by = why, now_us(), by.reference[:80]
    found.save()
    note(state=found.state)
    _say("duplicate-taken-back", found, by, state=found.state)
    return found


def _say(what: str, found: Candidate, by: Actor, **more: Any) -> None:
    data = {"type": found.type, "left": str(found.left.id), "right": str(found.right.id), **more}
    tell(f"{keeping.EVENT}.{what}", subject=found.reference, data=data, actor=by.reference)
