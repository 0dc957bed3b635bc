"""Cases that cases open: ordered by a step, opened after it, and reported back when they are done."""

from __future__ import annotations

from msgspec import structs

from dothi.kernel.cases import actions, queries
from dothi.kernel.cases.changing import change, recorder
from dothi.kernel.cases.commands import Standing
from dothi.kernel.cases.effects import effect
from dothi.kernel.cases.engine import Outcome
from dothi.kernel.cases.engine.types import ChildState, EffectOrder
from dothi.kernel.cases.models import Case, Link
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import SYSTEM


@effect("open")
def open_child(order: EffectOrder) -> None:
    """Open the case that a step ordered, linked to the one that ordered it; its data are what the step computed."""
    parent = queries.get(order.case, by=SYSTEM)
    values = order.values
    child = actions.open_case(
        values["procedure"],
        data=values.get("data") or {},
        by=SYSTEM,
        applicant=parent.applicant or None,
        unit=parent.unit or None,
        organisation=values.get("organisation") or None,
        channel="case",
        position=parent.position,
        title=parent.title,
        links=[(values.get("link") or Link.CHILD, parent.id)],
        key=f"effect:{order.id}",
        simulated=parent.simulated,
    )
    if values.get("wait"):
        _report(parent.id, order.id, ChildState(procedure=child.procedure, case=child.id, state="open"))


def _report(parent: str, order: str, state: ChildState) -> None:
    def make(standing: Standing) -> Outcome:
        there = standing.snapshot.waiting_for.get(order)
        if there is None or there.state == "done":  # withdrawn meanwhile
            return Outcome(snapshot=standing.snapshot, entries=())
        return recorder(standing).child(order, state, key=standing.key)

    change(parent, "child", make, by=SYSTEM, key=f"child:{order}:{state.state}")


@consumer("cases.children", types=("vn.dothi.cases.closed", "vn.dothi.cases.reopened"))
def child_closed(event: Event) -> None:
    """Tell the cases that wait for one that it is done."""
    num = Case.objects.filter(id=event.data["id"]).values_list("num", flat=True).first()
    if num is None:
        return
    parents = Link.objects.filter(num=num).values_list("other", flat=True)
    for parent in Case.objects.filter(num__in=list(parents)):
        found = queries.get(parent.num, by=SYSTEM)
        child = queries.get(num, by=SYSTEM)
        assert found.snapshot is not None
        for order, state in found.snapshot.waiting_for.items():
            if state.case == child.id:
                now = structs.replace(
                    state, state="open" if child.open else "done", outcome=child.outcome or None
                )
                if now != state:
                    _report(found.id, order, now)
