"""What waits to be accepted is claimed, accepted, asked about once, or refused, by those who take dossiers in there."""

import pytest
from django.test import Client

from dothi.centres.services.actions import accepting
from dothi.core.errors import BadInput, Forbidden
from dothi.kernel.cases import actions, queries
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.sites.counter.tests.conftest import OTHER_WARD, WARD, birth, carry_out, signed_in

pytestmark = pytest.mark.django_db
AT = "/desk/one-stop/"
CLERK = Actor(
    "account",
    "clerk",
    "Một cửa",
    (Grant("services.*", unit=WARD), Grant("cases.*", unit=WARD)),
    account="clerk",
)


def now(case):
    return queries.get(case.id, by=SYSTEM)


def post(client, case, **given):
    return client.post(f"{AT}dossiers/{case.code}/", {"key": "k", "rev": str(now(case).rev)} | given)


def test_the_list_shows_what_waits_and_is_narrowed(clerk, dossier):
    assert dossier.code in clerk.get(AT).content.decode()
    assert (
        dossier.code
        in clerk.get(f"{AT}?unit={WARD}&procedure=birth-registration&channel=web").content.decode()
    )
    assert dossier.code not in clerk.get(f"{AT}?channel=counter").content.decode()
    assert dossier.code not in clerk.get(f"{AT}?mine=me").content.decode()


def test_strangers_other_roles_and_other_wards_see_nothing(dossier):
    assert Client().get(AT).status_code == 302
    assert signed_in(email="b@example.org").get(AT).status_code == 403
    assert signed_in("case-officer", email="c@example.org").get(AT).status_code == 403
    elsewhere = signed_in("one-stop-clerk", unit=OTHER_WARD, email="d@example.org")
    assert dossier.code not in elsewhere.get(AT).content.decode()
    assert elsewhere.get(f"{AT}dossiers/{dossier.code}/").status_code == 404


def test_the_next_one_is_claimed_by_one_clerk_only(clerk, dossier):
    answer = clerk.post(f"{AT}next/")
    assert answer.headers["Location"] == f"{AT}dossiers/{dossier.code}/"
    assert now(dossier).assignee == f"account:{clerk.account.pk}"
    assert (
        signed_in("one-stop-clerk", email="e@example.org").post(f"{AT}next/").headers["Location"] == f"{AT}?"
    )


def test_it_is_accepted_and_the_receipt_is_there_to_print(clerk, dossier):
    assert "Nguyễn An Nhiên" in clerk.get(f"{AT}dossiers/{dossier.code}/").content.decode()
    answer = post(clerk, dossier, do="accept")
    assert answer.headers["Location"] == f"{AT}dossiers/{dossier.code}/registered/"
    assert now(dossier).state == "in-review"
    carry_out()
    shown = clerk.get(answer.headers["Location"]).content.decode()
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in shown


def test_one_request_names_everything_and_a_second_needs_its_reason(clerk, dossier):
    assert post(clerk, dossier, do="ask").status_code == 422
    papers = ["Giấy chứng sinh hoặc giấy tờ thay thế"]
    assert post(clerk, dossier, do="ask", paper=papers, missing="Số định danh của mẹ").status_code == 302
    there = now(dossier)
    assert there.state == "waiting"
    assert there.data["missing"] == "1. Giấy chứng sinh hoặc giấy tờ thay thế\n2. Số định danh của mẹ"
    actions.act(dossier.id, "reply", by=CLERK, data={})
    with pytest.raises(Refused, match="reason"):
        accepting.ask_once(now(dossier), by=CLERK, text="Ảnh mờ")
    accepting.ask_once(now(dossier), by=CLERK, text="Ảnh mờ", reason="Tệp nộp bổ sung bị hỏng")
    assert now(dossier).state == "waiting"


def test_a_refusal_needs_its_reason(clerk, dossier):
    assert post(clerk, dossier, do="refuse").status_code == 422
    assert post(clerk, dossier, do="refuse", reason="Không thuộc thẩm quyền").status_code == 302
    assert now(dossier).state == "refused"


def test_who_may_not_take_in_there_is_refused_in_the_action(dossier):
    reader = Actor("account", "r", "r", (Grant("cases.*", unit=WARD),), account="r")
    elsewhere = Actor(
        "account", "x", "x", (Grant("services.*", unit=OTHER_WARD), Grant("cases.*", unit=WARD)), account="x"
    )
    for by in (reader, elsewhere):
        with pytest.raises(Forbidden):
            accepting.accept(dossier, by=by)
        with pytest.raises(Forbidden):
            accepting.ask_once(dossier, by=by, text="x")
        with pytest.raises(Forbidden):
            accepting.refuse(dossier, by=by, reason="x")
        with pytest.raises(Forbidden):
            accepting.claim_next(by=by, unit=WARD)
    with pytest.raises(BadInput):
        accepting.refuse(dossier, by=CLERK, reason=" ")
    assert now(dossier).rev == dossier.rev


def test_the_fee_is_taken_at_the_desk_and_then_it_can_be_accepted(wired, ward, clerk):
    case = birth(copies="2")
    carry_out()
    at = f"{AT}dossiers/{case.code}/registered/"
    shown = clerk.get(at).content.decode()
    assert "16.000" in shown
    order = shown.split('name="order" value="')[1].split('"')[0]
    card = clerk.post(f"{AT}dossiers/{case.code}/pay/", {"order": order, "method": "card"})
    assert card.status_code == 422
    assert (
        clerk.post(
            f"{AT}dossiers/{case.code}/pay/", {"order": order, "method": "cash", "payer": "Trần Thị Mai"}
        ).status_code
        == 302
    )
    assert "/payments/receipts/" in clerk.get(at).content.decode()
