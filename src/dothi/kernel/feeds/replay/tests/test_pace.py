"""How fast a replay goes."""

import threading

import pytest

from dothi.core.errors import BadInput
from dothi.kernel.feeds.replay.pace import Pacer, Rate, parse

HOUR_US = 3_600_000_000


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def pacer(text, clock):
    return Pacer(parse(text), threading.Event(), clock)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("max", Rate("max")),
        ("60x", Rate("times", 60)),
        ("1x", Rate("times", 1)),
        ("500", Rate("per-second", 500)),
        ("0.5/s", Rate("per-second", 0.5)),
    ],
)
def test_rates_are_written_as_people_write_them(text, rate):
    assert parse(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "0x", "-1/s", "x60", "1/min"])
def test_other_rates_are_refused_with_examples(text):
    with pytest.raises(BadInput, match="60x"):
        parse(text)


def test_max_never_waits(clock):
    assert pacer("max", clock).due_in(10 * HOUR_US) == 0


def test_records_a_second_are_spread_evenly(clock):
    pace = pacer("10/s", clock)
    assert [round(pace.due_in(None), 3) for _ in range(3)] == [0, 0.1, 0.2]


def test_sixty_times_plays_an_hour_in_a_minute(clock):
    pace = pacer("60x", clock)
    assert pace.due_in(0) == 0
    assert pace.due_in(HOUR_US) == pytest.approx(60)


def test_the_time_writing_takes_is_not_added(clock):
    pace = pacer("60x", clock)
    pace.due_in(0)
    clock.now += 50
    assert pace.due_in(HOUR_US) == pytest.approx(10)


def test_the_next_file_starts_its_own_clock(clock):
    pace = pacer("60x", clock)
    pace.due_in(10 * HOUR_US)
    assert pace.due_in(0) == 0


def test_a_gap_of_years_is_not_waited_for(clock):
    pace = pacer("1x", clock)
    pace.due_in(0)
    assert pace.due_in(20_000 * HOUR_US) == 0


def test_a_wait_ends_when_it_is_stopped():
    stop = threading.Event()
    stop.set()
    Pacer(parse("1x"), stop).wait(30)
