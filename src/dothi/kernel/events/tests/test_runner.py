"""The runner of a worker process: wakes consumers, several at once, and the relay to the bus."""

from __future__ import annotations

import threading
import time

import msgspec
import pytest

from dothi.engines import registry
from dothi.kernel.events import relay
from dothi.kernel.events.consumers import ConsumerRunner


@pytest.fixture
def running(city):
    """Runs all declared consumers until the test ends."""
    stop = threading.Event()
    threads = []

    def run(count=1):
        for _ in range(count):
            threads.append(threading.Thread(target=ConsumerRunner(stop).run))
            threads[-1].start()

    yield run
    stop.set()
    for thread in threads:
        thread.join(10)


def until(condition, seconds=8):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_runner_handles_what_happens_while_it_runs(declare, running, handler, happen):
    declare("c")(handler)
    running()
    happen("a")
    until(lambda: handler.seen == ["a"])
    happen("b")
    until(lambda: handler.seen == ["a", "b"])


def test_two_runners_at_once_handle_each_event_once(declare, running, handler, happen):
    declare("c")(handler)
    running(2)
    for n in range(40):
        happen(str(n))
    until(lambda: len(handler.seen) >= 40)
    time.sleep(0.2)
    assert handler.seen == [str(n) for n in range(40)]


def test_a_slow_consumer_does_not_hold_up_another(declare, running, handler, happen):
    hold = threading.Event()
    declare("slow", atomic=False)(lambda event: hold.wait(10))
    declare("quick")(handler)
    running()
    happen("a")
    until(lambda: handler.seen == ["a"])
    hold.set()


def test_the_relay_carries_events_to_the_bus(declare, running, monkeypatch, happen):
    carried = []
    monkeypatch.setattr(type(registry.bus()), "shared", True)
    with registry.bus().subscribe("city.>", carried.append):
        running()
        happen("a", type="vn.dothi.directory.unit-changed")
        until(lambda: carried)
    assert carried[0].subject == "city.directory.unit-changed"
    assert msgspec.json.decode(carried[0].data)["subject"] == "a"


def test_the_subject_of_an_event_has_only_fit_words(city, happen):
    (event,) = happen("a", type="vn.dothi.Đường phố.x>y")
    assert relay.subject_of("city", event) == "city._ng_ph_.x_y"
