"""What readers bring: requests for data, error reports, reuses; who may answer."""

import pytest

from dothi.centres.opendata import asked, casework, rules
from dothi.centres.opendata.actions import asking
from dothi.centres.opendata.models import DataRequest, ErrorReport
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Forbidden, NotFound, Unauthenticated
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries as reading
from dothi.kernel.cases.models import Case, Effect
from dothi.kernel.events.log import Event
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]
WARD, OTHER = "26734", "26740"
TEXT = "Tôi cần số liệu này để nghiên cứu."


@pytest.fixture
def officer(actor):
    return actor("an", rules.ANSWER, rules.GALLERY)


@pytest.fixture
def request_(db):
    return asking.ask_for_data(
        title="Số cây xanh", text=TEXT, email="me@example.vn", name="Tôi", by=ANONYMOUS
    ).row


def test_anybody_may_ask_for_data_and_is_reached_beside_the_case(request_):
    assert (request_.state, request_.account) == ("received", "")
    assert contacts.of(request_.case).email == "me@example.vn"
    assert OutboxEvent.objects.filter(type="vn.dothi.opendata.data-requested").count() == 1


def test_an_event_names_nobody(request_):
    assert not OutboxEvent.objects.filter(data__contains="example.vn").exists()


@pytest.mark.parametrize(
    "wrong", [{"title": "x"}, {"text": "ngắn"}, {"email": "no"}, {"email": "a b@c.vn"}, {"title": "x" * 201}]
)
def test_a_request_is_checked(db, wrong):
    with pytest.raises(BadInput) as error:
        asking.ask_for_data(**({"title": "Số cây xanh", "text": TEXT, "by": ANONYMOUS} | wrong))
    assert error.value.where in wrong


def test_a_request_is_supported_once_each(request_, actor):
    for name in ("an", "binh", "an"):
        found = asking.support(request_, by=actor(name))
    assert found.supporters == 2
    with pytest.raises(Unauthenticated):
        asking.support(request_, by=ANONYMOUS)


def test_a_request_is_answered_with_a_dataset(request_, officer, two):
    made = asking.answer_request(
        request_, state="answered", answer="Đã công bố", dataset="population", by=officer
    )
    assert (made.state, made.dataset, made.answered_by) == ("answered", "population", "account:an")


def test_a_dataset_that_answers_is_published(request_, officer, db):
    with pytest.raises(NotFound):
        asking.answer_request(request_, state="answered", answer="x", dataset="nothing", by=officer)


def test_declining_says_why(request_, officer):
    with pytest.raises(BadInput):
        asking.answer_request(request_, state="declined", answer="", by=officer)


def test_what_is_settled_stays_settled(request_, officer):
    asking.answer_request(request_, state="declined", answer="Dữ liệu cá nhân", by=officer)
    with pytest.raises(Conflict):
        asking.answer_request(request_, state="answered", answer="x", by=officer)


def test_answering_needs_the_permission_in_the_unit(actor, db):
    made = asking.ask_for_data(title="Số cây xanh", text=TEXT, unit=WARD, by=ANONYMOUS).row
    with pytest.raises(Forbidden):
        asking.answer_request(made, state="accepted", answer="", by=actor("an", rules.ANSWER, unit=OTHER))
    asking.answer_request(made, state="accepted", answer="", by=actor("an", rules.ANSWER, unit=WARD))


def test_requests_are_found_without_diacritics(request_):
    asking.ask_for_data(title="Điểm ngập", text=TEXT, by=ANONYMOUS)
    assert [each.title for each in asked.requests(q="cay xanh")] == ["Số cây xanh"]
    assert len(asked.requests()) == 2
    assert asked.requests(states=["answered"]) == []


def test_requests_come_in_pages(db):
    made = [asking.ask_for_data(title=f"Dữ liệu {n}", text=TEXT, by=ANONYMOUS).row for n in range(5)]
    first = asked.requests(limit=2)
    assert [each.pk for each in first] == [made[4].pk, made[3].pk]
    assert [each.pk for each in asked.requests(after=str(first[-1].pk), limit=2)] == [made[2].pk, made[1].pk]


def test_an_error_is_reported_to_the_unit_of_the_dataset(two):
    made = asking.report_error(
        "population", text="Dòng 3 sai số dân", column="people", row="26734", by=ANONYMOUS
    ).row
    assert (made.unit, made.organisation, made.version) == (WARD, "H29.2", 1)
    assert OutboxEvent.objects.filter(type="vn.dothi.opendata.error-reported").count() == 1


def test_an_error_is_in_a_dataset_and_column_there_is(two):
    with pytest.raises(NotFound):
        asking.report_error("nothing", text="Sai hết cả rồi", by=ANONYMOUS)
    with pytest.raises(BadInput):
        asking.report_error("population", text="Sai hết cả rồi", column="phone", by=ANONYMOUS)


def test_reports_are_seen_and_answered_where_they_belong(two, actor):
    made = asking.report_error("population", text="Dòng 3 sai số dân", by=ANONYMOUS).row
    here, elsewhere = actor("an", rules.ANSWER, unit=WARD), actor("binh", rules.ANSWER, unit=OTHER)
    assert (asked.reports(here), asked.reports(elsewhere)) == ([made], [])
    with pytest.raises(Forbidden):
        asking.answer_report(made, state="confirmed", answer="", by=elsewhere)
    asking.answer_report(made, state="in-review", answer="", by=here)
    asking.answer_report(made, state="confirmed", answer="", by=here)
    assert asked.open_reports("population") == 1
    done = asking.answer_report(made, state="mended", answer="Đã sửa", mended_in=2, by=here)
    assert (done.answered_by, done.mended_in, asked.open_reports("population")) == ("account:an", 2, 0)


@pytest.fixture
def sent(two):
    return asking.report_error(
        "population", text="Dòng 3 sai số dân", column="people", email="me@example.vn", by=ANONYMOUS
    )


def test_a_report_is_a_case_of_the_owner_with_a_clock(sent):
    case, _ = reading.by_link(sent.code, sent.secret)
    assert (case.procedure, case.state, case.unit, case.organisation) == (
        "data-error-report", "received", WARD, "H29.2",
    )  # fmt: skip
    assert (case.data["column"], case.data["dataset_version"]) == ("people", 1)
    assert case.due_us is not None
    assert "example.vn" not in str(case.data)


def test_what_is_not_taken_leaves_no_case(two):
    with pytest.raises(BadInput):
        asking.report_error("population", text="Dòng 3 sai số dân", email="no", by=ANONYMOUS)
    assert not Case.objects.exists()
    assert not ErrorReport.objects.exists()


def test_its_sender_follows_it_by_code_and_secret_and_may_take_it_back(sent):
    case, holder = reading.by_link(sent.code, sent.secret)
    assert [each.action for each in reading.available(case.id, by=holder)] == ["withdraw"]
    cases.act(case.id, "withdraw", by=holder)
    casework.renew(reading.get(case.id, by=SYSTEM), by=holder.reference)
    sent.row.refresh_from_db()
    assert sent.row.state == "withdrawn"
    with pytest.raises(NotFound):
        reading.by_link(sent.code, "wrong")


def test_a_step_taken_at_the_desk_is_seen_on_the_portal(sent, actor):
    owner = actor("an", rules.ANSWER, "cases.read", unit=WARD)
    cases.act(sent.row.case, "explain", data={"answer": "Số dân tính đến tháng 7."}, by=owner)
    told = {"procedure": "data-error-report", "id": sent.row.case}
    casework.follow(
        Event(id="e", type="vn.dothi.cases.closed", source="s", subject="s", time=now(), data=told, actor="account:an", position="1")
    )  # fmt: skip
    sent.row.refresh_from_db()
    assert (sent.row.state, sent.row.answer, sent.row.answered_by) == (
        "explained", "Số dân tính đến tháng 7.", "account:an",
    )  # fmt: skip


def test_answering_for_the_data_opens_its_own_cases_only(sent, actor):
    owner = actor("an", rules.ANSWER, unit=WARD)
    with pytest.raises(NotFound):
        reading.get(sent.row.case, by=owner)
    assert {each.to for each in casework.offers(sent.row, owner)} == {
        "in-review", "confirmed", "mended", "explained", "declined",
    }  # fmt: skip
    with pytest.raises(NotFound):
        casework.offers(sent.row, actor("binh", rules.ANSWER, unit=OTHER))


def test_its_sender_is_told_what_came_of_it(sent, actor):
    asking.answer_report(sent.row, state="mended", answer="Đã sửa dòng 3.", by=actor("an", rules.ANSWER))
    messages = [str(each.body) for each in Effect.objects.filter(kind="message").order_by("entry")]
    assert [("received" in messages[0]), ("mended" in messages[1])] == [True, True]
    assert contacts.recipient(sent.row.case).email == "me@example.vn"


def propose(**given):
    plain = {"title": "Bản đồ dân số", "text": "Bản đồ mật độ dân số.", "url": "https://example.vn/map", "author": "Lan",
             "datasets": ["population"], "by": ANONYMOUS}  # fmt: skip
    return asking.propose_reuse(**(plain | given))


def test_a_reuse_is_shown_once_it_was_looked_at(two, officer):
    made = propose()
    assert asked.gallery() == []
    assert asked.proposed() == [made]
    asking.judge_reuse(made, show=True, by=officer)
    assert asked.gallery(dataset="population") == [made]
    assert asked.gallery(dataset="air-quality") == []


def test_hiding_a_reuse_needs_a_reason(two, officer):
    with pytest.raises(BadInput):
        asking.judge_reuse(propose(), show=False, by=officer)
    assert asking.judge_reuse(propose(), show=False, reason="Quảng cáo", by=officer).state == "hidden"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "javascript:alert(1)"},
        {"datasets": []},
        {"datasets": ["nothing"]},
        {"kind": "spam"},
        {"author": ""},
    ],
)
def test_a_reuse_is_checked(two, wrong):
    with pytest.raises(BadInput):
        propose(**wrong)


def test_only_who_looks_after_the_gallery_judges(two, actor):
    with pytest.raises(Forbidden):
        asking.judge_reuse(propose(), show=True, by=actor("an", rules.ANSWER))


@pytest.mark.parametrize("kind", [DataRequest, ErrorReport])
def test_what_is_not_there_is_not_found(db, kind):
    for key in ("x", "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFound):
            asked.one(kind, key)
