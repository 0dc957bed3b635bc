"""A dossier is saved page by page, found again only by its owner, and sent once."""

import io
from datetime import timedelta

import pytest
from msgspec import structs
from pypdf import PdfWriter

from dothi.centres.services import catalogue, drafts, files, rules
from dothi.centres.services.actions import drafting, sending
from dothi.centres.services.models import Draft
from dothi.centres.services.tests.conftest import BINH, CLERK, LAND, MAI, PAGES, PERMIT, WARD, paper, paper_id
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Forbidden, Gone, NotFound
from dothi.engines import registry
from dothi.kernel.cases.checks import WrongFile
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.cases.models import Case
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import ANONYMOUS

pytestmark = pytest.mark.django_db


def pdf():
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    made.write(out)
    return out.getvalue()


def begun(by=MAI, **more):
    return drafting.begin(PERMIT, by=by, **more)


def test_somebody_with_an_account_finds_their_own_dossier_again():
    made, _ = begun()
    assert drafts.draft(made.pk, by=MAI).pk == made.pk
    assert [each.pk for each in drafts.unfinished(MAI)] == [made.pk]
    for other in (BINH, ANONYMOUS, CLERK):
        with pytest.raises(NotFound):
            drafts.draft(made.pk, by=other)


def test_without_an_account_the_link_opens_it():
    made, secret = begun(ANONYMOUS)
    assert drafts.draft(made.pk, by=ANONYMOUS, secret=secret).pk == made.pk
    for wrong in ("", "x", secret[:-1]):
        with pytest.raises(NotFound):
            drafts.draft(made.pk, by=ANONYMOUS, secret=wrong)
    assert secret not in str(Draft.objects.values())


def test_at_the_counter_a_clerk_of_the_ward_fills_it_in():
    made, _ = begun(CLERK, channel="counter", unit=WARD)
    assert drafts.draft(made.pk, by=CLERK).pk == made.pk
    with pytest.raises(Forbidden):
        begun(MAI, channel="counter", unit=WARD)


@pytest.mark.parametrize("id", ["", "x", "0190a1b2-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_not_found(id):
    with pytest.raises(NotFound):
        drafts.draft(id, by=MAI)


def test_who_does_not_fit_is_told_why_before_the_form():
    made, _ = begun()
    [why] = drafting.save_eligibility(made, {"holds_right": "true", "storeys_planned": "9"})
    assert "7 tầng" in why["vi"]
    assert drafting.save_eligibility(made, {"holds_right": "true", "storeys_planned": "3"}) == []


def test_wrong_answers_are_kept_and_named():
    made, _ = begun()
    errors = drafting.save_page(made, "owner", PAGES["owner"] | {"owner_phone": "12", "owner_name": ""})
    assert set(errors) == {"owner_phone", "owner_name"}
    made.refresh_from_db()
    assert made.data["owner_phone"] == "12"


def test_a_page_is_judged_alone_and_keeps_the_others():
    made, _ = begun()
    drafting.save_page(made, "owner", PAGES["owner"])
    assert drafting.save_page(made, "land", LAND) == {}
    made.refresh_from_db()
    assert made.data["owner_name"] == "Trần Thị Mai"
    with pytest.raises(BadInput):
        drafting.save_page(made, "nothing", {})


def test_only_the_documents_of_the_procedure_are_taken_and_not_too_many():
    made, _ = begun()
    with pytest.raises(BadInput):
        drafting.attach(made, "passport", paper())
    for number in range(10):
        drafting.attach(made, "drawings", paper(f"{number}.pdf"))
    with pytest.raises(Conflict):
        drafting.attach(made, "drawings", paper("11.pdf"))
    drafting.detach(made, "drawings", paper_id("3.pdf"))
    made.refresh_from_db()
    assert len(made.documents["drawings"]) == 9


def test_the_way_through_depends_on_the_answers(complete):
    made = complete(begun()[0])
    compiled = drafting.procedures.of(made)
    way = rules.steps(compiled, made.data)
    assert way == ["eligibility", "who", "owner", "land", "works", "documents", "check"]
    assert rules.after("land", way) == "works"
    assert rules.before("eligibility", way) is None


def test_a_dossier_is_sent_once(complete):
    made = complete(begun()[0])
    first = sending.send(made, by=MAI)
    assert sending.send(made, by=MAI).case == first.case
    case = Case.objects.get()
    assert (case.code, case.unit, case.state) == (first.code, WARD, "submitted")
    assert first.secret is None
    made.refresh_from_db()
    assert (made.state, made.data, made.contact) == ("sent", {}, {})
    assert contacts.of(first.case).phone == "+84903123456"
    with pytest.raises(Gone):
        drafts.draft(made.pk, by=MAI)


def test_somebody_without_an_account_gets_a_secret_to_follow_it(complete):
    made, _ = begun(ANONYMOUS)
    assert sending.send(complete(made), by=ANONYMOUS).secret


def test_what_is_incomplete_is_not_sent_and_not_lost(complete):
    made = complete(begun()[0])
    drafting.detach(made, "drawings", paper_id("drawings.pdf"))
    with pytest.raises(Refused) as refused:
        sending.send(made, by=MAI)
    assert set(refused.value.errors) == {"drawings"}
    drafting.save_page(made, "owner", PAGES["owner"] | {"owner_phone": ""})
    with pytest.raises(Refused) as refused:
        sending.send(made, by=MAI)
    assert set(refused.value.errors) == {"owner_phone"}
    assert Case.objects.count() == 0
    made.refresh_from_db()
    assert made.state == "open"


def test_a_paper_is_asked_for_when_its_condition_holds(complete):
    made = complete(begun()[0])
    drafting.save_page(made, "owner", PAGES["owner"] | {"represented": "true", "authority": "12/2026"})
    with pytest.raises(Refused) as refused:
        sending.send(made, by=MAI)
    assert set(refused.value.errors) == {"power-of-attorney"}


def test_for_somebody_else_their_name_is_needed():
    made, _ = begun()
    with pytest.raises(BadInput):
        drafting.save_who(made, capacity="business", on_behalf={}, contact={}, language="vi")
    with pytest.raises(BadInput):
        drafting.save_who(made, capacity="self", on_behalf={}, contact={"phone": "12"}, language="vi")


def test_what_is_left_or_old_is_emptied(complete):
    made = complete(begun()[0])
    drafting.leave(made)
    made.refresh_from_db()
    assert (made.data, made.documents, made.contact) == ({}, {}, {})
    old = complete(begun()[0])
    Draft.objects.filter(pk=old.pk).update(expires_at=now() - timedelta(days=1))
    with pytest.raises(NotFound):
        drafts.draft(old.pk, by=MAI)
    assert drafting.forget_old() == 1
    old.refresh_from_db()
    assert (old.state, old.data) == ("left", {})


@pytest.mark.parametrize(
    "words",
    ["giấy phép xây dựng", "cap phep xay dung nha o", "building permit", "XÂY DỰNG", "cap phep xay dugn"],
)
def test_a_procedure_is_found_as_people_write(words):
    assert PERMIT in [each.key for each in catalogue.find(words)]


def test_a_procedure_is_found_by_what_happens_in_a_life():
    assert PERMIT in [each.key for each in catalogue.find(life_event="housing", audience="citizen")]
    assert catalogue.find(life_event="nothing") == []
    assert catalogue.find("zzzz qqqq") == []


def test_a_procedure_says_how_long_it_takes():
    assert catalogue.entry(PERMIT).time("vi") == "15 ngày"
    with pytest.raises(NotFound):
        catalogue.entry("report-1022")


@pytest.mark.usefixtures("wired")
def test_the_content_of_a_file_goes_with_it_but_not_what_another_draft_has(
    ward, django_capture_on_commit_callbacks
):
    first, second = begun()[0], begun()[0]
    declared = next(
        each for each in drafting.procedures.of(first).procedure.documents if each.key == "drawings"
    )
    meta = files.take([pdf()], "a.pdf", declared)
    for draft in (first, second):
        drafting.attach(draft, "drawings", structs.replace(meta, id=paper_id(str(draft.pk))))
    for draft, there in ((first, True), (second, False)):
        with django_capture_on_commit_callbacks(execute=True):
            drafting.detach(draft, "drawings", paper_id(str(draft.pk)))
        assert registry.blobs().exists(meta.sha256) is there


@pytest.mark.usefixtures("wired")
def test_a_file_that_is_not_what_it_says_is_named_with_its_document(ward):
    made, _ = begun()
    declared = next(
        each for each in drafting.procedures.of(made).procedure.documents if each.key == "drawings"
    )
    with pytest.raises(WrongFile) as refused:
        files.take([b"MZ not a pdf"], "a.pdf", declared)
    assert refused.value.where == "drawings"
