from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core import clock

FIRST, LAST = datetime(1950, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
# In UTC: where a clock is set back, Python calls no moment of that hour equal to any in another zone.
moments = st.datetimes(FIRST, LAST, timezones=st.timezones()).map(lambda at: at.astimezone(UTC))


def test_a_frozen_clock_stands_still():
    with clock.frozen(NOON):
        assert clock.now() == clock.now() == NOON


def test_a_frozen_clock_moves_when_told():
    with clock.frozen(NOON) as at:
        at.advance(timedelta(minutes=5))
        assert clock.now() == NOON + timedelta(minutes=5)


def test_a_frozen_clock_can_be_set_to_another_time():
    with clock.frozen(NOON) as at:
        at.set(NOON - timedelta(days=1))
        assert clock.now_us() == clock.us(NOON - timedelta(days=1))


def test_after_the_block_the_clock_runs_again():
    with clock.frozen(NOON):
        pass
    assert clock.now() != NOON


def test_the_inner_of_two_frozen_clocks_counts():
    with clock.frozen(NOON), clock.frozen(NOON + timedelta(days=1)):
        assert clock.now() == NOON + timedelta(days=1)


def test_a_clock_cannot_be_frozen_at_a_time_without_a_zone():
    with pytest.raises(ValueError, match="time zone"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_the_time_is_given_in_utc():
    assert clock.now().tzinfo is UTC


def test_a_time_is_written_in_utc_with_milliseconds():
    assert clock.iso(datetime(2026, 11, 22, 14, tzinfo=clock.HCMC)) == "2026-11-22T07:00:00.000Z"


@given(st.datetimes(timezones=st.just(clock.HCMC), min_value=FIRST))
def test_a_time_in_the_city_is_written_as_the_same_moment(at):
    assert clock.parse_iso(clock.iso(at)) == at.astimezone(UTC)


def test_microseconds_are_written_where_there_are_any():
    assert clock.iso(datetime(2026, 1, 1, 0, 0, 0, 1, UTC)) == "2026-01-01T00:00:00.000001Z"


@given(moments)
def test_what_is_written_reads_back_as_the_same_moment(at):
    assert clock.parse_iso(clock.iso(at)) == at


@given(moments)
def test_microseconds_count_back_to_the_same_moment(at):
    assert clock.from_us(clock.us(at)) == at


@pytest.mark.parametrize(
    "text", ["2026-11-22T07:00:00z", "2026-11-22t14:00:00+07:00", "2026-11-22 07:00:00.0000000Z"]
)
def test_other_ways_to_write_a_moment_are_read(text):
    assert clock.parse_iso(text) == datetime(2026, 11, 22, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T07:00:00",
        "22/11/2026 07:00",
        "2026-02-30T00:00:00Z",
        "2026-W01-1T00:00Z",
    ],
)
def test_what_is_not_a_moment_with_a_zone_is_refused(text):
    with pytest.raises(ValueError, match="is not a date and time"):
        clock.parse_iso(text)
