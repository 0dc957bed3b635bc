"""Taking dossiers in: the next one claimed, accepted, sent back once for everything that is missing, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dothi.centres.services import acceptance
from dothi.centres.services.access import INTAKE
from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action, note

LOOKED_AT: Final = 50


def may_take_in(case: CaseView, by: Actor) -> bool:
    """Whether ``by`` takes dossiers in where this one is."""
    return by.may(INTAKE, unit=case.unit or None, organisation=case.organisation or None)


def _require(case: CaseView, by: Actor) -> None:
    by.require(INTAKE, unit=case.unit or None, organisation=case.organisation or None)


@action(permission=None, name="services.claim-next", subject=lambda by, **_: by.reference)
def claim_next(*, by: Actor, procedure: str = "", unit: str = "", channel: str = "") -> CaseView | None:
    """Take the dossier that is due first and that nobody has; None when there is none. Needs ``services.intake``."""
    by.require(INTAKE, unit=unit or None) if unit else _somewhere(by)
    asked = acceptance.waiting(procedure=procedure, unit=unit, channel=channel, assignee="nobody")
    for each in queries.inbox(asked, by=by, limit=LOOKED_AT).items:
        if not may_take_in(each, by):
            continue
        try:
            taken = cases.take(each.id, by=by, rev=each.rev)
        except DothiError:
            continue  # somebody was faster
        note(case=taken.id)
        return taken
    return None


def _somewhere(by: Actor) -> None:
    if not by.may_somewhere(INTAKE):
        by.require(INTAKE)


def accept(case: CaseView, *, by: Actor, remark: str = "", rev: int | None = None, key: str = "") -> CaseView:
    """The dossier is complete: its receipt is written and its time begins. Needs ``services.intake`` there."""
    _require(case, by)
    return cases.act(case.id, acceptance.ACCEPT, by=by, note=remark, rev=rev, key=key or None)


def ask_once(
    case: CaseView,
    *,
    by: Actor,
    papers: Sequence[str] = (),
    text: str = "",
    reason: str = "",
    rev: int | None = None,
    key: str = "",
) -> CaseView:
    """Ask for everything that is missing in one request: the ``papers`` (their labels) and what ``text`` says.

    A second request is refused unless its ``reason`` is given, where the procedure lets it at all.
    Raises :class:`BadInput` when nothing is asked for. Needs ``services.intake`` there.
    """
    _require(case, by)
    points = [*papers, *(line.strip() for line in text.splitlines())]
    asked = "\n".join(f"{n}. {each}" for n, each in enumerate([each for each in points if each], 1))
    if not asked:
        raise BadInput(both("Hãy ghi những gì còn thiếu.", "Say what is missing."), where=acceptance.MISSING)
    compiled = queries.compiled(case)
    row = compiled.table.get((case.state, acceptance.ASK))
    field = acceptance.question(compiled, row.declared.form if row else None)
    data = {field: asked} if field else {}
    return cases.act(
        case.id,
        acceptance.ASK,
        by=by,
        data=data,
        note=reason.strip() if field else asked,
        rev=rev,
        key=key or None,
    )


def refuse(case: CaseView, *, by: Actor, reason: str, rev: int | None = None, key: str = "") -> CaseView:
    """The dossier is not taken in, and why. Needs ``services.intake`` there."""
    _require(case, by)
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do từ chối.", "Give the reason."), where="reason")
    return cases.act(case.id, acceptance.REFUSE, by=by, note=reason.strip(), rev=rev, key=key or None)
