"""Runs the platform: one process tree, one port. The parent answers signals and watches its children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from dothi.core.config import Config

STOP_SECONDS = 8
KILL_TIMEOUT = 5
# The worker's start must not take the processor from the web's; but a web that cannot start must not keep it away.
LATEST_START_S = 10.0


# The process whose server forked this one: known before the fork, so that its end is seen however early it comes.
server: int | None = None


def serve_web(config: Config, *, workers: int = 1) -> None:
    """Run the web server in this process until it is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces, RuntimeModes
    from granian.log import LogLevels

    global server
    server = os.getpid()
    Granian(
        "dothi.serve.asgi:application",
        address=config.bind,
        port=config.port,
        interface=Interfaces.ASGI,
        workers=workers,
        runtime_mode=RuntimeModes.st,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        # An idle worker may ignore SIGTERM.
        workers_kill_timeout=KILL_TIMEOUT,
        process_name=None,
    ).serve()


def serve_worker(*, feeds: bool) -> None:
    """Run the background half in this process until it is told to stop."""
    from dothi.serve.compose import Worker

    worker = Worker(feeds=feeds)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.run()


def _log() -> Any:
    import structlog  # a tenth of a second that the parent would spend before it starts the web process

    return structlog.get_logger()


class Child:
    """A child process that is started again when it ends unasked, less often the oftener it does."""

    def __init__(
        self,
        name: str,
        arguments: list[str],
        environ: dict[str, str],
        *,
        when: Callable[[], bool] = lambda: True,
    ) -> None:
        """``arguments`` are those of ``dothi.serve.role`` after its parent. The first start waits until ``when()``,
        but not longer than :data:`LATEST_START_S`."""
        self.name = name
        self._command = [sys.executable, "-m", "dothi.serve.role", str(os.getpid()), *arguments]
        self._environ = environ
        self._when = when
        self._made = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 1.0

    def due(self) -> bool:
        """Whether it was never started and is to be."""
        late = time.monotonic() - self._made > LATEST_START_S
        return self._process is None and (late or self._when())

    def start(self) -> None:
        self._started = time.monotonic()
        # A group of its own: Ctrl-C at the terminal reaches the parent alone, which stops children in order.
        self._process = subprocess.Popen(self._command, env=self._environ, process_group=0)  # noqa: S603

    def poll(self) -> int | None:
        """The exit code of an ended child, None while it runs."""
        return self._process.poll() if self._process else None

    def revive(self, wait: Callable[[float], bool]) -> None:
        """Start again after a pause that doubles (to a minute) unless the child had run for a minute."""
        self._pause = 1.0 if time.monotonic() - self._started > 60 else min(60.0, self._pause * 2)
        _log().error(
            "process ended and is started again", process=self.name, code=self.poll(), pause_s=self._pause
        )
        if not wait(self._pause):
            self.start()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def join(self) -> None:
        if not self._process:
            return
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _log().warning("process did not stop in time and is ended", process=self.name)
            self._process.kill()
            self._process.wait()


def _start_due(children: list[Child]) -> None:
    for child in children:
        if child.due():
            child.start()


def run(children: list[Child], *, on_start: Callable[[], None] = lambda: None) -> int:
    """Keep ``children`` running until a signal; 0 after a clean stop."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    _start_due(children)
    threading.Thread(target=on_start, daemon=True).start()
    while not stopping.wait(0.2):
        _start_due(children)
        for child in children:
            if child.poll() is not None and not stopping.is_set():
                child.revive(stopping.wait)
    for child in children:
        child.stop()
    for child in children:
        child.join()
    return 0
