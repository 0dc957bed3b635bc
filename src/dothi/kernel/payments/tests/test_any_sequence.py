"""Whatever people and providers do, in whatever order: the ledger balances and no order is paid twice."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.core.clock import now
from dothi.core.errors import DothiError
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.payments import orders, receiving, refunds
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import BankLine, Order, Payment, Refund
from dothi.kernel.payments.providers.counter import actions as counter
from dothi.kernel.payments.providers.vietqr import banking
from dothi.kernel.payments.receiving import Incoming
from dothi.kernel.payments.tests.conftest import ACCOUNTANT, CASHIER, CITY_ACCOUNTANT, make_order

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["vnpay", "vnpay", "short", "cash", "transfer", "stray", "assign", "cancel", "expire", "ask",
                         "approve", "finish", "fail", "resend", "close"]),
        st.integers(0, 2),
        st.integers(1, 4),
    ),
    max_size=14,
)  # fmt: skip


class Desk:
    """Two subjects, their orders, and everything that can be done to them."""

    def __init__(self):
        self.subjects = [make_order(subject=f"case:{n}") for n in range(3)]

    def do(self, step, place, number):
        order = self.subjects[place]
        try:
            with transaction.atomic():
                getattr(self, step)(order, place, number)
        except DothiError:
            pass

    def vnpay(self, order, place, number):
        receiving.receive(order, Incoming("vnpay", f"{place}-{number}", order.amount, chart.VNPAY), by=SYSTEM)

    def short(self, order, place, number):
        receiving.receive(order, Incoming("vnpay", f"s{place}-{number}", number, chart.VNPAY), by=SYSTEM)

    def cash(self, order, place, number):
        counter.take(order, "cash", by=CASHIER)

    def transfer(self, order, place, number):
        banking.take(
            [banking.Credited(f"{place}-{number}", now(), order.amount + number, order.code)], by=SYSTEM
        )

    def stray(self, order, place, number):
        banking.take([banking.Credited(f"x{number}", now(), 1000 * number, "?")], by=SYSTEM)

    def assign(self, order, place, number):
        line = BankLine.objects.filter(state="unmatched").first()
        if line:
            banking.assign(line, order, by=CITY_ACCOUNTANT)

    def cancel(self, order, place, number):
        orders.cancel(order, reason="x", by=SYSTEM)
        self.subjects[place] = make_order(subject=f"case:{place}")

    def expire(self, order, place, number):
        Order.objects.filter(pk=order.pk).update(expires_at=now())
        orders.expire_due()

    def ask(self, order, place, number):
        for payment in Payment.objects.filter(order=order)[:number]:
            refunds.request(payment, amount=payment.amount // number or 1, reason="x", by=CASHIER)

    def _refund(self, state, act):
        for refund in Refund.objects.filter(state=state)[:1]:
            act(refund)

    def approve(self, order, place, number):
        self._refund("requested", lambda r: refunds.approve(r, by=ACCOUNTANT))

    def finish(self, order, place, number):
        self._refund("approved", lambda r: refunds.finish(r, "x", by=SYSTEM))

    def fail(self, order, place, number):
        self._refund("approved", lambda r: refunds.failed(r, "x", by=SYSTEM))

    def resend(self, order, place, number):
        self._refund("failed", lambda r: refunds.resend(r, by=ACCOUNTANT))

    def close(self, order, place, number):
        counter.close_day(order.unit, 0, note="x", by=CASHIER)


def check():
    assert queries.faults() == []
    rows = {row.account: row.amount for row in queries.trial_balance()}
    assert sum(rows.values()) == 0
    earned = sum(
        o.amount - o.refunded for o in Order.objects.filter(state__in=("paid", "refunding", "refunded"))
    )
    unearned = sum(
        r.amount for r in Refund.objects.filter(payment__settles=True, state__in=("approved", "failed"))
    )
    assert -rows.get(chart.CHARGE, 0) == earned - unearned
    excess = sum(p.amount - p.refunded for p in Payment.objects.filter(settles=False))
    assert -rows.get(chart.OWED_BACK, 0) == excess + unearned
    unclear = sum(line.amount for line in BankLine.objects.filter(state="unmatched"))
    assert -rows.get(chart.UNCLEAR, 0) == unclear
    for subject in Order.objects.values_list("subject", flat=True).distinct():
        holding = Order.objects.filter(subject=subject, state__in=("paid", "refunding"))
        assert holding.count() <= 1
    for order in Order.objects.filter(state__in=("paid", "refunding", "refunded")):
        assert order.payments.filter(settles=True).count() == 1


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_books_are_right_after_any_sequence(steps):
    try:
        with transaction.atomic():
            desk = Desk()
            for step in steps:
                desk.do(*step)
            check()
            raise Undo
    except Undo:
        pass


class Undo(Exception):
    """Let the next example begin with empty tables."""
