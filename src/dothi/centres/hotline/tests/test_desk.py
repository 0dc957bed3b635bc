"""An operator takes calls, hands reports on, merges, parts and splits them; nobody else does."""

import pytest

from dothi.centres.hotline import actions, calls, handling, publishing, queries
from dothi.centres.hotline.models import Call, Correction, RoutingDecision
from dothi.centres.hotline.routing import resolving
from dothi.centres.hotline.routing.suggesting import Place
from dothi.centres.hotline.tests.conftest import HERE, WARD
from dothi.core.errors import BadInput, Conflict, DothiError, Forbidden, NotFound, Unauthenticated
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries as reading
from dothi.kernel.cases.models import Case, Link
from dothi.kernel.directory import actions as directory
from dothi.kernel.directory.models import Organisation
from dothi.kernel.fulfilment import contacts, naming
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.identity.roles import role
from dothi.kernel.messages.rules import Recipient
from dothi.kernel.packs.reports import Responder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ward")]


def someone(key, *roles, **where):
    """An account with roles in the city, or where it is said."""
    where = where or {"unit": "79"}
    grants = [Grant(pattern, **where) for each in roles for pattern in role(each).patterns]
    return Actor("account", key, key, tuple(grants), account=key)


OPERATOR = someone("op", "hotline-operator")
SUPERVISOR = someone("lead", "hotline-supervisor")
POLICE = someone("police", "case-officer", organisation="police")
ROADS = someone("roads", "case-officer", organisation="road-infrastructure-centre")
ELSEWHERE = someone("far", "hotline-operator", unit="26743")
HOLE = "Ổ gà lớn giữa đường, xe máy té"


def filed(text=HOLE, category="pothole", **more):
    return actions.file_report(category, text, **{"by": ANONYMOUS, "position": HERE} | more)


def calling(number="0903 123 456"):
    return calls.begin(by=OPERATOR, number=number)


def test_a_call_keeps_its_draft_until_it_ends_and_then_only_a_hash_of_the_number():
    call = calling()
    calls.save_draft(
        call.pk, {"number": "0903 123 456", "description": HOLE, "answers": {"size": "deep"}}, by=OPERATOR
    )
    assert calls.mine(call.pk, by=OPERATOR).draft["description"] == HOLE
    assert [each.pk for each in calls.open_calls(by=OPERATOR)] == [call.pk]
    calls.end(call.pk, outcome="information", by=OPERATOR, note="Hỏi giờ làm việc")
    call.refresh_from_db()
    assert (call.draft, call.outcome, call.ended_at is not None) == ({}, "information", True)
    assert call.caller == calls.keyed("+84903123456")
    assert "903123456" not in str(AuditEntry.objects.values_list("detail", "subject"))
    with pytest.raises(Conflict):
        calls.save_draft(call.pk, {"description": "x"}, by=OPERATOR)


def test_what_is_told_on_the_telephone_is_the_callers_report_and_sent_twice_the_same():
    call = calling()
    contact = Recipient(phone="0903123456")
    sent = {"category": "pothole", "description": HOLE, "by": OPERATOR, "position": HERE, "contact": contact}
    made, again = calls.file(call.pk, **sent), calls.file(call.pk, **sent)
    view = reading.get(made.code, by=SYSTEM)
    assert made.code == again.code
    assert (view.channel, view.state) == ("phone", "new")
    assert "op" not in view.applicant
    assert Call.objects.get().case == view.id


def test_the_number_finds_reports_without_an_account_and_every_look_is_kept():
    made = filed(contact=Recipient(phone="0903 123 456"))
    known = calls.caller("+84 903 123 456", by=OPERATOR)
    assert [each.code for each in known.open] == [made.code]
    entry = AuditEntry.objects.get(action="hotline.look_up_caller")
    assert entry.detail == {"cases": [made.code]}
    assert "903123456" not in entry.subject
    assert not calls.caller("028 3829 1022", by=OPERATOR).open
    with pytest.raises(BadInput):
        calls.caller("không số", by=OPERATOR)


def test_a_caller_whose_matter_was_reported_follows_that_report():
    first, call = filed(), calling()
    calls.follow(call.pk, first.code, contact=Recipient(phone="0903123456"), by=OPERATOR)
    assert [each.phone for each, _ in contacts.followers(first.case)] == ["+84903123456"]
    assert Call.objects.get().outcome == "followed"


@pytest.mark.parametrize("by", [POLICE, ELSEWHERE, ANONYMOUS])
def test_only_operators_of_the_city_take_calls(by):
    with pytest.raises((Forbidden, Unauthenticated)):
        calls.begin(by=by)
    with pytest.raises((Forbidden, Unauthenticated)):
        calls.caller("0903123456", by=by)
    mine = calling()
    with pytest.raises((NotFound, Forbidden)):
        calls.mine(mine.pk, by=SUPERVISOR)


def test_handing_on_elsewhere_than_suggested_is_kept_for_learning():
    made = filed()
    suggested = RoutingDecision.objects.get().organisation
    assert suggested == "road-infrastructure-centre"
    handling.dispatch(made.code, to="police", reason="Có tai nạn", by=OPERATOR)
    [row] = Correction.objects.all()
    assert (row.before, row.after, row.reason) == (suggested, "police", "Có tai nạn")
    routed = RoutingDecision.objects.get()
    assert (routed.responder, routed.corrected, routed.dispatched_late) == ("police", True, False)
    assert routed.dispatched_at is not None


def test_not_ours_comes_back_and_goes_on_with_a_reason():
    made = filed()
    handling.dispatch(made.code, to="police", by=OPERATOR)
    cases.act(made.case, "not-ours", by=POLICE, note="Thuộc đơn vị đường bộ")
    view = reading.get(made.code, by=OPERATOR)
    assert (view.state, view.organisation, view.facts["rerouted"]) == ("new", "call-centre-1022", 1)
    handling.dispatch(
        made.code, to="road-infrastructure-centre", reason="Đường do trung tâm quản lý", by=OPERATOR
    )
    assert Correction.objects.first().after == "road-infrastructure-centre"
    assert reading.get(made.code, by=ROADS).state == "dispatched"
    with pytest.raises(NotFound):
        reading.get(made.code, by=POLICE)


def test_a_report_is_rerouted_with_a_reason_by_operators_only():
    made = filed()
    handling.dispatch(made.code, to="police", by=OPERATOR)
    with pytest.raises(BadInput):
        handling.reroute(made.code, to="road-infrastructure-centre", reason=" ", by=OPERATOR)
    with pytest.raises(Conflict):
        handling.reroute(made.code, to="police", reason="x", by=OPERATOR)
    with pytest.raises(DothiError):
        handling.reroute(made.code, to="drainage-company", reason="x", by=POLICE)
    with pytest.raises(NotFound):
        handling.reroute(made.code, to="drainage-company", reason="x", by=ELSEWHERE)
    done = handling.reroute(made.code, to="road-infrastructure-centre", reason="Nhầm cơ quan", by=OPERATOR)
    assert (done.organisation, done.state) == ("road-infrastructure-centre", "dispatched")


def test_the_later_is_merged_into_the_earlier_and_parted_again():
    first = filed(contact=Recipient(phone="0903000001"))
    later = filed(contact=Recipient(phone="0903000002"))
    contacts.follow(later.case, email="mai@example.vn")
    done = handling.merge(first.code, later.code, by=OPERATOR)
    assert (done.code, done.state, done.outcome) == (later.code, "merged", "duplicate")
    assert sorted(each.phone or each.email for each, _ in contacts.followers(first.case)) == [
        "+84903000002",
        "mai@example.vn",
    ]
    assert [each.kind for each in Link.objects.all()] == [Link.DUPLICATE]
    publishing.renew(reading.get(later.code, by=SYSTEM))
    with pytest.raises(NotFound):
        queries.public(later.code)
    handling.unmerge(later.code, reason="Là hai hố khác nhau", by=OPERATOR)
    assert reading.get(later.code, by=OPERATOR).state == "new"
    assert contacts.followers(first.case) == []
    assert not Link.objects.exists()


def test_nothing_is_merged_into_itself_or_into_what_is_closed():
    first, later = filed(), filed()
    with pytest.raises(Conflict):
        handling.merge(first.code, first.code, by=OPERATOR)
    cases.act(first.case, "refuse", by=OPERATOR, note="Không rõ")
    with pytest.raises(Conflict):
        handling.merge(first.code, later.code, by=OPERATOR)
    assert reading.get(later.code, by=OPERATOR).state == "new"


@pytest.mark.parametrize("by", [POLICE, ROADS, ELSEWHERE])
def test_agencies_and_other_units_neither_merge_nor_split(by):
    first, later = filed(), filed()
    for each in (first, later):
        handling.dispatch(each.code, to="police", by=OPERATOR)
    with pytest.raises((Forbidden, NotFound)):
        handling.merge(first.code, later.code, by=by)
    with pytest.raises((Forbidden, NotFound)):
        handling.split(first.code, [handling.Part("street-lighting", "Đèn tắt")], by=by, key="k")
    assert Case.objects.count() == 2


def test_a_report_of_several_matters_is_split_whole_or_not_at_all():
    made = filed(contact=Recipient(phone="0903000001"), place_words="12 Lê Lợi")
    with pytest.raises(BadInput):
        handling.split(
            made.code,
            [handling.Part("street-lighting", "Đèn tắt"), handling.Part("no-such", "?")],
            by=OPERATOR,
            key="a",
        )
    assert Case.objects.count() == 1
    [child] = handling.split(made.code, [handling.Part("street-lighting", "Đèn tắt")], by=OPERATOR, key="b")
    [link] = Link.objects.all()
    assert (link.kind, link.other) == (Link.CHILD, reading.get(made.code, by=SYSTEM).num)
    assert contacts.of(child.case).phone == "+84903000001"
    again = handling.split(made.code, [handling.Part("street-lighting", "Đèn tắt")], by=OPERATOR, key="b")
    assert again[0].code == child.code


def test_the_ward_answers_where_the_place_is():
    told = resolving.resolve(Responder(level="ward"), Place(WARD, "ward"))
    assert told.organisation == f"peoples-committee.{WARD}"
    assert naming.agency(told.organisation, "vi") == "Uỷ ban nhân dân Phường Sài Gòn"
    assert "danh bạ chưa có" in told.why["vi"]
    name = {"vi": "UBND phường Sài Gòn", "en": "Sai Gon ward committee"}
    directory.create_organisation(name=name, kind="peoples-committee", unit=WARD, by=SYSTEM)
    again = resolving.resolve(Responder(level="ward"), Place(WARD, "ward"))
    assert again.organisation == str(Organisation.objects.get().pk)
    assert resolving.resolve(Responder(level="ward"), Place()).organisation is None


def test_the_street_under_the_place_says_who_keeps_the_road():
    near = {"type": "LineString", "coordinates": [[106.700, 10.7769], [106.702, 10.7769]]}
    far = {"type": "LineString", "coordinates": [[106.700, 10.7790], [106.702, 10.7790]]}
    streets = [
        {"title": "Xa", "line": far},
        {"title": "Lê Lợi", "line": near, "keeper": "road-infrastructure-centre"},
    ]
    assert resolving.nearest(HERE, streets)["title"] == "Lê Lợi"
    assert resolving.nearest(HERE, streets[:1]) is None
    assert resolving.owner(streets[1]) == "city"
    assert resolving.owner({"class": "alley"}) == "ward"
    assert resolving.owner({"class": "national", "keeper": "x"}) == "national"
    assert resolving.owner({"class": "local"}) is None


def test_the_suggestion_says_why_this_agency():
    told = queries.suggest(HOLE, HERE, category="pothole")
    assert told.organisation == "road-infrastructure-centre"
    assert "Chưa ghi nhận cơ quan quản lý đường" in told.organisation_why["vi"]
