"""The back office: an order paid at the desk, a refund asked for and approved by another, a day compared, the ledger read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.payments.models import Order, Reconciliation, Refund
from dothi.kernel.payments.providers.counter import actions as till
from dothi.sites.counter.tests.conftest import WARD, birth, carry_out, signed_in, ward

__all__ = ["ward"]
pytestmark = pytest.mark.django_db
AT = "/desk/payments/"
CASHIER = Actor("account", "cash", "Thu ngân", (Grant("payments.*", unit=WARD),), account="cash")


@pytest.fixture
def paid(wired, ward):
    birth(copies="2")
    carry_out()
    till.take(Order.objects.get(), "cash", by=CASHIER)
    return Order.objects.get()


def test_orders_are_seen_where_one_may_see_them(paid):
    assert Client().get(AT).status_code == 302
    assert signed_in(email="a1@example.org").get(AT).status_code == 403
    keeper = signed_in("accountant", email="a2@example.org")
    assert paid.code in keeper.get(f"{AT}?state=paid").content.decode()
    assert "16.000" in keeper.get(f"{AT}orders/{paid.pk}/").content.decode()
    elsewhere = signed_in("accountant", unit="26743", email="a3@example.org")
    assert paid.code not in elsewhere.get(AT).content.decode()
    assert elsewhere.get(f"{AT}orders/{paid.pk}/").status_code == 404


def test_a_refund_is_approved_by_another_person_only(paid):
    asker, other = (
        signed_in("accountant", email="b1@example.org"),
        signed_in("accountant", email="b2@example.org"),
    )
    payment = str(paid.payments.get().pk)
    at = f"{AT}orders/{paid.pk}/"
    assert (
        asker.post(at, {"payment": payment, "amount": "x", "reason": "Nộp nhầm", "key": "r"}).status_code
        == 422
    )
    assert (
        asker.post(at, {"payment": payment, "amount": "8.000", "reason": "Nộp nhầm", "key": "r"}).status_code
        == 302
    )
    made = Refund.objects.get()
    approve = {"refund": str(made.pk), "do": "approve"}
    assert asker.post(f"{AT}refunds/", approve).status_code == 422
    assert "8.000" in other.get(f"{AT}refunds/").content.decode()
    assert other.post(f"{AT}refunds/", approve).status_code == 302
    assert (
        other.post(f"{AT}refunds/", {"refund": str(made.pk), "do": "cash", "proof": "PC-01"}).status_code
        == 302
    )
    made.refresh_from_db()
    assert (made.amount, made.state) == (8_000, "done")


def test_a_file_is_compared_by_who_reconciles_for_the_city(paid):
    assert signed_in("accountant", email="c1@example.org").get(f"{AT}reconciliations/").status_code == 403
    keeper = signed_in("accountant", unit="", email="c2@example.org")
    assert keeper.post(f"{AT}reconciliations/", {"provider": "vnpay", "day": "2026-12-01"}).status_code == 422
    assert keeper.get(f"{AT}reconciliations/").status_code == 200
    bad = SimpleUploadedFile("a.csv", b"x", "text/csv")
    assert (
        keeper.post(
            f"{AT}reconciliations/", {"provider": "nobody", "day": "2026-12-01", "file": bad}
        ).status_code
        == 422
    )
    made = Reconciliation.objects.create(
        provider="vnpay",
        day="2026-11-30",
        digest="0" * 64,
        theirs_count=1,
        theirs_amount=5_000,
        ours_count=0,
        ours_amount=0,
        agreed=0,
    )
    each = made.differences.create(kind="missing-here", reference_no="X1", theirs=5_000)
    at = f"{AT}reconciliations/{made.pk}/"
    assert "X1" in keeper.get(at).content.decode()
    assert "X1" in keeper.get(f"{at}differences.csv").content.decode()
    assert keeper.post(at, {"difference": str(each.pk), "do": "explain", "note": ""}).status_code == 422
    assert (
        keeper.post(at, {"difference": str(each.pk), "do": "explain", "note": "Giao dịch thử"}).status_code
        == 302
    )
    assert keeper.post(at, {"do": "settle", "received": "4.900"}).status_code == 302
    made.refresh_from_db()
    assert made.settled_at is not None


def test_the_ledger_is_in_balance_and_whole(paid):
    keeper = signed_in("accountant", email="d1@example.org")
    shown = keeper.get(f"{AT}ledger/?unit={WARD}&check=1").content.decode()
    assert "Tiền mặt tại quầy" in shown
    assert "nguyên vẹn" in shown
    assert keeper.get(f"{AT}ledger/").status_code == 403
