"""At the desk: taking cash or a card, and closing the cashier's day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from django.db.models import Sum

from dothi.core.clock import HCMC, now
from dothi.core.errors import BadInput, Conflict, Gone, both
from dothi.core.ids import uuid7
from dothi.core.money import vnd
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action
from dothi.kernel.payments import receiving
from dothi.kernel.payments.access import TAKE
from dothi.kernel.payments.ledger import chart
from dothi.kernel.payments.ledger.posting import post
from dothi.kernel.payments.ledger.rules import Line
from dothi.kernel.payments.models import CashierDay, Order, Payment
from dothi.kernel.payments.orders import held
from dothi.kernel.payments.receiving import Incoming

Method = Literal["cash", "card"]
MONEY: Final[dict[str, str]] = {"cash": chart.TILL, "card": chart.CARD}


@action(permission=TAKE, unit=lambda order, **_: order.unit, name="payments.take")
def take(order: Order, method: Method, *, payer: str = "", slip: str = "", by: Actor) -> Payment:
    """Take the whole amount of an order; gives the payment, whose receipt has its number.

    ``slip``: the number of the card terminal's slip, once only. Refused when the order is not waiting to be
    paid: at a desk nobody pays twice. An order that ran out is paid all the same.
    """
    if method not in MONEY:
        raise BadInput(both("Chọn tiền mặt hoặc thẻ.", "Choose cash or card."), where="method")
    if method == "card" and not slip.strip():
        raise BadInput(
            both("Hãy ghi số hoá đơn của máy thẻ.", "Give the number of the card slip."), where="slip"
        )
    found = held(order)
    if found.state not in (*Order.OPEN, Order.EXPIRED) or found.amount == 0:
        raise Gone(
            both("Khoản này không còn chờ nộp.", "This order is not waiting to be paid."), state=found.state
        )
    day = closed(by.reference, order.unit, today())
    if day is not None:
        raise Conflict(both("Bạn đã chốt quầy hôm nay.", "You have closed your till for today."))
    number = f"card-{slip.strip()[:60]}" if method == "card" else f"cash-{uuid7().hex}"
    if receiving.is_known("counter", number):
        raise Conflict(both("Số hoá đơn này đã được ghi.", "This slip is booked already."), where="slip")
    incoming = Incoming("counter", number, found.amount, MONEY[method], now(), method,
                        {"money": MONEY[method], "cashier": by.reference}, payer.strip())  # fmt: skip
    if receiving.receive(found, incoming, by=by) != receiving.PAID:
        raise Conflict(both("Việc này đã có khoản thu khác.", "Another order for this is open or paid."))
    return Payment.objects.get(provider="counter", provider_no=number, settles=True)


def today() -> date:
    """The day at the desk."""
    return now().astimezone(HCMC).date()


def closed(cashier: str, unit: str, day: date) -> CashierDay | None:
    """The cashier's closed day; None while it is open."""
    return CashierDay.objects.filter(cashier=cashier, unit=unit, day=day).first()


def taken(cashier: str, unit: str, day: date) -> dict[str, int]:
    """What the cashier took on a day, by cash and card."""
    begins = datetime.combine(day, time(), HCMC)
    rows = Payment.objects.filter(
        provider="counter", order__unit=unit, detail__cashier=cashier,
        recorded_at__gte=begins, recorded_at__lt=begins + timedelta(days=1),
    )  # fmt: skip
    sums = {str(bank): int(amount) for bank, amount in rows.values_list("bank").annotate(sum=Sum("amount"))}
    return {"cash": sums.get("cash", 0), "card": sums.get("card", 0)}


@action(
    permission=TAKE,
    unit=lambda unit, **_: unit,
    name="payments.close-day",
    subject=lambda by, **_: by.reference,
)
def close_day(unit: str, counted: int, *, note: str = "", by: Actor) -> CashierDay:
    """Count the till at the end of the day: what is there goes to the bank, what is over or short is booked.

    A difference needs a note. After this the cashier takes nothing more that day.
    """
    day = today()
    if closed(by.reference, unit, day) is not None:
        raise Conflict(both("Quầy đã chốt hôm nay.", "The till is closed for today already."))
    if vnd(counted) < 0:
        raise BadInput(both("Số tiền đếm được không thể âm.", "Cash cannot be below zero."), where="counted")
    sums = taken(by.reference, unit, day)
    if counted != sums["cash"] and not note.strip():
        raise BadInput(
            both("Số đếm khác số đã thu: hãy ghi lý do.", "The count differs: say why."), where="note"
        )
    done = CashierDay.objects.create(
        unit=unit, cashier=by.reference, day=day, expected=sums["cash"], counted=counted, card=sums["card"],
        note=note.strip()[:300],
    )  # fmt: skip
    lines = [
        Line(chart.BANK, counted),
        Line(chart.TILL_DIFFERENCE, sums["cash"] - counted),
        Line(chart.TILL, -sums["cash"]),
    ]
    if any(line.amount for line in lines):
        post(f"cashier-day:{done.pk}", "cashier-day", lines, book=unit, by=by.reference, note=done.note)
    return done
