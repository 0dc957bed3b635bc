"""What people write is taken once, continues only their own report, and nothing hostile stops the others."""

import hashlib
import io
import json
from email.message import EmailMessage

import pytest
from django.test import Client
from PIL import Image

from dothi.centres.hotline import actions, calls
from dothi.centres.hotline.inbound import registry, taking
from dothi.centres.hotline.inbound.email import mailbox
from dothi.centres.hotline.inbound.email.driver import EmailDriver
from dothi.centres.hotline.models import Inbound
from dothi.centres.hotline.tests.conftest import HERE, ward
from dothi.centres.hotline.tests.test_desk import ELSEWHERE, OPERATOR, POLICE, SUPERVISOR
from dothi.core.clock import now_us
from dothi.core.config import current
from dothi.core.errors import Conflict, Forbidden
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries
from dothi.kernel.cases.models import Case
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.messages.channels.base import Sent
from dothi.kernel.messages.channels.zalo.channel import ZaloChannel
from dothi.kernel.messages.models import Message
from dothi.kernel.messages.rules import Recipient

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ward")]
HOLE = "Ổ gà lớn trước số 12 Lê Lợi, xe máy té"


def picture():
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    return out.getvalue()


def mail(
    text=HOLE, subject="Ổ gà", sender="Mai <mai@example.vn>", number="<1@example.vn>", photo=None, **heads
):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, "1022@example.vn", subject, number
    for name, value in heads.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if photo:
        made.add_attachment(photo, maintype="image", subtype="jpeg", filename="../../ổ gà.jpg")
    return made.as_bytes()


def filed(**more):
    return actions.file_report(
        "pothole", HOLE, by=ANONYMOUS, position=HERE, contact=Recipient(email="mai@example.vn"), **more
    )


def test_an_email_waits_for_an_operator_and_becomes_its_senders_report_with_its_picture():
    row = taking.take("e-mail", mail(photo=picture()))
    assert (row.state, taking.take("e-mail", mail(photo=picture())).pk) == ("waiting", row.pk)
    assert [each.pk for each in taking.waiting(by=OPERATOR)] == [row.pk]
    call = calls.take_up(row.pk, by=OPERATOR)
    assert (call.channel, call.draft["email"]) == ("e-mail", "mai@example.vn")
    assert HOLE in call.draft["description"]
    with pytest.raises(Conflict):
        calls.take_up(row.pk, by=SUPERVISOR)
    made = calls.file(
        call.pk,
        category="pothole",
        description=HOLE,
        position=HERE,
        contact=Recipient(email="mai@example.vn"),
        by=OPERATOR,
    )
    view = queries.get(made.code, by=SYSTEM)
    assert (view.channel, contacts.of(view.id).email) == ("e-mail", "mai@example.vn")
    assert len(view.snapshot.documents["photo"]) == 1
    row.refresh_from_db()
    assert (row.state, row.case) == ("taken", view.id)


def test_a_code_in_the_subject_continues_the_senders_own_report():
    made = filed()
    cases.act(made.case, "ask", by=OPERATOR, data={"question": "Hố sâu bao nhiêu?"})
    row = taking.take(
        "e-mail", mail("Sâu 20 cm\n\nVào 1/12 1022 đã viết:\n> cũ", f"Re: {made.code}", photo=picture())
    )
    view = queries.get(made.case, by=SYSTEM)
    assert (row.state, view.state, view.data["more_information"]) == ("taken", "new", "Sâu 20 cm")
    assert len(view.snapshot.documents["photo"]) == 1
    taking.take("e-mail", mail("Cảm ơn", f"Re: {made.code}", number="<2@example.vn>"))
    assert any(line.note == "Cảm ơn" for line in queries.timeline(made.case, by=SYSTEM))


def test_who_only_knows_the_code_changes_nothing():
    made = filed()
    row = taking.take("e-mail", mail("Xoá đi", f"Re: {made.code}", "Ai Đó <kẻ@example.org>"))
    row = taking.take("e-mail", mail("Xoá đi", f"Re: {made.code}", "x@example.org", "<3@x>"))
    assert row.state == "waiting"
    assert "another address" in row.why
    assert len(queries.timeline(made.case, by=SYSTEM)) == 1
    assert taking.take("e-mail", mail("?", "Re: 1022-200101-99999", number="<4@x>")).state == "waiting"


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<a.example>"},
        {"Return_Path": "<>"},
        {"sender": "Mail Delivery <MAILER-DAEMON@example.vn>"},
    ],
)
def test_bounces_and_automatic_replies_are_refused_and_answered_by_nobody(heads):
    row = taking.take("e-mail", mail(**heads))
    assert row.state == "refused"
    assert row.why
    assert not Message.objects.exists()
    assert not Case.objects.exists()


HOSTILE = {
    "nothing": b"",
    "no sender": b"Subject: x\r\n\r\ntext",
    "zeros": b"\x00" * 5000,
    "bad characters": b"From: a@b.vn\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe text",
    "broken parts": b"From: a@b.vn\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\n--x\r\nContent-Type: multipart/mixed\r\n\r\n",
    "deep": b"From: a@b.vn\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(80)
    ),
    "two senders": b"From: a@b.vn, c@d.vn\r\nFrom: e@f.vn\r\nSubject: =?x?q?=\r\n\r\nhi",
    "a script": b"From: a@b.vn\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><p>Hello</p><style>x{}</style>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_stop_nothing(name):
    row = taking.take("e-mail", HOSTILE[name])
    assert row.state in ("waiting", "dead", "refused")
    assert row.state != "dead" or row.why not in ("", "…")
    assert not Case.objects.exists()


def test_html_is_read_as_words_and_file_names_lose_their_folders():
    read = EmailDriver().read(HOSTILE["a script"])
    assert read.text == "Hello"
    [(name, _)] = EmailDriver().read(mail(photo=picture())).photos
    assert name == "ổ gà.jpg"


def test_a_picture_that_is_none_does_not_undo_the_words():
    made = filed()
    taking.take("e-mail", mail("Đây là ảnh", f"Re: {made.code}", photo=b"not a picture"))
    notes = [line.note for line in queries.timeline(made.case, by=SYSTEM)]
    assert "Đây là ảnh" in notes
    assert any("files not taken" in note for note in notes)


def test_dead_letters_are_seen_read_again_and_given_up_by_supervisors_only(monkeypatch):
    monkeypatch.setattr(EmailDriver, "read", lambda *_: 1 / 0)
    row = taking.take("e-mail", mail())
    assert (row.state, row.why) == ("dead", "ZeroDivisionError")
    assert taking.waiting(by=OPERATOR) == []
    assert [each.pk for each in taking.waiting(by=SUPERVISOR)] == [row.pk]
    for by in (OPERATOR, POLICE, ELSEWHERE):
        with pytest.raises(Forbidden):
            taking.retry(row.pk, by=by)
    monkeypatch.undo()
    assert taking.retry(row.pk, by=SUPERVISOR).state == "waiting"
    assert taking.discard(row.pk, reason="Quảng cáo", by=SUPERVISOR).state == "discarded"
    with pytest.raises(Conflict):
        taking.discard(row.pk, reason="x", by=SUPERVISOR)


def test_one_sender_cannot_flood_the_desk(monkeypatch):
    monkeypatch.setattr(taking, "AN_HOUR_MOST", 2)
    states = [taking.take("e-mail", mail(number=f"<{n}@x>")).state for n in range(4)]
    assert states == ["waiting", "waiting", "refused", "refused"]


class Box:
    """A mailbox as IMAP answers."""

    def __init__(self, *mails):
        self.mails, self.seen = mails, []

    def uid(self, does, *rest):
        if does == "search":
            return "OK", [b" ".join(str(n + 1).encode() for n in range(len(self.mails)))]
        if does == "store":
            self.seen.append(rest[0])
            return "OK", []
        content = self.mails[int(rest[0]) - 1]
        if "SIZE" in rest[1]:
            return "OK", [b"1 (UID 1 RFC822.SIZE %d)" % len(content)]
        return "OK", [(b"1 (BODY[] {1}", content), b")"]


def test_the_mailbox_is_emptied_once():
    box = Box(mail(), mail(number="<2@x>"), mail())
    assert mailbox.poll(box, lambda content: taking.take("e-mail", content)) == 3
    assert (box.seen, Inbound.objects.count()) == (["1", "2", "3"], 2)


@pytest.fixture
def zalo(monkeypatch):
    monkeypatch.setenv("DOTHI_ZALO_APP_ID", "42")
    monkeypatch.setenv("DOTHI_ZALO_WEBHOOK_SECRET", "khoá")
    monkeypatch.setenv("DOTHI_ZALO_TOKEN", "t")
    monkeypatch.setenv("DOTHI_ZALO_TEMPLATE", "1")
    current.cache_clear()
    yield
    current.cache_clear()


def event(name="user_send_text", message=None, number="m1", at=None, user="777"):
    body = {
        "app_id": "42", "event_name": name, "sender": {"id": user}, "timestamp": str((at or now_us()) // 1000),
        "message": {"msg_id": number, **(message or {"text": HOLE})},
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False).encode()


def told(body, signature=None):
    stamp = json.loads(body)["timestamp"]
    mac = hashlib.sha256(b"42" + body + stamp.encode() + "khoá".encode()).hexdigest()
    heads = {"X-ZEvent-Signature": signature if signature is not None else f"mac={mac}"}
    return Client().post("/hotline/zalo", body, content_type="application/json", headers=heads)


def test_zalo_is_off_until_it_is_set_up():
    assert told(event()).status_code == 403
    assert not Inbound.objects.exists()


@pytest.mark.usefixtures("zalo")
def test_what_zalo_did_not_sign_or_signed_long_ago_is_refused():
    assert told(event(), "mac=00").status_code == 403
    assert told(event(), "").status_code == 403
    assert told(event(at=now_us() - 7_200_000_000)).status_code == 403
    body = event()
    assert told(body.replace("Ổ gà".encode(), "Ổ vịt".encode()), told_mac(body)).status_code == 403
    assert Client().post("/hotline/zalo", b"[]", content_type="application/json").status_code in (400, 403)
    assert not Inbound.objects.exists()


def told_mac(body):
    stamp = json.loads(body)["timestamp"]
    return "mac=" + hashlib.sha256(b"42" + body + stamp.encode() + "khoá".encode()).hexdigest()


@pytest.mark.usefixtures("zalo")
def test_a_zalo_talk_is_taken_up_whole_once_and_answered(monkeypatch):
    sent = []
    monkeypatch.setattr(
        ZaloChannel,
        "_sent",
        lambda self, url, body, message: sent.append((url, body)) or Sent(str(message.id)),
    )
    place = {
        "attachments": [
            {
                "type": "location",
                "payload": {"coordinates": {"latitude": str(HERE[1]), "longitude": str(HERE[0])}},
            }
        ]
    }
    photo = {"attachments": [{"type": "image", "payload": {"url": "https://example.zdn.vn/a.jpg"}}]}
    for body in (
        event(),
        event(),
        event("user_send_location", place, "m2"),
        event("user_send_image", photo, "m3"),
    ):
        assert told(body).status_code == 200
    assert told(event("user_seen_message", number="m4")).status_code == 200
    assert sorted(Inbound.objects.values_list("state", flat=True)) == [
        "refused",
        "waiting",
        "waiting",
        "waiting",
    ]
    call = calls.take_up(taking.waiting(by=OPERATOR)[0].pk, by=OPERATOR)
    assert taking.waiting(by=OPERATOR) == []
    assert call.draft["lat"] == str(HERE[1])
    assert "example.zdn.vn" in call.draft["description"]
    made = calls.file(call.pk, category="pothole", description=HOLE, position=HERE, by=OPERATOR)
    answer = Message.objects.get(purpose="hotline.filed")
    assert (answer.channel, answer.address) == ("zalo", "user:777")
    assert made.code in answer.text
    ZaloChannel().send(answer)
    assert sent[-1][1]["recipient"] == {"user_id": "777"}


def test_settings_that_go_together_are_told(monkeypatch):
    monkeypatch.setenv("DOTHI_ZALO_APP_ID", "42")
    current.cache_clear()
    assert "zalo" in registry.check_config()
    monkeypatch.undo()
    current.cache_clear()
    assert registry.check_config() == {}
