import pytest
from django.db import IntegrityError, transaction

from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.payments import queries as reads
from dothi.kernel.payments import receiving, refunds
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Order, Payment, Refund
from dothi.kernel.payments.receiving import Incoming
from dothi.kernel.payments.tests.conftest import ACCOUNTANT, CASHIER, OTHER, line, make_order, someone

pytestmark = pytest.mark.django_db


def paid(amount=75_000, order=None, number="1", **more):
    order = order or make_order(amount, **more)
    receiving.receive(order, Incoming("vnpay", number, order.amount, chart.VNPAY), by=SYSTEM)
    return Payment.objects.get(provider_no=number)


def asked(payment=None, amount=None, **more):
    return refunds.request(payment or paid(), amount=amount, reason="rút hồ sơ", by=CASHIER, **more)


def state():
    order = Order.objects.get()
    return order.state, order.refunded


def test_all_of_a_payment_goes_back_after_a_second_person_agreed():
    refund = asked()
    assert state() == ("paid", 0)
    refunds.approve(refund, by=ACCOUNTANT)
    assert state() == ("refunding", 0)
    assert (queries.balance(chart.CHARGE), queries.balance(chart.OWED_BACK)) == (0, -75_000)
    refunds.finish(refund, "99", by=SYSTEM)
    assert state() == ("refunded", 75_000)
    assert queries.balance(chart.OWED_BACK) == queries.balance(chart.VNPAY) == 0
    told = OutboxEvent.objects.filter(type__startswith="vn.dothi.payments.refund").values_list(
        "type", flat=True
    )
    assert [each.rpartition(".")[2] for each in told] == ["refund-requested", "refund-approved", "refunded"]


def test_a_part_goes_back_and_the_order_stays_paid():
    refund = asked(amount=20_000)
    refunds.approve(refund, by=ACCOUNTANT)
    refunds.finish(refund, "99", by=SYSTEM)
    assert state() == ("paid", 20_000)


def test_parts_one_after_the_other_make_the_whole_to_the_dong_on_every_account():
    payment = paid(lines=[line(10_000, "fee"), line(3_333), line(1, "other")])
    for part in (4_444, 4_445, 4_445):
        refund = asked(payment, part)
        refunds.approve(refund, by=ACCOUNTANT)
        refunds.finish(refund, "x", by=SYSTEM)
    assert state() == ("refunded", 13_334)
    assert [queries.balance(each) for each in (chart.FEE, chart.CHARGE, chart.OTHER, chart.OWED_BACK)] == [
        0,
        0,
        0,
        0,
    ]


@pytest.mark.parametrize("amount", [0, -5, 75_001])
def test_never_more_than_came_in(amount):
    with pytest.raises(BadInput):
        asked(paid(), amount)


def test_what_waits_counts_against_what_is_left():
    payment = paid()
    asked(payment, 50_000)
    with pytest.raises(BadInput):
        asked(payment, 30_000)
    refunds.decline(Refund.objects.get(), note="chưa đủ giấy tờ", by=ACCOUNTANT)
    assert asked(payment).amount == 75_000


def test_who_asked_does_not_approve():
    refund = refunds.request(paid(), reason="x", by=ACCOUNTANT)
    with pytest.raises(Conflict, match="other than"):
        refunds.approve(refund, by=ACCOUNTANT)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor by any other program
        Refund.objects.update(decided_by=ACCOUNTANT.reference)


def test_a_token_neither_asks_nor_approves():
    token = Actor("token", "t", "t", (Grant("payments.*"),))
    with pytest.raises(Conflict):
        refunds.request(paid(), reason="x", by=token)
    with pytest.raises(Conflict):
        refunds.approve(asked(Payment.objects.get()), by=token)


def test_both_need_their_permission_in_the_unit():
    payment = paid()
    with pytest.raises(Forbidden):
        refunds.request(payment, reason="x", by=someone("x", "payments.refund", unit=OTHER))
    with pytest.raises(Forbidden):
        refunds.approve(asked(payment), by=CASHIER)


def test_a_reason_is_given():
    with pytest.raises(BadInput, match="reason"):
        refunds.request(paid(), reason="  ", by=CASHIER)


def test_asked_again_with_one_key_it_is_one_refund():
    payment = paid()
    assert asked(payment, 10, idempotency_key="k").pk == asked(payment, 10, idempotency_key="k").pk


def test_an_overpayment_waits_to_be_sent_back_and_its_refund_leaves_the_order_paid():
    first = paid()
    second = paid(order=first.order, number="2")
    assert list(reads.owed_back()) == [second]
    refund = asked(second)
    assert list(reads.owed_back()) == []
    refunds.approve(refund, by=ACCOUNTANT)
    refunds.finish(refund, "x", by=SYSTEM)
    assert state() == ("paid", 0)
    assert (queries.balance(chart.OWED_BACK), queries.balance(chart.VNPAY)) == (0, 75_000)


def test_a_refund_the_provider_refused_is_sent_again_or_given_by_hand():
    refund = asked()
    refunds.approve(refund, by=ACCOUNTANT)
    refunds.failed(refund, "95", by=SYSTEM)
    assert state() == ("refunding", 0)
    refunds.resend(refund, by=ACCOUNTANT)
    refunds.failed(refund, "95", by=SYSTEM)
    refunds.by_hand(refund, how="transfer", proof="UNC 7", by=ACCOUNTANT)
    assert state() == ("refunded", 75_000)
    assert (queries.balance(chart.BANK), queries.balance(chart.VNPAY)) == (-75_000, 75_000)


def test_done_once():
    refund = asked()
    refunds.approve(refund, by=ACCOUNTANT)
    refunds.finish(refund, "x", by=SYSTEM)
    for again in (refunds.approve, refunds.resend):
        with pytest.raises(Conflict):
            again(refund, by=ACCOUNTANT)
    with pytest.raises(Conflict):
        refunds.finish(refund, "x", by=SYSTEM)


def test_after_a_whole_refund_there_may_be_a_new_order():
    refund = asked(paid(subject="case:a"))
    refunds.approve(refund, by=ACCOUNTANT)
    with pytest.raises(Conflict):
        make_order(subject="case:a")
    refunds.finish(refund, "x", by=SYSTEM)
    assert make_order(subject="case:a").state == "created"
