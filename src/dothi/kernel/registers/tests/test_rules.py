"""What is known of which day at which moment, against a model that keeps every day of every moment by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput, Conflict
from dothi.kernel.registers import rules
from dothi.kernel.registers.rules import BEGINNING, FOREVER, Segment

DAY_0 = date(2025, 1, 1)
DAYS = 12


@dataclass(frozen=True)
class V:
    seq: int
    valid_from: date
    valid_to: date
    recorded_us: int
    data: Any


def day(number: int) -> date:
    """Days 0 and DAYS stand for the ends of time."""
    return BEGINNING if number <= 0 else FOREVER if number >= DAYS else DAY_0 + timedelta(days=number)


@st.composite
def histories(draw: st.DrawFn) -> list[V]:
    """Versions in the order recorded; several may be of one moment."""
    versions, at = [], 0
    for seq in range(draw(st.integers(0, 8))):
        at += draw(st.integers(0, 2))
        start = draw(st.integers(0, DAYS - 1))
        end = draw(st.integers(start + 1, DAYS))
        versions.append(V(seq, day(start), day(end), at, draw(st.sampled_from([None, "a", "b", "c"]))))
    return versions


def brute(versions: list[V], on: date, known: int) -> Any:
    """Each version in turn overwrites the days it speaks of."""
    said = None
    for each in versions:
        if each.recorded_us <= known and each.valid_from <= on < each.valid_to:
            said = each.data
    return said


EVERY_DAY = [day(0), *(DAY_0 + timedelta(days=n) for n in range(1, DAYS)), DAY_0 + timedelta(days=400)]


@given(histories())
def test_every_day_says_what_was_last_recorded_of_it(versions):
    for known in range(-1, 18):
        segments = rules.timeline(versions, known)
        for on in EVERY_DAY:
            holding = [each for each in segments if each.holds(on)]
            expected = brute(versions, on, known)
            assert [each.version.data for each in holding] == ([] if expected is None else [expected])
            found = rules.at(versions, on, known)
            assert (None if found is None else found.data) == expected


@given(histories())
def test_segments_are_in_order_and_do_not_overlap(versions):
    segments = rules.timeline(versions)
    assert all(each.valid_from < each.valid_to for each in segments)
    assert all(a.valid_to <= b.valid_from for a, b in pairwise(segments))


@given(histories(), histories())
def test_what_was_known_does_not_change_by_what_is_recorded_later(versions, later):
    last = max((each.recorded_us for each in versions), default=0)
    more = versions + [
        V(len(versions) + n, each.valid_from, each.valid_to, last + 1 + each.recorded_us, each.data)
        for n, each in enumerate(later)
    ]
    assert rules.timeline(more, last) == rules.timeline(versions)


@given(histories(), st.integers(1, DAYS - 1))
def test_a_revision_leaves_earlier_days_and_known_later_changes_alone(versions, number):
    start = day(number)
    segments = rules.timeline(versions)
    span = rules.begins(segments, start, None)
    after = rules.timeline([*versions, V(99, *span, 99, "new")])
    for on in EVERY_DAY:
        if span[0] <= on < span[1]:
            assert rules.at([each.version for each in after], on).data == "new"
        else:
            assert brute(versions, on, 99) == brute([*versions, V(99, *span, 99, "new")], on, 99)
    assert sum(each.valid_from < start < each.valid_to for each in after) == 0


@given(histories(), st.integers(1, DAYS - 1))
def test_a_correction_replaces_exactly_its_segment(versions, number):
    segments = rules.timeline(versions)
    if not any(each.holds(day(number)) for each in segments):
        with pytest.raises(Conflict):
            rules.corrected(segments, day(number))
        return
    wrong = rules.corrected(segments, day(number))
    right = V(99, wrong.valid_from, wrong.valid_to, 99, "right")
    spans = [(each.valid_from, each.valid_to) for each in rules.timeline([*versions, right])]
    assert spans == [(each.valid_from, each.valid_to) for each in segments]


@given(histories(), st.integers(1, DAYS - 1))
def test_after_the_end_nothing_holds(versions, number):
    on = day(number)
    ended = rules.timeline([*versions, V(99, on, FOREVER, 99, None)])
    assert all(each.valid_to <= on for each in ended)
    assert rules.state_of(ended, on) == "ended"


def test_a_revision_with_an_end_before_its_beginning_is_refused():
    with pytest.raises(BadInput):
        rules.begins([], date(2025, 5, 1), date(2025, 5, 1))


def test_a_revision_in_a_gap_ends_where_something_holds_again():
    later = Segment(date(2025, 9, 1), FOREVER, V(1, date(2025, 9, 1), FOREVER, 1, "x"))
    assert rules.begins([later], date(2025, 3, 1), None) == (date(2025, 3, 1), date(2025, 9, 1))


@pytest.mark.parametrize(("on", "error"), [(date(2025, 1, 1), BadInput), (date(2026, 1, 1), Conflict)])
def test_an_end_that_leaves_no_day_or_changes_nothing_is_refused(on, error):
    only = Segment(date(2025, 1, 1), date(2025, 6, 1), V(1, date(2025, 1, 1), date(2025, 6, 1), 1, "x"))
    with pytest.raises(error):
        rules.may_end([only], on)


def test_a_state_tells_whether_something_holds():
    coming = Segment(date(2030, 1, 1), FOREVER, V(1, date(2030, 1, 1), FOREVER, 1, "x"))
    assert rules.state_of([coming], date(2025, 1, 1)) == "future"
    assert rules.state_of([coming], date(2030, 1, 1)) == "active"
    assert rules.state_of([], date(2030, 1, 1)) == "ended"


@pytest.mark.parametrize(
    ("data", "changes", "result"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": None, "z": 3}}, {"a": {"y": 2, "z": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": 1}, {"a": {"b": None}}, {"a": {}}),
    ],
)
def test_changes_are_a_merge_patch(data, changes, result):
    assert rules.patched(data, changes) == result


def test_changed_names_the_properties_that_differ():
    assert rules.changed({"a": 1, "b": 2}, {"b": 3, "c": 4}) == ["a", "b", "c"]
