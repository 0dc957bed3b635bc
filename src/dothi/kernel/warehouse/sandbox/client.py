"""The asking side of the sandbox: starts the zygote by first use, sends jobs, waits for answers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from dothi.kernel.warehouse.sandbox.limits import Job, Limits, Outcome
from dothi.kernel.warehouse.sandbox.wire import Broken, receive_outcome, send_job

_START_SECONDS = 20.0
_LATE_SECONDS = 1.0
_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
_ENVIRON = {
    # What reserves address space by itself would count as the query's.
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
}


class Stopped(Exception):
    """A query that ended without an answer: ``kind`` is timeout, memory, too-large, refused, failed or busy."""

    def __init__(self, kind: str, message: str = "") -> None:
        self.kind = kind
        self.message = message
        super().__init__(f"{kind}: {message}" if message else kind)


class _ZygoteLost(Stopped):
    """The zygote is gone, and this query with it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a worker answered."""

    table: pa.Table
    truncated: bool
    ms: float
    layers: tuple[str, ...]


class Sandbox:
    """One zygote and the queries that run beside each other in its workers. Safe to use from many threads."""

    def __init__(self, *, workers: int = 2, patience: float = 5.0) -> None:
        self._workers = threading.BoundedSemaphore(workers)
        self._patience = patience
        self._lock = threading.Lock()
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def run(self, sql: str, tables: Mapping[str, int], limits: Limits) -> Rows:
        """The rows of ``sql`` over ``tables`` (name → descriptor of an Arrow file); raises :class:`Stopped`.

        ``sql`` has passed the guard and names its tables ``city."name"``. The descriptors stay the caller's.
        """
        if not self._workers.acquire(timeout=self._patience):
            raise Stopped("busy")
        try:
            job, descriptors = Job(sql, tuple(tables), limits), list(tables.values())
            try:
                return self._ask(job, descriptors)
            except _ZygoteLost:
                return self._ask(job, descriptors)  # a query only reads: asking again does no harm
        finally:
            self._workers.release()

    def close(self) -> None:
        """End the zygote and with it every worker."""
        with self._lock:
            self._forget()

    def _ask(self, job: Job, descriptors: list[int]) -> Rows:
        ours, theirs = socket.socketpair()
        with ours:
            began = self._send(job, theirs, descriptors)
            until = began + job.limits.seconds + _LATE_SECONDS
            try:
                outcome, body = receive_outcome(ours, until=until, largest=job.limits.answer_bytes)
            except TimeoutError:
                raise Stopped("timeout") from None
            except (Broken, OSError):
                if time.monotonic() - began >= job.limits.seconds - 0.05:
                    raise Stopped("timeout") from None
                if not self._alive():
                    raise _ZygoteLost("failed", "the sandbox was ended") from None
                raise Stopped("memory") from None
        return _rows(outcome, body)

    def _send(self, job: Job, theirs: socket.socket, descriptors: list[int]) -> float:
        """Hand the job over, to a new zygote should the old one be gone; when it was handed over."""
        with theirs, self._lock:
            for last in (False, True):
                channel = self._running()
                began = time.monotonic()
                try:
                    send_job(channel, job, [theirs.fileno(), *descriptors])
                except OSError:
                    self._forget()
                    if last:
                        raise Stopped("failed", "the sandbox does not start") from None
                else:
                    return began
        raise AssertionError("unreachable")

    def _running(self) -> socket.socket:
        if self._channel is not None and self._alive():
            return self._channel
        self._forget()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "dothi.kernel.warehouse.sandbox.zygote"],
                stdin=theirs.fileno(),
                env=_environ(),
                cwd="/",
                process_group=0,
            )
        ours.settimeout(_START_SECONDS)
        if ours.recv(16) != b"ready":
            raise Stopped("failed", "the sandbox does not start")
        ours.settimeout(5)
        self._channel, self._owner = ours, os.getpid()
        return ours

    def _alive(self) -> bool:
        process = self._process
        return process is not None and self._owner == os.getpid() and process.poll() is None

    def _forget(self) -> None:
        if self._channel is not None:
            self._channel.close()
        # A forked copy of this object is not the parent of the zygote and leaves it alone.
        if self._process is not None and self._owner == os.getpid():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        self._channel = self._process = None


def _environ() -> dict[str, str]:
    """No setting and no secret of the platform: only where the interpreter finds its modules."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_ENVIRON, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}


def _rows(outcome: Outcome, body: bytes) -> Rows:
    if outcome.kind:
        raise Stopped(outcome.kind, outcome.message)
    try:
        table = pa.ipc.open_stream(body).read_all()
        table.validate(full=True)  # the sender read a stranger's query: nothing it says is taken on trust
    except pa.ArrowException as error:
        raise Stopped("failed", "an answer that cannot be read") from error
    return Rows(table, outcome.truncated, outcome.ms, outcome.layers)
