"""Money that came in: booked once for each transaction, whatever the order's state, never lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from dothi.core.clock import HCMC, now
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action, note
from dothi.kernel.payments import rules
from dothi.kernel.payments.ledger import chart
from dothi.kernel.payments.ledger import rules as ledger
from dothi.kernel.payments.ledger.posting import post
from dothi.kernel.payments.ledger.rules import Line
from dothi.kernel.payments.models import Attempt, Order, Payment, Receipt, Series
from dothi.kernel.payments.orders import held, tell

Outcome = Literal["paid", "overpaid", "duplicate"]
PAID: Final[Outcome] = "paid"
OVERPAID: Final[Outcome] = "overpaid"
DUPLICATE: Final[Outcome] = "duplicate"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A transaction of a provider: its number there, the account of ours where the money stands."""

    provider: str
    provider_no: str
    amount: int
    money: str
    paid_at: datetime = field(default_factory=now)
    bank: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    payer: str = ""


def is_known(provider: str, provider_no: str) -> bool:
    """Whether this transaction is booked already."""
    return Payment.objects.filter(provider=provider, provider_no=provider_no).exists()


@action(permission=None, name="payments.receive", subject=lambda order, **_: order.reference)
def receive(order: Order, incoming: Incoming, *, by: Actor, attempt: Attempt | None = None) -> Outcome:
    """Book a transaction. The first that covers an order pays it; every other is owed back to its payer.

    One transaction with its entry, receipt, events and the attempt's end. A transaction that is booked
    already changes nothing. Only code that has checked the provider's word calls this.
    """
    now_held = held(order)
    if is_known(incoming.provider, incoming.provider_no):
        return DUPLICATE
    decision = rules.received(now_held.state, now_held.amount, incoming.amount)
    if decision.settles and not _becomes_paid(now_held, incoming.paid_at):
        decision = rules.Received(0, incoming.amount)
    if decision.settles:
        _settle(now_held, incoming, attempt, decision.settles, by)
    if decision.excess:
        _owe_back(now_held, incoming, attempt, decision.excess, by)
    _end_attempt(attempt, Attempt.SUCCEEDED, "")
    outcome = PAID if decision.settles else OVERPAID
    note(outcome=outcome, amount=incoming.amount, provider=incoming.provider)
    return outcome


def _becomes_paid(order: Order, at: datetime) -> bool:
    """Mark it paid; False when meanwhile another order of the subject and purpose is open or paid.

    Only an expired order has left that place: the database's own index says so.
    """
    order.state, order.paid_at = rules.move(order.state, Order.PAID), at
    try:
        with transaction.atomic():
            order.save(update_fields=["state", "paid_at"])
    except IntegrityError:
        order.state, order.paid_at = Order.EXPIRED, None
        return False
    return True


def _payment(
    order: Order, incoming: Incoming, attempt: Attempt | None, amount: int, *, settles: bool
) -> Payment:
    return Payment.objects.create(
        order=order, attempt=attempt, provider=incoming.provider, provider_no=incoming.provider_no,
        amount=amount, settles=settles, paid_at=incoming.paid_at, bank=incoming.bank, detail=incoming.detail,
    )  # fmt: skip


def _settle(order: Order, incoming: Incoming, attempt: Attempt | None, amount: int, by: Actor) -> None:
    payment = _payment(order, incoming, attempt, amount, settles=True)
    post(
        f"pay:{incoming.provider}:{incoming.provider_no}",
        "payment",
        [Line(incoming.money, amount), *ledger.income(by_kind(order))],
        book=order.unit,
        by=by.reference,
        at=incoming.paid_at,
        order=order,
    )
    receipt = _receipt(order, payment, incoming.payer, by)
    tell("paid", order, by, provider=incoming.provider, payment=str(payment.pk), receipt=str(receipt))


def _owe_back(order: Order, incoming: Incoming, attempt: Attempt | None, amount: int, by: Actor) -> None:
    payment = _payment(order, incoming, attempt, amount, settles=False)
    post(
        f"excess:{incoming.provider}:{incoming.provider_no}",
        "overpayment",
        [Line(incoming.money, amount), Line(chart.OWED_BACK, -amount)],
        book=order.unit,
        by=by.reference,
        at=incoming.paid_at,
        order=order,
    )
    tell("overpaid", order, by, provider=incoming.provider, payment=str(payment.pk), excess=amount)


def by_kind(order: Order) -> dict[str, int]:
    """The amounts of an order's lines by fee, charge and other."""
    rows = order.lines.order_by("kind").values_list("kind").annotate(sum=Sum("amount"))
    return {str(kind): int(amount) for kind, amount in rows}


def next_number(series: str) -> int:
    """The next number of a series; undone with the transaction, so that none is missing."""
    row = Series.objects.select_for_update().filter(pk=series).first()
    if row is None:
        Series.objects.bulk_create([Series(key=series)], ignore_conflicts=True)
        row = Series.objects.select_for_update().get(pk=series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def _receipt(order: Order, payment: Payment, payer: str, by: Actor) -> Receipt:
    year = now().astimezone(HCMC).year
    number = next_number(f"receipt:{order.unit}:{year}")
    return Receipt.objects.create(
        unit=order.unit, year=year, number=number, payment=payment, issued_by=by.reference, payer=payer[:200]
    )


def _end_attempt(attempt: Attempt | None, state: str, answer: str) -> None:
    if attempt is not None:
        Attempt.objects.filter(pk=attempt.pk).update(state=state, ended_at=now(), answer=answer, ask_at=None)


@action(permission=None, name="payments.attempt-failed", subject=lambda attempt, **_: attempt.order.reference)
def attempt_failed(attempt: Attempt, answer: str, *, by: Actor) -> bool:
    """The provider says that nothing was paid by this attempt. False when it had ended already."""
    now_held = held(attempt.order)
    found = Attempt.objects.get(pk=attempt.pk)
    if found.state != Attempt.STARTED:
        return False
    _end_attempt(found, Attempt.FAILED, answer[:20])
    tell("attempt-failed", now_held, by, provider=found.provider, attempt=str(found.pk), answer=answer[:20])
    return True
