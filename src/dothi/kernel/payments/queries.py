"""Reads that are more than a lookup: what is owed back, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from dothi.core.errors import NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.payments.access import READ
from dothi.kernel.payments.models import Order, Payment, Receipt, Refund


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an attempt and of one transaction of it."""

    state: str
    amount: int
    booked: bool


_SEEN: Final = (
    "SELECT a.state, a.amount, EXISTS (SELECT 1 FROM payments_payment p"
    " WHERE p.provider = a.provider AND p.provider_no = %s)"
    " FROM payments_attempt a WHERE a.reference = %s AND a.provider = %s"
)


def seen(provider: str, reference: str, provider_no: str) -> Seen | None:
    """The attempt behind a notice, in one read; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [provider_no or reference, reference, provider])
        row = cursor.fetchone()
    return None if row is None else Seen(row[0], row[1], bool(row[2]))


def readable(orders: Iterable[Order], by: Actor) -> list[Order]:
    """Those of the orders that the actor may see, by their unit or organisation."""
    return [order for order in orders if may_read(order, by)]


def may_read(order: Order, by: Actor) -> bool:
    """Whether the actor may see all of an order."""
    return by.may(READ, unit=order.unit or None) or (
        bool(order.organisation) and by.may(READ, organisation=order.organisation)
    )


def owed_back(limit: int = 200) -> QuerySet[Payment]:
    """Payments beyond what was owed that nobody has sent back or begun to."""
    open_ones = Payment.objects.filter(settles=False, refunded__lt=F("amount"))
    return (
        open_ones.exclude(refunds__state__in=Refund.LIVE)
        .select_related("order")
        .order_by("recorded_at")[:limit]
    )


def refunds_waiting(limit: int = 200) -> QuerySet[Refund]:
    """Refunds that wait for a decision, for their provider, or for a person after it refused."""
    states = (Refund.REQUESTED, Refund.APPROVED, Refund.FAILED)
    return Refund.objects.filter(state__in=states).select_related("payment", "order")[:limit]


def receipt(key: UUID) -> Receipt:
    """The receipt with this id."""
    found = Receipt.objects.select_related("payment__order").filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có biên lai này.", "There is no such receipt."))
    return found


def payment(key: UUID) -> Payment:
    """The payment with this id."""
    found = Payment.objects.select_related("order").filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có khoản nộp này.", "There is no such payment."))
    return found


def refund(key: UUID) -> Refund:
    """The refund with this id."""
    found = Refund.objects.select_related("payment", "order").filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có đề nghị hoàn tiền này.", "There is no such refund."))
    return found
