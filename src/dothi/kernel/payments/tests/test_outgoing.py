"""Calls to a provider over a real connection: what is answered, what is away, what is tried again."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dothi.core.clock import frozen, now
from dothi.kernel.events import log as logs
from dothi.kernel.events.declared import consumers
from dothi.kernel.events.leases import new_owner
from dothi.kernel.events.models import DeadLetter
from dothi.kernel.events.reader import Reader
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.payments import refunds, tasks
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Attempt, Order, Payment, Refund
from dothi.kernel.payments.providers.simulated.bank import Bank
from dothi.kernel.payments.providers.vnpay.ipn import answer
from dothi.kernel.payments.tests.conftest import ACCOUNTANT, CASHIER, SHOP, attempt, make_order

pytestmark = pytest.mark.django_db(transaction=True)


class Api:
    """A bank that listens on a port; ``mood`` makes it misbehave."""

    def __init__(self):
        self.bank, self.mood, self.asked = Bank(SHOP), "well", []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                api.asked.append(body)
                found = api.bank.api(body)
                if api.mood == "forged":
                    found["vnp_SecureHash"] = "0" * 128
                text = b"<html>" if api.mood == "garbled" else json.dumps(found).encode()
                self.send_response(503 if api.mood == "down" else 200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/transaction"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def api(setting):
    api = Api()
    setting(vnpay_api_url=api.url)
    yield api
    api.close()


@pytest.fixture
def work(wired):
    """Let the consumers do what is due, once."""
    owner = new_owner()
    readers = [
        Reader(consumers()[n], logs.logs()["city"], owner) for n in ("payments-refunds", "payments-questions")
    ]

    def once():
        for reader in readers:
            reader.begin()
            while reader.step():
                pass

    return once


def paid(api):
    tried = attempt(make_order())
    answer(api.bank.pay(tried.reference, tried.amount), shop=SHOP, money=chart.VNPAY)
    return Payment.objects.get(attempt=tried)


def approved(api, amount=None):
    refund = refunds.request(paid(api), amount=amount, reason="x", by=CASHIER)
    return refunds.approve(refund, by=ACCOUNTANT)


def test_an_approved_refund_is_sent_and_booked(api, work):
    approved(api)
    work()
    assert Refund.objects.get().state == "done"
    assert Order.objects.get().state == "refunded"
    assert list(api.bank.refunds.values()) == [75_000]
    assert api.asked[0]["vnp_TransactionType"] == "02"


def test_a_part_is_sent_as_a_part(api, work):
    approved(api, 5_000)
    work()
    assert api.asked[0]["vnp_TransactionType"] == "03"
    assert list(api.bank.refunds.values()) == [5_000]


@pytest.mark.parametrize("mood", ["down", "garbled"])
def test_while_the_bank_is_away_it_is_tried_again_and_nothing_is_booked(api, work, mood):
    approved(api)
    api.bank.api, answers = lambda body: {}, api.bank.api
    api.mood = mood
    work()
    assert Refund.objects.get().state == "approved"
    letter = DeadLetter.objects.get()
    assert (letter.consumer, letter.state) == ("payments-refunds", "retrying")
    api.mood, api.bank.api = "well", answers
    with frozen(now() + timedelta(hours=1)):
        work()
    assert Refund.objects.get().state == "done"
    assert not DeadLetter.objects.exists()


def test_a_forged_answer_is_not_believed(api, work):
    approved(api)
    api.mood = "forged"
    work()
    assert Refund.objects.get().state == "approved"


def test_a_refusal_waits_for_a_person(api, work):
    refund = approved(api)
    api.bank.refunds[refund.pk.hex] = 1
    work()
    found = Refund.objects.get()
    assert (found.state, found.answer) == ("failed", "94")
    assert queries.balance(chart.OWED_BACK) == -75_000


def test_a_refund_of_a_transfer_waits_for_a_person(api, work):
    order = make_order()
    from dothi.kernel.payments.providers.vietqr import banking

    banking.take([banking.Credited("FT1", now(), order.amount, order.code)], by=SYSTEM)
    refunds.approve(refunds.request(Payment.objects.get(), reason="x", by=CASHIER), by=ACCOUNTANT)
    work()
    assert Refund.objects.get().state == "approved"
    assert api.asked == []


def test_a_payment_whose_notice_never_came_is_asked_about_and_booked(api, work):
    tried = attempt(make_order())
    api.bank.pay(tried.reference, tried.amount)
    assert tasks.once() == (0, 0)
    with frozen(now() + timedelta(minutes=16)):
        assert tasks.once() == (0, 1)
        assert tasks.once() == (0, 0)
        work()
    assert Order.objects.get().state == "paid"
    # And when the notice comes after all, it is known.
    told = api.bank._paid[tried.reference]
    assert answer(told, shop=SHOP, money=chart.VNPAY)["RspCode"] == "02"


def test_nobody_is_asked_about_for_ever(api, work):
    attempt(make_order(days=30))
    with frozen(now()) as clock:
        for _ in range(8):
            clock.advance(timedelta(days=2))
            tasks.once()
            work()
    assert len(api.asked) == 5
    assert Attempt.objects.get().state == "started"
