"""The desk of 1022 without a script: a call becomes a report, is handed on by one button; nobody else gets in."""

import re

import pytest
from django.test import Client

from dothi.centres.hotline import actions
from dothi.centres.hotline.models import Call
from dothi.centres.hotline.tests.conftest import HERE, WARD, ward
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
