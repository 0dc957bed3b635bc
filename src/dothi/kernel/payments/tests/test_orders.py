from datetime import timedelta

import pytest

from dothi.core.clock import frozen, now
from dothi.core.errors import BadInput, Conflict, Gone, TooMany
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.payments import orders, receiving, tasks
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Order, Payment, Receipt
from dothi.kernel.payments.receiving import Incoming
from dothi.kernel.payments.tests.conftest import attempt, line, make_order

pytestmark = pytest.mark.django_db


def come(order, number="1", amount=None, **more):
    incoming = Incoming("vnpay", number, amount or order.amount, chart.VNPAY)
    return receiving.receive(order, incoming, by=SYSTEM, **more)


def events():
    return [
        t.removeprefix("vn.dothi.payments.")
        for t in OutboxEvent.objects.order_by("seq").values_list("type", flat=True)
    ]


def test_an_order_tells_what_is_owed_and_for_what():
    order = make_order(lines=[line(30_000, "fee", 2, "copy"), line(15_000)])
    assert (order.amount, order.state) == (75_000, "created")
    assert [(x.item, x.amount) for x in order.lines.all()] == [("copy", 60_000), ("permit", 15_000)]
    assert events() == ["order-created"]
    assert AuditEntry.objects.get().action == "payments.create-order"


def test_asked_twice_with_one_key_it_is_one_order():
    first = make_order(subject="case:a", key="k")
    assert make_order(subject="case:a", key="k").pk == first.pk
    assert events() == ["order-created"]


def test_a_key_is_not_used_for_something_else():
    make_order(subject="case:a", key="k")
    with pytest.raises(Conflict, match="another order"):
        make_order(80_000, subject="case:a", key="k")


@pytest.mark.parametrize("state", ["created", "pending", "paid", "refunding"])
def test_a_subject_has_one_open_or_paid_order_for_a_purpose(state):
    Order.objects.filter(pk=make_order(subject="case:a").pk).update(state=state)
    with pytest.raises(Conflict, match="already"):
        make_order(subject="case:a")
    assert make_order(subject="case:a", purpose="copies").state == "created"


@pytest.mark.parametrize("state", ["refunded", "cancelled", "expired"])
def test_after_the_end_of_one_there_may_be_another(state):
    Order.objects.filter(pk=make_order(subject="case:a").pk).update(state=state)
    assert len(orders.of_subject(make_order(subject="case:a").subject)) == 2


@pytest.mark.parametrize("wrong", [[], [line(-5)], [line(1.5)], [line(5, quantity=0)], [line(True)]])
def test_lines_are_whole_dong(wrong):
    with pytest.raises(BadInput):
        orders.create(
            "case:a", "fee", wrong, unit="", expires=now() + timedelta(1), idempotency_key="k", by=SYSTEM
        )


def test_nothing_to_pay_is_paid_at_once():
    order = make_order(0)
    assert order.state == "paid"
    assert events() == ["order-created", "paid"]
    assert not Payment.objects.exists()


def test_the_first_payment_pays_the_order_once_with_entry_receipt_and_event():
    order = make_order(lines=[line(60_000, "fee", 1, "copy"), line(15_000)])
    tried = attempt(order)
    assert come(order, attempt=tried) == "paid"
    order.refresh_from_db(), tried.refresh_from_db()
    assert (order.state, tried.state) == ("paid", "succeeded")
    assert queries.balance(chart.VNPAY) == 75_000
    assert (queries.balance(chart.FEE), queries.balance(chart.CHARGE)) == (-60_000, -15_000)
    assert Receipt.objects.get().number == 1
    assert events() == ["order-created", "paid"]


def test_the_same_transaction_again_changes_nothing():
    order = make_order()
    assert [come(order), come(order), come(order)] == ["paid", "duplicate", "duplicate"]
    assert Payment.objects.count() == 1
    assert events().count("paid") == 1


def test_a_second_real_payment_is_owed_back_and_never_lost():
    order = make_order()
    assert [come(order, "1"), come(order, "2")] == ["paid", "overpaid"]
    assert queries.balance(chart.OWED_BACK) == -75_000
    assert queries.balance(chart.VNPAY) == 150_000
    assert events() == ["order-created", "paid", "overpaid"]


def test_more_than_is_owed_pays_and_the_rest_is_owed_back():
    order = make_order()
    assert come(order, amount=80_000) == "paid"
    assert queries.balance(chart.OWED_BACK) == -5_000
    assert sorted(Payment.objects.values_list("amount", "settles")) == [(5_000, False), (75_000, True)]


def test_less_than_is_owed_pays_nothing_and_is_owed_back():
    order = make_order()
    assert come(order, amount=70_000) == "overpaid"
    order.refresh_from_db()
    assert order.state == "created"


def test_money_for_a_cancelled_order_is_owed_back():
    order = make_order()
    orders.cancel(order, reason="rút hồ sơ", by=SYSTEM)
    assert come(order) == "overpaid"
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_an_order_runs_out_and_money_on_its_way_still_pays_it():
    order = make_order(days=1)
    with frozen(now() + timedelta(days=2)):
        assert tasks.once()[0] == 1
        order.refresh_from_db()
        assert order.state == "expired"
        with pytest.raises(Gone):
            attempt(order)
        assert come(order) == "paid"
    assert events() == ["order-created", "expired", "paid"]


def test_late_money_for_a_subject_that_has_another_order_by_then_is_owed_back():
    late = make_order(subject="case:a", days=1)
    with frozen(now() + timedelta(days=2)):
        tasks.once()
        assert come(make_order(subject="case:a"), "1") == "paid"
        assert come(late, "2") == "overpaid"
    assert sorted(Order.objects.values_list("state", flat=True)) == ["expired", "paid"]
    assert queries.balance(chart.OWED_BACK) == -75_000


def test_an_order_is_tried_as_often_as_needed_with_a_reference_each():
    order = make_order()
    references = [attempt(order).reference for _ in range(3)]
    assert references == [f"{order.code}{n:02d}" for n in (1, 2, 3)]


def test_nobody_tries_for_ever():
    order = make_order()
    Order.objects.filter(pk=order.pk).update(attempts=50)
    with pytest.raises(TooMany):
        attempt(order)


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "javascript:x"]
)
def test_a_payer_is_only_taken_back_to_this_platform(url):
    with pytest.raises(BadInput):
        orders.start_attempt(make_order(), "vnpay", url, by=SYSTEM)


def test_what_is_not_offered_cannot_be_started(setting):
    setting(payments="counter")
    with pytest.raises(BadInput, match="not offered"):
        attempt(make_order())


def test_receipts_of_a_unit_and_year_have_no_gap_even_when_something_is_undone(monkeypatch):
    come(make_order(unit="a"), "1")

    def broken(*args, **more):
        raise RuntimeError

    undone = make_order(unit="a")
    with monkeypatch.context() as patched:
        patched.setattr(receiving, "tell", broken)
        with pytest.raises(RuntimeError):
            come(undone, "2")
    come(make_order(unit="a"), "3"), come(make_order(unit="b"), "4")
    assert list(Receipt.objects.filter(unit="a").order_by("number").values_list("number", flat=True)) == [
        1,
        2,
    ]
    assert Receipt.objects.get(unit="b").number == 1
    assert queries.faults() == []
