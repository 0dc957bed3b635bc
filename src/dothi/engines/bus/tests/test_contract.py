"""What every bus engine promises, in one suite that runs against each of them."""

from __future__ import annotations

import os
import threading
import time
import uuid

import pytest

from dothi.engines.bus.base import Bus, BusError, Message
from dothi.engines.bus.registry import open_bus


@pytest.fixture(params=["embedded", pytest.param("nats", marks=pytest.mark.servers)])
def opened(request, tmp_path):
    """Opens the same bus again, as after a restart."""
    buses = []
    namespace = f"t{uuid.uuid4().hex[:12]}"
    url = os.environ["DOTHI_TEST_BUS_URL"] if request.param == "nats" else ""

    def open_again() -> Bus:
        buses.append(open_bus(url, path=tmp_path / "bus.sqlite3", namespace=namespace))
        return buses[-1]

    yield open_again
    for each in buses:
        each.close()
    if (
        request.param == "nats"
    ):  # the others are closed first: one that still connects would make the stream anew
        last = open_bus(url, namespace=namespace)
        last.drop()
        last.close()


@pytest.fixture
def bus(opened) -> Bus:
    return opened()


class Inbox:
    """A handler that remembers; it raises for the first ``failures`` calls with the data ``bad``."""

    def __init__(self, bad=b"", failures=0):
        self.messages = []
        self._bad, self._failures = bad, failures
        self._arrived = threading.Condition()

    def __call__(self, message):
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        if message.data == self._bad and message.attempt <= self._failures:
            raise ValueError("not yet")

    def wait(self, count, seconds=8):
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.messages) >= count, seconds), self.messages
        return [message.data for message in self.messages]


def quiet():
    """Long enough for a wrong second delivery to show."""
    time.sleep(0.15)


def test_a_subscriber_gets_subject_data_and_id(bus):
    inbox = Inbox()
    with bus.subscribe("city.>", inbox):
        bus.publish("city.unit.changed", "Sài Gòn".encode(), id="a1")
        inbox.wait(1)
    (message,) = inbox.messages
    assert (message.subject, message.data.decode(), message.id, message.attempt) == (
        "city.unit.changed",
        "Sài Gòn",
        "a1",
        1,
    )


def test_messages_come_in_the_order_they_were_published(bus):
    inbox = Inbox()
    with bus.subscribe("n", inbox, durable="order"):
        for n in range(50):
            bus.publish("n", str(n).encode(), id=f"n{n}")
        assert inbox.wait(50) == [str(n).encode() for n in range(50)]


def test_many_messages_are_published_in_their_order(bus):
    inbox = Inbox()
    with bus.subscribe("n", inbox, durable="many"):
        bus.publish_all([Message("n", str(n).encode(), f"n{n}") for n in range(700)])
        assert inbox.wait(700, 20) == [str(n).encode() for n in range(700)]


def test_wildcards_choose_what_arrives(bus):
    one, rest = Inbox(), Inbox()
    with bus.subscribe("a.*.c", one), bus.subscribe("a.>", rest):
        for subject in ("a.b.c", "a.b", "a.b.c.d", "b.b.c"):
            bus.publish(subject, subject.encode(), id=subject)
        assert rest.wait(3) == [b"a.b.c", b"a.b", b"a.b.c.d"]
        assert one.wait(1) == [b"a.b.c"]
    quiet()
    assert len(one.messages) == 1


def test_a_repeated_id_is_delivered_once(bus):
    inbox = Inbox()
    with bus.subscribe("x", inbox, durable="once"):
        bus.publish("x", b"1", id="same")
        bus.publish("x", b"1", id="same")
        bus.publish("x", b"2", id="other")
        assert inbox.wait(2) == [b"1", b"2"]


def test_a_message_whose_handler_raised_comes_again(bus):
    inbox = Inbox(bad=b"1", failures=2)
    with bus.subscribe("x", inbox, durable="retry"):
        bus.publish("x", b"1", id="1")
        inbox.wait(3)
    assert [message.attempt for message in inbox.messages] == [1, 2, 3]


def test_a_failing_message_does_not_hold_up_the_others(bus):
    inbox = Inbox(bad=b"bad", failures=1)
    with bus.subscribe("x", inbox, durable="others"):
        bus.publish("x", b"bad", id="1")
        bus.publish("x", b"good", id="2")
        assert inbox.wait(3) == [b"bad", b"good", b"bad"]


def test_a_durable_subscriber_gets_what_was_published_while_it_was_away(bus):
    inbox = Inbox()
    with bus.subscribe("x", inbox, durable="away"):
        bus.publish("x", b"1", id="1")
        inbox.wait(1)
        quiet()
    bus.publish("x", b"2", id="2")
    with bus.subscribe("x", inbox, durable="away"):
        assert inbox.wait(2) == [b"1", b"2"]


def test_a_durable_subscriber_goes_on_where_it_was_after_a_restart(opened):
    inbox = Inbox()
    first = opened()
    with first.subscribe("x", inbox, durable="restart"):
        first.publish("x", b"1", id="1")
        inbox.wait(1)
        quiet()
    first.publish("x", b"2", id="2")
    first.close()
    with opened().subscribe("x", inbox, durable="restart"):
        assert inbox.wait(2) == [b"1", b"2"]


def test_a_message_unfinished_at_the_end_comes_again_after_a_restart(opened):
    inbox = Inbox(bad=b"1", failures=1)
    first = opened()
    subscription = first.subscribe("x", inbox, durable="unfinished")
    first.publish("x", b"1", id="1")
    inbox.wait(1)
    subscription.__exit__(None, None, None)
    first.close()
    with opened().subscribe("x", inbox, durable="unfinished"):
        assert inbox.wait(2) == [b"1", b"1"]


def test_subscribers_of_one_name_share_the_messages(bus):
    one, two = Inbox(), Inbox()
    with bus.subscribe("x", one, durable="shared"), bus.subscribe("x", two, durable="shared"):
        for n in range(20):
            bus.publish("x", str(n).encode(), id=str(n))
        deadline = time.monotonic() + 8
        while len(one.messages) + len(two.messages) < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert sorted(int(message.data) for message in one.messages + two.messages) == list(range(20))


def test_after_leaving_nothing_arrives(bus):
    inbox = Inbox()
    with bus.subscribe("x", inbox):
        pass
    bus.publish("x", b"1", id="1")
    quiet()
    assert inbox.messages == []


def test_a_handler_without_durable_may_fail_and_the_next_message_arrives(bus):
    inbox = Inbox(bad=b"1", failures=1)
    with bus.subscribe("x", inbox):
        bus.publish("x", b"1", id="1")
        bus.publish("x", b"2", id="2")
        assert inbox.wait(2) == [b"1", b"2"]


def test_a_ring_wakes_everyone_who_listens_to_that_bell(bus):
    heard, other = threading.Event(), threading.Event()
    with bus.on_ring("events.city", heard.set), bus.on_ring("events.context", other.set):
        bus.ring("events.city")
        assert heard.wait(5)
    assert not other.is_set()


def test_after_leaving_a_bell_is_silent(bus):
    heard = threading.Event()
    with bus.on_ring("bell", heard.set):
        pass
    bus.ring("bell")
    quiet()
    assert not heard.is_set()


def test_the_bus_says_whether_it_works(bus):
    bus.publish("x", b"", id="1")
    assert bus.healthy()
    bus.close()
    assert not bus.healthy()


def test_a_closed_bus_refuses_messages(bus):
    bus.close()
    with pytest.raises(BusError):
        bus.publish("x", b"", id="1")


@pytest.mark.parametrize("subject", ["", "a b", "a..b", "a.*", ">", "a."])
def test_a_wrong_subject_is_refused(bus, subject):
    with pytest.raises(BusError):
        bus.publish(subject, b"", id="1")


@pytest.mark.parametrize("pattern", ["", "a.>.b", "a b", "a.b*"])
def test_a_wrong_pattern_is_refused(bus, pattern):
    with pytest.raises(BusError):
        bus.subscribe(pattern, Inbox())


def test_a_wrong_durable_name_is_refused(bus):
    with pytest.raises(BusError):
        bus.subscribe("x", Inbox(), durable="a.b")


def test_a_url_of_no_engine_is_refused():
    with pytest.raises(BusError, match="nats://"):
        open_bus("amqp://localhost")
