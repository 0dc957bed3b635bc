"""Gathers the commands of all requests that wait and applies them in one durable transaction.

While one group is flushed to disk the next one gathers: the more is asked at once, the larger the groups.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from dothi.engines.store.base import Session, Store, StoreUnavailable
from dothi.engines.store.group import GroupCommit
from dothi.kernel.context import metrics
from dothi.kernel.context.ld.errors import NonexistentTenant
from dothi.kernel.context.storage.commands import Command, Result
from dothi.kernel.context.storage.dictionary import Dictionary, Naming
from dothi.kernel.context.storage.transaction import Transaction

MAX_WAITING = 30_000
MAX_GROUP = 4_000


class Request:
    """Commands that came together and who waits for their results."""

    __slots__ = ("commands", "creates_tenant", "loop", "results", "tenant", "waiter")

    def __init__(
        self, tenant: str, commands: Sequence[Command], creates_tenant: bool, waiter: Any, loop: Any
    ) -> None:
        self.tenant = tenant
        self.commands = commands
        self.creates_tenant = creates_tenant
        self.waiter = waiter
        self.loop = loop
        self.results: list[Result] | NonexistentTenant = []


class _Group:
    """The job of one group commit. It may be run again: then with the same requests."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.requests: list[Request] | None = None
        self.naming: Naming
        self.started = 0.0

    def __call__(self, session: Session) -> None:
        self.started = time.perf_counter()
        if self.requests is None:
            self.requests = self._writer.take()
        self.naming = self._writer.naming(session)
        self._writer.apply(session, self.naming, self.requests)


class Writer:
    """The one way entities change. Results come after the change is durable."""

    def __init__(self, store: Store, dictionary: Dictionary) -> None:
        self._store = store
        self._dictionary = dictionary
        self._commit = GroupCommit(store)
        self._gate = threading.Lock()
        self._waiting: list[Request] = []
        self._count = 0
        self._scheduled = False

    def submit(
        self, commands: Sequence[Command], *, tenant: str = "", creates_tenant: bool = False
    ) -> Future[list[Result]]:
        """The results of ``commands``, in order. Raises :class:`StoreUnavailable` when too many wait."""
        future: Future[list[Result]] = Future()
        self._put(Request(tenant, commands, creates_tenant, future, None))
        return future

    def asubmit(
        self, commands: Sequence[Command], *, tenant: str = "", creates_tenant: bool = False
    ) -> asyncio.Future[list[Result]]:
        """The same for the running event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Result]] = loop.create_future()
        self._put(Request(tenant, commands, creates_tenant, future, loop))
        return future

    def run(self, job: Callable[[Session], Any]) -> Future[Any]:
        """A job of another kind (a change of history, a stored @context) in its turn among the groups."""
        return self._commit.submit(job)

    def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._commit.close()

    def _put(self, request: Request) -> None:
        with self._gate:
            if self._count + len(request.commands) > MAX_WAITING and self._waiting:
                raise StoreUnavailable(f"{self._count} changes are waiting; try again later")
            if not self._scheduled:
                self._schedule()
            self._waiting.append(request)
            self._count += len(request.commands)

    def _schedule(self) -> None:
        group = _Group(self)
        self._commit.submit(group).add_done_callback(lambda done: self._done(group, done.exception()))
        self._scheduled = True

    def take(self) -> list[Request]:
        """The requests of the next group."""
        with self._gate:
            taken, size = 0, 0
            while taken < len(self._waiting) and size < MAX_GROUP:
                size += len(self._waiting[taken].commands)
                taken += 1
            requests, self._waiting = self._waiting[:taken], self._waiting[taken:]
            self._scheduled = False
            if self._waiting:
                try:
                    self._schedule()
                except StoreUnavailable:  # closing: this is the last group, it takes all
                    requests, self._waiting = requests + self._waiting, []
            self._count = sum(len(request.commands) for request in self._waiting)
        metrics.GROUP_SIZE.observe(size)
        return requests

    def naming(self, session: Session) -> Naming:
        """Names for one transaction."""
        return Naming(self._dictionary, session, shared=self._store.dialect == "postgresql")

    def apply(self, session: Session, naming: Naming, requests: Sequence[Request]) -> None:
        """Apply the commands of ``requests`` tenant by tenant."""
        by_tenant: dict[str, list[Request]] = {}
        for request in requests:
            by_tenant.setdefault(request.tenant, []).append(request)
        for tenant in sorted(by_tenant):
            self._apply_tenant(session, naming, tenant, by_tenant[tenant])

    def _apply_tenant(self, session: Session, naming: Naming, tenant: str, requests: list[Request]) -> None:
        tid = naming.tenant(tenant, create=any(request.creates_tenant for request in requests))
        if tid is None:
            for request in requests:
                request.results = NonexistentTenant(f"there is no tenant {tenant!r}")
            return
        transaction = Transaction(session, naming, self._store.dialect, tid)
        results = transaction.run([command for request in requests for command in request.commands])
        transaction.write()
        start = 0
        for request in requests:
            request.results = results[start : start + len(request.commands)]
            start += len(request.commands)

    def _done(self, group: _Group, error: BaseException | None) -> None:
        if group.requests is None:  # it never ran: what would have been its requests fail with it
            group.requests = self.take()
        if error is None:
            group.naming.learn()
            metrics.COMMIT_SECONDS.observe(time.perf_counter() - group.started)
        _settle(group.requests, error)


def _settle(requests: Sequence[Request], error: BaseException | None) -> None:
    """Tell every waiter; each event loop is woken once for all of its own."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Request]] = {}
    for request in requests:
        if request.loop is None:
            _resolve(request, error)
        else:
            by_loop.setdefault(request.loop, []).append(request)
    for loop, waiting in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve_all, waiting, error)


def _resolve_all(requests: Sequence[Request], error: BaseException | None) -> None:
    for request in requests:
        _resolve(request, error)


def _resolve(request: Request, error: BaseException | None) -> None:
    if request.waiter.done():  # the client went away
        return
    if error is not None:
        request.waiter.set_exception(error)
    elif isinstance(request.results, list):
        request.waiter.set_result(request.results)
    else:
        request.waiter.set_exception(request.results)
