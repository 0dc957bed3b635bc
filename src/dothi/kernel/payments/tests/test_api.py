import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dothi.kernel.payments.models import Order, Payment
from dothi.kernel.payments.tests.conftest import (
    ACCOUNTANT,
    CASHIER,
    CITY_ACCOUNTANT,
    TOKEN,
    WARD,
    attempt,
    make_order,
    someone,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(client, monkeypatch):
    """``act(actor, "get", path, body)`` asks the API as somebody."""

    def ask(by, method, path, body=None, **more):
        monkeypatch.setattr("dothi.kernel.payments.api.actor_of", lambda request: by)
        monkeypatch.setattr("dothi.kernel.payments.api_back.actor_of", lambda request: by)
        monkeypatch.setattr("dothi.kernel.identity.api.SessionActor.authenticate", lambda *a: by)
        monkeypatch.setattr("dothi.kernel.identity.api.SessionActor._get_key", lambda *a: "k", raising=False)
        if isinstance(body, dict) and not more:
            more, body = {"content_type": "application/json"}, json.dumps(body)
        return getattr(client, method)(f"/api/payments/{path}", body, **more)

    return ask


def test_the_ways_to_pay_and_an_order_are_shown_to_its_payer(client):
    assert [each["key"] for each in client.get("/api/payments/providers").json()] == [
        "vnpay",
        "vietqr",
        "simulated",
    ]
    order = make_order()
    shown = client.get(f"/api/payments/orders/{order.pk}").json()
    assert (shown["amount"], shown["state"], shown["lines"][0]["amount"]) == (75_000, "created", 75_000)


def test_an_attempt_is_begun_without_an_account(client):
    order = make_order()
    answered = client.post(
        f"/api/payments/orders/{order.pk}/attempts", {"provider": "vnpay"}, "application/json"
    )
    assert answered.status_code == 201
    assert answered.json()["url"].startswith("https://sandbox.vnpayment.vn/")


def test_a_stranger_lists_nothing(client):
    assert client.get("/api/payments/orders", {"subject": "case:1"}).status_code == 401


def test_orders_of_a_subject_are_shown_to_who_may_see_them(act):
    make_order(subject="case:a")
    assert len(act(CASHIER, "get", "orders?subject=case:a").json()) == 1
    assert act(someone("x", "payments.read", unit="26740"), "get", "orders?subject=case:a").json() == []


def bank_says(client, token=TOKEN, **line):
    body = {"lines": [{"number": "FT1", "amount": 75_000, "content": "x", **line}]}
    return client.post(
        "/api/payments/bank-lines", body, "application/json", headers={"Authorization": f"Apikey {token}"}
    )


def test_the_bank_reports_a_credit(client):
    order = make_order()
    assert bank_says(client, content=order.code).json() == {"matched": 1, "unmatched": 0, "known": 0}
    assert bank_says(client, content=order.code).json() == {"matched": 0, "unmatched": 0, "known": 1}
    order.refresh_from_db()
    assert order.state == "paid"


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1]])
def test_only_the_bank_does(client, token):
    assert bank_says(client, token).status_code == 401


def test_without_a_token_set_nobody_does(client, setting):
    setting(vietqr_token="")
    assert bank_says(client, "").status_code == 401


@pytest.mark.parametrize("amount", [0, -1, 1.5, "75000"])
def test_a_credit_is_whole_dong(client, amount):
    assert bank_says(client, amount=amount).status_code == 400


def test_the_desk_takes_money_and_closes_its_day(act):
    order = make_order()
    taken = act(CASHIER, "post", f"orders/{order.pk}/counter", {"method": "cash", "payer": "An"})
    assert (taken.status_code, taken.json()["number"]) == (201, f"{WARD}/{order.created_at.year}/0000001")
    closed = act(CASHIER, "post", "counter/close", {"unit": WARD, "counted": 75_000})
    assert closed.json()["expected"] == 75_000


def test_a_refund_from_request_to_hand(act):
    order = make_order()
    act(CASHIER, "post", f"orders/{order.pk}/counter", {"method": "cash"})
    body = {"payment": str(Payment.objects.get().pk), "reason": "rút hồ sơ"}
    key = act(CASHIER, "post", "refunds", body).json()["id"]
    assert act(CASHIER, "post", f"refunds/{key}/approve", {}).status_code == 403
    assert act(ACCOUNTANT, "post", f"refunds/{key}/approve", {}).json()["state"] == "approved"
    assert len(act(ACCOUNTANT, "get", "refunds").json()) == 1
    done = act(ACCOUNTANT, "post", f"refunds/{key}/by-hand", {"how": "cash", "proof": "PC 1"})
    assert done.json()["state"] == "done"
    order.refresh_from_db()
    assert order.state == "refunded"


def test_a_day_is_reconciled_by_a_file(act):
    lost = attempt(make_order())
    content = f"vnp_TxnRef,vnp_TransactionNo,Amount\n{lost.reference},1,75000\n".encode()
    file = SimpleUploadedFile("a.csv", content)
    path = "reconciliations?provider=vnpay&day=2026-11-30"
    key = act(CITY_ACCOUNTANT, "post", path, {"file": file}, format="multipart").json()["id"]
    (difference,) = act(CITY_ACCOUNTANT, "get", f"reconciliations/{key}/differences").json()
    assert (
        act(CITY_ACCOUNTANT, "post", f"differences/{difference['id']}/take-up").json()["state"] == "taken-up"
    )
    assert Order.objects.get().state == "paid"
    assert b"taken-up" in act(CITY_ACCOUNTANT, "get", f"reconciliations/{key}/differences.csv").content
    assert (
        act(CITY_ACCOUNTANT, "post", f"reconciliations/{key}/settle", {"received": 74_000}).status_code == 200
    )
    rows = act(CITY_ACCOUNTANT, "get", "ledger/balance").json()
    assert sum(row["amount"] for row in rows) == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "ledger/balance"),
        ("get", "problems"),
        ("get", "bank-lines/unmatched"),
        ("post", "differences/1/take-up"),
    ],
)
def test_what_is_not_for_cashiers(act, method, path):
    assert act(someone("x", "payments.take"), method, path).status_code == 403


def test_an_administrator_sees_what_is_wrong(act, setting):
    setting(vnpay_terminal="SHORT")
    found = act(someone("x", "payments.configure", unit=None), "get", "problems").json()
    assert {"vnpay_terminal", "public_url"} <= {each["setting"] for each in found if each["level"] == "error"}
