"""What was kept long enough may go by a decision; what is to be kept may not."""

from __future__ import annotations

from datetime import date

import pytest

from dothi.core.errors import BadInput, Conflict, Forbidden, NotFound
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions, merging, queries, retaining, rules, types
from dothi.kernel.registers.finding import search
from dothi.kernel.registers.models import Identifier, Record, Version
from dothi.kernel.registers.tests.conftest import OWNER, WARD, declared, someone

pytestmark = pytest.mark.django_db
RULE = {"years": 10, "after": "ended", "basis": {"vi": "Luật", "en": "Law"}}


@pytest.fixture(autouse=True)
def kept_ten_years(small_types):
    types.use([declared(OWNER, retention=RULE)])


@pytest.fixture
def gone(owner):
    """An owner who ended long ago."""
    record = owner("Nguyễn Văn Cũ", card="0791", valid_from=date(1990, 1, 1), unit=WARD)
    actions.end(record, on=date(2001, 5, 1), by=SYSTEM, reason="chết")
    return record


class TestRules:
    def test_the_years_count_from_the_end_or_from_the_last_word(self, gone):
        from dothi.kernel.registers import keeping

        segments = rules.timeline(keeping.versions(gone))
        assert rules.kept_until(segments, date(2020, 2, 29), 10, "ended") == date(2011, 5, 1)
        assert rules.kept_until(segments, date(2020, 2, 29), 1, "recorded") == date(2021, 3, 1)

    def test_what_still_holds_has_no_end(self, owner):
        from dothi.kernel.registers import keeping

        segments = rules.timeline(keeping.versions(owner("Ai")))
        assert rules.kept_until(segments, date(2020, 1, 1), 10, "ended") is None


def test_due_are_those_whose_years_are_over(gone, owner):
    late = owner("Trần Mới", valid_from=date(1990, 1, 1))
    actions.end(late, on=date(2025, 1, 1), by=SYSTEM, reason="x")
    owner("Còn Sống")
    assert [(each.id, each.until) for each in retaining.due("owner", by=SYSTEM)] == [
        (gone.id, date(2011, 5, 1))
    ]
    assert retaining.due("owner", by=SYSTEM, after=gone.id) == []


def test_a_type_kept_for_good_has_none_due(gone):
    types.use([declared(OWNER, retention={**RULE, "years": 1000, "after": "recorded"})])
    assert retaining.due("owner", by=SYSTEM) == []


def test_what_it_said_is_gone_and_the_feed_says_so(gone):
    before = Version.objects.latest("seq").seq
    assert retaining.dispose("owner", [gone.id], by=SYSTEM, decision="QĐ 12/QĐ-UBND") == 1
    [version] = Version.objects.filter(record=gone)
    assert (version.op, version.data, version.reason) == ("dispose", None, "QĐ 12/QĐ-UBND")
    [change] = queries.changes("owner", before, by=SYSTEM)
    assert (change.id, change.valid_from, change.valid_to, change.data) == (gone.id, None, None, None)
    row = Record.objects.get(pk=gone.pk)
    assert (row.state, row.label, row.words, row.personal_words) == ("disposed", "", "", "")
    assert not Identifier.objects.filter(type="owner").exists()
    assert search("owner", "nguyen van cu", by=SYSTEM, purpose="residence").items == []
    assert OutboxEvent.objects.filter(type="vn.dothi.registers.disposed", subject=gone.reference).exists()
    with pytest.raises(NotFound):
        queries.get("owner", gone.id, by=SYSTEM)


def test_what_was_merged_into_it_goes_with_it(gone, owner):
    same = owner("Nguyễn V Cũ", valid_from=date(1990, 1, 1))
    merging.merge(gone, same, by=SYSTEM, reason="một người")
    actions.end(gone, on=date(2001, 5, 1), by=SYSTEM, reason="chết") if retaining.due(
        "owner", by=SYSTEM
    ) == [] else None
    retaining.dispose("owner", [gone.id], by=SYSTEM, decision="QĐ")
    assert set(Version.objects.values_list("op", flat=True)) == {"dispose"}


def test_one_that_is_to_be_kept_keeps_all(gone, owner):
    with pytest.raises(Conflict):
        retaining.dispose("owner", [gone.id, owner("Ai").id], by=SYSTEM, decision="QĐ")
    assert queries.get("owner", gone.id, by=SYSTEM, purpose="residence").data["card"] == "0791"


def test_it_is_done_once_and_nothing_is_written_after(gone):
    retaining.dispose("owner", [gone.id], by=SYSTEM, decision="QĐ")
    with pytest.raises(Conflict):
        retaining.dispose("owner", [gone.id], by=SYSTEM, decision="QĐ")
    with pytest.raises(Conflict):
        actions.correct(gone, {"full_name": "X"}, by=SYSTEM, reason="x")


def test_it_needs_a_decision_and_its_own_right_in_the_unit(gone):
    with pytest.raises(BadInput):
        retaining.dispose("owner", [gone.id], by=SYSTEM, decision=" ")
    with pytest.raises(Forbidden):
        retaining.dispose("owner", [gone.id], by=someone("registers.write.*"), decision="QĐ")
    assert retaining.due("owner", by=someone("registers.dispose.*", unit="26740")) == []
