"""A draft tried out: every path with its time and fees, one by hand; running cases move where nothing is lost."""

import pytest

from dothi.centres.services.designing import actions, checking, describing, moving, trying
from dothi.centres.services.designing.tests.conftest import HUNG, LAN, OFFICIAL, WARD
from dothi.centres.services.official.reading import read
from dothi.centres.services.tests.conftest import paper
from dothi.core.errors import BadInput, Forbidden
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import definitions, queries
from dothi.kernel.identity.access import SYSTEM

ANSWERS = {
    "applicant_name": "Trần Thị Mai", "applicant_id": "079190000001", "applicant_phone": "0903123456",
    "applicant_address": "12 Lê Lợi", "request": "Số nhà 12",
}  # fmt: skip


@pytest.fixture(scope="module")
def compiled():
    return definitions.compiled_of(checking.examine(describing.describe(read(OFFICIAL)).body).procedure)


def test_every_path_names_its_steps_time_and_fees(compiled):
    walked = trying.every_way(compiled)
    assert walked.missed == ()
    ends = {way.end["en"] for way in walked.ways if way.done}
    assert ends == {"Handed over", "Refused", "Withdrawn"}
    whole = next(way for way in walked.ways if way.end["en"] == "Handed over")
    assert whole.stops[0].done["vi"] == "Nộp hồ sơ"
    assert whole.fees == (10_000, 20_000)
    assert "3 ngày làm việc" in [allowance["vi"] for _, allowance in whole.times]  # as it is online


def test_one_path_is_walked_by_hand(compiled):
    taken = [trying.Taken("open", ANSWERS), trying.Taken("accept")]
    here = trying.stand(compiled, taken)
    assert here.case.state == "in-review"
    assert "letter" in here.orders
    assert "propose" in [each.action for each in here.choices]
    done = trying.stand(compiled, [*taken, trying.Taken("propose", {"result_no": "1"}), trying.Taken("sign"), trying.Taken("hand-over")])  # fmt: skip
    assert done.case.phase == "done"


def test_what_a_step_refuses_is_said(compiled):
    with pytest.raises(trying.Refused):
        trying.stand(compiled, [trying.Taken("open", {})])
    with pytest.raises(trying.Refused):
        trying.stand(compiled, [trying.Taken("open", ANSWERS), trying.Taken("sign")])


@pytest.mark.parametrize(
    "written", ["x", "{}", "[1]", '[{"action": 3}]', "[" + '{"action":"a"},' * 61 + '{"action":"a"}]']
)
def test_steps_that_are_none_are_refused(written):
    with pytest.raises(BadInput):
        trying.steps_of(written)


@pytest.fixture
def running(wired, proposed):
    """A case of the first version."""
    actions.publish(proposed, rev=1, by=HUNG)
    return cases.open_case(
        proposed.key, data=ANSWERS, by=SYSTEM, unit=WARD, documents={proposed.body["documents"][0]["key"]: (paper(),)}
    )  # fmt: skip


def second(key, change):
    """The second version, published."""
    again = actions.begin_again(key, by=LAN)
    body = again.body
    change(body)
    actions.save(again, body, rev=1, by=LAN)
    actions.propose(again, rev=2, by=LAN)
    actions.publish(again, rev=2, by=HUNG)


@pytest.mark.django_db
def test_a_running_case_keeps_its_version_until_it_is_moved_with_a_proof(running):
    second(running.procedure, lambda body: body["label"].update(vi="Tên mới"))
    assert queries.get(running.code, by=SYSTEM).version == 1
    (proven,) = moving.proofs(running.procedure, by=SYSTEM)
    assert (proven.case.code, proven.proof.ok, proven.proof.to_version) == (running.code, True, 2)
    assert moving.move(running.procedure, [running.code], by=SYSTEM) == [(running.code, None)]
    assert queries.get(running.code, by=SYSTEM).version == 2
    assert moving.proofs(running.procedure, by=SYSTEM) == []


@pytest.mark.django_db
def test_a_case_that_would_lose_data_stays_and_the_reason_is_said(running):
    def without_the_request(body):
        body["forms"]["application"]["pages"].pop()

    second(running.procedure, without_the_request)
    (proven,) = moving.proofs(running.procedure, by=SYSTEM)
    assert not proven.proof.ok
    assert "request" in proven.proof.lost
    ((code, error),) = moving.move(running.procedure, [running.code], by=SYSTEM)
    assert code == running.code
    assert error is not None
    assert queries.get(running.code, by=SYSTEM).version == 1


@pytest.mark.django_db
def test_who_may_not_migrate_moves_nothing(running):
    second(running.procedure, lambda body: body["label"].update(vi="Tên mới"))
    with pytest.raises(Forbidden):
        moving.proofs(running.procedure, by=LAN)
    ((_, error),) = moving.move(running.procedure, [running.code], by=LAN)
    assert error is not None
    assert queries.get(running.code, by=SYSTEM).version == 1
