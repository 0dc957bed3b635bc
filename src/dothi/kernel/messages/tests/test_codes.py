"""A code reaches whoever gave the address and nobody else; guessing and flooding are stopped."""

import re
from datetime import timedelta

import pytest

from dothi.core.errors import BadInput, Gone, TooMany
from dothi.kernel.events.log import Event
from dothi.kernel.messages import actions, codes, delivering
from dothi.kernel.messages.channels import registry
from dothi.kernel.messages.channels.base import Sent
from dothi.kernel.messages.models import Message, OneTimeCode
from dothi.kernel.messages.rules import Recipient, short

pytestmark = pytest.mark.django_db
MAI = codes.address("0903 123 456")


@pytest.fixture
def at(monkeypatch):
    """The time, which a test moves on."""
    held = [codes.now()]
    monkeypatch.setattr(codes, "now", lambda: held[0])

    def later(**spans):
        held[0] += timedelta(**spans)

    return later


@pytest.fixture
def gateway():
    """What a gateway for text messages was given."""
    before, sent = registry.channels()["sms"], []

    class Way:
        def ready(self):
            return True

        def check_config(self):
            return []

        def send(self, message):
            sent.append((message.address, short(message.subject, message.text, message.link)))
            return Sent("1")

    registry.use("sms", Way())
    yield sent
    registry.use("sms", before)


def deliver():
    held = Message.objects.order_by("-created_at").first()
    data = {"id": str(held.pk)}
    delivering.deliver(
        Event(id="1", type=actions.DUE, source="c", subject="", time=held.created_at, data=data, position="1")
    )
    held.refresh_from_db()
    return held


def asked(code="424242"):
    return codes.ask(MAI, language="vi", digits=lambda: code)


def test_only_the_receiver_reads_the_code(at, gateway):
    made = codes.ask(MAI, language="vi")
    kept = Message.objects.get()
    assert not re.search(r"\d{6}", kept.text)
    row = OneTimeCode.objects.get()
    assert MAI.value not in (row.address + row.code)
    held = deliver()
    [(address, text)] = gateway
    code = re.search(r"\d{6}", text)[0]
    assert (address, held.state, held.sealed) == (MAI.value, "sent", "")
    codes.confirm(made.id, MAI, f" {code[:3]} {code[3:]} ")
    with pytest.raises(Gone):
        codes.confirm(made.id, MAI, code)


def test_a_code_of_one_address_confirms_no_other(at):
    made = asked()
    with pytest.raises(Gone):
        codes.confirm(made.id, codes.address("mai@example.vn"), "424242")


def test_ten_minutes_and_five_attempts(at):
    made = asked()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(BadInput, match=str(left)):
            codes.confirm(made.id, MAI, "000000")
    with pytest.raises(TooMany):
        codes.confirm(made.id, MAI, "424242")
    at(minutes=2)
    made = asked()
    at(minutes=10, seconds=1)
    with pytest.raises(Gone):
        codes.confirm(made.id, MAI, "424242")


def test_an_address_cannot_be_flooded_nor_guessed_on(at):
    first = asked()
    with pytest.raises(TooMany) as error:
        asked()
    assert error.value.members["retry_after"] == 60
    tries = 0
    for _ in range(4):
        at(minutes=1, seconds=1)
        made = asked()
        for _ in range(4):
            tries += 1
            with pytest.raises(BadInput if tries <= codes.ATTEMPTS_AN_HOUR else TooMany):
                codes.confirm(made.id, MAI, "000000")
    at(minutes=2)
    with pytest.raises(TooMany):
        asked()
    with pytest.raises(Gone):  # a newer code replaced it
        codes.confirm(first.id, MAI, "424242")
    at(days=2)
    asked()
    assert OneTimeCode.objects.count() == 1


def test_a_link_carries_its_key_to_the_receiver_only(gateway):
    link = "https://city.vn/c/track/1/"
    actions.send(
        Recipient(phone="0903123456"), subject="s", text=f"Xem {link}", key="k", purpose="p", link=link,
        sealed={link: f"{link}?k=SECRET"},
    )  # fmt: skip
    kept = Message.objects.get()
    assert "SECRET" not in kept.text + kept.link + kept.sealed
    deliver()
    assert gateway == [("+84903123456", f"Xem {link}?k=SECRET")]
