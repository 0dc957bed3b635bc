from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.calendar import (
    Override,
    WorkWeek,
    build,
    parse_hours,
    read_causes,
    read_overrides,
    shipped_causes,
    shipped_overrides,
    vietnam,
)
from dothi.core.calendar.build import public_holidays
from dothi.core.calendar.causes import BadCauses
from dothi.core.calendar.hours import BadHours, hours_text
from dothi.core.calendar.overrides import BadOverrides
from dothi.core.calendar.tests import walk
from dothi.core.calendar.working import OutsideCalendar
from dothi.core.clock import HCMC

MOMENTS = st.integers(0, (date(2029, 12, 20) - date(2020, 1, 1)).days * 1440).map(
    lambda minute: datetime(2020, 1, 1, tzinfo=HCMC) + timedelta(minutes=minute)
)
BASIS = {"vi": "Quyết định", "en": "A decision"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HCMC)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-01-02", False),  # exchanged, from the shipped overrides
        ("2026-01-10", True),  # for this Saturday
        ("2026-02-16", False),  # the eve of Tết
        ("2026-02-20", False),  # its fourth day
        ("2026-04-27", False),  # Hùng Kings' Day fell on a Sunday
        ("2026-08-22", True),  # a Saturday, for Monday 31 August
        ("2026-08-31", False),
        ("2026-11-24", False),  # the day of culture, since 2026
        ("2025-11-24", True),
        ("2018-12-31", False),  # exchanged for a day of the next year
        ("2019-01-05", True),
        ("2026-11-28", False),  # a Saturday
        ("2026-11-30", True),
    ],
)
def test_the_real_calendar_knows_holidays_and_make_up_days(day: str, working: bool) -> None:
    assert vietnam().is_working(date.fromisoformat(day)) is working


def test_a_day_off_says_why_in_both_languages() -> None:
    assert vietnam().day(date(2026, 2, 17)).basis == {"vi": "Tết Nguyên Đán", "en": "Lunar New Year"}
    assert vietnam().day(date(2026, 11, 30)).basis is None
    assert date(2026, 1, 10) in [day.day for day in vietnam().special_days(2026)]


def test_an_override_beats_holiday_and_week() -> None:
    rows = [
        Override(date(2026, 2, 17), "working", BASIS, "08:00-10:00"),
        Override(date(2026, 3, 3), "off", BASIS),
    ]
    calendar = build(overrides=rows, years=(2026, 2026))
    assert hours_text(calendar.day(date(2026, 2, 17)).hours) == "08:00-10:00"
    assert not calendar.is_working(date(2026, 3, 3))
    assert calendar.day(date(2026, 3, 3)).basis == BASIS


def test_a_week_has_hours_of_its_own() -> None:
    calendar = build(week=WorkWeek.of(saturday="07:30-11:30", friday=""), years=(2026, 2026))
    assert hours_text(calendar.day(date(2026, 11, 28)).hours) == "07:30-11:30"
    assert not calendar.is_working(date(2026, 11, 27))


@pytest.mark.parametrize(
    "text", ["07:30-11:30 13:00-17:00", "7h30–11h30, 13h–17h", "07:30 - 11:30;13:00 - 17:00"]
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert hours_text(parse_hours(text)) == "07:30-11:30 13:00-17:00"


@pytest.mark.parametrize("text", ["07:30", "11:30-07:30", "07:00-12:00 11:00-13:00", "20:00-25:00", "x"])
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        parse_hours(text)


@pytest.mark.parametrize(
    "body",
    [
        b"- {day: 2026-01-02, kind: closed, basis: {vi: a, en: b}}",
        b"- {day: 2026-01-02, kind: 'off', basis: {vi: a}}",
        b"- {day: 2026-01-02, kind: 'off', basis: {vi: a, en: b}, hours: '07:00-08:00'}",
        b"- {day: 2026-01-02, kind: 'off', basis: {vi: a, en: b}}\n- {day: 2026-01-02, kind: working, basis: {vi: a, en: b}}",
        b"- {day: 2026-01-02, kind: 'off', reason: x}",
    ],
)
def test_a_wrong_table_of_overrides_is_refused(body: bytes) -> None:
    with pytest.raises(BadOverrides):
        read_overrides(body)


def test_the_shipped_tables_are_right() -> None:
    assert all(row.basis["vi"] for row in shipped_overrides())
    assert shipped_causes()["supplement"].waits_for == "applicant"
    with pytest.raises(BadCauses):
        read_causes(b"- {key: a, label: {vi: x, en: y}, waits_for: agency}\n" * 2)


@given(MOMENTS, st.integers(0, 4000))
def test_working_time_is_that_of_the_minutes_walked(start: datetime, minutes: int) -> None:
    calendar = vietnam()
    end = start + timedelta(minutes=minutes)
    walked = sum(walk.works(calendar, start + timedelta(minutes=minute)) for minute in range(minutes))
    assert calendar.between(start, end) == timedelta(minutes=walked)
    assert calendar.between(end, start) == -timedelta(minutes=walked)


@given(MOMENTS, st.integers(1, 3000))
def test_adding_gives_the_first_moment_with_that_much_work_between(start: datetime, minutes: int) -> None:
    calendar, working = vietnam(), timedelta(minutes=minutes)
    end = calendar.add(start, working)
    assert calendar.between(start, end) == working
    assert calendar.between(start, end - timedelta(minutes=1)) < working


@given(MOMENTS, st.integers(-300, 300))
def test_days_between_undoes_adding_days(start: datetime, days: int) -> None:
    calendar, day = vietnam(), start.date()
    end = calendar.add_days(day, days)
    step = 1 if days > 0 else -1
    walked, left = day, abs(days)
    while left:
        walked += timedelta(days=step)
        left -= calendar.is_working(walked)
    assert end == walked
    if days > 0:
        assert calendar.days_between(day, end) == days


@given(MOMENTS)
def test_offices_open_next_when_they_do(moment: datetime) -> None:
    calendar = vietnam()
    opens = calendar.next_open(moment)
    assert calendar.is_open(opens)
    assert calendar.between(moment, opens) == timedelta(0)
    assert (opens == moment) is walk.works(calendar, moment)


def test_the_edges_of_hours_and_of_the_calendar() -> None:
    calendar = build(years=(2026, 2026))
    assert not calendar.is_open(at("2026-11-30T07:29:59"))
    assert calendar.is_open(at("2026-11-30T07:30"))
    assert not calendar.is_open(at("2026-11-30T11:30"))
    assert calendar.add(at("2026-11-27T09:00"), timedelta(hours=6, minutes=30)) == at("2026-11-27T17:00")
    with pytest.raises(OutsideCalendar):
        calendar.add(at("2026-12-31T09:00"), timedelta(hours=9))
    with pytest.raises(OutsideCalendar):
        calendar.between(at("2025-12-31T09:00"), at("2026-01-05T09:00"))
    with pytest.raises(ValueError, match="not negative"):
        calendar.add(at("2026-11-27T09:00"), timedelta(hours=-1))


def test_a_kept_copy_of_the_holidays_makes_the_same_calendar(tmp_path) -> None:
    copy = tmp_path / "holidays"
    assert (
        build(years=(2026, 2026), keep=copy)
        == build(years=(2026, 2026))
        == build(years=(2026, 2026), keep=copy)
    )
    public_holidays.cache_clear()
    assert build(years=(2026, 2026), keep=copy) == build(years=(2026, 2026))
    assert copy.exists()


def test_calendars_of_the_same_hours_are_the_same() -> None:
    assert build(years=(2026, 2026)) == build(years=(2026, 2026))
    assert build(years=(2026, 2026)) != build(years=(2026, 2026), overrides=())
