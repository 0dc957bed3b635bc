"""Payments that cases order, and what the case is told when money came or went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

import msgspec
import structlog

from dothi.core.clock import now, now_us
from dothi.kernel.cases.commands import Change, Standing
from dothi.kernel.cases.effects import effect
from dothi.kernel.cases.engine import Outcome
from dothi.kernel.cases.engine.records import Recorder
from dothi.kernel.cases.engine.types import EffectOrder, PaymentState
from dothi.kernel.cases.performing import one
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.fulfilment.standing import Ordered, note, standing
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.payments import orders, refunds
from dothi.kernel.payments.fees.rules import compute
from dothi.kernel.payments.fees.tables import Bill, FeeTable
from dothi.kernel.payments.models import Payment

log = structlog.get_logger()
LASTS: Final = timedelta(days=30)
PURPOSE: Final = "fees"
_Stands = Literal["asked", "paid", "cancelled", "refunding", "refunded"]
_STATES: Final[dict[str, _Stands]] = {
    "paid": "paid",
    "refunding": "refunding",
    "refunded": "refunded",
    "cancelled": "cancelled",
    "expired": "cancelled",
}


@effect("request_payment")
def request_payment(order: EffectOrder) -> None:
    """Make the order for the fees of the procedure, and note in the case what is asked for."""
    ordered = standing(order)
    only = tuple(order.values.get("fees") or ())
    bill = _bill(ordered, only)
    # A part of the fees is a purpose of its own: a case may ask for one at the start and for another later.
    purpose = f"{PURPOSE}-{'-'.join(only)}"[:60] if only else PURPOSE
    if not bill.lines:
        return
    made = orders.create(
        ordered.case.reference, purpose, bill.lines, unit=ordered.case.unit, organisation=ordered.case.organisation,
        expires=now() + LASTS, idempotency_key=order.id, by=SYSTEM,
    )  # fmt: skip
    state: _Stands = "paid" if made.amount == 0 else "asked"
    asked = PaymentState(amount=made.amount, state=state, at_us=now_us(), reference=str(made.pk))
    note(ordered, "payment", lambda recorder: recorder.payment(str(made.pk), asked, key=order.id))


def _bill(ordered: Ordered, only: tuple[str, ...]) -> Bill:
    fees = ordered.compiled.procedure.fees
    if not isinstance(fees, Mapping):
        return Bill(table="", lines=())
    table = msgspec.convert(fees, FeeTable)
    facts: dict[str, Any] = {**ordered.case.data, **ordered.case.facts}
    facts["channel"] = "counter" if ordered.case.channel == "counter" else "online"
    return compute(table, facts, only=only)


@effect("refund")
def refund(order: EffectOrder) -> None:
    """Ask to give back what was paid; a second person approves it."""
    ordered = standing(order)
    paid = Payment.objects.filter(order__subject=ordered.case.reference, settles=True)
    for each in paid:
        if each.amount > each.refunded:
            refunds.request(
                each, reason=ordered.note or ordered.case.code, idempotency_key=f"{order.id}:{each.pk}", by=SYSTEM
            )  # fmt: skip


@consumer("case-payments", types=["vn.dothi.payments.*"], atomic=False)
def paid(event: Event) -> None:
    """Tell the case what became of its payment. The event's id makes it one entry."""
    subject, kind = str(event.data.get("subject", "")), event.type.rpartition(".")[2]
    if not subject.startswith("case:") or kind not in _STATES:
        return
    state = PaymentState(
        amount=int(event.data["amount"]), state=_STATES[kind], at_us=now_us(), reference=str(event.data["order"])
    )  # fmt: skip

    def make(there: Standing) -> Outcome:
        recorder = Recorder(there.compiled, there.snapshot, there.calendar, there.at_us, there.actor)
        return recorder.payment(str(event.data["order"]), state, key=event.id)

    one(
        Change(
            case=subject.removeprefix("case:"),
            name="payment",
            by=SYSTEM,
            make=make,
            facts=event.id,
            key=event.id,
        )
    )
    log.info("a payment of a case", case=subject, state=kind)
