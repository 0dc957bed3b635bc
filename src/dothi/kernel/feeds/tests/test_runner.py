"""Feeds run side by side: one failure disturbs no other, one runner acts at a time, what happened can be read."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.kernel.feeds import actions, lease, queries, registry, rules
from dothi.kernel.feeds.base import FeedResult, Label
from dothi.kernel.feeds.models import FeedRun, FeedState
from dothi.kernel.feeds.runner import FeedRunner
from dothi.kernel.identity.access import SYSTEM

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Tick:
    label = Label("Thử", "Test")
    provenance = "observed"
    interval = timedelta(milliseconds=20)

    def __init__(self, key, fails=False):
        self.key, self.fails, self.times = key, fails, 0
        self.ran = threading.Event()

    def run_once(self, context, now):
        self.times += 1
        if self.times >= 2 or self.fails:
            self.ran.set()
        if self.fails:
            raise RuntimeError("no line to the sensor")
        return FeedResult(3, 2, 1, {"BadRequestData": 1})


class Flow:
    label = Label("Luồng", "Stream")
    provenance = "observed"

    def __init__(self):
        self.key, self.began, self.ended = "flow", threading.Event(), threading.Event()

    def run(self, context, stop, report):
        report(FeedResult(5, 5))
        self.began.set()
        stop.wait(10)
        self.ended.set()


@pytest.fixture
def feeds():
    registry.forget()

    def register(*given):
        for feed in given:
            registry.register(feed)
        return given

    yield register
    registry.forget()


@pytest.fixture
def running(memory):
    """Start runners in threads; all are stopped at the end."""
    stop, threads = threading.Event(), []

    def start(**options):
        runner = FeedRunner(stop, memory, **options)
        thread = threading.Thread(target=runner.run)
        thread.start()
        threads.append(thread)
        return runner

    yield start
    stop.set()
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_a_failing_feed_does_not_disturb_another(feeds, running):
    good, bad = feeds(Tick("good"), Tick("bad", fails=True))
    running()
    assert good.ran.wait(10)
    assert bad.ran.wait(10)


@pytest.mark.django_db(transaction=True)
def test_a_stream_ends_when_the_runner_stops(feeds, memory):
    (flow,) = feeds(Flow())
    stop = threading.Event()
    thread = threading.Thread(target=FeedRunner(stop, memory).run)
    thread.start()
    assert flow.began.wait(10)
    stop.set()
    thread.join(timeout=20)
    assert flow.ended.is_set()
    assert FeedState.objects.get(key="flow").written == 5


@pytest.mark.django_db(transaction=True)
def test_a_feed_that_starts_switched_off_does_not_run(feeds, running):
    on, off = feeds(Tick("on"), Tick("off"))
    running(off=frozenset({"off"}))
    assert on.ran.wait(10)
    assert off.times == 0


@pytest.mark.django_db(transaction=True)
def test_a_second_runner_waits(feeds, running):
    (feed,) = feeds(Tick("one"))
    first = running()
    assert feed.ran.wait(10)
    second = running()
    assert queries.runner_holder() == first._holder != second._holder


@pytest.mark.django_db
def test_what_a_run_did_can_be_read(feeds, memory):
    (feed,) = feeds(Tick("one"))
    FeedRunner(threading.Event(), memory).once(feed)
    (view,) = queries.status()
    assert (view.written, view.rejected, view.failures, view.error) == (2, 1, 0, "")
    assert queries.recent_runs("one")[0].reasons == {"BadRequestData": 1}


@pytest.mark.django_db
def test_a_failure_is_shown_with_its_reason_and_forgotten_after_a_success(feeds, memory):
    (feed,) = feeds(Tick("one", fails=True))
    runner = FeedRunner(threading.Event(), memory)
    runner.once(feed)
    runner.once(feed)
    (view,) = queries.status()
    assert (view.failures, view.error) == (2, "RuntimeError: no line to the sensor")
    feed.fails = False
    runner.once(feed)
    assert queries.status()[0].error == ""


@pytest.mark.django_db
def test_only_the_newest_runs_are_kept(monkeypatch):
    monkeypatch.setattr(actions, "RUNS_KEPT", 10)
    for _ in range(60):
        actions.record("one", FeedResult(1, 1), started=NOW, ended=NOW + SECOND, interval=SECOND)
    assert FeedRun.objects.count() <= 10 + 20
    assert FeedState.objects.get(key="one").written == 60


@pytest.mark.django_db
def test_a_feed_that_never_ran_is_shown_too(feeds):
    feeds(Tick("one"))
    assert queries.status()[0].last_success is None


@pytest.mark.django_db
def test_a_feed_can_be_switched_off_and_on():
    actions.switch("one", on=False, by=SYSTEM)
    assert not queries.enabled("one")
    actions.switch("one", on=True, by=SYSTEM)
    assert queries.enabled("one")


@pytest.mark.django_db
def test_the_lease_has_one_holder_until_it_runs_out():
    assert lease.take("feeds", "a", NOW)
    assert not lease.take("feeds", "b", NOW + SECOND)
    assert lease.take("feeds", "a", NOW + SECOND)
    assert lease.take("feeds", "b", NOW + SECOND + lease.TTL)
    assert not lease.take("feeds", "a", NOW + SECOND + lease.TTL)


@pytest.mark.django_db
def test_a_lease_given_back_is_free_at_once():
    lease.take("feeds", "a", NOW)
    lease.give_back("feeds", "a")
    assert lease.take("feeds", "b", NOW)


@given(st.integers(0, 60))
def test_waiting_grows_with_failures_up_to_ten_minutes(failures):
    assert rules.backoff(failures) <= rules.backoff(failures + 1) <= timedelta(minutes=10)


@given(st.integers(0, 10_000), st.integers(1, 600))
def test_a_feed_keeps_its_rhythm_however_long_a_run_took(took, interval):
    step = timedelta(seconds=interval)
    ended = NOW + timedelta(seconds=took)
    following = rules.next_run(NOW, ended, step, failures=0)
    assert following > ended - timedelta(microseconds=1)
    assert (following - NOW) % step == timedelta(0)
