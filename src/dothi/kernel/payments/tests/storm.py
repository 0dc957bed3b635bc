"""A storm of notices: every one several times, in any order; and what must hold after it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Sum

from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Order, Payment, Receipt
from dothi.kernel.payments.providers.simulated.bank import Bank
from dothi.kernel.payments.providers.vnpay.ipn import answer
from dothi.kernel.payments.tests.conftest import SHOP, attempt, make_order

UNITS = ("26734", "26740", "26743")
# What becomes of an order's attempts: declined or paid, in the order they were made.
FATES = ("P", "P", "P", "DP", "DDP", "PP", "PD", "D", "DD", "")


@dataclass
class Storm:
    """The notices to send, and what they should come to."""

    notices: list[dict[str, str]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)
    money: int = 0
    owed: int = 0


def brew(orders: int, notices: int, seed: int) -> Storm:
    """``orders`` orders and ``notices`` notices about them: replayed, doubled, shuffled."""
    chance = random.Random(seed)
    bank, storm = Bank(SHOP), Storm()
    once: list[dict[str, str]] = []
    for number in range(orders):
        order = make_order(chance.randrange(1, 500) * 1000, unit=UNITS[number % 3])
        storm.orders.append(order)
        for fate in chance.choice(FATES):
            tried = attempt(order)
            once.append((bank.pay if fate == "P" else bank.decline)(tried.reference, order.amount))
            if fate == "P":
                storm.money += order.amount
                storm.owed += order.amount if str(order.pk) in storm.paid else 0
                storm.paid.add(str(order.pk))
    assert len(once) <= notices
    storm.notices = once + chance.choices(once, k=notices - len(once))
    chance.shuffle(storm.notices)
    return storm


def send(notices: list[dict[str, str]]) -> Counter[str]:
    """Tell them all; how often each code was answered."""
    return Counter(answer(told, shop=SHOP, money=chart.VNPAY)["RspCode"] for told in notices)


def check(storm: Storm) -> None:
    """The ledger balances; nobody who paid is unpaid; nobody is paid twice; not a đồng is missing."""
    assert queries.faults() == []
    rows = queries.trial_balance()
    assert sum(row.debit for row in rows) == sum(row.credit for row in rows)
    assert queries.balance(chart.VNPAY) == storm.money
    assert queries.balance(chart.OWED_BACK) == -storm.owed
    ids = [order.pk for order in storm.orders]
    paid = {str(pk) for pk in Order.objects.filter(pk__in=ids, state="paid").values_list("pk", flat=True)}
    assert paid == storm.paid
    settling = Payment.objects.filter(order__in=ids, settles=True)
    assert Counter(str(pk) for pk in settling.values_list("order_id", flat=True)) == Counter(storm.paid)
    assert (Payment.objects.filter(order__in=ids).aggregate(s=Sum("amount"))["s"] or 0) == storm.money
    told = OutboxEvent.objects.filter(type="vn.dothi.payments.paid").values_list("subject", flat=True)
    assert Counter(told) == Counter(f"payment-order:{pk}" for pk in storm.paid)
    for unit in UNITS:
        numbers = sorted(Receipt.objects.filter(unit=unit).values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
