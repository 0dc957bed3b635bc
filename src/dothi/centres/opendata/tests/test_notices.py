"""Following the catalogue: confirmed by mail, told once of each change, forgotten on leaving."""

import dataclasses
import json
import smtplib
from typing import ClassVar

import pytest

from dothi.centres.opendata import asked, notices, rules
from dothi.centres.opendata.actions import subscriptions
from dothi.centres.opendata.channels import registry
from dothi.centres.opendata.channels.base import Notice, Undeliverable
from dothi.centres.opendata.channels.email import channel as email
from dothi.centres.opendata.channels.webhook import channel as webhook
from dothi.centres.opendata.models import Change, Delivery, Subscription
from dothi.core import clock, config
from dothi.core.errors import BadInput, Conflict, Forbidden, NotFound, Unauthenticated, Unavailable
from dothi.kernel.events.log import Event
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS

pytestmark = pytest.mark.django_db
ADDRESS = "lan@example.vn"


class Box:
    """A way that keeps what it was given."""

    def __init__(self):
        self.sent = []
        self.able, self.error = True, None

    def ready(self):
        return self.able

    def check(self, address):
        return address.strip()

    def send(self, address, notice, *, language, secret):
        if self.error:
            raise self.error
        self.sent.append((address, notice))


@pytest.fixture
def box(monkeypatch):
    made = Box()
    monkeypatch.setattr(registry, "_channels", {"email": made, "webhook": made})
    return made


def due():
    """The notices in the log, as the consumer reads them."""
    rows = OutboxEvent.objects.filter(type="vn.dothi.opendata.notice-due").order_by("seq")
    return [
        Event(id=row.event_id, type=row.type, source="city", subject=row.subject, time=clock.now(),
              data=json.loads(row.data), position="1")
        for row in rows
    ]  # fmt: skip


def changed(change, **more):
    data = {"key": change.dataset, "change": change.pk, "themes": ["SOCI"], "publisher": "H29.2"} | more
    notices.spread(
        Event(id="c", type=f"vn.dothi.opendata.dataset-{change.kind}", source="city", subject="", time=clock.now(),
              data=data, position="1")
    )  # fmt: skip


@pytest.fixture
def change(db):
    return Change.objects.create(
        id=7, dataset="population", kind="updated", version=2, title_vi="Dân số", title_en="Population"
    )


def follow(**given):
    return subscriptions.subscribe(**({"via": "email", "address": ADDRESS, "by": ANONYMOUS} | given))


def confirmed(**given):
    made = follow(**given)
    return subscriptions.confirm(made.token, by=ANONYMOUS)


def test_an_address_is_asked_to_confirm(box, two):
    made = follow(dataset="population")
    assert made.state == "unconfirmed"
    notices.deliver(due()[0])
    ((address, letter),) = box.sent
    assert (address, letter.kind) == (ADDRESS, "confirm")
    assert made.token in letter.link


def test_nobody_is_told_before_they_confirmed(box, two, change):
    follow(dataset="population")
    changed(change)
    assert len(due()) == 1


def test_a_change_is_told_to_those_who_follow_it(box, two, change):
    confirmed(dataset="population")
    confirmed(address="all@example.vn")
    confirmed(address="theme@example.vn", theme="SOCI")
    confirmed(address="publisher@example.vn", publisher="H29.2")
    confirmed(address="other@example.vn", dataset="air-quality")
    confirmed(address="no@example.vn", theme="TRAN")
    changed(change)
    for each in due():
        notices.deliver(each)
    told = {address for address, letter in box.sent if letter.kind == "dataset-updated"}
    assert told == {ADDRESS, "all@example.vn", "theme@example.vn", "publisher@example.vn"}


def test_a_notice_says_what_happened_in_both_languages(box, two, change):
    confirmed(dataset="population")
    changed(change)
    notices.deliver(due()[-1])
    letter = box.sent[-1][1]
    assert letter.subject == {"vi": "Dữ liệu được cập nhật: Dân số", "en": "Data updated: Population"}
    assert letter.link.endswith("/data/population")


def test_a_notice_is_sent_once_however_often_it_is_handled(box, two, change):
    made = confirmed(dataset="population")
    changed(change)
    for _ in range(3):
        notices.deliver(due()[-1])
    assert len(box.sent) == 1
    assert Delivery.objects.count() == 1
    made.refresh_from_db()
    assert made.sent == 1


def test_what_fails_is_sent_when_it_is_tried_again(box, two, change):
    confirmed(dataset="population")
    changed(change)
    box.error = Undeliverable("busy")
    with pytest.raises(Undeliverable):
        notices.deliver(due()[-1])
    box.error = None
    notices.deliver(due()[-1])
    assert len(box.sent) == 1


def test_without_a_mail_server_notices_wait(box, two, change):
    confirmed(dataset="population")
    changed(change)
    box.able = False
    with pytest.raises(Unavailable):
        notices.deliver(due()[-1])


def test_who_left_is_forgotten_and_not_told(box, two, change):
    made = confirmed(dataset="population")
    changed(change)
    subscriptions.leave(made.token, by=ANONYMOUS)
    notices.deliver(due()[-1])
    assert box.sent == []
    made.refresh_from_db()
    assert ADDRESS not in (made.address, made.account)
    with pytest.raises(NotFound):
        subscriptions.leave(made.token, by=ANONYMOUS)


def test_following_again_after_leaving_is_possible(box, two):
    made = confirmed(dataset="population")
    subscriptions.leave(made.token, by=ANONYMOUS)
    assert follow(dataset="population").pk != made.pk


def test_following_twice_is_following_once(box, two):
    assert follow(dataset="population").pk == follow(dataset="population").pk
    assert len(due()) == 1


def test_an_old_link_confirms_nothing(box, two):
    made = follow(dataset="population")
    Subscription.objects.update(created_at=made.created_at - subscriptions.CONFIRM_WITHIN * 2)
    with pytest.raises(NotFound):
        subscriptions.confirm(made.token, by=ANONYMOUS)


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_does_nothing(db, token):
    with pytest.raises(NotFound):
        subscriptions.leave(token, by=ANONYMOUS)


@pytest.mark.parametrize(
    "wrong", [{"theme": "XXXX"}, {"dataset": "population", "theme": "ENVI"}, {"via": "pigeon"}]
)
def test_what_makes_no_sense_is_refused(box, two, wrong):
    with pytest.raises(BadInput):
        follow(**wrong)


def test_a_dataset_to_follow_is_published(box, two):
    with pytest.raises(NotFound):
        follow(dataset="nothing")


def test_there_is_an_end_to_subscriptions(box, two, monkeypatch):
    monkeypatch.setattr(subscriptions, "MOST_EACH", 1)
    follow(dataset="population")
    with pytest.raises(Conflict):
        follow(dataset="air-quality")


def test_webhooks_are_for_people_signed_in_and_active_at_once(box, two, actor):
    with pytest.raises(Unauthenticated):
        follow(via="webhook", address="https://example.vn/hook")
    made = follow(via="webhook", address="https://example.vn/hook", by=actor("an"))
    assert (made.state, len(made.secret) > 30) == ("active", True)
    assert asked.subscriptions(actor("an")) == [made]
    assert asked.subscriptions(ANONYMOUS) == []


def test_one_stops_one_s_own(box, two, actor):
    made = follow(via="webhook", address="https://example.vn/hook", by=actor("an"))
    with pytest.raises(Forbidden):
        subscriptions.unsubscribe(made, by=actor("binh"))
    subscriptions.unsubscribe(made, by=actor("binh", rules.FOLLOWERS))
    assert asked.subscriptions(actor("an")) == []


def test_events_carry_no_address(box, two):
    confirmed(dataset="population")
    assert not any(ADDRESS in row.data + row.subject for row in OutboxEvent.objects.all())


# --- e-mail

NOTICE = Notice("n1", "dataset-updated", {"vi": "Dữ liệu\nmới", "en": "New"}, {"vi": "Có", "en": "Yes"},
                "https://x.vn/data/a", "https://x.vn/leave?token=t", {"dataset": "a"})  # fmt: skip


@pytest.fixture
def mailing(monkeypatch):
    """Settings with a mail server."""
    made = dataclasses.replace(
        config.current(), mail_url="smtp://u:p%40@mail.example.vn:2525", mail_from="data@example.vn"
    )
    monkeypatch.setattr(email, "current", lambda: made)
    return made


class Server:
    """A mail server that keeps letters."""

    letters: ClassVar = []
    error = None

    def __init__(self, host, port, **_):
        self.host, self.port = host, port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def has_extn(self, name):
        return True

    def starttls(self, context):
        self.safe = True

    def login(self, user, password):
        assert (user, password, self.safe) == ("u", "p@", True)

    def send_message(self, letter):
        if Server.error:
            raise Server.error
        Server.letters.append(letter)


def test_a_letter_can_be_left_with_one_click(mailing, monkeypatch):
    Server.letters, Server.error = [], None
    monkeypatch.setattr(smtplib, "SMTP", Server)
    email.EmailChannel().send(ADDRESS, NOTICE, language="vi", secret="")
    (letter,) = Server.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Subject"] == "Dữ liệu mới"
    assert "https://x.vn/data/a" in letter.get_content()


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (smtplib.SMTPRecipientsRefused({}), Undeliverable),
        (OSError("no"), Unavailable),
        (smtplib.SMTPServerDisconnected(), Unavailable),
    ],
)
def test_a_refused_address_is_told_from_a_server_that_is_away(mailing, monkeypatch, error, raised):
    Server.error = error
    monkeypatch.setattr(smtplib, "SMTP", Server)
    with pytest.raises(raised):
        email.EmailChannel().send(ADDRESS, NOTICE, language="vi", secret="")


def test_without_settings_no_mail_is_sent():
    assert email.EmailChannel().ready() is False


@pytest.mark.parametrize(
    "address", ["", "a", "a@b", "a b@c.vn", "a@c.vn\r\nBcc: x@y.vn", "x" * 300 + "@c.vn"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(BadInput):
        email.EmailChannel().check(address)


# --- webhook


@pytest.mark.parametrize(
    "address", ["http://example.vn", "https://", "https://u:p@example.vn/", "ftp://x", "https://a b", "x"]
)
def test_a_webhook_needs_a_plain_https_address(address):
    with pytest.raises(BadInput):
        webhook.WebhookChannel().check(address)


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "100.64.0.1", "0.0.0.0"],
)
def test_a_webhook_never_reaches_into_our_network(monkeypatch, inside):
    monkeypatch.setattr(webhook.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (inside, 443))])
    with pytest.raises(Undeliverable, match="not public"):
        webhook.judged("evil.example", 443)


def test_one_inside_address_among_several_is_enough_to_refuse(monkeypatch):
    both = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(webhook.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Undeliverable):
        webhook.judged("evil.example", 443)


class Connection:
    """A receiver that answers with a status."""

    status, made = 204, []

    def __init__(self, host, port, address):
        self.host = host

    def request(self, method, path, body, headers):
        Connection.made.append((method, path, body, headers))

    def getresponse(self):
        return self

    def close(self):
        pass


def test_a_webhook_gets_a_signed_cloudevent(monkeypatch):
    Connection.made, Connection.status = [], 204
    monkeypatch.setattr(webhook, "_Pinned", Connection)
    monkeypatch.setattr(webhook, "judged", lambda host, port: "8.8.8.8")
    webhook.WebhookChannel().send("https://example.vn/hook?a=1", NOTICE, language="vi", secret="s")
    ((method, path, body, headers),) = Connection.made
    assert (method, path) == ("POST", "/hook?a=1")
    told = json.loads(body)
    assert (told["specversion"], told["type"], told["id"]) == (
        "1.0",
        "vn.dothi.opendata.dataset-updated",
        "n1",
    )
    at = int(headers["Dothi-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Dothi-Signature"] == webhook.signature("s", body, at)
    assert headers["Dothi-Signature"] != webhook.signature("other", body, at)


@pytest.mark.parametrize("status", [301, 404, 500])
def test_anything_but_taken_is_tried_again(monkeypatch, status):
    monkeypatch.setattr(webhook, "_Pinned", Connection)
    monkeypatch.setattr(webhook, "judged", lambda host, port: "8.8.8.8")
    Connection.status = status
    with pytest.raises(Undeliverable, match=str(status)):
        webhook.WebhookChannel().send("https://example.vn/hook", NOTICE, language="vi", secret="s")


def test_a_name_that_does_not_exist_is_tried_again():
    with pytest.raises(Undeliverable):
        webhook.judged("nothing.invalid", 443)
