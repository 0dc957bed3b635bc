"""The process every worker is forked from: the engine loaded once, no secrets, no network, one thread.

Started by the asking process with one end of a socket as its standard input; it ends when that closes.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from importlib.abc import MetaPathFinder
from pathlib import Path

import duckdb
import msgspec

from dothi.kernel.warehouse.sandbox import confine, engine
from dothi.kernel.warehouse.sandbox.limits import GRACE_SECONDS, Job
from dothi.kernel.warehouse.sandbox.wire import Broken, receive_job
from dothi.kernel.warehouse.sandbox.worker import work

READY = b"ready"
# The engine's bindings load these where they are installed, to know their tables when they see one: a second each.
_NOT_LOADED = frozenset({"pandas", "polars", "torch", "tensorflow", "IPython", "ipywidgets"})


class _Absent(MetaPathFinder):
    """Finds that what is not to be loaded is not there."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in _NOT_LOADED:
            raise ModuleNotFoundError(name)


class Zygote:
    """Forks a worker for each job and kills the ones that outlive their time."""

    def __init__(
        self, channel: socket.socket, connection: duckdb.DuckDBPyConnection, layers: tuple[str, ...]
    ) -> None:
        self._channel = channel
        self._connection = connection
        self._layers = layers
        self._deadlines: dict[int, float] = {}

    def run(self) -> None:
        """Until the asking process is gone."""
        while True:
            ready, _, _ = select.select([self._channel], [], [], self._pause())
            self._reap()
            if ready and not self._take():
                break
        for pid in self._deadlines:
            os.kill(pid, signal.SIGKILL)

    def _pause(self) -> float | None:
        """How long to wait for a job: a worker is never left alone for longer than a moment."""
        if not self._deadlines:
            return None
        return max(0.0, min(0.1, min(self._deadlines.values()) - time.monotonic()))

    def _take(self) -> bool:
        try:
            taken = receive_job(self._channel)
        except (Broken, msgspec.DecodeError):
            return False  # what follows cannot be told apart any more: the asking process starts another
        if taken is None:
            return False
        job, descriptors = taken
        try:
            self._fork(job, descriptors)
        finally:
            for each in descriptors:
                os.close(each)
        return True

    def _fork(self, job: Job, descriptors: list[int]) -> None:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self._channel.close()
                work(self._connection, job, descriptors, self._layers)
                code = 0
            finally:
                os._exit(code)
        self._deadlines[pid] = time.monotonic() + job.limits.seconds + GRACE_SECONDS

    def _reap(self) -> None:
        now = time.monotonic()
        for pid, deadline in list(self._deadlines.items()):
            if now > deadline:
                os.kill(pid, signal.SIGKILL)  # our own child, not yet waited for: the number is still its own
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    continue
            del self._deadlines[pid]


def main() -> None:
    """Load the engine, say so, and fork workers until the channel closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which closes the channel
    # Not by the kernel: its signal comes when the *thread* that started this process ends. The channel closes instead.
    layers = ("no-network",) if confine.leave_network() else ()
    channel = socket.socket(fileno=os.dup(0))
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    sys.meta_path.insert(0, _Absent())
    connection = engine.connect()
    gc.disable()  # a worker lives too short to collect, and collecting would copy every page it looks at
    gc.freeze()
    channel.send(READY)
    Zygote(channel, connection, layers).run()


if __name__ == "__main__":
    main()
    os._exit(0)  # nothing to put away, and the engine's bindings would complain about the order
