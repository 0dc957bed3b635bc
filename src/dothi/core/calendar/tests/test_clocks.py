import random
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dothi.core.calendar import (
    HELD,
    Allowance,
    BadAllowance,
    Clock,
    Columns,
    Counting,
    Extension,
    Override,
    Pause,
    State,
    Unit,
    WorkingCalendar,
    build,
    due_at,
    due_many,
    remaining,
    replan,
    span_text,
    spent,
    state,
    vietnam,
)
from dothi.core.calendar.tests import walk
from dothi.core.clock import HCMC, from_us, us


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HCMC)


def allowed(text: str) -> Allowance:
    return Allowance.parse(text)


def due(
    opened: str, allowance: str, *pauses: tuple[str, str | None], extension: str = "", **counting
) -> str | None:
    calendar = build(counting=Counting(**counting), years=(2025, 2027)) if counting else vietnam()
    held = [Pause(at(start), at(end) if end else None, "supplement") for start, end in pauses]
    more = Extension(allowed(extension), "đông hồ sơ") if extension else None
    found = due_at(at(opened), allowed(allowance), held, calendar, more)
    return found.astimezone(HCMC).strftime("%Y-%m-%d %H:%M") if found else None


# Counting days (Civil Code 2015 art. 147 and 148). 30 November 2026 is a Monday.


def test_the_day_after_receipt_is_the_first() -> None:
    assert due("2026-11-30T09:00", "1 working day") == "2026-12-01 17:00"


def test_what_is_received_on_the_first_minute_of_closing_is_still_in_time() -> None:
    assert due("2026-11-30T17:00", "1 working day") == "2026-12-01 17:00"


def test_what_is_received_after_hours_is_received_the_next_working_day() -> None:
    assert due("2026-11-30T17:01", "1 working day") == "2026-12-02 17:00"
    assert due("2026-11-28T09:00", "1 working day") == "2026-12-01 17:00"  # a Saturday, so Monday
    assert due("2026-11-30T17:01", "1 working day", after_hours="same day") == "2026-12-01 17:00"
    assert due("2026-11-28T09:00", "1 working day", after_hours="same day") == "2026-11-30 17:00"


def test_early_in_the_morning_and_at_noon_are_receipt_on_that_day() -> None:
    assert due("2026-11-30T03:00", "1 working day") == "2026-12-01 17:00"
    assert due("2026-11-30T12:15", "1 working day") == "2026-12-01 17:00"


def test_working_days_skip_weekends_holidays_and_count_make_up_saturdays() -> None:
    assert due("2026-11-20T09:00", "2 working days") == "2026-11-25 17:00"  # the 24th is a holiday
    assert due("2026-08-20T09:00", "2 working days") == "2026-08-22 17:00"  # a Saturday that is worked
    assert due("2026-02-12T09:00", "3 working days") == "2026-02-24 17:00"  # Tết


def test_a_term_in_working_days_may_end_at_midnight() -> None:
    assert due("2026-11-30T09:00", "1 working day", day_ends="midnight") == "2026-12-02 00:00"


def test_days_of_the_calendar_end_at_midnight_of_a_working_day() -> None:
    assert due("2026-11-30T09:00", "2 days") == "2026-12-03 00:00"
    assert due("2026-11-23T09:00", "5 days") == "2026-12-01 00:00"  # Saturday the 28th, so Monday the 30th


def test_the_day_of_receipt_until_three_in_the_afternoon() -> None:
    assert due("2026-11-30T15:00", "same day") == "2026-11-30 17:00"
    assert due("2026-11-30T15:01", "same day") == "2026-12-01 17:00"
    assert due("2026-11-30T18:00", "same day") == "2026-12-01 17:00"
    assert due("2026-11-28T18:00", "same day") == "2026-11-30 17:00"
    assert due("2026-11-30T16:00", "same day", same_day_until=None) == "2026-11-30 17:00"


def test_half_a_working_day_is_half_of_its_hours() -> None:
    assert due("2026-11-30T09:00", "1/2 ngày làm việc") == "2026-12-01 11:30"
    assert due("2026-11-30T09:00", "1.5 working days") == "2026-12-02 11:30"


def test_hours_and_minutes_run_from_the_moment() -> None:
    assert due("2026-11-30T16:58", "5 minutes") == "2026-11-30 17:03"
    assert due("2026-11-27T16:00", "24 hours") == "2026-11-28 16:00"
    assert due("2026-11-27T16:00", "4 working hours") == "2026-11-30 10:30"
    assert due("2026-11-28T16:00", "30 working minutes") == "2026-11-30 08:00"


# Pauses


def test_a_pause_moves_the_deadline_by_working_time_only() -> None:
    assert (
        due("2026-11-30T09:00", "1 working day", ("2026-12-01T10:00", "2026-12-02T10:00"))
        == "2026-12-02 17:00"
    )
    assert (
        due("2026-11-30T09:00", "5 working days", ("2026-12-04T18:00", "2026-12-07T06:00"))
        == "2026-12-07 17:00"
    )
    assert (
        due("2026-11-30T09:00", "1 working day", ("2026-12-01T15:00", "2026-12-01T17:30"))
        == "2026-12-02 09:30"
    )


def test_a_pause_before_counting_begins_or_after_the_deadline_moves_nothing() -> None:
    assert (
        due("2026-11-30T09:00", "1 working day", ("2026-11-30T10:00", "2026-11-30T16:00"))
        == "2026-12-01 17:00"
    )
    assert (
        due("2026-11-30T09:00", "1 working day", ("2026-12-01T17:00", "2026-12-03T16:00"))
        == "2026-12-01 17:00"
    )


def test_pauses_that_overlap_count_once() -> None:
    pauses = (("2026-12-01T08:00", "2026-12-01T10:00"), ("2026-12-01T09:00", "2026-12-01T11:00"))
    assert due("2026-11-30T09:00", "1 working day", *pauses) == "2026-12-02 10:30"


def test_while_it_is_paused_a_clock_has_no_deadline() -> None:
    assert due("2026-11-30T09:00", "1 working day", ("2026-12-01T08:00", None)) is None
    assert due("2026-11-30T09:00", "1 working day", ("2026-12-03T08:00", None)) == "2026-12-01 17:00"


def test_time_that_never_stops_is_moved_by_all_of_a_pause() -> None:
    assert due("2026-11-27T16:00", "24 hours", ("2026-11-27T17:00", "2026-11-28T17:00")) == "2026-11-29 16:00"


def test_a_pause_in_a_term_of_calendar_days_leaves_it_at_the_end_of_a_day() -> None:
    assert due("2026-11-30T09:00", "2 days", ("2026-12-01T10:00", "2026-12-02T10:00")) == "2026-12-04 00:00"
    # over on Sunday, so running until Monday 24:00; paused that day at ten, it has what was left of it
    assert due("2026-11-23T09:00", "6 days", ("2026-11-30T10:00", "2026-12-02T10:00")) == "2026-12-03 00:00"


# Extensions


def test_an_extension_adds_to_the_allowance() -> None:
    assert due("2026-11-30T09:00", "1 working day", extension="2 working days") == "2026-12-03 17:00"
    assert due("2026-11-30T09:00", "1 working day", extension="4 working hours") == "2026-12-02 11:30"
    assert due("2026-11-30T09:00", "2 days", extension="2 days") == "2026-12-05 00:00"


def test_working_time_is_not_extended_by_other_time() -> None:
    with pytest.raises(BadAllowance):
        due("2026-11-30T09:00", "1 working day", extension="2 days")
    with pytest.raises(BadAllowance):
        due("2026-11-30T09:00", "4 hours", extension="2 days")


# State


@pytest.mark.parametrize(
    ("now", "done", "expected"),
    [
        ("2026-12-01T09:00", None, State.RUNNING),
        ("2026-12-02T12:00", None, State.PAUSED),
        ("2026-12-09T09:00", None, State.DUE_SOON),
        ("2026-12-09T17:00", None, State.DUE_SOON),
        ("2026-12-09T17:01", None, State.MISSED),
        ("2026-12-20T17:01", "2026-12-02T12:00", State.MET),  # finished while paused
        ("2026-12-20T17:01", "2026-12-09T17:00", State.MET),
        ("2026-12-20T17:01", "2026-12-09T17:01", State.MISSED),
    ],
)
def test_how_a_clock_stands(now: str, done: str | None, expected: State) -> None:
    pauses = [Pause(at("2026-12-02T09:00"), at("2026-12-04T09:00"), "supplement")]
    found = state(
        at("2026-11-30T09:00"), allowed("5 working days"), pauses, vietnam(),
        now=at(now), done=at(done) if done else None,
    )  # fmt: skip
    assert found is expected


def test_what_is_late_stays_late_while_it_is_paused() -> None:
    pauses = [Pause(at("2026-12-03T09:00"), None, "supplement")]
    found = state(
        at("2026-11-30T09:00"), allowed("1 working day"), pauses, vietnam(), now=at("2026-12-04T09:00")
    )
    assert found is State.MISSED


def test_what_is_left_stands_still_in_a_pause_and_outside_hours() -> None:
    opened, allowance = at("2026-11-30T09:00"), allowed("2 working days")
    pauses = [Pause(at("2026-12-01T09:30"), None, "supplement")]

    def left(now: str) -> timedelta:
        return remaining(opened, allowance, pauses, vietnam(), at=at(now))

    assert left("2026-11-30T20:00") == timedelta(hours=16)
    assert left("2026-12-01T09:30") == left("2026-12-09T10:00") == timedelta(hours=14)
    assert remaining(opened, allowance, [], vietnam(), at=at("2026-12-03T09:30")) == timedelta(hours=-2)
    assert spent(opened, allowance, pauses, vietnam(), at=at("2026-12-09T10:00")) == timedelta(hours=2)


# Against a walk of minutes, over ten years

OPENED = st.integers(0, (date(2029, 6, 1) - date(2020, 1, 1)).days * 1440).map(
    lambda minute: datetime(2020, 1, 1, tzinfo=HCMC) + timedelta(minutes=minute)
)
ALLOWANCES = st.one_of(
    st.sampled_from(
        [Allowance.parse(text) for text in ("same day", "1/2 working day", "2.5 working days", "1.5 days")]
    ),
    st.builds(Allowance, st.integers(1, 7), st.sampled_from([Unit.WORKING_DAYS, Unit.DAYS])),
    st.builds(Allowance, st.integers(1, 40), st.sampled_from([Unit.WORKING_HOURS, Unit.HOURS])),
    st.builds(Allowance, st.integers(1, 300), st.sampled_from([Unit.WORKING_MINUTES, Unit.MINUTES])),
)
COUNTINGS = st.builds(
    Counting,
    after_hours=st.sampled_from(["next working day", "same day"]),
    day_ends=st.sampled_from(["office", "midnight"]),
    same_day_until=st.sampled_from([None, time(15)]),
)
BASIS = {"vi": "Thử", "en": "Trial"}


@lru_cache(maxsize=32)
def calendar_of(counting: Counting, changed: tuple[tuple[date, str], ...] = ()) -> WorkingCalendar:
    rows = [Override(day, "working" if hours else "off", BASIS, hours) for day, hours in changed]
    return build(overrides=rows, counting=counting, years=(2019, 2030))


@st.composite
def pauses_from(draw, opened: datetime) -> list[Pause]:
    result = []
    for start, length in draw(st.lists(st.tuples(st.integers(-600, 9000), st.integers(0, 5000)), max_size=3)):
        begin = opened + timedelta(minutes=start)
        ends = draw(st.integers(0, 6)) > 0
        result.append(Pause(begin, begin + timedelta(minutes=length) if ends else None, "supplement"))
    return result


@settings(max_examples=60)
@given(st.data(), OPENED, ALLOWANCES, COUNTINGS)
def test_deadlines_are_those_of_a_walk_of_minutes(data, opened, allowance, counting) -> None:
    calendar = calendar_of(counting)
    pauses = data.draw(pauses_from(opened))
    expected = walk.due(opened, allowance, pauses, calendar)
    assert due_at(opened, allowance, pauses, calendar) == expected
    assert due_many([Clock(opened, allowance, tuple(pauses))], calendar)[0] == (
        us(expected) if expected else HELD
    )


@given(st.data(), OPENED, ALLOWANCES)
def test_what_is_spent_and_what_remains_is_the_allowance(data, opened, allowance) -> None:
    calendar = calendar_of(Counting())
    pauses = data.draw(pauses_from(opened))
    now = opened + timedelta(minutes=data.draw(st.integers(0, 12_000)))
    assume(allowance.unit is not Unit.DAYS)  # it is rounded up to a whole day
    used = spent(opened, allowance, pauses, calendar, at=now)
    left = remaining(opened, allowance, pauses, calendar, at=now)
    whole = remaining(opened, allowance, [], calendar, at=opened)
    ran_out = due_at(opened, allowance, [p for p in pauses if p.end], calendar)
    if left >= timedelta(0) and ran_out is not None and used > timedelta(0):
        started = spent(opened, allowance, [], calendar, at=now)
        assert used <= started
        if allowance.unit is not Unit.WORKING_DAYS:
            assert used + left == whole


# Many at once


@st.composite
def clocks(draw) -> list[Clock]:
    result = []
    for _ in range(draw(st.integers(1, 12))):
        opened, allowance = draw(OPENED), draw(ALLOWANCES)
        more = (
            Extension(Allowance(draw(st.integers(1, 5)), allowance.unit), "lý do")
            if draw(st.booleans())
            else None
        )
        result.append(Clock(opened, allowance, tuple(draw(pauses_from(opened))), more))
    return result


@settings(max_examples=60)
@given(clocks(), COUNTINGS)
def test_many_clocks_are_each_as_alone(many: list[Clock], counting: Counting) -> None:
    calendar = calendar_of(counting)
    for clock, found in zip(many, due_many(many, calendar), strict=True):
        alone = due_at(clock.opened, clock.allowance, clock.pauses, calendar, clock.extension)
        assert (None if found == HELD else from_us(int(found))) == alone


CHANCE = random.Random(7)
CHANGES = st.sampled_from(
    [
        tuple(
            sorted(
                {
                    date(2020, 1, 1) + timedelta(days=CHANCE.randrange(3400)): CHANCE.choice(
                        ["", "08:00-11:00", "07:30-11:30 13:00-17:00"]
                    )
                    for _ in range(count)
                }.items()
            )
        )
        for count in (0, 1, 1, 2, 5, 60)
    ]
)


@settings(max_examples=60)
@given(clocks(), CHANGES, CHANGES)
def test_replanning_when_the_calendar_changes_is_the_same_as_computing_anew(many, before, after) -> None:
    old, new = calendar_of(Counting(), before), calendar_of(Counting(), after)
    columns = Columns.of(many)
    replanned = replan(columns, due_many(columns, old), old, new)
    assert np.array_equal(replanned, due_many(columns, new))


# Words


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("15 working days", "15", Unit.WORKING_DAYS),
        ("1 working day", "1", Unit.WORKING_DAYS),
        ("5 minutes", "5", Unit.MINUTES),
        ("15 ngày làm việc", "15", Unit.WORKING_DAYS),
        ("05 Ngày làm việc", "5", Unit.WORKING_DAYS),
        ("20 ngày", "20", Unit.DAYS),
        ("20 calendar days", "20", Unit.DAYS),
        ("02 Giờ", "2", Unit.HOURS),
        ("8 giờ làm việc", "8", Unit.WORKING_HOURS),
        ("0,5 ngày làm việc", "0.5", Unit.WORKING_DAYS),
        ("1/2 working day", "0.5", Unit.WORKING_DAYS),
        ("2 tuần", "14", Unit.DAYS),
        ("không quá 3 ngày làm việc", "3", Unit.WORKING_DAYS),
        ("ngay trong ngày", "0", Unit.WORKING_DAYS),
        ("15 nga\u0300y la\u0300m vie\u0323\u0302c", "15", Unit.WORKING_DAYS),
    ],
)
def test_allowances_are_read_in_both_languages(text: str, amount: str, unit: Unit) -> None:
    assert Allowance.parse(text) == Allowance(amount, unit)


@pytest.mark.parametrize(
    "text", ["", "15", "days", "0 days", "-1 day", "15 dayz", "1/0 day", "999999999 days", "3 tháng"]
)
def test_what_is_no_allowance_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadAllowance) as caught:
        Allowance.parse(text)
    assert caught.value.text("vi")
    assert caught.value.text("en")


@given(ALLOWANCES)
def test_an_allowance_reads_back_from_its_words(allowance: Allowance) -> None:
    assert Allowance.parse(allowance.text("vi")) == allowance == Allowance.parse(str(allowance))


def test_spans_are_told_in_their_two_largest_parts() -> None:
    hour = 3_600_000_000
    assert span_text(19 * hour, Unit.WORKING_DAYS) == "2 ngày làm việc 3 giờ"
    assert span_text(-9 * hour, Unit.WORKING_DAYS, "en") == "1 working day 1 hour"
    assert span_text(25 * hour, Unit.DAYS, "en") == "1 day 1 hour"
    assert span_text(0, Unit.MINUTES) == "0 phút"
