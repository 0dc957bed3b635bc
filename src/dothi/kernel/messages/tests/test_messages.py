"""A message is asked for once, delivered once, and never lost without a word."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from dothi.core import config as configuration
from dothi.core.errors import BadInput, Conflict, Unauthenticated, Unavailable
from dothi.kernel.events.log import Event
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.messages import actions, delivering, queries
from dothi.kernel.messages.channels import registry
from dothi.kernel.messages.channels.base import Refused, Sent
from dothi.kernel.messages.channels.sms.channel import SmsChannel
from dothi.kernel.messages.channels.zalo.channel import ZaloChannel
from dothi.kernel.messages.rules import Recipient, email, masked, phone, route, short

MAI = Recipient(name="Trần Thị Mai", phone="0903 123 456", email="Mai@Example.ORG")


@pytest.fixture
def settings_are(monkeypatch):
    def put(**values):
        changed = replace(configuration.current(), **values)
        for module in (
            "dothi.core.config", "dothi.kernel.messages.api", "dothi.kernel.messages.channels.sms.channel",
            "dothi.kernel.messages.channels.zalo.channel", "dothi.kernel.messages.channels.email.channel",
            "dothi.kernel.messages.channels.file.channel",
        ):  # fmt: skip
            monkeypatch.setattr(f"{module}.current", lambda: changed)

    return put


@pytest.fixture
def way():
    """A text-message gateway in memory, whose answer a test decides."""
    before = registry.channels()["sms"]
    sent, answers = [], []

    class Way:
        def ready(self):
            return True

        def check_config(self):
            return []

        def send(self, message):
            answer = answers.pop(0) if answers else Sent("gw-1")
            if isinstance(answer, Exception):
                raise answer
            sent.append((message.address, message.text))
            return answer

    registry.use("sms", Way())
    yield SimpleNamespace(sent=sent, answers=answers)
    registry.use("sms", before)


def ask(key="k", to=MAI, text="Hồ sơ của bạn đã được tiếp nhận."):
    return actions.send(
        to, subject="Hồ sơ", text=text, key=key, purpose="receipt", about="case:1", link="https://x.vn/a"
    )


def deliver(message):
    event = Event(
        id="1", type=actions.DUE, source="city", subject=message.reference, time=message.created_at,
        data={"id": str(message.pk)}, position="1",
    )  # fmt: skip
    delivering.deliver(event)
    message.refresh_from_db()
    return message.state


@pytest.mark.django_db
def test_one_key_is_one_message(way):
    assert ask().pk == ask().pk
    assert OutboxEvent.objects.filter(type=actions.DUE).count() == 1
    assert "0903" not in OutboxEvent.objects.get(type=actions.DUE).data


@pytest.mark.django_db
def test_a_message_is_sent_once_however_often_it_is_delivered(way):
    made = ask()
    assert deliver(made) == "sent"
    assert deliver(made) == "sent"
    assert way.sent == [("+84903123456", "Hồ sơ của bạn đã được tiếp nhận.")]


@pytest.mark.django_db
def test_a_gateway_that_is_away_is_asked_again(way):
    made = ask()
    way.answers.append(Unavailable("away"))
    with pytest.raises(Unavailable):
        deliver(made)
    made.refresh_from_db()
    assert (made.state, made.attempts) == ("queued", 1)
    assert deliver(made) == "sent"


@pytest.mark.django_db
def test_what_a_gateway_refuses_waits_for_a_person(way):
    made = ask()
    way.answers.append(Refused("blocked number"))
    assert deliver(made) == "failed"
    assert queries.failed(SYSTEM)[0].error == "blocked number"
    actions.resend(made, by=SYSTEM)
    assert deliver(made) == "sent"
    with pytest.raises(Conflict):
        actions.resend(made, by=SYSTEM)


@pytest.mark.django_db
def test_a_cancelled_message_is_not_sent(way):
    made = ask()
    actions.cancel(made, by=SYSTEM)
    assert deliver(made) == "cancelled"
    assert way.sent == []


@pytest.mark.django_db
def test_without_a_gateway_a_message_is_written_and_says_so(settings_are, tmp_path):
    settings_are(home=tmp_path, mail_url="", sms_url="")
    made = ask()
    assert deliver(made) == "written"
    [path] = (tmp_path / "outbox").rglob("*.txt")
    assert "+84903123456" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    letter = ask("other", Recipient(name="Mai", email="mai@example.org"))
    assert deliver(letter) == "written"
    assert next((tmp_path / "outbox").rglob("*.eml")).read_bytes().startswith(b"From:")


@pytest.mark.django_db
def test_a_gateway_reports_a_delivery_once(way, settings_are):
    settings_are(receipts_token="t0k")
    made = ask()
    deliver(made)
    body = json.dumps({"channel": "sms", "id": "gw-1", "state": "delivered"})

    def report(token):
        return (
            Client()
            .post(
                "/api/messages/receipts",
                body,
                "application/json",
                headers={"Authorization": f"Bearer {token}"},
            )
            .status_code
        )

    assert [report("wrong"), report("t0k"), report("t0k")] == [403, 204, 204]
    made.refresh_from_db()
    assert made.state == "delivered"


@pytest.mark.django_db
def test_nobody_reads_messages_without_the_permission():
    with pytest.raises(Unauthenticated):
        queries.failed(ANONYMOUS)


def test_the_way_wanted_is_taken_where_it_works():
    to = replace(MAI, zalo=True)
    assert route(to, {"zalo", "sms", "email"})[0] == "zalo"
    assert route(to, {"sms", "email"}) == ("sms", "+84903123456")
    assert route(to, {"email"}) == ("email", "Mai@example.org")
    assert route(to, ()) == ("sms", "+84903123456")
    assert route(replace(to, ways=("email",)), {"sms"})[0] == "email"
    with pytest.raises(BadInput):
        route(Recipient(name="x"), {"sms"})


@pytest.mark.parametrize("number", ["0903123456", "+84 903 123 456", "84903123456", "0903.123.456"])
def test_a_number_has_one_form(number):
    assert phone(number) == "+84903123456"


@pytest.mark.parametrize("number", ["", "123", "0203123456", "09031234567", "abc"])
def test_what_is_no_mobile_number_is_refused(number):
    with pytest.raises(BadInput):
        phone(number)


@pytest.mark.parametrize("address", ["", "a", "a@b", "a b@c.vn", "a@b.vn\nBcc: x@y.vn"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(BadInput):
        email(address)


def test_a_long_text_message_keeps_its_link():
    made = short("s", "x " * 500, "https://x.vn/abc")
    assert len(made) <= 480
    assert made.endswith("… https://x.vn/abc")


def test_addresses_are_masked_on_screens():
    assert masked("sms", "+84903123456") == "+84 ••• ••56"
    assert masked("email", "mai@example.org") == "m•••@example.org"


@pytest.fixture
def gateway():
    """A real HTTP server that answers as told."""
    told = SimpleNamespace(status=200, body={}, asked=[])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            told.asked.append((dict(self.headers), json.loads(self.rfile.read(length))))
            body = json.dumps(told.body).encode()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/send"
    yield told
    server.shutdown()
    server.server_close()


MESSAGE = SimpleNamespace(
    id=uuid4(),
    channel="sms",
    address="+84903123456",
    name="",
    language="vi",
    subject="S",
    text="T",
    link="",
    purpose="p",
)


def test_a_text_message_goes_to_the_gateway(gateway, settings_are):
    settings_are(sms_url=gateway.url, sms_token="tok", sms_sender="TPHCM")
    gateway.body = {"id": "42"}
    assert SmsChannel().send(MESSAGE) == Sent("42")
    headers, body = gateway.asked[0]
    assert headers["Authorization"] == "Bearer tok"
    assert body == {"id": str(MESSAGE.id), "to": "+84903123456", "from": "TPHCM", "text": "T"}


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Refused), (422, Refused), (401, Unavailable), (429, Unavailable), (503, Unavailable)],
)
def test_answers_of_a_gateway_mean_never_or_later(gateway, settings_are, status, error):
    settings_are(sms_url=gateway.url)
    gateway.status = status
    with pytest.raises(error):
        SmsChannel().send(MESSAGE)


def test_a_gateway_that_cannot_be_reached_is_asked_later(settings_are):
    settings_are(sms_url="http://127.0.0.1:9/")
    with pytest.raises(Unavailable):
        SmsChannel().send(MESSAGE)


@pytest.mark.parametrize(("code", "error"), [(-124, Unavailable), (-108, Refused)])
def test_zalo_says_why_in_its_answer(gateway, settings_are, code, error):
    settings_are(zalo_url=gateway.url, zalo_token="t", zalo_template="1")
    gateway.body = {"error": code, "message": "x"}
    with pytest.raises(error):
        ZaloChannel().send(MESSAGE)
    gateway.body = {"error": 0, "data": {"msg_id": "z1"}}
    assert ZaloChannel().send(MESSAGE) == Sent("z1")
    assert gateway.asked[-1][1]["phone"] == "84903123456"


def test_settings_that_do_not_fit_together_are_named(settings_are):
    settings_are(
        sms_url="http://gateway.example/",
        sms_token="",
        zalo_token="t",
        zalo_template="",
        mail_url="smtp://x",
        mail_from="",
    )
    assert set(registry.check_config()) == {"sms", "zalo", "email"}
    assert len(registry.check_config()["sms"]) == 2
