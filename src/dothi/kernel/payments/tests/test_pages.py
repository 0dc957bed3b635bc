import re

import pytest
from django.test import Client

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.payments import receiving
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Attempt, Order, Receipt
from dothi.kernel.payments.receiving import Incoming
from dothi.kernel.payments.tests.conftest import make_order

pytestmark = pytest.mark.django_db


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def order():
    return make_order(1_234_567)


def test_the_payer_sees_what_is_owed_and_the_ways_to_pay(client, order):
    shown = text(client.get(f"/payments/{order.pk}/"))
    assert order.code in shown
    assert "1.234.567 đ" in shown
    assert "VNPAY" in shown
    assert "VietQR" in shown
    assert "mô phỏng" in shown


def test_in_english_too(client, order):
    client.post("/language/", {"language": "en", "next": "/"})
    assert "1,234,567 đ" in text(client.get(f"/payments/{order.pk}/", headers={"Accept-Language": "en"}))


def test_to_vnpay_by_a_page_of_ours(client, order):
    page = client.post(f"/payments/{order.pk}/", {"provider": "vnpay"}, follow=True)
    (link,) = re.findall(r'href="(https://sandbox[^"]+)"', page.content.decode())
    assert "vnp_Amount=123456700" in link
    assert "vnp_SecureHash=" in link


def test_the_code_to_scan_carries_account_amount_and_reference(client, order):
    page = client.post(f"/payments/{order.pk}/", {"provider": "vietqr"}, follow=True)
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode().partition('class="pay-qr"')[2].partition("</div>")[0]
    assert {"1017595600", order.code, "UBND"} <= set(text(page).split())
    again = client.post(f"/payments/{order.pk}/", {"provider": "vietqr"}, follow=True)
    assert again.redirect_chain == page.redirect_chain


def test_a_form_needs_its_token(order):
    assert (
        Client(enforce_csrf_checks=True).post(f"/payments/{order.pk}/", {"provider": "vnpay"}).status_code
        == 403
    )


def test_an_unknown_way_is_refused_in_words(client, order):
    page = client.post(f"/payments/{order.pk}/", {"provider": "gold"})
    assert page.status_code == 400
    assert "chưa dùng được" in text(page)


def press(client, order, button):
    page = client.post(f"/payments/{order.pk}/", {"provider": "simulated"}, follow=True)
    (url,) = set(re.findall(r'href="(/payments/simulated/[^"]+)"', page.content.decode()))
    assert "simulated" in text(client.get(url))
    return client.post(url, {"do": button}, follow=True)


def test_the_simulated_bank_pays_and_says_that_it_is_none(client, order):
    page = press(client, order, "pay")
    assert "simulated" in text(page)
    assert "Đã nộp" in text(page)
    order.refresh_from_db()
    assert order.state == "paid"
    assert queries.balance(chart.SIMULATED) == order.amount


def test_the_simulated_bank_takes_money_twice_by_mistake_and_the_second_is_owed_back(client, order):
    press(client, order, "twice")
    assert queries.balance(chart.OWED_BACK) == -order.amount


def test_the_simulated_bank_lets_a_payer_give_up(client, order):
    assert "Chưa nộp" in text(press(client, order, "decline"))
    assert Order.objects.get().state == "pending"


@pytest.mark.parametrize(
    "change", [{"public_url": "https://city.example"}, {"bind": "0.0.0.0"}, {"payments": "vnpay"}]
)
def test_nobody_from_outside_pays_with_simulated_money(client, order, setting, change):
    client.post(f"/payments/{order.pk}/", {"provider": "simulated"})
    tried = Attempt.objects.get()
    setting(**change)
    assert client.post(f"/payments/simulated/{tried.pk}/", {"do": "pay"}).status_code == 404
    assert "mô phỏng" not in text(client.get(f"/payments/{order.pk}/"))
    assert Order.objects.get().state == "pending"


def test_a_simulated_notice_does_not_pay_a_real_attempt(client, order):
    from dothi.kernel.payments.providers.simulated.bank import notice
    from dothi.kernel.payments.providers.simulated.provider import shop
    from dothi.kernel.payments.tests.conftest import attempt

    real = attempt(order)
    forged = notice(shop(), reference=real.reference, amount=real.amount, provider_no="1")
    assert client.get("/payments/vnpay/ipn", forged).json()["RspCode"] == "97"


def test_the_receipt_has_number_sum_and_words(client, order):
    receiving.receive(
        order, Incoming("vnpay", "14000001", order.amount, chart.VNPAY, payer="Trần B"), by=SYSTEM
    )
    shown = text(client.get(f"/payments/receipts/{Receipt.objects.get().pk}/"))
    assert "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng" in shown
    assert {"14000001", "Trần"} <= set(shown.split())
    assert "Xem biên lai" in text(client.get(f"/payments/{order.pk}/"))


@pytest.mark.parametrize("state", ["paid", "refunded", "expired", "cancelled"])
def test_what_is_over_offers_no_way_to_pay(client, order, state):
    Order.objects.update(state=state)
    page = client.get(f"/payments/{order.pk}/")
    assert page.status_code == 200
    assert 'name="provider"' not in page.content.decode()
    assert client.post(f"/payments/{order.pk}/", {"provider": "vnpay"}).status_code == 410
