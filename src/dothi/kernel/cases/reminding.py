"""Asking those again whose answer a case waits for."""

from __future__ import annotations

from dothi.core.clock import HCMC, now
from dothi.core.errors import Conflict, NotFound, both
from dothi.kernel.cases import access, changing
from dothi.kernel.cases.delegations import with_delegations
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import audit


def remind(case: CaseView, child: str, *, by: Actor) -> CaseView:
    """Note in a case that ``case`` waits for (its id) that the asker asks again, once a day.

    Needs ``cases.comment`` where the asking case is: whoever asks need not see the other house's work.
    """
    with_delegations(by).require(
        access.COMMENT, unit=case.unit or None, organisation=case.organisation or None
    )
    waits = case.snapshot.waiting_for if case.snapshot else {}
    found = next((each for each in waits.values() if each.case == child), None)
    if found is None:
        raise NotFound(both("Hồ sơ không chờ ý kiến này.", "The case does not wait for this."))
    if found.state == "done":
        raise Conflict(both("Ý kiến này đã có.", "This has been answered."))
    day = now().astimezone(HCMC).date()
    text = f"Nhắc: hồ sơ {case.code} đang chờ trả lời."
    done = changing.comment(child, text, by=SYSTEM, key=f"remind:{child}:{day}")
    audit("cases.remind", by=by, subject=case.reference, detail={"child": child})
    return done
