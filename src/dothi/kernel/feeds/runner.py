"""Runs the registered feeds: one thread each, failures kept apart, one runner at a time in the whole
installation.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections, connection

from dothi.core import clock
from dothi.kernel.feeds import actions, lease, queries, rules
from dothi.kernel.feeds.base import Feed, FeedResult, Stream, Writer
from dothi.kernel.feeds.registry import feeds

log = structlog.get_logger()
_NAME = "feeds"
_RENEW_S = lease.TTL.total_seconds() / 3
_SECOND = timedelta(seconds=1)
_TELL_EVERY_S = 5


class FeedRunner:
    """``run()`` returns when ``stop`` is set, after the feeds have finished what they are doing."""

    def __init__(self, stop: threading.Event, context: Writer, *, off: frozenset[str] = frozenset()) -> None:
        self._stop = stop
        self._context = context
        self._off = off
        self._mine = threading.Event()
        self._holder = lease.new_holder()

    def run(self) -> None:
        """Hold the lease and run every feed in its own thread until told to stop."""
        actions.announce({key: key not in self._off for key in feeds()})
        threads = [self._thread(feed) for feed in feeds().values()]
        for thread in threads:
            thread.start()
        try:
            self._hold()
        finally:
            self._mine.clear()
            for thread in threads:
                thread.join(timeout=20)
            lease.give_back(_NAME, self._holder)

    def _thread(self, feed: Feed | Stream) -> threading.Thread:
        target = self._repeat if isinstance(feed, Feed) else self._listen
        return threading.Thread(target=self._guard, args=(target, feed), name=f"feed-{feed.key}", daemon=True)

    def _guard(self, target: object, feed: Feed | Stream) -> None:
        try:
            target(feed)  # type: ignore[operator]
        finally:
            connection.close()

    def _hold(self) -> None:
        """Renew the lease until stopped; feeds act only while it is ours."""
        while not self._stop.is_set():
            try:
                held = lease.take(_NAME, self._holder, clock.now())
            except DatabaseError as error:
                log.warning("feeds.lease_unreachable", error=str(error))
                close_old_connections()
                held = False
            (self._mine.set if held else self._mine.clear)()
            self._stop.wait(_RENEW_S)

    def _may_act(self, key: str) -> bool:
        return self._mine.is_set() and not self._stop.is_set() and queries.enabled(key)

    def _repeat(self, feed: Feed) -> None:
        while not self._stop.is_set():
            wait = 1.0
            if self._mine.wait(timeout=1.0) and self._may_act(feed.key):
                wait = (self.once(feed) - clock.now()).total_seconds()
            self._sleep(feed.key, max(wait, 0.05))

    def _sleep(self, key: str, seconds: float) -> None:
        """Wait, but look once in two seconds whether the feed was switched meanwhile."""
        due = clock.now() + timedelta(seconds=seconds)
        on = queries.enabled(key)
        while not self._stop.is_set() and clock.now() < due:
            left = (due - clock.now()).total_seconds()
            self._stop.wait(min(2.0, max(left, 0.0)))
            if left > 2.0 and queries.enabled(key) != on:
                return

    def once(self, feed: Feed) -> datetime:
        """Run a feed now and write down how it went; when it is due next."""
        started = clock.now()
        result, error = FeedResult(), ""
        try:
            result = feed.run_once(self._context, started)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
            log.exception("feeds.failed", feed=feed.key)
        return self._record(feed.key, result, started, feed.interval, error)

    def _record(
        self, key: str, result: FeedResult, started: datetime, interval: timedelta, error: str
    ) -> datetime:
        ended = clock.now()
        try:
            state = actions.record(key, result, started=started, ended=ended, interval=interval, error=error)
        except DatabaseError as failure:
            log.warning("feeds.not_recorded", feed=key, error=str(failure))
            close_old_connections()
            return ended + rules.backoff(2)
        return state.next_run_at or ended + interval

    def _listen(self, stream: Stream) -> None:
        """Keep a stream running while the lease is ours and it is switched on; reconnect with backoff."""
        while not self._stop.is_set():
            if not (self._mine.wait(timeout=1.0) and self._may_act(stream.key)):
                self._stop.wait(1.0)
                continue
            due = self._stream_once(stream)
            self._stop.wait(max((due - clock.now()).total_seconds(), 0.5))

    def _stream_once(self, stream: Stream) -> datetime:
        ended, tally = threading.Event(), _Tally()
        watch = threading.Thread(target=self._watch, args=(stream.key, ended, tally), daemon=True)
        watch.start()
        started, error = clock.now(), ""
        try:
            stream.run(self._context, ended, tally.add)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
            log.warning("feeds.stream_lost", feed=stream.key, error=error)
        finally:
            ended.set()
            watch.join(timeout=5)
        return self._record(stream.key, tally.take(), started, _SECOND, error)

    def _watch(self, key: str, ended: threading.Event, tally: _Tally) -> None:
        """Write down what a stream did; end it when we stop, lose the lease, or it is switched off."""
        beats = 0
        try:
            while not ended.wait(1.0):
                beats += 1
                if beats % _TELL_EVERY_S == 0 and (done := tally.take()).read:
                    self._record(key, done, clock.now(), _SECOND, "")
                if not self._may_act(key):
                    ended.set()
        finally:
            connection.close()


class _Tally:
    """What a stream has done since it was last written down."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._sum = FeedResult()

    def add(self, result: FeedResult) -> None:
        with self._gate:
            self._sum += result

    def take(self) -> FeedResult:
        with self._gate:
            taken, self._sum = self._sum, FeedResult()
        return taken
