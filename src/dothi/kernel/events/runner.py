"""Drives all consumers of a worker process: a thread each, woken by bells and by polling the logs."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import structlog
from django.db import DatabaseError, connections

from dothi.core.errors import Unavailable
from dothi.engines import registry
from dothi.engines.bus.base import BusError
from dothi.kernel.events import actions, leases, letters, relay, rules
from dothi.kernel.events.away import is_away
from dothi.kernel.events.declared import consumers
from dothi.kernel.events.log import Log, logs
from dothi.kernel.events.models import ConsumerOffset
from dothi.kernel.events.reader import Reader

log = structlog.get_logger()
POLL_S = 0.05
RENEW_S = leases.LEASE_US / 4e6
FORGET_S = 3600.0
# How late a replay or a resend asked for in another process is noticed.
IDLE_S = 2.0
TAKE_OVER_S = 1.0


class ConsumerRunner:
    """Works for every declared consumer whose log this process has, until ``stop`` is set.

    Any number of runners may run at once: a consumer is worked for by one of them, another takes over when
    that one ends or dies.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._rung = threading.Event()
        self._owner = leases.new_owner()

    def run(self) -> None:
        actions.settle_era()
        relay.declare(logs())
        sources = logs()
        workers = [_Worker(Reader(c, sources[c.log], self._owner), c.log, self._stop)
                   for c in consumers().values() if c.log in sources]  # fmt: skip
        with ExitStack() as bells:
            for worker in workers:
                worker.start()
            try:
                self._listen(bells, sources)
                self._watch(sources, workers)
            finally:
                self._end(workers)

    def _listen(self, bells: ExitStack, sources: dict[str, Log]) -> None:
        for name in sources:
            try:
                bells.enter_context(registry.bus().on_ring(f"events.{name}", self._rung.set))
            except (registry.NotWired, BusError) as error:  # polling finds them too, a little later
                log.warning("events.no_bell", log=name, error=str(error))

    def _watch(self, sources: dict[str, Log], workers: list[_Worker]) -> None:
        seen: dict[str, int] = {}
        renew_at = forget_at = 0.0
        while not self._stop.is_set():
            for name, source in sources.items():
                if self._changed(name, source, seen):
                    for worker in workers:
                        if worker.log == name:
                            worker.woken.set()
            if (now := time.monotonic()) >= renew_at:
                self._keep(forget=now >= forget_at)
                renew_at = now + RENEW_S
                forget_at = now + FORGET_S if now >= forget_at else forget_at
            self._rung.wait(POLL_S)
            self._rung.clear()

    @staticmethod
    def _changed(name: str, source: Log, seen: dict[str, int]) -> bool:
        try:
            version = source.changes()
        except Unavailable:
            return False
        changed = seen.get(name) != version
        seen[name] = version
        return changed

    def _keep(self, *, forget: bool) -> None:
        try:
            leases.renew(self._owner)
            if forget:
                letters.forget_old()
        except DatabaseError as error:
            log.warning("events.renew", error=str(error))
            connections.close_all()

    def _end(self, workers: list[_Worker]) -> None:
        self._stop.set()
        for worker in workers:
            worker.woken.set()
        for worker in workers:
            worker.join(timeout=5)
        try:
            leases.release([w.name for w in workers if not w.is_alive()], self._owner)
        except DatabaseError:
            log.warning("events.release")  # the lease runs out by itself
        leases.forget_owner(self._owner)
        connections.close_all()


class _Worker(threading.Thread):
    """The thread of one consumer."""

    def __init__(self, reader: Reader, log_name: str, stop: threading.Event) -> None:
        super().__init__(name=reader.consumer.name, daemon=True)
        self.log = log_name
        self.woken = threading.Event()
        self._reader = reader
        self._stopping = stop
        self._failures = 0

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self.woken.wait(self._turn())
                self.woken.clear()
        finally:
            connections.close_all()

    def _turn(self) -> float:
        """Work until there is nothing to do; how long to rest then."""
        try:
            if not self._reader.begin():
                return TAKE_OVER_S
            while not self._stopping.is_set() and self._reader.step():
                pass
            self._failures = 0
        except leases.LeaseLost:
            return TAKE_OVER_S
        except Exception as error:
            return self._wait_for(error)
        return self._reader.rest_s(IDLE_S)

    def _wait_for(self, error: Exception) -> float:
        self._failures += 1
        if is_away(error):
            log.warning("events.waiting", consumer=self.name, error=str(error)[:300])
        else:
            log.exception("events.consumer_failed", consumer=self.name)
        connections.close_all()
        try:
            rows = ConsumerOffset.objects.filter(name=self.name).exclude(waiting_for=str(error)[:300])
            rows.update(waiting_for=str(error)[:300])
        except DatabaseError:
            connections.close_all()
        self._stopping.wait(rules.wait_s(self._failures))
        return 0.0
