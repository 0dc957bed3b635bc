from datetime import timedelta

import pytest

from dothi.core.clock import frozen, now
from dothi.core.errors import BadInput, Conflict, Forbidden, Gone
from dothi.kernel.payments import tasks
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Order, Receipt
from dothi.kernel.payments.providers.counter import actions as counter
from dothi.kernel.payments.tests.conftest import CASHIER, OTHER, WARD, make_order, someone

pytestmark = pytest.mark.django_db


def test_cash_at_the_desk_pays_and_gives_a_receipt_with_its_payer():
    paid = counter.take(make_order(), "cash", payer="Nguyễn Văn An", by=CASHIER)
    assert Order.objects.get().state == "paid"
    assert (paid.receipt.number, paid.receipt.payer, paid.receipt.issued_by) == (
        1,
        "Nguyễn Văn An",
        "account:an",
    )
    assert queries.balance(chart.TILL, WARD) == 75_000


def test_a_card_stands_on_its_own_account_and_its_slip_counts_once():
    counter.take(make_order(), "card", slip="000123", by=CASHIER)
    assert (queries.balance(chart.TILL), queries.balance(chart.CARD)) == (0, 75_000)
    with pytest.raises(Conflict, match="slip"):
        counter.take(make_order(), "card", slip="000123", by=CASHIER)


@pytest.mark.parametrize(("method", "slip"), [("card", " "), ("cheque", "1")])
def test_what_is_needed_is_asked_for(method, slip):
    with pytest.raises(BadInput):
        counter.take(make_order(), method, slip=slip, by=CASHIER)


def test_nobody_pays_twice_at_a_desk():
    order = make_order()
    counter.take(order, "cash", by=CASHIER)
    with pytest.raises(Gone):
        counter.take(order, "cash", by=CASHIER)
    assert queries.balance(chart.TILL) == 75_000


def test_an_order_that_ran_out_is_paid_all_the_same():
    order = make_order(days=1)
    with frozen(now() + timedelta(days=2)):
        tasks.once()
        counter.take(order, "cash", by=CASHIER)
    assert Order.objects.get().state == "paid"


def test_a_cashier_of_another_ward_takes_nothing():
    with pytest.raises(Forbidden):
        counter.take(make_order(unit=OTHER), "cash", by=CASHIER)
    assert not Receipt.objects.exists()


def test_the_day_is_closed_and_the_cash_goes_to_the_bank():
    counter.take(make_order(60_000), "cash", by=CASHIER)
    counter.take(make_order(40_000), "card", slip="1", by=CASHIER)
    counter.take(make_order(7_000), "cash", by=someone("dung", "payments.take"))
    day = counter.close_day(WARD, 60_000, by=CASHIER)
    assert (day.expected, day.counted, day.card) == (60_000, 60_000, 40_000)
    assert (queries.balance(chart.TILL), queries.balance(chart.BANK)) == (7_000, 60_000)
    with pytest.raises(Conflict, match="closed"):
        counter.take(make_order(), "cash", by=CASHIER)
    with pytest.raises(Conflict, match="already"):
        counter.close_day(WARD, 0, by=CASHIER)


@pytest.mark.parametrize(("counted", "difference"), [(55_000, 5_000), (61_000, -1_000)])
def test_what_is_over_or_short_is_explained_and_booked(counted, difference):
    counter.take(make_order(60_000), "cash", by=CASHIER)
    with pytest.raises(BadInput, match="differs"):
        counter.close_day(WARD, counted, by=CASHIER)
    counter.close_day(WARD, counted, note="thối nhầm", by=CASHIER)
    assert queries.balance(chart.TILL_DIFFERENCE) == difference
    assert (queries.balance(chart.TILL), queries.balance(chart.BANK)) == (0, counted)


def test_the_next_day_is_open_again():
    counter.close_day(WARD, 0, by=CASHIER)
    with frozen(now() + timedelta(days=1)):
        counter.take(make_order(), "cash", by=CASHIER)
