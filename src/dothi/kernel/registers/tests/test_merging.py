"""Two records of one person: merged, read as one, and parted again as if nothing had been."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dothi.core import clock
from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.registers import actions, queries
from dothi.kernel.registers.finding import search
from dothi.kernel.registers.merging import merge, unmerge
from dothi.kernel.registers.models import Identifier, Record
from dothi.kernel.registers.tests.conftest import OTHER, REGISTRAR, WARD, someone

pytestmark = pytest.mark.django_db
STEWARD = someone("registers.*")
T0 = datetime(2025, 3, 1, 3, tzinfo=UTC)


@pytest.fixture
def pair(owner):
    first = owner("Nguyễn Văn An", card="1111", phone="0901")
    second = owner("Nguyễn Van An", file="A-2", phone="0902", note="from the old book")
    return first, second


def get(record, **asked):
    return queries.get("owner", record.id, by=REGISTRAR, purpose="residence", **asked)


def by_card(card):
    return queries.by_identifier("owner", "id-card", card, by=REGISTRAR, purpose="residence")


class TestMerge:
    def test_the_golden_record_says_where_each_property_came_from(self, pair):
        first, second = pair
        merge(first, second, by=STEWARD, reason="same person")
        seen = get(first)
        assert seen.data == {
            "full_name": "Nguyễn Văn An", "card": "1111", "phone": "0901", "file": "A-2", "note": "from the old book",
        }  # fmt: skip
        assert seen.origins["phone"] == str(first.id)
        assert seen.origins["note"] == str(second.id)

    def test_a_person_may_choose_the_golden_values(self, pair):
        first, second = pair
        golden = {"full_name": "Nguyễn Văn Ân", "phone": "0902"}
        merge(first, second, by=STEWARD, reason="same", data=golden, origins={"phone": second.id})
        seen = get(first)
        assert seen.data == golden
        assert seen.origins == {"full_name": "entered", "phone": str(second.id)}

    def test_asking_for_the_loser_gives_the_winner(self, pair):
        first, second = pair
        merge(first, second, by=STEWARD, reason="same")
        seen = get(second)
        assert (seen.id, seen.merged_from) == (first.id, second.id)

    def test_identifiers_of_both_find_the_winner(self, owner):
        first, second = owner("An", card="1111"), owner("Ann", card="2222")
        merge(first, second, by=STEWARD, reason="same")
        assert by_card("2222").id == by_card("1111").id == first.id
        with pytest.raises(Conflict):
            owner("Khác", card="2222")

    def test_the_golden_record_may_carry_the_losers_number(self, owner):
        first, second = owner("An"), owner("Ann", card="2222")
        merge(first, second, by=STEWARD, reason="same")
        assert get(first).data["card"] == "2222"
        assert Identifier.objects.filter(value="2222").count() == 1

    def test_the_loser_is_not_found_any_more(self, pair):
        first, second = pair
        merge(first, second, by=STEWARD, reason="same")
        found = search("owner", "nguyen van an", by=REGISTRAR, purpose="residence")
        assert [each.id for each in found.items] == [first.id]

    def test_what_was_known_before_is_still_known(self, owner):
        with clock.frozen(T0) as now:
            first, second = owner("An", phone="1"), owner("Ann", phone="2")
            now.advance(timedelta(days=1))
            merge(first, second, by=STEWARD, reason="same")
            assert get(second, known_on=T0).data["phone"] == "2"

    def test_a_merged_record_is_not_changed(self, pair):
        first, second = pair
        merge(first, second, by=STEWARD, reason="same")
        with pytest.raises(Conflict) as refused:
            actions.correct(second, {"phone": "1"}, by=REGISTRAR, reason="r")
        assert refused.value.members["merged_into"] == str(first.id)

    def test_only_two_records_of_one_type(self, pair, tree):
        first, _ = pair
        for other in (first, tree()):
            with pytest.raises(BadInput):
                merge(first, other, by=STEWARD, reason="same")

    def test_it_needs_the_right_in_both_units(self, owner):
        first, second = owner("An", unit=WARD), owner("Ann", unit=OTHER)
        with pytest.raises(Forbidden):
            merge(first, second, by=someone("registers.merge.owner", unit=WARD), reason="same")

    def test_a_golden_record_that_does_not_fit_is_refused_and_nothing_is_kept(self, pair):
        first, second = pair
        with pytest.raises(BadInput):
            merge(first, second, by=STEWARD, reason="same", data={"phone": "1"})
        assert Record.objects.get(pk=second.pk).state == "active"


class TestUnmerge:
    def test_both_say_again_what_they_said(self, pair):
        first, second = pair
        before = get(first).data, get(second).data
        done = merge(first, second, by=STEWARD, reason="same")
        result = unmerge(done, by=STEWARD, reason="twins")
        assert result.restored
        assert (get(first).data, get(second).data) == before
        assert by_card("1111").id == first.id
        found = search("owner", "nguyen van an", by=REGISTRAR, purpose="residence")
        assert {each.id for each in found.items} == {first.id, second.id}

    def test_days_and_gaps_of_the_loser_come_back(self, owner):
        first, second = owner("An"), owner("Ann", phone="1", valid_from=date(2020, 1, 1))
        actions.revise(second, {"phone": "2"}, valid_from=date(2022, 1, 1), by=REGISTRAR, reason="r")
        actions.end(second, on=date(2023, 1, 1), by=REGISTRAR, reason="r")
        done = merge(first, second, by=STEWARD, reason="same")
        unmerge(done, by=STEWARD, reason="wrong")
        told = queries.history("owner", second.id, by=REGISTRAR, purpose="residence")
        assert [(s.valid_from, s.valid_to, s.data["phone"]) for s in told.segments] == [
            (date(2020, 1, 1), date(2022, 1, 1), "1"),
            (date(2022, 1, 1), date(2023, 1, 1), "2"),
        ]

    def test_a_winner_changed_since_is_left_to_a_person(self, pair):
        first, second = pair
        done = merge(first, second, by=STEWARD, reason="same")
        actions.correct(first, {"phone": "0999"}, by=REGISTRAR, reason="called")
        assert not unmerge(done, by=STEWARD, reason="wrong").restored
        assert get(first).data["phone"] == "0999"
        assert get(second).data["phone"] == "0902"

    def test_a_chain_is_undone_from_its_end(self, owner):
        a, b, c = owner("A", card="1111"), owner("B", card="2222"), owner("C", card="3333")
        one = merge(b, c, by=STEWARD, reason="same")
        two = merge(a, b, by=STEWARD, reason="same")
        assert get(c).id == by_card("3333").id == a.id
        with pytest.raises(Conflict):
            unmerge(one, by=STEWARD, reason="wrong")
        unmerge(two, by=STEWARD, reason="wrong")
        assert get(c).id == by_card("3333").id == b.id
        unmerge(one, by=STEWARD, reason="wrong")
        assert by_card("3333").id == c.id

    def test_once(self, pair):
        done = merge(*pair, by=STEWARD, reason="same")
        unmerge(done.pk, by=STEWARD, reason="wrong")
        with pytest.raises(Conflict):
            unmerge(done, by=STEWARD, reason="wrong")

    def test_it_may_be_merged_again(self, pair):
        first, second = pair
        unmerge(merge(first, second, by=STEWARD, reason="same"), by=STEWARD, reason="wrong")
        merge(second, first, by=STEWARD, reason="the other way round")
        assert get(first).id == second.id
