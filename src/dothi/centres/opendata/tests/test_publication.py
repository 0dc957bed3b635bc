"""The way of a dataset to the public: who may take which step, and what stops it."""

import json

import pytest

from dothi.centres.opendata import queries, rules
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.models import Change, Publication, Step
from dothi.centres.opendata.rules import Accepted, Finding
from dothi.core.errors import BadInput, Conflict, Forbidden, Gone, NotFound, Unauthenticated
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

pytestmark = pytest.mark.django_db
PHONE = Finding("line", "phone", 3, 10, ("090*****12",))
WARD, OTHER = "26734", "26740"


@pytest.fixture
def officer(actor):
    """May submit and publish in the ward."""
    return actor("an", rules.SUBMIT, rules.PUBLISH, unit=WARD)


@pytest.fixture
def owner(actor):
    """May approve and withdraw in the ward."""
    return actor("binh", rules.APPROVE, rules.WITHDRAW, rules.PUBLISH, unit=WARD)


@pytest.fixture
def draft(dataset, finds, officer):
    dataset()
    return steps.prepare("budget", by=officer)


@pytest.fixture
def waiting(draft, officer):
    """Submitted and screened."""
    return steps.screen(steps.submit(draft, by=officer))


@pytest.fixture
def public(waiting, officer, owner):
    steps.approve(waiting, by=owner)
    made = steps.publish(waiting, by=officer)
    memory.due()
    return made


def events(kind):
    return list(OutboxEvent.objects.filter(type=f"vn.dothi.opendata.{kind}"))


def test_a_draft_is_made_once(draft, officer):
    assert steps.prepare("budget", by=officer) == draft
    assert (draft.state, draft.unit) == ("draft", WARD)


def test_a_draft_needs_a_dataset(officer, db):
    with pytest.raises(NotFound, match="no dataset 'nothing'"):
        steps.prepare("nothing", by=officer)


def test_a_draft_needs_the_permission_in_its_unit(dataset, actor):
    dataset()
    with pytest.raises(Forbidden):
        steps.prepare("budget", by=actor("an", rules.SUBMIT, unit=OTHER))
    with pytest.raises(Unauthenticated):
        steps.prepare("budget", by=ANONYMOUS)


def test_submitting_sends_it_to_the_screening(draft, officer):
    made = steps.submit(draft, by=officer, text="lần đầu")
    assert (made.state, made.version, made.round, made.submitted_by) == ("screening", 1, 1, "account:an")
    assert Dataset.objects.get(key="budget").state == "screening"


def test_an_internal_dataset_is_not_submitted(dataset, officer):
    dataset(access="internal")
    with pytest.raises(Conflict, match="internal"):
        steps.submit(steps.prepare("budget", by=officer), by=officer)


def test_a_dataset_without_rows_is_not_submitted(dataset, officer):
    dataset(version=0)
    with pytest.raises(Conflict, match="no version"):
        steps.submit(steps.prepare("budget", by=officer), by=officer)


def test_a_clean_dataset_waits_for_approval(waiting):
    assert waiting.state == "approval"
    assert waiting.screened_at is not None


def test_personal_data_stops_it(draft, officer, finds):
    finds(PHONE)
    made = steps.screen(steps.submit(draft, by=officer))
    assert made.state == "draft"
    assert made.findings[0]["kind"] == "phone"


def test_an_accepted_finding_does_not_stop_it(draft, officer, finds):
    finds(PHONE)
    why = [Accepted("line", "phone", "Đường dây nóng của phường")]
    assert steps.screen(steps.submit(draft, by=officer, accepted=why)).state == "approval"


def test_accepting_without_a_reason_accepts_nothing(draft, officer, finds):
    finds(PHONE)
    made = steps.screen(steps.submit(draft, by=officer, accepted=[Accepted("line", "phone", " ")]))
    assert made.state == "draft"


def test_small_groups_stop_it(draft, officer, finds):
    finds(anonymity={"smallest": 2, "columns": ["age", "ward"]})
    assert steps.screen(steps.submit(draft, by=officer)).state == "draft"


def test_groups_of_five_do_not_stop_it(draft, officer, finds):
    finds(anonymity={"smallest": 5})
    assert steps.screen(steps.submit(draft, by=officer)).state == "approval"


def test_nobody_approves_their_own(waiting, actor):
    with pytest.raises(Forbidden, match="themselves"):
        steps.approve(waiting, by=actor("an", rules.APPROVE, unit=WARD))


def test_a_token_of_the_submitter_cannot_approve_either(waiting, actor):
    token = actor("an", rules.APPROVE)
    object.__setattr__(token, "kind", "token")
    with pytest.raises(Forbidden, match="themselves"):
        steps.approve(waiting, by=token)


def test_an_owner_of_another_unit_cannot_approve(waiting, actor):
    with pytest.raises(Forbidden):
        steps.approve(waiting, by=actor("chi", rules.APPROVE, unit=OTHER))


def test_the_right_in_the_publishing_organisation_is_enough(dataset, actor, officer, finds):
    dataset(publisher="H29.9")
    waiting = steps.screen(steps.submit(steps.prepare("budget", by=officer), by=officer))
    assert (
        steps.approve(waiting, by=actor("chi", rules.APPROVE, organisation="H29.9")).approved_by
        == "account:chi"
    )


def test_it_is_not_published_before_it_is_approved(waiting, officer):
    with pytest.raises(Conflict, match="not approved"):
        steps.publish(waiting, by=officer)


def test_an_owner_sends_it_back_with_a_reason(waiting, owner, officer):
    made = steps.send_back(waiting, reason="Thiếu mô tả cột", by=owner)
    assert (made.state, made.reason) == ("draft", "Thiếu mô tả cột")
    assert steps.submit(made, by=officer).round == 2


def test_sending_back_needs_a_reason(waiting, owner):
    with pytest.raises(BadInput):
        steps.send_back(waiting, reason=" ", by=owner)


def test_published_it_is_found_and_open(public):
    found = queries.needed("budget")
    assert (found.title.vi, found.version, found.rows) == ("Ngân sách", 1, 10)
    assert Dataset.objects.get(key="budget").state == "published"
    assert [each.key for each in queries.find("ngan sach").listings] == ["budget"]


def test_columns_that_are_not_open_are_not_told(public):
    assert [each.name for each in queries.needed("budget").columns] == ["line"]


def test_publishing_is_told_to_those_who_listen(public):
    (event,) = events("dataset-published")
    assert (event.subject, json.loads(event.data)["version"]) == ("dataset:budget", 1)
    assert Change.objects.get().kind == "published"


def test_every_step_is_kept_with_who_took_it(public):
    kept = [(step.before, step.after, step.by) for step in Step.objects.order_by("id")]
    assert kept == [
        ("draft", "screening", "account:an"),
        ("screening", "approval", "system"),
        ("approval", "approval", "account:binh"),
        ("approval", "published", "account:an"),
    ]


def test_another_version_than_the_approved_one_is_not_published(waiting, officer, owner, add_version):
    steps.approve(waiting, by=owner)
    add_version(Dataset.objects.get(key="budget"), 2)
    with pytest.raises(Conflict, match="Another version"):
        steps.publish(waiting, by=officer)


def test_a_withdrawn_dataset_is_gone_and_says_why(public, owner):
    steps.withdraw(public, reason="Số liệu sai", by=owner)
    memory.due()
    with pytest.raises(Gone, match="Số liệu sai"):
        queries.needed("budget")
    assert queries.find().matched == 0
    assert Dataset.objects.get(key="budget").state == "withdrawn"
    assert events("dataset-withdrawn")


def test_withdrawing_needs_the_permission_and_a_reason(public, owner, officer):
    with pytest.raises(Forbidden):
        steps.withdraw(public, reason="x", by=officer)
    with pytest.raises(BadInput):
        steps.withdraw(public, reason="", by=owner)


def test_a_withdrawn_dataset_can_begin_again(public, owner, officer):
    steps.withdraw(public, reason="Số liệu sai", by=owner)
    assert steps.reopen(public, by=officer).state == "draft"


def test_a_superseded_dataset_names_what_follows(public, owner, shown, listing):
    shown(listing("budget-2027"))
    steps.supersede(public, successor="budget-2027", reason="Mẫu mới", by=owner)
    memory.due()
    with pytest.raises(Gone) as gone:
        queries.needed("budget")
    assert gone.value.members["successor"] == "budget-2027"


def test_what_follows_must_be_published(public, owner):
    with pytest.raises(NotFound):
        steps.supersede(public, successor="nothing", reason="x", by=owner)


@pytest.mark.parametrize("step", ["approve", "publish", "withdraw", "reopen"])
def test_steps_are_taken_in_their_order_only(draft, step):
    more = {"reason": "x"} if step == "withdraw" else {}
    with pytest.raises(Conflict):
        getattr(steps, step)(draft, by=SYSTEM, **more)


def test_a_newer_version_with_personal_data_is_held_and_the_one_before_serves(public, add_version, finds):
    newer = add_version(Dataset.objects.get(key="budget"), 2)
    finds(PHONE)
    steps.hold(public, newer, steps.screening.look(newer), by=SYSTEM)
    assert DatasetVersion.objects.get(number=2).state == "withdrawn"
    assert DatasetVersion.objects.get(number=1).state == "published"
    assert json.loads(events("version-held")[0].data)["kinds"] == ["phone"]


def test_a_newer_version_is_told(public, add_version):
    newer = add_version(Dataset.objects.get(key="budget"), 2)
    steps.show_again(public, newer, by=SYSTEM, kind=Change.UPDATED)
    memory.due()
    assert queries.needed("budget").version == 2
    assert [each.kind for each in queries.changes(dataset="budget")] == ["updated", "published"]
    assert Publication.objects.get().version == 2


def test_a_dataset_that_is_not_public_is_not_told(draft, add_version):
    newer = add_version(Dataset.objects.get(key="budget"), 2)
    steps.show_again(draft, newer, by=SYSTEM, kind=Change.UPDATED)
    assert queries.find().matched == 0
