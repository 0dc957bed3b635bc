"""Somebody without an account sends a dossier from a phone, follows it, and does what they are asked to."""

import re

import pytest
from django.test import Client

from dothi.centres.services.models import Draft
from dothi.kernel.cases import actions, queries
from dothi.kernel.cases.models import Case
from dothi.kernel.identity.access import SYSTEM
from dothi.sites.citizen.tests.conftest import WARD, pdf

pytestmark = pytest.mark.django_db
BIRTH = "birth-registration"
PAGES = {
    "child": {
        "f.child_name": "Nguyễn An Nhiên", "f.born_on": "2026-11-01", "f.sex": "female", "f.birth_place": "Bệnh viện Từ Dũ",
        "f.ethnicity": "Kinh", "f.home_town": "Thành phố Hồ Chí Minh",
    },
    "mother": {
        "f.mother_id": "079190000001", "f.mother_name": "Trần Thị Mai", "f.mother_born_on": "12/03/1995", "f.home_unit": WARD,
        "f.home_address": "12 Lê Lợi",
    },
    "father": {"f.parents_married": "true", "f.father_declared": "false"},
    "copies": {"f.copies": "2", "f.relation": "mother"},
}  # fmt: skip


def begin(client):
    answer = client.post(f"/c/services/{BIRTH}/start/")
    return answer.headers["Location"].rsplit("/", 2)[0]


def fill(client, at):
    assert client.post(f"{at}/eligibility/", {"a.born_here": "true"}).headers["Location"] == f"{at}/who/"
    assert client.post(f"{at}/who/", {"capacity": "self", "phone": "0903123456"}).status_code == 302
    for page, answers in PAGES.items():
        answer = client.post(f"{at}/{page}/", answers)
        assert answer.status_code == 302, answer.content.decode()[:3000]
    answer = client.post(f"{at}/documents/", {"d.birth-proof": pdf(), "go": "1"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer.headers["Location"]


def send(client):
    at = begin(client)
    assert fill(client, at) == f"{at}/check/"
    answer = client.post(f"{at}/check/", {"sure": "1"})
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return answer.headers["Location"].split("?")[0]


@pytest.mark.parametrize(
    "path", ["/c/", "/c/services/", f"/c/services/{BIRTH}/", "/c/track/", "/c/me/", "/c/verify/"]
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_shown_in_both_languages(phone, path, language):
    phone.cookies["dothi-language"] = language
    answer = phone.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode() or language == "en"


def test_a_search_without_diacritics_finds_the_procedure(phone):
    assert f"/c/services/{BIRTH}/" in phone.get("/c/services/?q=khai+sinh").content.decode()
    assert f"/c/services/{BIRTH}/" in phone.get("/c/services/?q=dang ky khai sinh").content.decode()
    assert "Không tìm thấy" in phone.get("/c/services/?q=zzzz+qqqq").content.decode()


def test_a_dossier_goes_from_the_first_page_to_the_code(phone):
    at = send(phone)
    case = Case.objects.get()
    assert at == f"/c/track/{case.code}/"
    shown = phone.get(f"{at}?new=1").content.decode()
    assert case.code in shown
    assert "Đã nhận" in shown
    assert (case.unit, case.state) == (WARD, "submitted")


def test_somebody_who_does_not_fit_is_told_why(phone):
    at = begin(phone)
    answer = phone.post(f"{at}/eligibility/", {"a.born_here": "false"})
    assert answer.status_code == 422
    assert "nơi cư trú của cha hoặc mẹ" in answer.content.decode()


def test_what_is_wrong_stands_beside_the_question_and_nothing_is_lost(phone):
    at = begin(phone)
    answer = phone.post(f"{at}/child/", PAGES["child"] | {"f.born_on": "2999-01-01", "f.child_name": ""})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Ngày sinh không thể ở tương lai" in shown
    assert 'href="#f-child_name"' in shown
    assert 'value="Bệnh viện Từ Dũ"' in shown


def test_the_check_page_says_what_is_still_open(phone):
    at = begin(phone)
    phone.post(f"{at}/child/", PAGES["child"])
    shown = phone.get(f"{at}/check/").content.decode()
    assert "Còn thiếu" in shown
    assert f'href="{at}/mother/?back=check"' in shown
    assert phone.post(f"{at}/check/", {"sure": "1"}).status_code == 422
    assert phone.post(f"{at}/check/", {}).status_code == 422
    assert Case.objects.count() == 0


@pytest.mark.parametrize("name", ["a.exe", "a.png", "a.pdf.html"])
def test_a_file_that_is_not_what_it_says_is_refused(phone, name):
    at = begin(phone)
    answer = phone.post(f"{at}/documents/", {"d.birth-proof": pdf(name), "go": "1"})
    assert answer.status_code == 422
    assert Draft.objects.get().documents == {}


def test_nobody_else_sees_a_draft_or_a_case(phone):
    at = begin(phone)
    stranger = Client()
    assert stranger.get(f"{at}/child/").status_code == 404
    case = send(phone)
    assert stranger.get(case).status_code == 404
    assert stranger.get(case + "?k=guess").status_code == 404


def test_the_link_opens_it_on_another_device(phone):
    at = begin(phone)
    link = re.search(r'value="(http[^"]+\?k=[^"]+)"', phone.get(f"{at}/who/").content.decode())[1]
    other = Client()
    assert other.get(link.replace("http://testserver", "")).status_code == 302
    assert other.get(f"{at}/child/").status_code == 200


def test_a_draft_is_thrown_away(phone):
    at = begin(phone)
    phone.post(f"{at}/leave/")
    assert phone.get(f"{at}/child/").status_code == 404


def test_the_applicant_withdraws_once(phone):
    at = send(phone)
    shown = phone.get(f"{at}do/withdraw/").content.decode()
    assert "Rút hồ sơ" in shown
    key = re.search(r'name="key" value="([^"]+)"', shown)[1]
    assert phone.post(f"{at}do/withdraw/", {"key": key, "note": "Nhầm"}).status_code == 302
    assert Case.objects.get().state == "withdrawn"
    assert phone.get(f"{at}do/withdraw/").status_code == 404


def test_only_the_applicants_own_steps_are_offered(phone):
    at = send(phone)
    assert phone.get(f"{at}do/accept/").status_code == 404
    assert "do/accept" not in phone.get(at).content.decode()


def test_a_document_is_fetched_by_its_person_only(phone):
    at = send(phone)
    case = queries.get(at.split("/")[3], by=SYSTEM)
    [meta] = case.snapshot.documents["birth-proof"]
    answer = phone.get(f"{at}documents/{meta.id}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert Client().get(f"{at}documents/{meta.id}/").status_code == 404


def test_a_supplement_is_asked_for_once_and_answered(phone):
    at = send(phone)
    code = at.split("/")[3]
    actions.act(
        queries.get(code, by=SYSTEM).id, "supplement", by=SYSTEM, data={"missing": "Giấy chứng sinh bản rõ"}
    )
    assert "do/reply" in phone.get(at).content.decode()
    assert phone.post(f"{at}do/reply/", {"f.reply_text": "Đã chụp lại", "key": "k"}).status_code == 302
    assert Case.objects.get().state == "submitted"


def test_a_wrong_code_is_told_kindly(phone):
    answer = phone.post("/c/track/", {"code": "X-1", "secret": "no"})
    assert answer.status_code == 404
    assert "1022" in answer.content.decode()


def test_a_letter_is_checked_and_not_kept(phone):
    assert "không có chữ ký" in phone.post("/c/verify/", {"file": pdf()}).content.decode()
    assert phone.post("/c/verify/", {}).status_code == 422
