"""The queue of a reviewer, two records side by side, and where each property of a golden record is from."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dothi.core.clock import from_us
from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.registers import keeping, queries
from dothi.kernel.registers.linkage.actions import REVIEW, require, said
from dothi.kernel.registers.linkage.declared import linkage
from dothi.kernel.registers.linkage.models import Candidate, Learned
from dothi.kernel.registers.linkage.survivorship import golden, since
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.seen import Seen
from dothi.kernel.registers.types import kind, kinds

PAGE_AT_MOST: Final = 200
LOOKED_AT_MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pair of the queue. Nothing of what the records say: that is read in the comparison, and logged."""

    id: int
    type: str
    left: UUID
    right: UUID
    left_unit: str
    right_unit: str
    probability: float
    sure: bool
    state: str
    reason: str
    decided_by: str
    decided_at: datetime | None
    merge: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of pairs, the likeliest first. ``next``: what to ask for the page after; empty at the end."""

    items: list[Waiting]
    next: str


def queue(type: str, *, by: Actor, state: str = "open", after: str = "", limit: int = 50) -> Queue:
    """The pairs of a type that this reviewer may decide on."""
    declared = linkage(type)
    if not by.may_somewhere(REVIEW):
        by.require(REVIEW)
    found: list[Candidate] = []
    for each in _along(type, state, after):
        if all(by.may(REVIEW, unit=unit or None) for unit in {each.left.unit, each.right.unit}):
            found.append(each)
        if len(found) > limit:
            break
    more = len(found) > limit
    shown = found[:limit]
    return Queue([_waiting(each, declared.sure) for each in shown], _cursor(shown[-1]) if more else "")


def _along(type: str, state: str, after: str) -> Iterator[Candidate]:
    rows = Candidate.objects.filter(type=type, state=state).order_by("-probability", "id")
    if after:
        probability, pk = _read(after)
        later = rows.filter(probability=probability, id__gt=pk) | rows.filter(probability__lt=probability)
        rows = later.order_by("-probability", "id")
    yield from rows.select_related("left", "right")[:LOOKED_AT_MOST]


def _cursor(last: Candidate) -> str:
    return base64.urlsafe_b64encode(f"{last.probability!r}:{last.pk}".encode()).decode().rstrip("=")


def _read(after: str) -> tuple[float, int]:
    try:
        probability, pk = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split(":")
        return float(probability), int(pk)
    except (ValueError, binascii.Error):
        wrong = both("Vị trí trang không đọc được.", "This place in the list cannot be read.")
        raise BadInput(wrong, where="after") from None


def _waiting(each: Candidate, sure: float) -> Waiting:
    return Waiting(
        each.pk,
        each.type,
        each.left.id,
        each.right.id,
        each.left.unit,
        each.right.unit,
        each.probability,
        each.probability >= sure,
        each.state,
        each.reason,
        each.decided_by,
        None if each.decided_us is None else from_us(each.decided_us),
        each.merge_id,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One property of both records as the reader sees them. ``level``: how alike, None where it is not compared;

    ``most`` the highest there is. ``kept``: which side the golden record takes by the declared rule.
    """

    property: str
    left: Any
    right: Any
    level: int | None
    most: int
    kept: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two records beside each other."""

    pair: Waiting
    left: Seen
    right: Seen
    lines: list[Line]
    purpose: str


def side_by_side(id: int, *, by: Actor, purpose: str = "", type: str = "") -> SideBySide:
    """Both records, property by property; read for ``purpose`` (none: the declared one), which is logged."""
    found = Candidate.objects.select_related("left", "right").filter(pk=id).first()
    if found is None or (type and found.type != type):
        raise NotFound(both("Không có cặp hồ sơ này.", "There is no such pair."))
    require(found, by)
    declared = linkage(found.type)
    purpose = purpose or declared.purpose
    left, right = (
        queries.get(found.type, each.id, by=by, purpose=purpose) for each in (found.left, found.right)
    )
    levels = dict(zip([each.property for each in declared.compare], found.agreement, strict=False))
    most = {each.property: _most(each.way) for each in declared.compare}
    kept = _kept(found) if found.merge_id is None else {}
    lines = [
        Line(
            key, left.data.get(key), right.data.get(key), levels.get(key), most.get(key, 0), kept.get(key, "")
        )
        for key in kind(found.type).properties
        if key in left.data or key in right.data
    ]
    return SideBySide(_waiting(found, declared.sure), left, right, lines, purpose)


_MOST: Final = {"name": 5, "title": 4, "date": 5, "address": 4, "phone": 2, "code": 2, "exact": 1}


def _most(way: str) -> int:
    return _MOST[way]


def _kept(found: Candidate) -> dict[str, str]:
    _, origins = golden(said(found.left), said(found.right), linkage(found.type).keep)
    return {key: "left" if id == found.left.id else "right" for key, id in origins.items()}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a property's value is from: the record, the version (``seq``) that said it first, when, by whom."""

    property: str
    record: UUID
    seq: int | None
    source: str
    recorded_at: datetime | None
    actor: str


def provenance(type: str, id: UUID, *, by: Actor, purpose: str = "") -> list[Origin]:
    """Of each property that the reader sees of a record: which record, version and source it is from."""
    shown = queries.get(type, id, by=by, purpose=purpose)
    told: dict[str, dict[int, Any]] = {}
    begun: dict[str, dict[str, int]] = {}
    found = []
    for key in shown.data:
        origin = shown.origins.get(key, "") or str(shown.id)
        carrier = str(shown.id) if origin == "entered" else origin
        if carrier not in told:
            versions = keeping.versions(Record.objects.get(id=carrier))
            told[carrier] = {each.seq: each for each in versions}
            begun[carrier] = since([(each.seq, each.data) for each in versions])
        version = told[carrier].get(begun[carrier].get(key, 0))
        found.append(
            Origin(
                key,
                UUID(carrier),
                None if version is None else version.seq,
                "" if version is None else version.source,
                None if version is None else from_us(version.recorded_us),
                "" if version is None else version.actor,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a type was looked at."""

    type: str
    records: int
    pairs: int
    left_out: int
    trained: bool
    learned_at: datetime | None
    waiting: int


def standings(by: Actor) -> list[Standing]:
    """The types that declare how duplicates are found, for those who review some."""
    if not by.may_somewhere(REVIEW):
        by.require(REVIEW)
    learned = {each.type: each for each in Learned.objects.all()}
    found = []
    for key, each in kinds().items():
        if each.declared.linkage is None:
            continue
        at = learned.get(key)
        waiting = Candidate.objects.filter(type=key, state=Candidate.OPEN).count()
        if at is None:
            found.append(Standing(key, 0, 0, 0, False, None, waiting))
        else:
            trained = bool(at.model.get("trained"))
            when = from_us(at.learned_us)
            found.append(Standing(key, at.records, at.pairs, at.left_out, trained, when, waiting))
    return found
