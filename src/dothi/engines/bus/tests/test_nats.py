"""What only a server can do to a bus: be away, refuse a message."""

from __future__ import annotations

import os
import threading
import time
import uuid

import pytest

from dothi.engines.bus.base import BusError, MessageRefused
from dothi.engines.bus.registry import open_bus

pytestmark = pytest.mark.servers


@pytest.fixture
def away():
    bus = open_bus("nats://127.0.0.1:1")
    bus.patience_s = 0.3
    yield bus
    bus.close()


@pytest.fixture
def bus():
    opened = open_bus(os.environ["DOTHI_TEST_BUS_URL"], namespace=f"t{uuid.uuid4().hex[:12]}")
    opened.publish("ready", b"", id="0")
    yield opened
    opened.drop()
    opened.close()


def test_a_server_that_is_away_is_an_error_soon(away):
    with pytest.raises(BusError):
        away.publish("x", b"", id="1")
    assert not away.healthy()


def test_nobody_waits_for_a_server_that_is_away_to_hear_bells(away):
    start = time.monotonic()
    with away.on_ring("bell", lambda: None):
        away.ring("bell")
    assert time.monotonic() - start < 2


def test_a_message_too_large_is_refused_for_good(bus):
    with pytest.raises(MessageRefused):
        bus.publish("x", bytes(2_000_000), id="1")


def test_a_bell_is_heard_in_another_process(bus):
    heard = threading.Event()
    other = open_bus(os.environ["DOTHI_TEST_BUS_URL"], namespace=bus._namespace)
    with bus.on_ring("events.city", heard.set):
        other.publish("ready", b"", id="2")
        other.ring("events.city")
        assert heard.wait(5)
    other.close()
