"""Ends streams when the server is asked to stop: servers wait for open responses first and tell the app last."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_stop(goodbye: Callable[[], None]) -> None:
    """Call ``goodbye`` when the process is told to stop, then what was to be called before.

    Only beside a server's own handlers and in its main thread; elsewhere (a test, a thread) nothing is done. An
    event loop's handlers are kept: they are called through its wake-up descriptor, whoever handles the signal.
    """
    if threading.current_thread() is not threading.main_thread() or not callable(
        signal.getsignal(signal.SIGTERM)
    ):
        return
    for number in _SIGNALS:
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, _both(goodbye, before))
            signal.siginterrupt(number, False)


def _both(goodbye: Callable[[], None], before: Callable[[int, FrameType | None], Any]) -> Callable[..., None]:
    def handle(number: int, frame: FrameType | None) -> None:
        goodbye()
        before(number, frame)

    return handle
