"""Many small writes in one durable transaction: the flush to disk is paid once for all that wait."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import structlog

from dothi.engines.store.base import Session, Store, StoreUnavailable

log = structlog.get_logger()
T = TypeVar("T")
Job = Callable[[Session], Any]


class _Entry:
    """A job, who waits for it, and what became of it."""

    __slots__ = ("error", "job", "loop", "result", "waiter")

    def __init__(self, job: Job, waiter: Any, loop: asyncio.AbstractEventLoop | None) -> None:
        self.job = job
        self.waiter = waiter
        self.loop = loop
        self.result: Any = None
        self.error: BaseException | None = None


class GroupCommit:
    """Runs jobs in the order given, as many as wait in one transaction, in a thread of its own.

    A job may be run a second time when a later one of its group failed: it must have no effect but on its
    session and its result.
    """

    def __init__(
        self, store: Store, *, max_jobs: int = 512, max_wait_ms: float = 0.0, max_queue: int = 10_000
    ) -> None:
        self._store = store
        self._max_jobs = max_jobs
        self._max_wait = max_wait_ms / 1000
        self._max_queue = max_queue
        self._queue: SimpleQueue[_Entry | None] = SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Session], T]) -> Future[T]:
        """The future is done when the job's effects are durable. :class:`StoreUnavailable` when full."""
        future: Future[T] = Future()
        self._put(_Entry(job, future, None))
        return future

    def asubmit(self, job: Callable[[Session], T]) -> asyncio.Future[T]:
        """The same for the running event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Entry(job, future, loop))
        return future

    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finish what was submitted, then stop."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _put(self, entry: _Entry) -> None:
        with self._gate:  # so that nothing is queued behind the end mark
            if self._closed:
                raise StoreUnavailable("the writer is closed")
            if self._queue.qsize() >= self._max_queue:
                raise StoreUnavailable(f"{self._max_queue} writes are waiting; try again later")
            self._queue.put(entry)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, more = self._drain(first)
            self._commit(group)
            if not more:
                return

    def _drain(self, first: _Entry) -> tuple[list[_Entry], bool]:
        group = [first]
        until = time.monotonic() + self._max_wait if self._max_wait else 0.0
        while len(group) < self._max_jobs:
            try:
                left = until - time.monotonic() if until else 0.0
                entry = self._queue.get(timeout=left) if left > 0 else self._queue.get_nowait()
            except Empty:
                break
            if entry is None:
                return group, False
            group.append(entry)
        return group, True

    def _commit(self, group: list[_Entry]) -> None:
        live = [entry for entry in group if _claimed(entry)]
        if not live:
            return
        try:
            if not self._together(live):
                self._apart(live)
        except BaseException as error:
            for entry in live:
                entry.error = error
        settle(live)

    def _together(self, group: list[_Entry]) -> bool:
        """All jobs in one transaction without savepoints; False when one failed and all are undone."""
        try:
            with self._store.write() as session:
                for entry in group:
                    try:
                        entry.result = entry.job(session)
                    except Exception as error:
                        entry.error = error
                        raise _JobError from error
        except _JobError:
            return len(group) == 1
        return True

    def _apart(self, group: list[_Entry]) -> None:
        """Each job behind its own savepoint, so that a failing one fails alone."""
        with self._store.write() as session:
            for entry in group:
                entry.error = None
                try:
                    with session.savepoint():
                        entry.result = entry.job(session)
                except StoreUnavailable:
                    raise  # the transaction itself is gone: nobody's work was kept
                except Exception as error:
                    entry.error = error


class _JobError(Exception):
    """A job of the group raised."""


def _claimed(entry: _Entry) -> bool:
    """Whether the waiter still wants it; from here on a thread's future can no longer be cancelled."""
    if entry.loop is None:
        return bool(entry.waiter.set_running_or_notify_cancel())
    return not entry.waiter.cancelled()


def settle(group: list[_Entry]) -> None:
    """Tell every waiter; each event loop is woken once for all of its futures."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Entry]] = {}
    for entry in group:
        if entry.loop is None:
            _resolve(entry)
        else:
            by_loop.setdefault(entry.loop, []).append(entry)
    for loop, entries in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve_all, entries)
        except RuntimeError:  # the loop was closed while its writes were on their way
            log.warning("store.group.loop_closed", writes=len(entries))


def _resolve_all(entries: list[_Entry]) -> None:
    for entry in entries:
        if not entry.waiter.done():
            _resolve(entry)


def _resolve(entry: _Entry) -> None:
    try:
        if entry.error is not None:
            entry.waiter.set_exception(entry.error)
        else:
            entry.waiter.set_result(entry.result)
    except InvalidStateError:  # cancelled between the check and here
        pass
