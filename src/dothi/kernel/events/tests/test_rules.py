"""How failed events rest, as pure rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dothi.kernel.events import rules


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_a_rest_is_never_longer_than_an_hour_and_a_quarter(attempts, chance):
    assert 0 < rules.rest_us(attempts, chance) <= 75 * 60 * 1_000_000


@given(st.integers(1, 20))
def test_each_rest_is_at_least_as_long_as_the_one_before(attempts):
    assert rules.rest_us(attempts + 1, 0.5) >= rules.rest_us(attempts, 0.5)


@given(st.integers(1, 10))
def test_chance_spreads_events_that_failed_together(attempts):
    assert rules.rest_us(attempts, 0.0) < rules.rest_us(attempts, 0.99)


@given(st.integers(1, 1000))
def test_a_consumer_never_waits_longer_than_ten_seconds(failures):
    assert rules.wait_s(failures) <= 10


def test_giving_up_begins_with_the_last_allowed_attempt():
    assert [rules.is_given_up(n, 3) for n in (1, 2, 3, 4)] == [False, False, True, True]
