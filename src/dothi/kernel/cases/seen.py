"""A case as one reader may see it: personal and sensitive answers only with the right to them, or for the applicant."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from dothi.kernel.cases import access
from dothi.kernel.cases.engine import Compiled, Snapshot
from dothi.kernel.cases.views import CaseView
from dothi.kernel.cases.writing import sensitivities
from dothi.kernel.identity.access import Actor


def visible(view: CaseView, by: Actor) -> bool:
    """Whether ``by`` may know of the case."""
    return access.may_see(
        by,
        unit=view.unit,
        organisation=view.organisation,
        applicant=view.applicant,
        assignee=view.assignee,
    )


def in_clear(view: CaseView, by: Actor) -> bool:
    """Whether ``by`` may see the personal data of the case."""
    if access.is_applicant(by, view.applicant):
        return True
    return access.may(by, access.PERSONAL, view.unit, view.organisation)


def seen(view: CaseView, compiled: Compiled, by: Actor) -> CaseView:
    """``view`` with what ``by`` may see of it."""
    if view.snapshot is None or in_clear(view, by):
        return view
    return structs.replace(view, snapshot=_open(view.snapshot, compiled))


def _open(case: Snapshot, compiled: Compiled) -> Snapshot:
    levels = sensitivities(compiled)
    facts: dict[str, str] = {key: each.sensitivity for key, each in compiled.procedure.facts.items()}
    return structs.replace(case, data=_kept(case.data, levels), facts=_kept(case.facts, facts), documents={})


def _kept(values: dict[str, Any], levels: dict[str, str]) -> dict[str, Any]:
    return {
        key: value for key, value in values.items() if levels.get(key, "internal") in ("open", "internal")
    }
