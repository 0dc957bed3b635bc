"""Children are started when they should be, again when they end, and stopped in order."""

import os
import signal
import sys
import threading
import time

import pytest

from dothi.serve import supervisor
from dothi.serve.supervisor import Child


def child(code, **more):
    """A child that runs ``code`` in place of a role."""
    made = Child("test", [], dict(os.environ), **more)
    made._command = [sys.executable, "-c", code]
    return made


SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def running():
    made = []

    def run(code, **more):
        made.append(child(code, **more))
        return made[-1]

    yield run
    for each in made:
        each.stop()
        each.join()


def test_a_role_is_started_without_the_command_line():
    command = ["-m", "dothi.serve.role", str(os.getpid()), "web", "1"]
    assert Child("web", ["web", "1"], {})._command[1:] == command


def test_a_child_is_due_at_once_and_once(running):
    each = running(SLEEP)
    assert each.due()
    each.start()
    assert not each.due()


def test_a_child_that_is_to_wait_is_due_when_it_may(running):
    may = threading.Event()
    each = running(SLEEP, when=may.is_set)
    assert not each.due()
    may.set()
    assert each.due()


def test_a_child_does_not_wait_for_ever_for_what_never_comes(running, monkeypatch):
    monkeypatch.setattr(supervisor, "LATEST_START_S", -1)
    assert running(SLEEP, when=lambda: False).due()


def test_a_child_that_waits_is_not_taken_for_one_that_ended(running):
    each = running(SLEEP, when=lambda: False)
    assert each.poll() is None
    each.stop()
    each.join()


def test_a_child_that_ended_is_started_again_after_a_pause(running):
    each = running("import sys; sys.exit(3)")
    each.start()
    each.join()
    assert each.poll() == 3
    pauses = []
    each.revive(lambda pause: pauses.append(pause))
    assert pauses == [2.0]
    each.join()
    each.revive(lambda pause: pauses.append(pause))
    assert pauses == [2.0, 4.0]


def test_no_child_is_started_again_while_the_platform_stops(running):
    each = running("pass")
    each.start()
    each.join()
    each.revive(lambda pause: True)
    assert each.poll() == 0


def test_run_starts_the_first_then_the_second_and_stops_both(running):
    first = running(SLEEP)
    ready, began = threading.Event(), []

    def when():
        if ready.is_set():
            began.append(first.poll())
        return ready.is_set()

    second = running(SLEEP, when=when)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def act():
        ready.set()
        end = time.monotonic() + 20
        while second._process is None and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        assert supervisor.run([first, second], on_start=act) == 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert began[0] is None
    assert (first.poll(), second.poll()) == (-signal.SIGTERM, -signal.SIGTERM)
