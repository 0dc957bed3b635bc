"""An officer makes a draft, finishes it, tries it out; somebody else publishes it; a citizen begins a dossier."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dothi.centres.services.designing import actions, queries
from dothi.centres.services.designing.models import Design
from dothi.centres.services.designing.tests.conftest import OFFICIAL, looked_anew
from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import SYSTEM
from dothi.sites.citizen.tests.conftest import ward

__all__ = ["looked_anew", "ward"]
pytestmark = pytest.mark.django_db
CITY, WARD = "79", "26740"


def signed_in(*roles, unit=CITY, email="a@example.org", language="vi"):
    account = identity.create_account(email, name="Nguyễn Văn Cường", by=SYSTEM)
    for role in roles:
        identity.grant_role(account, role, by=SYSTEM, reason="thử", unit=unit)
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(account)
    return client


@pytest.fixture
def officer(wired, ward):
    return signed_in("procedure-designer")


@pytest.fixture
def draft(officer):
    file = SimpleUploadedFile("a.json", json.dumps(OFFICIAL).encode(), "application/json")
    answer = officer.post("/desk/procedures/new/", {"how": "files", "files": [file]})
    assert answer.status_code == 302
    return Design.objects.get()


def at(draft, rest=""):
    return f"/desk/procedures/{draft.pk}/{rest}"


PAGES = [
    "", *(f"parts/{each}/" for each in ("general", "forms", "documents", "steps", "clocks", "fees", "decisions", "letters")),
    "item/?at=states.submitted", "item/?at=states.submitted.actions.accept", "item/?at=forms.application.pages[0].fields[0]",
    "item/?at=clocks.statutory", "item/?at=fees.items[0]", "item/?at=documents[0]", "item/?at=letters.receipt", "item/?at=start.eligibility[0]",
    "yaml/", "diagram/", "paths/", "walk/", "form/", "history/",
]  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_shown_in_both_languages(draft, officer, language):
    officer.cookies["django_language"] = language
    for page in PAGES:
        answer = officer.get(at(draft, page))
        assert answer.status_code == 200, page
        assert f'lang="{language}"' in answer.content.decode()
    for page in ("/desk/procedures/", "/desk/procedures/?q=xac+nhan+so&show=closed", "/desk/procedures/new/", "/desk/procedures/published/birth-registration/"):  # fmt: skip
        assert officer.get(page).status_code == 200


def test_the_list_finds_drafts_with_and_without_diacritics(draft, officer):
    for words in ("xac nhan so nha", "Xác nhận", "2.009999"):
        assert at(draft) in officer.get("/desk/procedures/", {"q": words}).content.decode()
    assert at(draft) not in officer.get("/desk/procedures/", {"q": "khong co"}).content.decode()


def test_strangers_wards_and_others_see_nothing(draft):
    assert Client().get(at(draft)).status_code == 302
    assert signed_in(email="b@example.org").get("/desk/procedures/").status_code == 403
    of_ward = signed_in("procedure-designer", unit=WARD, email="c@example.org")
    assert of_ward.get(at(draft)).status_code == 404
    assert of_ward.post(at(draft, "change/"), {"do": "remove:clocks.accept", "rev": 1}).status_code == 404


def test_a_thing_is_changed_and_what_was_typed_is_a_revision(draft, officer):
    answer = officer.post(at(draft, "item/?at=clocks.statutory"), {
        "rev": 1, "label": "Thời hạn", "label.en": "Time", "allowance": "7 working days", "starts_on": "accept", "stops_on": "ready, refused, withdrawn", "public": "1",
    })  # fmt: skip
    assert answer.status_code == 302
    draft.refresh_from_db()
    clock = draft.body["clocks"]["statutory"]
    assert (draft.rev, clock["allowance"], clock["stops_on"]) == (
        2,
        "7 working days",
        ["ready", "refused", "withdrawn"],
    )
    assert "public" not in clock
    assert "varies" not in clock
    shown = officer.get(at(draft, "history/?rev=2")).content.decode()
    assert "7 working days" in shown


def test_a_change_on_an_old_page_is_refused_and_what_was_typed_is_still_there(draft, officer):
    officer.post(at(draft, "item/?at=roles.clerk"), {"rev": 1, "label": "Một cửa", "label.en": "Clerk"})
    answer = officer.post(
        at(draft, "item/?at=roles.clerk"), {"rev": 1, "label": "Người khác", "label.en": "Other"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "vừa được người khác sửa" in text
    assert "Người khác" in text
    draft.refresh_from_db()
    assert draft.body["roles"]["clerk"]["label"]["vi"] == "Một cửa"


def test_questions_are_added_moved_and_removed(draft, officer):
    page = "forms.application.pages[1]"
    answer = officer.post(at(draft, "change/"), {"rev": 1, "part": "forms", "do": f"add:field:{page}", "key": "house_no", "vi": "Số nhà", "en": "House number"})  # fmt: skip
    assert answer["Location"].endswith("fields%5B1%5D")
    officer.post(at(draft, "change/"), {"rev": 2, "part": "forms", "do": f"up:{page}.fields[1]"})
    draft.refresh_from_db()
    assert [each["key"] for each in draft.body["forms"]["application"]["pages"][1]["fields"]] == [
        "house_no",
        "request",
    ]
    officer.post(at(draft, "change/"), {"rev": 3, "part": "forms", "do": f"remove:{page}.fields[1]"})
    draft.refresh_from_db()
    assert [each["key"] for each in draft.body["forms"]["application"]["pages"][1]["fields"]] == ["house_no"]


@pytest.mark.parametrize(
    "do",
    [
        "",
        "x",
        "add:field:nowhere",
        "add:evil:forms",
        "up:states",
        "remove:",
        "remove:key",
        "add:state:states",
        "up:a[9]",
    ],
)
def test_what_makes_no_sense_changes_nothing(draft, officer, do):
    officer.post(at(draft, "change/"), {"rev": 1, "part": "steps", "do": do, "key": "Sai Mã"})
    draft.refresh_from_db()
    assert draft.rev == 1


def test_problems_are_told_with_a_link_to_the_part(draft, officer):
    officer.post(at(draft, "item/?at=states.in-review.actions.refuse"), {"rev": 1, "label": "Từ chối", "role": "specialist", "to": "nowhere", "note": "required", "public": "1"})  # fmt: skip
    shown = officer.get(at(draft)).content.decode()
    assert "không có trạng thái" in shown
    assert "at=states.in-review.actions.refuse" in shown


def test_yaml_is_edited_and_wrong_yaml_is_not_kept(draft, officer):
    from dothi.kernel.packs import source

    text = source.write(draft.body)
    wrong = officer.post(at(draft, "yaml/"), {"rev": 1, "yaml": "[" + text})
    assert wrong.status_code == 422
    draft.refresh_from_db()
    assert draft.rev == 1
    assert officer.post(at(draft, "yaml/"), {"rev": 1, "yaml": text.replace("5 working days", "6 working days")}).status_code == 302  # fmt: skip
    draft.refresh_from_db()
    assert draft.body["clocks"]["statutory"]["allowance"] == "6 working days"
    half = officer.post(
        at(draft, "yaml/"), {"rev": 2, "yaml": text.replace("to: in-review", "too: in-review")}
    )
    assert half.status_code == 302  # a draft may be wrong; the page says where
    assert "dòng" in officer.get(at(draft, "yaml/")).content.decode()


def test_an_expression_is_judged_while_it_is_typed(draft, officer):
    where = {"at": "forms.application.pages[0].fields[0]", "name": "when"}
    right = officer.get(at(draft, "expression/"), {**where, "when": 'applicant_name = "x"'}).content.decode()
    wrong = officer.get(at(draft, "expression/"), {**where, "when": "nobody = 1"}).content.decode()
    assert "✓" in right
    assert "✗" in wrong
    assert "✗" in officer.get(at(draft, "expression/"), {**where, "when": "applicant_name"}).content.decode()


def test_a_decision_table_is_edited_as_a_grid(officer):
    made = actions.begin_again("permit-single-house", by=SYSTEM)
    page = f"/desk/procedures/{made.pk}/grid/review/"
    assert officer.get(page).status_code == 200
    rules = made.body["decisions"]["review"]["rules"]
    cells = {f"r{n}.{i}": str(cell) for n, rule in enumerate(rules) for i, cell in enumerate([*rule["when"], *rule["then"]])}  # fmt: skip
    why = {f"r{n}.why.{lang}": rule["why"][lang] for n, rule in enumerate(rules) for lang in ("vi", "en")}
    assert officer.post(page, {**cells, **why, "r2.2": "> 20", "rev": 1}).status_code == 302
    made.refresh_from_db()
    assert made.body["decisions"]["review"]["rules"][2]["when"][2] == "> 20"
    assert made.problems == 0
    assert officer.post(page, {"rev": 2, "do": "add"}).status_code == 302
    made.refresh_from_db()
    assert len(made.body["decisions"]["review"]["rules"]) == len(rules) + 1
    assert officer.get(f"/desk/procedures/{made.pk}/tables/review.dmn").content.startswith(b"<?xml")
    assert officer.get(f"/desk/procedures/{made.pk}/diagram/").status_code == 200


def test_the_diagram_comes_as_bpmn(draft, officer):
    answer = officer.get(at(draft, "procedure.bpmn"))
    assert answer["Content-Type"].startswith("application/xml")
    assert b"BPMNDiagram" in answer.content


ANSWERS = {
    "f.applicant_name": "Trần Thị Mai", "f.applicant_id": "079190000001", "f.applicant_phone": "0903123456",
    "f.applicant_address": "12 Lê Lợi",
}  # fmt: skip


def test_the_form_is_tested_page_by_page_and_nothing_is_kept(draft, officer):
    from dothi.centres.services.models import Draft

    assert officer.post(at(draft, "form/"), {"number": 0, "carried": "{}"}).status_code == 422
    second = officer.post(at(draft, "form/"), {"number": 0, "carried": "{}", **ANSWERS})
    assert second.context["number"] == 1
    last = officer.post(at(draft, "form/"), {"number": 1, "carried": second.context["carried"], "f.request": "Số 12"})  # fmt: skip
    assert last.context["done"]
    assert "Trần Thị Mai" in last.content.decode()
    assert Draft.objects.count() == 0
    assert officer.post(at(draft, "form/"), {"number": 0, "carried": "x"}).status_code == 400


def test_a_path_is_walked_by_hand(draft, officer):
    first = officer.post(at(draft, "walk/"), {"steps": "[]", "ask": "open", "do": "take", **ANSWERS, "f.request": "Số 12"})  # fmt: skip
    assert first.context["stand"].case.state == "submitted"
    second = officer.post(
        at(draft, "walk/"), {"steps": first.context["steps"], "ask": "accept", "do": "take"}
    )
    assert second.context["stand"].case.state == "in-review"
    asked = officer.post(
        at(draft, "walk/"), {"steps": second.context["steps"], "ask": "propose", "do": "ask"}
    )
    assert "f.result_no" in asked.content.decode()
    back = officer.post(at(draft, "walk/"), {"steps": second.context["steps"], "do": "back"})
    assert back.context["stand"].case.state == "submitted"
    assert officer.post(at(draft, "walk/"), {"steps": "x"}).status_code == 400


def test_approved_by_another_person_and_open_to_citizens(draft, officer):
    for index in range(len(draft.doubts)):
        officer.post(at(draft, f"settle/{index}/"), {"rev": 1, "settled": "1"})
    officer.post(at(draft, "decide/"), {"rev": 1, "do": "propose"})
    officer.post(at(draft, "decide/"), {"rev": 1, "do": "publish"})
    draft.refresh_from_db()
    assert draft.state == Design.PROPOSED  # its author cannot
    leader = signed_in("procedure-publisher", email="leader@example.org")
    leader.post(at(draft, "decide/"), {"rev": 1, "do": "publish"})
    draft.refresh_from_db()
    assert (draft.state, draft.version) == (Design.PUBLISHED, 1)
    citizen = Client()
    assert "Xác nhận số nhà" in citizen.get("/c/services/", {"q": "xac nhan so nha"}).content.decode()
    assert citizen.get(f"/c/services/{draft.key}/").status_code == 200
    begun = citizen.post(f"/c/services/{draft.key}/start/")
    assert begun.status_code == 302
    assert citizen.get(begun["Location"]).status_code == 200
    assert leader.get(f"/desk/procedures/published/{draft.key}/running/").status_code == 200
    again = officer.post(f"/desk/procedures/published/{draft.key}/")
    assert again.status_code == 302
    assert queries.newest_version(draft.key) == 1


def test_who_may_not_migrate_does_not_see_running_cases(officer):
    assert officer.get("/desk/procedures/published/birth-registration/running/").status_code == 403
