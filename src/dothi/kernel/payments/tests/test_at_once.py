"""Many at once, each with its own connection: the same notice, several attempts, one receipt series, one desk."""

import threading
from collections import Counter

import pytest
from django.db import connection

from dothi.core.errors import Conflict, DothiError
from dothi.kernel.payments import refunds
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Order, Payment, Receipt
from dothi.kernel.payments.providers.counter import actions as counter
from dothi.kernel.payments.providers.simulated.bank import Bank
from dothi.kernel.payments.providers.vietqr import banking
from dothi.kernel.payments.tests import storm
from dothi.kernel.payments.tests.conftest import CASHIER, SHOP, attempt, make_order

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run all at the same moment; what each gave or raised."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            gate.wait()
            found[place] = work()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_four_threads_in_a_storm():
    brewed = storm.brew(30, 240, seed=3)
    parts = [brewed.notices[n::4] for n in range(4)]
    answers = sum(at_once(*(lambda part=part: storm.send(part) for part in parts)), Counter())
    assert set(answers) <= {"00", "02"}
    storm.check(brewed)


def test_one_notice_six_times_at_the_same_moment_is_booked_once():
    order = make_order()
    told = Bank(SHOP).pay(attempt(order).reference, order.amount)
    answers = at_once(*[lambda: storm.send([told])] * 6)
    assert sum(answers, Counter()) == {"00": 1, "02": 5}
    assert Payment.objects.count() == Receipt.objects.count() == 1


def test_one_order_created_five_times_at_once_is_one():
    made = at_once(*[lambda: make_order(subject="case:a", key="k")] * 5)
    assert {each.pk for each in made} == {Order.objects.get().pk}


def test_two_orders_for_one_subject_at_once_are_one_and_a_refusal():
    made = at_once(*[lambda n=n: make_order(subject="case:a", key=f"k{n}") for n in range(4)])
    assert sum(isinstance(each, Conflict) for each in made) == 3
    assert Order.objects.count() == 1


def test_two_cashiers_and_a_transfer_for_one_order():
    order = make_order()
    credit = banking.Credited("FT1", order.created_at, order.amount, order.code)
    results = at_once(
        lambda: counter.take(order, "cash", by=CASHIER),
        lambda: counter.take(order, "cash", by=CASHIER),
        lambda: banking.take([credit], by=CASHIER),
    )
    refused = sum(isinstance(each, DothiError) for each in results)
    taken = Payment.objects.count()
    assert Payment.objects.filter(settles=True).count() == 1
    assert taken + refused == 3
    assert queries.faults() == []
    assert queries.balance(chart.OWED_BACK) == -75_000 * (taken - 1)


def test_a_payment_is_not_refunded_twice_by_two_people_at_once():
    order = make_order()
    paid = counter.take(order, "cash", by=CASHIER)
    asked = at_once(*[lambda: refunds.request(paid, reason="x", by=CASHIER)] * 3)
    assert sum(isinstance(each, DothiError) for each in asked) == 2
