"""A server that is told to stop does not wait for streams that never end."""

from __future__ import annotations

import signal

import pytest

from dothi.kernel.events.stream.farewell import on_stop


@pytest.fixture
def handlers():
    """Puts back the signal handlers that were there."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_streams_say_goodbye_before_the_servers_own_handler(handlers):
    said = []
    signal.signal(signal.SIGTERM, lambda number, frame: said.append("server"))
    on_stop(lambda: said.append("streams"))
    signal.raise_signal(signal.SIGTERM)
    assert said == ["streams", "server"]


def test_without_a_server_nothing_is_touched(handlers):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    on_stop(lambda: None)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
