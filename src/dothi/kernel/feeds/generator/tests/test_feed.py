"""The generator as a feed: thirty days at first start, a few dozen entities at each tick, gaps filled in."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from dothi.core import clock
from dothi.kernel.feeds.generator.feed import EVERY, GeneratorFeed, due, history_times
from dothi.kernel.feeds.generator.places import place_all

NOW = datetime(2026, 11, 22, 8, 0, 10, tzinfo=UTC)
TICK = timedelta(seconds=30)


@pytest.fixture(scope="module")
def places(some_wards):
    return place_all(some_wards)


@pytest.fixture
def few(places):
    """One thing of every kind: enough to see what the feed does."""
    return [next(iter(p for p in places if p.kind == kind)) for kind in EVERY]


def feed(places):
    return GeneratorFeed(lambda: places)


def test_the_first_run_fills_thirty_days_and_ends_at_the_present(memory, few):
    feed(few).run_once(memory, NOW)
    air = next(each for each in few if each.kind == "AirQualityObserved")
    times = [clock.parse_iso(at) for at, _ in memory.history[air.id, "pm25"]]
    assert min(times) <= NOW - timedelta(days=29, hours=23)
    assert max(times) == NOW.replace(second=0)
    assert len(times) == len(set(times))


def test_everything_is_there_after_the_first_run(memory, places):
    feed(places[::50]).run_once(memory, NOW)
    assert {each.id for each in places[::50]} == set(memory.entities_by_id)


def test_a_restart_writes_nothing_twice(memory, few):
    feed(few).run_once(memory, NOW)
    assert feed(few).run_once(memory, NOW).read == 0


def test_after_a_day_off_the_gap_is_filled_in(memory, few):
    feed(few).run_once(memory, NOW)
    feed(few).run_once(memory, NOW + timedelta(hours=26))
    air = next(each for each in few if each.kind == "AirQualityObserved")
    times = sorted(clock.us(clock.parse_iso(at)) for at, _ in memory.history[air.id, "pm25"])
    assert np.diff(times).max() <= 3600 * 10**6
    assert len(times) == len(set(times))


def test_a_tick_writes_a_few_dozen_entities(memory, places):
    running = feed(places)
    running._until = clock.us(NOW.replace(second=0))  # as after the first run, which is tested above
    assert 20 <= running.run_once(memory, NOW + TICK).written <= 90


def test_every_thing_reports_at_its_own_rhythm(places):
    start = clock.us(NOW.replace(second=0))
    for place in places[::37]:
        every = EVERY[place.kind] * 10**6
        ticks = range(start, start + 2 * every, 30 * 10**6)
        slots = [slot for t in ticks if (slot := due(place, t, t + 30 * 10**6)) is not None]
        assert [b - a for a, b in pairwise(slots)] == [every] * (len(slots) - 1)
        assert len(slots) == 2


def test_without_wards_it_waits(memory):
    assert feed([]).run_once(memory, NOW).read == 0


def test_history_times_are_hourly_and_fine_on_the_last_day():
    now = clock.us(NOW.replace(second=0))
    steps = np.unique(np.diff(history_times("AirQualityObserved", None, now))) // 10**6
    assert set(steps.tolist()) == {600, 3600}


def test_it_all_arrives_in_a_real_live_city(live, few):
    feed(few).run_once(live, NOW)
    air = next(each for each in few if each.kind == "AirQualityObserved")
    series = live.series(air.id, "pm25", NOW - timedelta(days=31), NOW)
    assert len(series.times_us) == len(history_times(air.kind, None, clock.us(NOW.replace(second=0))))
    assert series.unit == "GQ"
    assert live.entity(air.id)["provenance"]["value"] == "simulated"
