"""The case an order belongs to, as handlers see it, and notes on it: each made once, however often an order comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from dothi.kernel.cases import definitions, queries, sessions
from dothi.kernel.cases.commands import Change, Standing
from dothi.kernel.cases.engine import Compiled, Outcome
from dothi.kernel.cases.engine.records import Recorder
from dothi.kernel.cases.engine.types import EffectOrder, Entry
from dothi.kernel.cases.performing import one
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import SYSTEM

Made = Callable[[Recorder], Outcome]


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with its case, the case's procedure and the entry that gave it."""

    order: EffectOrder
    case: CaseView
    compiled: Compiled
    entry: Entry | None

    @property
    def note(self) -> str:
        """What was noted with the act that ordered it: the reason of a refusal, of more time."""
        return self.entry.note if self.entry else ""


def standing(order: EffectOrder) -> Ordered:
    """The order with everything a handler needs."""
    case = queries.get(order.case, by=SYSTEM)
    with transaction.atomic():
        session, _ = sessions.django_session()
        compiled = definitions.of(session, case.procedure, case.version)
    seq = int(order.id.split(":")[1])
    entry = next(
        (each for each in queries.history(case.id, by=SYSTEM, after=seq - 1) if each.seq == seq), None
    )
    return Ordered(order, case, compiled, entry)


def note(ordered: Ordered, name: str, made: Made) -> CaseView:
    """Write to the case's history what was done; under the order's own key, so that it is written once."""

    def make(there: Standing) -> Outcome:
        return made(Recorder(there.compiled, there.snapshot, there.calendar, there.at_us, there.actor))

    return one(
        Change(
            case=ordered.case.id,
            name=name,
            by=SYSTEM,
            make=make,
            facts=ordered.order.id,
            key=ordered.order.id,
        )
    )
