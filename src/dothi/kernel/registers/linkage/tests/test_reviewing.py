"""From two records of one person to a golden record, and back."""

from __future__ import annotations

import threading

import pytest

from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions as records
from dothi.kernel.registers import queries as reading
from dothi.kernel.registers.linkage import actions, queries, tasks
from dothi.kernel.registers.linkage.models import Candidate, Key
from dothi.kernel.registers.tests.conftest import OTHER, WARD, someone

pytestmark = pytest.mark.django_db
STEWARD = someone("registers.*")


@pytest.fixture
def pair(owner):
    first = owner("NGUYEN VAN AN", born="1990-03-04", phone="0901234567", source="old book", unit=WARD)
    second = owner("Nguyễn Văn An", born="1990-04-03", phone="0901234567", note="n", source="form", unit=WARD)
    return first, second


def scan(full=False):
    return actions.scan("owner", by=SYSTEM, full=full)


def only() -> Candidate:
    return Candidate.objects.get()


def test_the_first_look_finds_the_pair_and_says_so(pair):
    done = scan()
    assert (done.full, done.new, done.waiting) == (True, 1, 1)
    assert (only().left_id, only().right_id) == (pair[0].pk, pair[1].pk)
    assert OutboxEvent.objects.filter(type="vn.dothi.registers.duplicates-found").count() == 1


def test_a_household_is_no_pair(owner):
    owner("Nguyễn Văn An", born="1990-03-04", phone="0901234567")
    owner("Trần Thị Bích Hạnh", born="1971-07-09", phone="0901234567")
    assert scan().new == 0


def test_only_new_and_changed_records_are_looked_at_again(pair, owner):
    scan()
    assert scan().records == 0
    third = owner("Nguyễn Văn An", born="1990-03-04", phone="0901234567")
    done = scan()
    assert (done.full, done.records, done.new) == (False, 1, 2)
    records.correct(
        third, {"full_name": "Lê Thị Bưởi", "born": "1950-01-02", "phone": "0999"}, by=SYSTEM, reason="r"
    )
    assert scan().waiting == 1


def test_a_full_look_finds_what_the_small_ones_found(pair, owner):
    scan()
    owner("Nguyễn Văn An", born="1990-03-04", phone="0901234567")
    scan()
    before = set(Candidate.objects.values_list("left_id", "right_id"))
    assert scan(full=True).new == 0
    assert set(Candidate.objects.values_list("left_id", "right_id")) == before


def test_keys_hold_no_name(pair):
    scan()
    assert Key.objects.count() == 4
    assert {type(each.value) for each in Key.objects.all()} == {int}


def test_same_merges_and_the_golden_record_takes_each_property_by_its_rule(pair):
    scan()
    done = actions.decide(only(), "same", by=STEWARD, reason="same person")
    assert done.state == "same"
    seen = reading.get("owner", pair[0].id, by=STEWARD, purpose="residence")
    assert seen.data["full_name"] == "Nguyễn Văn An"  # the fullest
    assert seen.data["born"] == "1990-04-03"  # the latest
    assert seen.origins["full_name"] == str(pair[1].id)
    told = {
        each.property: each
        for each in queries.provenance("owner", pair[0].id, by=STEWARD, purpose="residence")
    }
    assert (told["full_name"].record, told["full_name"].source) == (pair[1].id, "form")
    assert (told["phone"].record, told["phone"].source) == (pair[0].id, "old book")


def test_a_person_may_choose_a_value_and_the_winner(pair):
    scan()
    actions.decide(only(), "same", by=STEWARD, reason="r", winner="right", chosen={"born": "left"})
    seen = reading.get("owner", pair[0].id, by=STEWARD, purpose="residence")
    assert (seen.id, seen.data["born"]) == (pair[1].id, "1990-03-04")


def test_taking_it_back_parts_them_and_they_are_not_asked_of_again(pair):
    scan()
    actions.decide(only(), "same", by=STEWARD, reason="same")
    actions.take_back(only(), by=STEWARD, reason="twins")
    seen = reading.get("owner", pair[1].id, by=STEWARD, purpose="residence")
    assert (seen.id, seen.data["full_name"]) == (pair[1].id, "Nguyễn Văn An")
    assert only().state == "different"
    assert scan(full=True).new == 0


def test_what_was_decided_stays(pair):
    scan()
    actions.decide(only(), "different", by=STEWARD, reason="father and son")
    assert scan(full=True).waiting == 0
    assert queries.queue("owner", by=STEWARD, state="different").items[0].reason == "father and son"
    actions.take_back(only(), by=STEWARD, reason="looked again")
    assert only().state == "open"


def test_same_without_a_merge_needs_no_right_to_merge(pair):
    scan()
    reviewer = someone("registers.linkage.review", unit=WARD)
    with pytest.raises(Forbidden):
        actions.decide(only(), "same", by=reviewer, reason="r")
    assert actions.decide(only(), "same", by=reviewer, reason="r", merge=False).merge is None


def test_a_merged_record_waits_in_no_other_pair(pair, owner):
    owner("Nguyễn Văn An", born="1990-04-03", phone="0901234567")
    scan()
    first = Candidate.objects.get(left_id=pair[0].pk, right_id=pair[1].pk)
    actions.decide(first, "same", by=STEWARD, reason="r")
    waiting = Candidate.objects.filter(state="open")
    assert pair[1].pk not in {pk for each in waiting for pk in (each.left_id, each.right_id)}


@pytest.mark.parametrize("unit", [OTHER])
def test_a_reviewer_sees_and_decides_only_in_their_units(pair, unit):
    scan()
    stranger = someone("registers.linkage.review", "registers.read.*", unit=unit)
    assert queries.queue("owner", by=stranger).items == []
    for refused in (
        lambda: actions.decide(only(), "different", by=stranger, reason="r"),
        lambda: queries.side_by_side(only().pk, by=stranger),
        lambda: queries.queue("owner", by=someone("registers.read.*")),
        lambda: actions.scan("owner", by=stranger),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_side_by_side_says_how_alike_and_what_would_be_kept(pair):
    scan()
    shown = queries.side_by_side(only().pk, by=STEWARD)
    lines = {each.property: each for each in shown.lines}
    assert (lines["full_name"].level, lines["full_name"].kept) == (4, "right")
    assert lines["born"].level == 4
    assert lines["note"].level is None
    masked = queries.side_by_side(only().pk, by=someone("registers.linkage.review", "registers.read.*"))
    assert "full_name" in masked.left.masked


def test_a_reason_is_needed_and_a_merged_pair_is_not_decided_twice(pair):
    scan()
    with pytest.raises(BadInput):
        actions.decide(only(), "different", by=STEWARD, reason=" ")
    with pytest.raises(Conflict):
        actions.take_back(only(), by=STEWARD, reason="r")
    actions.decide(only(), "same", by=STEWARD, reason="r")
    with pytest.raises(Conflict):
        actions.decide(only(), "different", by=STEWARD, reason="r")


def test_the_queue_goes_on_where_the_page_before_ended(owner):
    for _ in range(4):
        owner("Nguyễn Văn An", born="1990-03-04", phone="0901234567")
    scan()
    seen, after = [], ""
    while True:
        page = queries.queue("owner", by=STEWARD, after=after, limit=2)
        seen += [each.id for each in page.items]
        after = page.next
        if not after:
            break
    assert sorted(seen) == sorted(Candidate.objects.values_list("pk", flat=True))
    assert len(seen) == 6
    with pytest.raises(BadInput):
        queries.queue("owner", by=STEWARD, after="xx")


def test_the_worker_looks_where_something_changed(pair):
    assert "owner" in tasks.look(threading.Event())
    assert tasks.look(threading.Event()) == []
