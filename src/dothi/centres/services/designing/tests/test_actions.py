"""From a draft to a published procedure: who may, what is refused, and that nothing is lost or half-written."""

import json

import pytest

from dothi.centres.services import catalogue, procedures
from dothi.centres.services.actions import drafting
from dothi.centres.services.designing import actions, checking, importing, queries
from dothi.centres.services.designing.models import Design
from dothi.centres.services.designing.tests.conftest import BOTH, HUNG, LAN, OF_ORG, OF_WARD, OFFICIAL, ORG
from dothi.core.errors import BadInput, Conflict, DothiError, Forbidden, NotFound, Unauthenticated
from dothi.kernel.cases import procedures as cases
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.packs import queries as packs

pytestmark = pytest.mark.django_db


def renamed(design, name="Tên khác"):
    body = design.body
    body["label"]["vi"] = name
    return body


def test_every_save_is_a_revision_with_who_and_when(draft):
    saved = actions.save(draft, renamed(draft), rev=1, by=BOTH, what="general")
    assert (saved.rev, saved.name) == (2, "Tên khác")
    assert [(each.rev, each.by, each.what) for each in saved.revisions.all()] == [
        (2, "account:both", "general"), (1, "account:lan", ""),
    ]  # fmt: skip
    assert queries.revision(saved, 1)["label"]["vi"] == "Xác nhận số nhà"
    assert list(saved.body["states"])[:3] == ["submitted", "waiting", "in-review"]  # their order is kept


def test_a_lost_update_is_refused_and_nothing_of_it_is_kept(draft):
    actions.save(draft, renamed(draft, "Của Lan"), rev=1, by=LAN)
    with pytest.raises(Conflict):
        actions.save(draft, renamed(draft, "Của người khác"), rev=1, by=BOTH)
    draft.refresh_from_db()
    assert (draft.rev, draft.name, draft.revisions.count()) == (2, "Của Lan", 2)


def test_saving_the_same_again_makes_no_revision(draft):
    assert actions.save(draft, draft.body, rev=1, by=LAN).rev == 1


def test_there_is_one_open_draft_of_a_procedure(draft):
    with pytest.raises(Conflict):
        actions.begin_official(OFFICIAL, by=BOTH)
    actions.discard(draft, rev=1, by=LAN)
    assert actions.begin_official(OFFICIAL, by=BOTH).state == Design.DRAFT


def test_a_draft_with_problems_or_open_points_is_not_put_forward(draft):
    with pytest.raises(Conflict, match="not settled"):
        actions.propose(draft, rev=1, by=LAN)
    body = draft.body
    body["states"]["in-review"]["actions"]["propose"]["to"] = "nowhere"
    broken = actions.save(draft, body, rev=1, by=LAN)
    assert broken.problems
    with pytest.raises(Conflict):
        actions.propose(broken, rev=2, by=LAN)


def test_publishing_takes_a_second_person(proposed):
    with pytest.raises(Forbidden):
        actions.publish(proposed, rev=1, by=LAN)
    published = actions.publish(proposed, rev=1, by=HUNG)
    assert (published.state, published.version) == (Design.PUBLISHED, 1)
    assert cases.published(published.key).code == "2.009999"


def test_who_wrote_any_revision_does_not_publish_even_with_the_role(draft):
    saved = actions.save(draft, renamed(draft), rev=1, by=BOTH)
    for index in range(len(saved.doubts)):
        actions.settle(saved, index, rev=2, by=LAN)
    actions.propose(saved, rev=2, by=LAN)
    with pytest.raises(Forbidden):
        actions.publish(saved, rev=2, by=BOTH)
    token = Actor("token", "t", "", BOTH.grants, account="both")
    with pytest.raises(Forbidden):
        actions.publish(saved, rev=2, by=token)


def test_a_change_after_it_was_put_forward_takes_it_back(proposed):
    saved = actions.save(proposed, renamed(proposed), rev=1, by=LAN)
    assert saved.state == Design.DRAFT
    with pytest.raises(Conflict):
        actions.publish(saved, rev=2, by=HUNG)


def test_sent_back_with_a_reason(proposed):
    with pytest.raises(BadInput):
        actions.send_back(proposed, rev=1, by=HUNG, reason=" ")
    back = actions.send_back(proposed, rev=1, by=HUNG, reason="Thiếu giấy tờ")
    assert (back.state, back.note) == (Design.DRAFT, "Thiếu giấy tờ")


def test_what_is_published_is_in_the_catalogue_and_people_apply_for_it(proposed):
    assert proposed.key not in [each.key for each in catalogue.entries()]
    actions.publish(proposed, rev=1, by=HUNG)
    assert catalogue.find("xac nhan so nha")[0].key == proposed.key
    begun, _ = drafting.begin(proposed.key, by=ANONYMOUS)
    assert procedures.of(begun).procedure.version == 1


def test_the_next_version_and_its_number(proposed):
    actions.publish(proposed, rev=1, by=HUNG)
    begun, _ = drafting.begin(proposed.key, by=ANONYMOUS)
    again = actions.begin_again(proposed.key, by=LAN)
    assert (again.base, again.body["version"]) == (1, 2)
    assert list(again.body["states"])[:3] == ["submitted", "waiting", "in-review"]
    changed = actions.save(again, renamed(again, "Xác nhận số nhà (mới)"), rev=1, by=LAN)
    actions.propose(changed, rev=2, by=LAN)
    assert actions.publish(changed, rev=2, by=HUNG).version == 2
    assert procedures.of(begun).procedure.version == 1  # what runs keeps its version
    assert catalogue.entry(proposed.key).procedure.version == 2


def test_a_draft_from_a_procedure_of_a_pack():
    made = actions.begin_again("birth-registration", by=SYSTEM)
    assert made.problems == 0
    shipped = packs.procedures()["birth-registration"].version
    assert made.body["version"] == shipped + 1
    assert made.base == shipped


def test_a_blank_draft_takes_the_usual_course_and_refuses_a_wrong_key():
    assert actions.begin_blank("cap-the", {"vi": "Cấp thẻ"}, "khac", by=LAN).problems == 0
    with pytest.raises(BadInput):
        actions.begin_blank("Sai Mã", {"vi": "x"}, "khac", by=LAN)
    with pytest.raises(BadInput):
        actions.begin_blank("x", {"vi": " "}, "khac", by=LAN)


@pytest.mark.parametrize("by", [OF_WARD, OF_ORG, HUNG, Actor("account", "x", "", (), account="x"), ANONYMOUS])
def test_who_does_not_design_for_the_city_begins_and_changes_nothing(draft, by):
    for attempt in (
        lambda: actions.begin_blank("mot-thu-tuc", {"vi": "Một"}, "khac", by=by),
        lambda: actions.save(draft, renamed(draft), rev=1, by=by),
        lambda: actions.settle(draft, 0, rev=1, by=by),
        lambda: actions.propose(draft, rev=1, by=by),
        lambda: actions.discard(draft, rev=1, by=by),
    ):
        with pytest.raises((Forbidden, Unauthenticated)):
            attempt()
    draft.refresh_from_db()
    assert (draft.rev, draft.state) == (1, Design.DRAFT)


def test_the_designer_of_an_organisation_keeps_to_its_procedures(draft):
    own = draft.body
    own["agency"] = {"level": "city", "organisation": ORG}
    with pytest.raises(Forbidden):  # nobody takes a procedure of the whole city over
        actions.save(draft, own, rev=1, by=OF_ORG)
    moved = actions.save(draft, own, rev=1, by=BOTH)
    assert [each.pk for each in queries.listing(by=OF_ORG)] == [moved.pk]
    assert actions.save(moved, renamed(moved), rev=2, by=OF_ORG).rev == 3
    assert queries.listing(by=OF_WARD) == []
    with pytest.raises(NotFound):
        queries.get(moved.pk, by=OF_WARD)


@pytest.mark.parametrize("by", [LAN, OF_WARD, ANONYMOUS])
def test_who_does_not_publish_neither_publishes_nor_sends_back(proposed, by):
    for attempt in (
        lambda: actions.publish(proposed, rev=1, by=by),
        lambda: actions.send_back(proposed, rev=1, by=by, reason="x"),
    ):
        with pytest.raises((Forbidden, Unauthenticated)):
            attempt()


def test_events_and_audit_say_who_did_what(proposed):
    actions.publish(proposed, rev=1, by=HUNG)
    kinds = set(OutboxEvent.objects.filter(subject=proposed.reference).values_list("type", flat=True))
    assert {f"vn.dothi.services.procedure-{what}" for what in ("begun", "proposed", "published")} <= kinds
    assert AuditEntry.objects.get(action="services.publish", outcome="done").actor_id == "hung"
    with pytest.raises(Forbidden):
        actions.begin_again(proposed.key, by=HUNG)
    assert AuditEntry.objects.filter(outcome="refused", actor_id="hung").exists()


def test_a_newer_version_published_meanwhile_is_not_overwritten(proposed):
    other = checking.examine(proposed.body).procedure
    cases.publish(other, by=SYSTEM)
    with pytest.raises(Conflict):
        actions.publish(proposed, rev=1, by=HUNG)


def test_search_with_and_without_diacritics(draft):
    for words in ("xác nhận số nhà", "xac nhan", "2.009999"):
        assert [each.pk for each in queries.listing(by=LAN, text=words)] == [draft.pk]
    assert queries.listing(by=LAN, text="không có") == []
    assert [each.pk for each in queries.listing(by=LAN, agency="ward")] == [draft.pk]
    assert queries.agencies(by=LAN) == ["ward"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b"{"), ("a.json", b"[]"), ("a.json", b"\xff\xfe"), ("a.bpmn", b"<x/>"), ("b.json", b"[" * 100_000)],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_a_reason(name, content):
    found = importing.bring(name, content, by=LAN)
    assert found.design is None
    assert found.problem["vi"]
    assert Design.objects.count() == 0


def test_a_bpmn_file_becomes_a_draft():
    from dothi.kernel.cases.engine.bpmn import export_bpmn
    from dothi.kernel.packs import queries as packs

    xml = export_bpmn(packs.procedures()["birth-registration"])
    found = importing.bring("a.bpmn", xml.encode(), by=LAN)
    assert found.problem is None
    assert set(packs.procedures()["birth-registration"].states) <= set(found.design.body["states"])


def test_missing_permission_is_raised_not_reported():
    with pytest.raises(DothiError):
        importing.bring("a.json", json.dumps(OFFICIAL).encode(), by=Actor("account", "x", "", (Grant("x"),)))
