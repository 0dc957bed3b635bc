"""What happens to a case beside its procedure's actions: who has it, remarks, links, corrections, more time, versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET, UnsetType

from dothi.core.errors import BadInput, DothiError, Forbidden, both
from dothi.kernel.cases import access, definitions
from dothi.kernel.cases.commands import Act, Change, Open, Standing
from dothi.kernel.cases.engine import Outcome
from dothi.kernel.cases.engine.migrating import migrate as proof_of
from dothi.kernel.cases.engine.migrating import migrated
from dothi.kernel.cases.engine.records import Recorder
from dothi.kernel.cases.engine.types import MigrationProof
from dothi.kernel.cases.models import Link
from dothi.kernel.cases.performing import one, perform
from dothi.kernel.cases.reading import reading
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import audit

BULK_AT_MOST: Final = 1_000
Case = str | int


def recorder(standing: Standing) -> Recorder:
    """The engine's recorder for a change."""
    return Recorder(standing.compiled, standing.snapshot, standing.calendar, standing.at_us, standing.actor)


def assign(
    case: Case,
    *,
    by: Actor,
    assignee: str | UnsetType | None = UNSET,
    role: str | UnsetType | None = UNSET,
    note: str = "",
    rev: int | None = None,
    key: str | None = None,
) -> CaseView:
    """Give a case to an account (a reference), or to whoever plays ``role``; None: to nobody."""

    def make(standing: Standing) -> Outcome:
        return recorder(standing).assign(assignee=assignee, role=role, note=note, key=standing.key)

    facts = {"assignee": _text(assignee), "role": _text(role)}
    return one(
        Change(
            case=case,
            name="assign",
            by=by,
            make=make,
            permission=access.ASSIGN,
            facts=facts,
            rev=rev,
            key=key,
        )
    )


def take(case: Case, *, by: Actor, rev: int | None = None, key: str | None = None) -> CaseView:
    """Take a case oneself: whoever plays a part in it may, while nobody else has it."""

    def make(standing: Standing) -> Outcome:
        has = standing.snapshot.assignee
        if has and has != by.reference and not _may(standing, access.ASSIGN):
            raise Forbidden(both("Hồ sơ đã có người nhận.", "Somebody has taken the case already."))
        if not standing.actor.roles:
            by.require(
                access.ASSIGN, unit=standing.snapshot.unit, organisation=standing.snapshot.organisation
            )
        return recorder(standing).assign(assignee=by.reference, role=None, action="take", key=standing.key)

    return one(Change(case=case, name="take", by=by, make=make, rev=rev, key=key))


def hand_over(
    case: Case,
    *,
    by: Actor,
    organisation: str | None = None,
    unit: str | UnsetType | None = UNSET,
    assignee: str | None = None,
    note: str = "",
    rev: int | None = None,
    key: str | None = None,
) -> CaseView:
    """Hand a case to another organisation or unit, or to a colleague: whoever has it may, or who assigns there."""

    def make(standing: Standing) -> Outcome:
        if standing.snapshot.assignee != by.reference and not _may(standing, access.ASSIGN):
            by.require(
                access.ASSIGN, unit=standing.snapshot.unit, organisation=standing.snapshot.organisation
            )
        return recorder(standing).assign(
            organisation=UNSET if organisation is None else organisation,
            unit=unit,
            assignee=assignee,
            action="hand-over",
            note=note,
            key=standing.key,
        )

    facts = {"organisation": organisation, "unit": _text(unit), "assignee": assignee, "note": note}
    return one(Change(case=case, name="hand_over", by=by, make=make, facts=facts, rev=rev, key=key))


def comment(case: Case, text: str, *, by: Actor, public: bool = False, key: str | None = None) -> CaseView:
    """A remark, internal or (``public``) for the applicant too. An applicant's own remarks are always public."""
    if not text.strip() or len(text) > 10_000:
        raise BadInput(
            both("Hãy viết ý kiến (tối đa 10.000 chữ).", "Write a remark of at most 10,000 letters.")
        )

    def make(standing: Standing) -> Outcome:
        own = standing.actor.is_applicant
        if not own and not standing.actor.roles:
            by.require(
                access.COMMENT, unit=standing.snapshot.unit, organisation=standing.snapshot.organisation
            )
        return recorder(standing).comment(text.strip(), public=public or own, key=standing.key)

    return one(
        Change(case=case, name="comment", by=by, make=make, facts={"text": text, "public": public}, key=key)
    )


def link(case: Case, kind: str, other: str, *, by: Actor, note: str = "", key: str | None = None) -> CaseView:
    """Say that a case is a duplicate of, a child of, caused by or related to another (its id). Circles are refused."""
    _known(kind)

    def make(standing: Standing) -> Outcome:
        return recorder(standing).linked(kind, other, note=note, key=standing.key)

    return one(
        Change(
            case=case, name="link", by=by, make=make, permission=access.LINK, links=[(kind, other)], key=key
        )
    )


def unlink(
    case: Case, kind: str, other: str, *, by: Actor, note: str = "", key: str | None = None
) -> CaseView:
    """Take a link away."""
    _known(kind)

    def make(standing: Standing) -> Outcome:
        return recorder(standing).linked(kind, other, action="unlink", note=note, key=standing.key)

    return one(
        Change(
            case=case,
            name="unlink",
            by=by,
            make=make,
            permission=access.LINK,
            unlinks=[(kind, other)],
            key=key,
        )
    )


def _known(kind: str) -> None:
    if kind not in {value for value, _ in Link.KINDS}:
        raise BadInput(both(f"Không có loại liên kết {kind}.", f"There is no link {kind}."), where="link")


def correct_data(
    case: Case,
    data: Mapping[str, Any],
    *,
    by: Actor,
    note: str,
    rev: int | None = None,
    key: str | None = None,
) -> CaseView:
    """Put answers right, with a reason; None takes one away. Audited."""

    def make(standing: Standing) -> Outcome:
        return recorder(standing).correct(data, note=note, key=standing.key)

    done = one(
        Change(
            case=case,
            name="correct",
            by=by,
            make=make,
            permission=access.CORRECT,
            facts=data,
            rev=rev,
            key=key,
        )
    )
    audit("cases.correct_data", by=by, subject=done.reference, detail={"fields": sorted(data), "note": note})
    return done


def extend(
    case: Case,
    clock: str,
    allowance: str,
    *,
    by: Actor,
    note: str,
    rev: int | None = None,
    key: str | None = None,
) -> CaseView:
    """Give a clock more time, once, with a reason."""

    def make(standing: Standing) -> Outcome:
        return recorder(standing).extend(clock, allowance, note=note, key=standing.key)

    facts = {"clock": clock, "by": allowance}
    return one(
        Change(
            case=case,
            name="extend",
            by=by,
            make=make,
            permission=access.ASSIGN,
            facts=facts,
            rev=rev,
            key=key,
        )
    )


def migration_proof(case: Case, version: int, *, by: Actor) -> MigrationProof:
    """Whether a case can go on under another version of its procedure, and what that would do to it."""
    from dothi.kernel.cases import queries

    found = queries.get(case, by=by)
    by.require(access.MIGRATE, unit=found.unit or None, organisation=found.organisation or None)
    assert found.snapshot is not None
    with reading() as (session, _):
        old = definitions.of(session, found.procedure, found.version)
        new = definitions.of(session, found.procedure, version)
    return proof_of(old, new, found.snapshot)


def migrate_case(
    case: Case, version: int, *, by: Actor, note: str = "", rev: int | None = None, key: str | None = None
) -> CaseView:
    """Let a case go on under another version, where the proof says that it can. Audited."""

    def make(standing: Standing) -> Outcome:
        with reading() as (session, _):
            new = definitions.of(session, standing.snapshot.procedure, version)
        return migrated(
            standing.compiled,
            new,
            standing.snapshot,
            at_us=standing.at_us,
            actor=standing.actor,
            calendar=standing.calendar,
            note=note,
            key=standing.key,
        )

    done = one(
        Change(
            case=case,
            name="migrate",
            by=by,
            make=make,
            permission=access.MIGRATE,
            facts=version,
            rev=rev,
            key=key,
        )
    )
    audit("cases.migrate_case", by=by, subject=done.reference, detail={"version": version, "note": note})
    return done


def bulk_act(
    cases: Sequence[Case],
    action: str,
    *,
    by: Actor,
    data: Mapping[str, Any] | None = None,
    note: str = "",
    key: str | None = None,
) -> list[tuple[Case, CaseView | DothiError]]:
    """The same action on many cases; what became of each. Needs ``cases.bulk``, and the action's own role on each."""
    if not by.may_somewhere(access.BULK):
        audit("cases.bulk_act", by=by, outcome="refused", detail={"action": action, "cases": len(cases)})
        by.require(access.BULK)
    if len(cases) > BULK_AT_MOST:
        raise BadInput(
            both(f"Tối đa {BULK_AT_MOST} hồ sơ mỗi lần.", f"At most {BULK_AT_MOST} cases at a time."),
            where="cases",
        )
    orders: list[Open | Act | Change] = [
        Act(case=case, action=action, by=by, data=data or {}, note=note, key=key and f"{key}:{case}")
        for case in cases
    ]
    results = perform(orders)
    refused = sum(isinstance(each, DothiError) for each in results)
    audit(
        "cases.bulk_act", by=by, detail={"action": action, "done": len(results) - refused, "refused": refused}
    )
    return list(zip(cases, results, strict=True))


def change(
    case: Case, name: str, make: Callable[[Standing], Outcome], *, by: Actor, key: str | None = None
) -> CaseView:
    """Note something in a case's history through the engine's recorder: for the payments, letters and messages of centres.

    >>> change(id, "paid", lambda s: recorder(s).payment("fee", PaymentState(…), key=s.key), by=SYSTEM, key=txn)
    """
    return one(Change(case=case, name=name, by=by, make=make, key=key))


def _may(standing: Standing, permission: str) -> bool:
    case = standing.snapshot
    return access.may(standing.by, permission, case.unit, case.organisation)


def _text(value: str | UnsetType | None) -> str | None:
    return "" if isinstance(value, UnsetType) else value
