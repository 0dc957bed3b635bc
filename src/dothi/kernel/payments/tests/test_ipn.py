import pytest
from django.test import Client

from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Attempt, Order
from dothi.kernel.payments.providers.simulated import bank
from dothi.kernel.payments.providers.vnpay import ipn, signing
from dothi.kernel.payments.tests.conftest import SHOP, attempt, make_order

pytestmark = pytest.mark.django_db
IPN = "/payments/vnpay/ipn"


def notice(tried, number="14000001", **more):
    return bank.notice(
        SHOP, **{"reference": tried.reference, "amount": tried.amount, "provider_no": number, **more}
    )


def told(params, client=None, method="get"):
    answered = getattr(client or Client(enforce_csrf_checks=True), method)(IPN, params)
    assert answered.status_code == 200
    assert answered["Content-Type"] == "application/json"
    return answered.json()


def test_a_payment_is_confirmed():
    tried = attempt(make_order())
    assert told(notice(tried)) == {"RspCode": "00", "Message": "Confirm Success"}
    assert Order.objects.get().state == "paid"


def test_it_may_be_posted():
    assert told(notice(attempt(make_order())), method="post")["RspCode"] == "00"


def test_told_again_it_is_confirmed_already():
    tried = attempt(make_order())
    codes = [told(notice(tried))["RspCode"] for _ in range(3)]
    assert codes == ["00", "02", "02"]
    assert told(notice(tried)) == {"RspCode": "02", "Message": "Order already confirmed"}


def test_an_order_that_is_none_of_ours():
    stranger = Attempt(reference="DT0000000000", amount=5)
    assert told(notice(stranger)) == {"RspCode": "01", "Message": "Order not found"}


@pytest.mark.parametrize("amount", [1, 74_999, 75_001])
def test_another_amount(amount):
    assert told(notice(attempt(make_order()), amount=amount)) == {
        "RspCode": "04",
        "Message": "Invalid amount",
    }
    assert Order.objects.get().state == "pending"


@pytest.mark.parametrize(
    "forge",
    [
        lambda p: {**p, "vnp_Amount": "100"},
        lambda p: {**p, "vnp_SecureHash": "0" * 128},
        lambda p: {k: v for k, v in p.items() if k != "vnp_SecureHash"},
        lambda p: {**p, "vnp_TxnRef": [p["vnp_TxnRef"], "x"]},
        lambda p: {},
    ],
)
def test_what_is_not_signed_is_not_believed(forge):
    assert told(forge(notice(attempt(make_order())))) == {"RspCode": "97", "Message": "Invalid signature"}
    assert Order.objects.get().state == "pending"


def test_a_notice_for_another_shop_of_the_same_secret_is_not_believed():
    tried = attempt(make_order())
    other = bank.notice(
        bank.Shop("OTHER001", SHOP.secret), reference=tried.reference, amount=75_000, provider_no="1"
    )
    assert told(other)["RspCode"] == "97"


def test_nothing_is_believed_where_vnpay_is_not_set_up(setting):
    tried = attempt(make_order())
    setting(vnpay_secret="", vnpay_terminal="")
    assert (
        told(bank.notice(bank.Shop("", ""), reference=tried.reference, amount=75_000, provider_no="1"))[
            "RspCode"
        ]
        == "97"
    )


def test_a_fault_of_ours_is_said_to_be_one_and_leaves_nothing(monkeypatch):
    tried = attempt(make_order())
    monkeypatch.setattr(ipn.receiving, "tell", lambda *a, **k: 1 / 0)
    assert told(notice(tried)) == {"RspCode": "99", "Message": "Unknown error"}
    monkeypatch.undo()
    assert queries.balance(chart.VNPAY) == 0


def test_an_attempt_that_failed_leaves_the_order_to_be_paid():
    tried = attempt(make_order())
    assert told(notice(tried, "0", paid=False))["RspCode"] == "00"
    assert told(notice(tried, "0", paid=False))["RspCode"] == "02"
    tried.refresh_from_db()
    assert (tried.state, tried.answer, tried.order.state) == ("failed", "24", "pending")


def test_paid_after_failed_is_paid_and_failed_after_paid_stays_paid():
    first, second = attempt(make_order()), attempt(make_order())
    codes = [told(notice(first, "0", paid=False)), told(notice(first)), told(notice(first, "0", paid=False))]
    assert [each["RspCode"] for each in codes] == ["00", "00", "02"]
    told(notice(second, "2")), told(notice(second, "0", paid=False))
    assert set(Order.objects.values_list("state", flat=True)) == {"paid"}


@pytest.mark.parametrize("status", ["01", "07"])
def test_money_held_under_suspicion_is_neither_paid_nor_failed(status):
    tried = attempt(make_order())
    held = {k: v for k, v in notice(tried).items() if k != signing.HASH} | {"vnp_TransactionStatus": status}
    assert told({**held, signing.HASH: signing.sign(SHOP.secret, held)})["RspCode"] == "00"
    tried.refresh_from_db()
    assert (tried.state, tried.order.state) == ("started", "pending")
    assert told(notice(tried))["RspCode"] == "00"
    assert Order.objects.get().state == "paid"


def test_two_transactions_of_one_attempt_are_two_payments():
    tried = attempt(make_order())
    assert [told(notice(tried, n))["RspCode"] for n in ("1", "2", "2")] == ["00", "00", "02"]
    assert queries.balance(chart.OWED_BACK) == -75_000


def test_the_return_of_the_payer_shows_and_books_nothing(client):
    tried = attempt(make_order())
    page = client.get("/payments/vnpay/return", notice(tried))
    assert page.status_code == 200
    assert "xác nhận" in page.content.decode()
    assert Order.objects.get().state == "pending"


def test_a_forged_return_says_so(client):
    page = client.get("/payments/vnpay/return", {**notice(attempt(make_order())), "vnp_Amount": "1"})
    assert page.status_code == 404
