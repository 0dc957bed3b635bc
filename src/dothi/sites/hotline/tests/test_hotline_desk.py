"""The desk of 1022 without a script: a call becomes a report, is handed on by one button; nobody else gets in."""

import re

import pytest
from django.test import Client

from dothi.centres.hotline import actions, handling
from dothi.centres.hotline.inbound import taking
from dothi.centres.hotline.models import Answer, Call
from dothi.centres.hotline.tests.conftest import HERE, WARD, ward
from dothi.centres.hotline.tests.test_desk import POLICE, SUPERVISOR
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries, scopes
from dothi.kernel.cases.models import Case
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.messages.rules import Recipient

__all__ = ["ward"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ward")]
SAID = {
    "description": "Ổ gà lớn giữa đường, xe máy té", "category": "pothole", "number": "0903 123 456", "name": "Chị Mai",
    "f.place.address": "12 Lê Lợi", "f.place.unit": WARD, "f.place.lat": "10,77689", "f.place.lon": "106.70098",
}  # fmt: skip


def signed_in(*roles, unit="79", organisation=""):
    account = identity.create_account(
        f"{'-'.join(roles)}{unit}{organisation}@example.org", name="Nguyễn Văn Trực", by=SYSTEM
    )
    for role in roles:
        identity.grant_role(account, role, by=SYSTEM, reason="thử", unit=unit, organisation=organisation)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture(autouse=True)
def _fresh():
    scopes.forget()


@pytest.fixture
def operator():
    return signed_in("hotline-operator")


@pytest.fixture
def screen(operator):
    """The address of a call that was taken."""
    return operator.post("/desk/1022/calls/", {"number": "0903 123 456"}).url


def text(answer):
    return answer.content.decode()


def test_a_call_is_written_down_sent_read_aloud_and_handed_on(operator, screen):
    assert operator.get(screen).status_code == 200
    sent = operator.post(screen, SAID | {"do": "send"})
    assert sent.status_code == 302, text(sent)
    [row] = Case.objects.all()
    shown = text(operator.get(sent.url))
    assert row.code in shown
    assert " – ".join(" ".join(part) for part in row.code.split("-")) in shown
    assert "Trung tâm Quản lý hạ tầng giao thông đường bộ" in shown
    assert contacts.of(row.id).phone == "+84903123456"
    to = re.search(r'name="to" value="([^"]+)"', shown)[1]
    done = operator.post(
        f"/desk/1022/reports/{row.code}/dispatch/", {"to": to, "priority": "normal", "key": "1"}
    )
    assert done.status_code == 302
    assert queries.get(row.num, by=SYSTEM).organisation == "road-infrastructure-centre"
    assert operator.post(f"{screen}end/", {}).url == "/desk/1022/"
    assert Call.objects.get().outcome == "filed"


def test_words_are_kept_when_the_page_is_closed_and_suggestions_come_with_them(operator, screen):
    shown = text(operator.post(f"{screen}assist/", SAID | {"category": ""}))
    assert 'data-choose="pothole"' in shown
    assert "Ổ gà lớn giữa đường" in text(operator.get(screen))
    asked = text(operator.post(f"{screen}assist/", SAID | {"asked": ""}))
    assert 'name="a.size"' in asked
    assert "hx-swap-oob" in asked
    assert "hx-swap-oob" not in text(operator.post(f"{screen}assist/", SAID | {"asked": "pothole"}))
    assert "12 Lê Lợi" in text(operator.get(screen))
    assert "Ổ gà" in text(operator.get("/desk/1022/"))


def test_what_is_missing_is_told_and_nothing_is_lost(operator, screen):
    answer = operator.post(screen, {"description": "Ổ gà lớn", "category": "pothole", "do": "send"})
    assert answer.status_code == 422
    assert "Ổ gà lớn" in text(answer)
    assert operator.post(screen, {"description": "Ổ gà lớn", "category": "", "do": "send"}).status_code == 422
    wrong = operator.post(screen, SAID | {"f.place.lat": "bắc", "do": "send"})
    assert wrong.status_code == 422
    assert not Case.objects.exists()


def test_a_reported_matter_takes_the_caller_in(operator, screen):
    made = actions.file_report("pothole", "Có ổ gà to giữa đường", by=ANONYMOUS, position=HERE)
    assert made.code in text(operator.post(f"{screen}assist/", SAID))
    assert operator.post(screen, SAID | {"follow": made.code}).status_code == 302
    assert [each.phone for each, _ in contacts.followers(made.case)] == ["+84903123456"]
    assert Case.objects.count() == 1


def test_the_number_shows_what_it_told_before(operator, screen):
    made = actions.file_report(
        "pothole", "Ổ gà", by=ANONYMOUS, position=HERE, contact=Recipient(phone="0903123456")
    )
    assert made.code in text(operator.get(screen))
    assert made.code in text(
        operator.post(f"{screen}known/".replace("known", "caller"), {"number": "0903123456"})
    )
    assert made.code not in text(operator.post(f"{screen}caller/", {"number": "0903999999"}))


def test_merge_part_reroute_and_split_at_the_desk(operator):
    first, later = (actions.file_report("pothole", "Ổ gà to", by=ANONYMOUS, position=HERE) for _ in range(2))
    at = f"/desk/1022/reports/{later.code}/"
    assert first.code in text(operator.get(at))
    assert operator.post(f"{at}merge/", {"with": first.code, "key": "m"}).status_code == 302
    assert "Un-merge" not in text(operator.get(at))
    assert operator.post(f"{at}unmerge/", {"reason": "Khác nhau", "key": "u"}).status_code == 302
    assert operator.post(f"{at}dispatch/", {"to": "police", "key": "d"}).status_code == 302
    refused = operator.post(f"{at}reroute/", {"to": "drainage-company", "reason": " ", "key": "r"})
    assert refused.status_code == 422
    assert (
        operator.post(f"{at}reroute/", {"to": "drainage-company", "reason": "Ngập", "key": "r2"}).status_code
        == 302
    )
    parts = {"category": ["street-lighting", ""], "description": ["Đèn tắt", ""], "key": "s"}
    assert operator.post(f"{at}split/", parts).status_code == 302
    assert Case.objects.count() == 3
    assert operator.post(f"{at}nothing/", {}).status_code == 404


def test_the_shift_is_for_supervisors(operator):
    made = actions.file_report("pothole", "Ổ gà to", by=ANONYMOUS, position=HERE)
    assert operator.get("/desk/1022/shift/").status_code == 403
    lead = signed_in("hotline-supervisor")
    shown = lead.get("/desk/1022/shift/")
    assert shown.status_code == 200
    assert lead.get("/desk/1022/shift/", headers={"HX-Request": "true"}).status_code == 200
    assert made.code in text(lead.get("/desk/1022/", headers={"HX-Request": "true"}))


@pytest.mark.parametrize("path", ["/desk/1022/", "/desk/1022/shift/"])
def test_nobody_else_gets_in(path):
    assert Client().get(path).status_code == 302
    assert signed_in("case-officer", unit="", organisation="police").get(path).status_code == 403


def test_a_message_is_taken_up_at_the_desk_and_sent(operator):
    mail = b"From: mai@example.vn\r\nSubject: Bao\r\nMessage-ID: <1@x>\r\n\r\nO ga lon"
    row = taking.take("e-mail", mail)
    assert "O ga lon" in text(operator.get("/desk/1022/messages/"))
    screen = operator.post(f"/desk/1022/messages/{row.pk}/take-up/").url
    shown = text(operator.get(screen))
    assert "mai@example.vn" in shown
    sent = operator.post(screen, SAID | {"number": "", "email": "mai@example.vn", "do": "send"})
    assert sent.status_code == 302
    assert contacts.of(Case.objects.get().id).email == "mai@example.vn"
    assert operator.post(f"/desk/1022/messages/{row.pk}/discard/", {"reason": "x"}).status_code == 403


def test_answers_are_written_by_their_editors_kept_in_versions_and_filled_in():
    lead, said = (
        signed_in("hotline-supervisor", unit=""),
        {"title_vi": "Hẹn vá đường", "title_en": "Road repair", "category": "pothole"},
    )
    texts = {
        "text_vi": "Phản ánh {{ code }} tại {{ place }} sẽ được vá.",
        "text_en": "Report {{ code }} at {{ place }} will be mended.",
    }
    assert lead.post("/desk/1022/answers/new/", said | texts | {"text_en": ""}).status_code == 422
    assert lead.post("/desk/1022/answers/new/", said | texts | {"text_vi": "{{ secret }}"}).status_code == 422
    assert lead.post("/desk/1022/answers/new/", said | texts).status_code == 302
    held = Answer.objects.get()
    at = f"/desk/1022/answers/{held.pk}/"
    assert lead.post(at, said | texts | {"version": "1", "title_vi": "Hẹn vá ổ gà"}).status_code == 302
    assert lead.post(at, said | texts | {"version": "1"}).status_code == 422
    assert [each.version for each in held.versions.all()] == [2, 1]
    made = actions.file_report("pothole", "Ổ gà to", by=ANONYMOUS, position=HERE, place_words="12 Lê Lợi")
    handling.dispatch(made.code, to="police", by=SUPERVISOR)
    cases.act(made.case, "accept", by=POLICE)
    police = signed_in("case-officer", unit="", organisation="police")
    assert f"Phản ánh {made.code} tại 12 Lê Lợi" in text(
        police.get(f"/desk/1022/answers/?report={made.code}&q=va")
    )
    form = text(police.get(f"/desk/cases/{made.code}/do/answer/?answer={held.pk}"))
    assert f"Phản ánh {made.code} tại 12 Lê Lợi" in form
    assert "/desk/1022/answers/?report=" in form
    assert police.post(at, said | texts | {"version": "2"}).status_code == 422
    assert police.get(f"/desk/cases/{made.code}/do/answer/?answer=x").status_code == 404
    assert (
        signed_in("hotline-answer-editor", unit="", organisation="police")
        .post("/desk/1022/answers/new/", said | texts | {"organisation": "police"})
        .status_code
        == 302
    )
    assert Answer.objects.filter(organisation="police").count() == 1


def test_an_editor_of_one_agency_writes_nothing_for_others():
    editor = signed_in("hotline-answer-editor", unit="", organisation="police")
    said = {"title_vi": "a", "title_en": "a", "text_vi": "a", "text_en": "a"}
    for organisation in ("", "drainage-company"):
        assert (
            editor.post("/desk/1022/answers/new/", said | {"organisation": organisation}).status_code == 422
        )
    assert not Answer.objects.exists()
