"""The commands of all callers of this process, as many as wait in one durable transaction: one flush for all."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

import structlog

from dothi.engines import registry
from dothi.engines.store.base import Store, StoreConflict, StoreError, StoreUnavailable
from dothi.kernel.cases import calendars
from dothi.kernel.cases.commands import Order
from dothi.kernel.cases.writer import Result, Writer
from dothi.kernel.events import outbox

log = structlog.get_logger()
MOST_TOGETHER: Final = 256
MOST_WAITING: Final = 200_000
TRIES: Final = 4  # of a transaction that another process's made impossible


class _Request:
    """The commands of one caller, and who waits for what becomes of them."""

    __slots__ = ("future", "orders")

    def __init__(self, orders: Sequence[Order]) -> None:
        self.orders = orders
        self.future: Future[list[Result]] = Future()


class Committer:
    """A thread that writes what waits, group after group."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._waiting: deque[_Request] = deque()
        self._count = 0
        self._gate = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="cases", daemon=True)
        self._thread.start()

    def submit(self, orders: Sequence[Order]) -> Future[list[Result]]:
        """The future is done when what was done is durable. :class:`StoreUnavailable` when too many wait."""
        request = _Request(orders)
        with self._gate:
            if self._closed:
                raise StoreUnavailable("the writer of cases is closed")
            if self._count + len(orders) > MOST_WAITING:
                raise StoreUnavailable(f"{self._count} commands are waiting; try again later")
            self._waiting.append(request)
            self._count += len(orders)
            self._gate.notify()
        return request.future

    def close(self) -> None:
        """Finish what was submitted, then stop."""
        with self._gate:
            self._closed = True
            self._gate.notify()
        self._thread.join()

    def _run(self) -> None:
        self._warm()
        while group := self._take():
            self._commit(group)

    def _warm(self) -> None:
        """Have the calendar ready: the first command of the process should not wait a second for it."""
        try:
            with self.store.read(snapshot=False) as session:
                calendars.current(session)
        except (
            StoreError,
            StoreUnavailable,
        ) as error:  # no schema yet, or no server: asked for again when needed
            log.info("cases.not_warmed", error=str(error)[:200])

    def _take(self) -> list[_Request]:
        with self._gate:
            while not self._waiting:
                if self._closed:
                    return []
                self._gate.wait()
            group = [self._waiting.popleft()]
            size = len(group[0].orders)
            while self._waiting and size + len(self._waiting[0].orders) <= MOST_TOGETHER:
                group.append(self._waiting.popleft())
                size += len(group[-1].orders)
            self._count -= size
            return group

    def _commit(self, group: list[_Request]) -> None:
        live = [request for request in group if request.future.set_running_or_notify_cancel()]
        if not live:
            return
        try:
            results = self._written([order for request in live for order in request.orders])
        except BaseException as error:
            if len(live) > 1 and isinstance(error, StoreConflict):
                for request in live:  # one of them cannot be written: the others are
                    self._alone(request)
                return
            for request in live:
                request.future.set_exception(error)
            return
        outbox.ring()
        start = 0
        for request in live:
            request.future.set_result(results[start : start + len(request.orders)])
            start += len(request.orders)

    def _alone(self, request: _Request) -> None:
        try:
            results = self._written(request.orders)
        except BaseException as error:
            request.future.set_exception(error)
        else:
            outbox.ring()
            request.future.set_result(results)

    def _written(self, orders: Sequence[Order]) -> list[Result]:
        """One transaction; again when another process's got in its way (a number or key it has taken meanwhile)."""
        for attempt in range(TRIES):
            try:
                with self.store.write() as session:
                    calendar = calendars.current(session)
                    return Writer(session, self.store.dialect, calendar).run(orders)
            except (StoreConflict, StoreUnavailable) as error:
                if attempt == TRIES - 1:
                    raise
                log.info("cases.group_again", error=str(error)[:200])
        raise AssertionError


_committers: dict[int, Committer] = {}
_lock = threading.Lock()


def committer() -> Committer:
    """The process's writer, on the city's store; a new one when the process was forked or composed anew."""
    store = registry.store("city")
    found = _committers.get(os.getpid())
    if found is None or found.store is not store:
        with _lock:
            found = _committers.get(os.getpid())
            if found is None or found.store is not store:
                found = Committer(store)
                _committers.clear()
                _committers[os.getpid()] = found
    return found


def close() -> None:
    """Finish what was submitted in this process."""
    with _lock:
        found = _committers.pop(os.getpid(), None)
    if found is not None:
        found.close()
