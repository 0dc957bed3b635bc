"""What became of a dossier at the counter: what is to pay, what was paid, the letters to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dothi.kernel.cases import documents
from dothi.kernel.cases.models import SEQ_BITS, Document, Effect
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.payments import orders, queries
from dothi.kernel.payments.models import Order, Payment


@dataclass(frozen=True, slots=True)
class Owed:
    """An order of the dossier, the payment that settled it, and its receipt."""

    order: Order
    open: bool
    payment: Payment | None
    receipt: Any


def owed(case: CaseView, by: Actor) -> list[Owed]:
    """The orders of a dossier that ``by`` may see, the newest first."""
    return [
        Owed(order, order.state in (*Order.OPEN, Order.EXPIRED) and order.amount > 0, paid, getattr(paid, "receipt", None))
        for order in queries.readable(orders.of_subject(case.reference), by)
        for paid in [order.payments.filter(settles=True).select_related("receipt").first()]
    ]  # fmt: skip


def letters(case: CaseView) -> list[Document]:
    """The letters that the platform wrote for the applicant, the latest first."""
    return [each for each in reversed(documents.of_case(case.num)) if each.public]


def being_made(case: CaseView) -> bool:
    """Whether something that a step ordered (a fee, a letter) is not carried out yet."""
    first = case.num << SEQ_BITS
    waiting = Effect.objects.filter(entry__gt=first, entry__lt=first + (1 << SEQ_BITS))
    return waiting.exclude(state=Effect.DONE).exclude(state=Effect.FAILED).exists()
