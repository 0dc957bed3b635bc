"""Lists, searches, places and counts: what fits, in order, and nothing that may not be seen."""

from __future__ import annotations

import random

import pytest

from dothi.core import clock
from dothi.core.clock import now_us
from dothi.core.errors import BadInput, Forbidden, NotFound, Unauthenticated
from dothi.kernel.cases import actions, queries, scopes
from dothi.kernel.cases.commands import Act, Open
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.tests.conftest import CITIZEN, OPERATOR, ORG, OTHER, WARD, WARD_OFFICER, someone
from dothi.kernel.identity.access import ANONYMOUS

WORDS = ["Nắp cống vỡ", "Đèn đường hỏng", "Rác chưa thu gom", "Cây đổ chắn đường", "Ngập nước hẻm 12"]


@pytest.fixture
def many(db):
    """Forty cases over two wards, some moved on, some closed."""
    scopes.forget()
    pick = random.Random(3)
    opens = [
        Open(
            procedure="test-report",
            data={"what": WORDS[number % 5], "name": f"Người {number}"},
            by=CITIZEN,
            unit=(WARD, OTHER)[number % 2],
            organisation=ORG if number % 3 else "H29.8",
            position=(106.7 + number * 0.001, 10.77),
        )
        for number in range(40)
    ]
    made = {case.num: case for case in actions.perform(opens)}
    moved = [Act(case=num, action="dispatch", by=OPERATOR) for num in made if pick.random() < 0.5]
    data = {"answer": "xong"}
    moved += [Act(case=act.case, action="answer", by=OPERATOR, data=data) for act in moved[::3]]
    for case in actions.perform(moved):
        made[case.num] = case
    return list(made.values())


def pages(asked, by, limit=7):
    found, after = [], ""
    while True:
        page = queries.inbox(asked, by=by, after=after, limit=limit)
        found += page.items
        after = page.next
        if not after:
            return found


FILTERS = [
    Filter(),
    Filter(unit=WARD),
    Filter(organisation=ORG),
    Filter(organisation=ORG, states=("dispatched",)),
    Filter(order="opened"),
    Filter(order="changed"),
    Filter(phases=()),
    Filter(phases=("done",)),
    Filter(phases=(), unit=OTHER),
    Filter(phases=(), organisation=ORG),
    Filter(kinds=("report",), procedures=("test-report",)),
    Filter(kinds=("dossier",)),
    Filter(text="nap cong"),
    Filter(text="nắp", organisation=ORG),
    Filter(text="đèn đường", phases=()),
    Filter(box=(106.7095, 10.7, 106.7205, 10.8)),
    Filter(box=(106.7095, 10.7, 106.7205, 10.8), phases=(), order="opened"),
    Filter(applicant="account:citizen", phases=()),
    Filter(assignee="nobody"),
    Filter(late=False),
    Filter(late=True),
]


def model(asked: Filter, cases):
    """The same list, by looking at every case."""

    def fits(case):
        text = case.data["what"].lower()
        return all(
            (
                not asked.phases or case.phase in asked.phases,
                not asked.unit or case.unit == asked.unit,
                not asked.organisation or case.organisation == asked.organisation,
                not asked.states or case.state in asked.states,
                not asked.kinds or case.kind in asked.kinds,
                "nap cong" not in asked.text or "nắp cống" in text,
                asked.text != "nắp" or "nắp" in text,
                asked.text != "đèn đường" or ("đèn" in text and "đường" in text),
                asked.box is None or asked.box[0] <= case.position[0] <= asked.box[2],
                asked.late is not True,
            )
        )

    def key(case):
        if asked.by == "due":
            return (case.due_us or 1 << 62, case.num)
        return (-(case.opened_us if asked.by == "opened" else case.changed_us), -case.num)

    return [case.id for case in sorted(filter(fits, cases), key=key)]


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_a_list_is_what_a_look_at_every_case_finds(many, asked):
    assert [case.id for case in pages(asked, OPERATOR)] == model(asked, many)


def test_a_ward_officer_sees_their_ward(many):
    found = pages(Filter(phases=()), WARD_OFFICER)
    assert {case.unit for case in found} == {WARD}
    assert len(found) == 20
    mine = next(case for case in many if case.unit == WARD)
    other = next(case for case in many if case.unit == OTHER)
    assert queries.get(mine.id, by=WARD_OFFICER).code == mine.code
    assert "name" not in queries.get(mine.code, by=WARD_OFFICER).data
    assert "name" in queries.get(mine.code, by=OPERATOR).data
    with pytest.raises(NotFound):
        queries.get(other.id, by=WARD_OFFICER)


def test_an_organisation_sees_its_own(many):
    found = pages(Filter(phases=()), someone("cases.read", organisation=ORG))
    assert {case.organisation for case in found} == {ORG}


def test_who_may_read_nothing_is_refused_and_sees_their_own(many):
    with pytest.raises(Forbidden):
        queries.inbox(Filter(), by=CITIZEN)
    with pytest.raises(Unauthenticated):
        queries.inbox(Filter(), by=ANONYMOUS)
    assert len(pages(Filter(applicant="account:citizen", phases=()), CITIZEN)) == 40
    assert queries.get(many[0].id, by=CITIZEN).data["name"] == "Người 0"


def test_personal_words_find_for_those_who_may_read_them(many):
    assert len(queries.search("người", by=OPERATOR).items) == 40
    assert queries.search("người", by=WARD_OFFICER).items == []


def test_a_word_half_typed_finds_those_that_go_on(many):
    assert len(queries.search("đèn đườ", by=OPERATOR).items) == 8
    assert len(queries.search("den duo", by=OPERATOR).items) == 8


def test_a_code_is_found_exactly(many):
    assert [case.id for case in queries.search(many[7].code.lower(), by=OPERATOR).items] == [many[7].id]


def test_a_cursor_of_another_list_is_refused(many):
    page = queries.inbox(Filter(), by=OPERATOR, limit=3)
    for wrong in (page.next[:-3] + "xyz", "!", "W10"):
        with pytest.raises(BadInput):
            queries.inbox(Filter(), by=OPERATOR, after=wrong)
    with pytest.raises(BadInput):
        queries.inbox(Filter(order="opened"), by=OPERATOR, after=page.next)


def test_near_cases_come_by_distance_and_age(many):
    found = queries.near((106.71, 10.77), 250, by=OPERATOR, days=1)
    assert [round(each.metres) for each in found] == sorted(round(each.metres) for each in found)
    assert {each.case.id for each in found} == {
        case.id for case in many if abs(case.position[0] - 106.71) < 0.0022
    }
    with clock.frozen(clock.from_us(now_us() + 3 * 86_400_000_000)):
        assert queries.near((106.71, 10.77), 250, by=OPERATOR, days=1) == []


def test_counts_and_workload_add_up(many):
    found = queries.counts(Filter(), by=OPERATOR)
    still = [case for case in many if case.phase != "done"]
    assert found.total == len(still)
    assert sum(found.states.values()) == len(still)
    loads = queries.workload(OPERATOR)
    assert sum(each.open for each in loads) == len(still)


def test_a_secret_opens_one_case(db):
    made = actions.open_case("test-report", data={"what": "x"}, by=ANONYMOUS, secret=True)
    assert made.secret
    found, holder = queries.by_link(made.code, made.secret)
    assert found.id == made.id
    assert queries.get(made.id, by=holder).code == made.code
    with pytest.raises(NotFound):
        queries.by_link(made.code, "wrong")
    actions.act(made.id, "dispatch", by=OPERATOR)
    done = actions.act(made.id, "answer", by=OPERATOR, data={"answer": "xong"})
    rated = actions.act(made.id, "rate", by=holder, data={"rating": 5}, rev=done.rev)
    assert rated.facts["rating"] == 5


def test_the_public_timeline_says_what_is_public(db):
    made = actions.open_case("test-report", data={"what": "x"}, by=CITIZEN, unit=WARD, organisation=ORG)
    actions.act(made.id, "touch", by=OPERATOR, note="nội bộ")
    actions.act(made.id, "dispatch", by=OPERATOR)
    actions.act(made.id, "hold", by=OPERATOR)
    internal = queries.timeline(made.id, by=OPERATOR, language="en")
    assert [line.label for line in internal] == ["Received", "Touch", "Dispatch", "Hold"]
    assert internal[-1].pauses[0].cause == "works"
    public = queries.timeline(made.id, by=CITIZEN)
    assert [line.label for line in public] == ["Đã nhận", "Chuyển", "Chờ"]
    assert all(line.actor == "" for line in public)


def test_what_can_be_done_is_offered(db):
    made = actions.open_case("test-report", data={"what": "x"}, by=CITIZEN, unit=WARD)
    assert {offer.action for offer in queries.available(made.id, by=OPERATOR)} == {
        "dispatch",
        "touch",
        "refuse",
    }
    assert queries.available(made.id, by=CITIZEN) == []
