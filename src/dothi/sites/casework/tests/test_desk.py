"""An officer works a dossier off: finds it, reads it, does what the procedure lets them, and nothing else."""

import pytest
from django.test import Client

from dothi.centres.services.actions import drafting, sending
from dothi.kernel.cases import queries
from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.sites.citizen.tests.conftest import WARD, pdf, ward

__all__ = ["ward"]

pytestmark = pytest.mark.django_db
DATA = {
    "child": {"child_name": "Nguyễn An Nhiên", "born_on": "2026-11-01", "sex": "female", "birth_place": "Từ Dũ", "ethnicity": "Kinh", "home_town": "TP HCM"},
    "mother": {"mother_id": "079190000001", "mother_name": "Trần Thị Mai", "mother_born_on": "1995-03-12", "home_unit": WARD, "home_address": "12 Lê Lợi"},
    "father": {"parents_married": "true", "father_declared": "false"},
    "copies": {"copies": "0", "relation": "mother"},
}  # fmt: skip


@pytest.fixture
def dossier(wired, ward):
    """A birth registered online, not yet accepted."""
    from dothi.centres.services import files, procedures

    draft, _ = drafting.begin("birth-registration", by=ANONYMOUS)
    drafting.save_eligibility(draft, {"born_here": "true"})
    drafting.save_who(draft, capacity="self", on_behalf={}, contact={"phone": "0903123456"}, language="vi")
    for page, answers in DATA.items():
        assert drafting.save_page(draft, page, answers) == {}
    declared = procedures.of(draft).procedure.documents[0]
    drafting.attach(draft, "birth-proof", files.take(pdf().chunks(), "a.pdf", declared))
    return queries.get(sending.send(draft, by=ANONYMOUS).case, by=SYSTEM)


def signed_in(*roles, unit=WARD, email="a@example.org"):
    account = identity.create_account(email, name="Nguyễn Văn Cường", by=SYSTEM)
    for role in roles:
        identity.grant_role(account, role, by=SYSTEM, reason="thử", unit=unit)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def officer(dossier):
    return signed_in("case-officer")


@pytest.mark.parametrize(
    "path",
    [
        "/desk/",
        "/desk/workload/",
        "/desk/workload/?of=unit",
        "/desk/?late=1",
        "/desk/?phase=all&kind=dossier",
    ],
)
def test_the_lists_are_shown(officer, path):
    assert officer.get(path).status_code == 200


def test_the_queue_shows_what_is_due_and_words_find_it(officer, dossier):
    assert dossier.code in officer.get("/desk/").content.decode()
    assert dossier.code in officer.get(f"/desk/?q={dossier.code}").content.decode()
    assert dossier.code in officer.get("/desk/?q=dang+ky+khai+sinh").content.decode()
    assert dossier.code not in officer.get("/desk/?kind=report").content.decode()


def test_strangers_and_other_wards_see_nothing(dossier):
    assert Client().get("/desk/").status_code == 302
    assert signed_in(email="b@example.org").get("/desk/").status_code == 403
    elsewhere = signed_in("case-officer", unit="26743", email="c@example.org")
    assert dossier.code not in elsewhere.get("/desk/").content.decode()
    assert elsewhere.get(f"/desk/cases/{dossier.code}/").status_code == 404


def test_the_case_page_has_facts_history_and_next_steps(officer, dossier):
    shown = officer.get(f"/desk/cases/{dossier.code}/").content.decode()
    for words in ("Trần Thị Mai", "Nguyễn An Nhiên", "Giấy chứng sinh", "Tiếp nhận", "Yêu cầu bổ sung"):
        assert words in shown


def test_a_step_is_done_once_and_another_officers_change_is_seen(officer, dossier):
    at = f"/desk/cases/{dossier.code}/do/accept/"
    assert officer.get(at).status_code == 200
    form = {"key": "k1", "rev": str(dossier.rev), "note": ""}
    assert officer.post(at, form).status_code == 302
    assert queries.get(dossier.id, by=SYSTEM).state == "in-review"
    assert (
        officer.post(
            f"/desk/cases/{dossier.code}/do/refuse/", {"key": "k2", "rev": str(dossier.rev), "note": "x"}
        ).status_code
        == 422
    )


def test_a_form_that_is_not_right_says_so_beside_the_question(officer, dossier):
    answer = officer.post(f"/desk/cases/{dossier.code}/do/supplement/", {"key": "k", "f.missing": ""})
    assert answer.status_code == 422
    assert "Hãy trả lời mục này" in answer.content.decode()
    assert officer.post(f"/desk/cases/{dossier.code}/do/nothing/", {}).status_code == 404


def test_remarks_and_taking(officer, dossier):
    officer.post(f"/desk/cases/{dossier.code}/comment/", {"text": "Gọi lại mẹ trẻ", "key": "c1"})
    officer.post(f"/desk/cases/{dossier.code}/comment/", {"text": "Gọi lại mẹ trẻ", "key": "c1"})
    officer.post(f"/desk/cases/{dossier.code}/take/")
    shown = officer.get(f"/desk/cases/{dossier.code}/").content.decode()
    assert shown.count("Gọi lại mẹ trẻ") == 1
    assert queries.get(dossier.id, by=SYSTEM).assignee.startswith("account:")


def test_a_document_is_fetched(officer, dossier):
    [meta] = dossier.snapshot.documents["birth-proof"]
    assert officer.get(f"/desk/cases/{dossier.code}/documents/{meta.id}/").status_code == 200
    assert Client().get(f"/desk/cases/{dossier.code}/documents/{meta.id}/").status_code == 302
