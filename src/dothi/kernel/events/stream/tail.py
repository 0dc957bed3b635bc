"""Reads the new events of one log once and gives them to every listener of this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import structlog

from dothi.core.errors import BadInput
from dothi.engines import registry
from dothi.engines.bus.base import BusError
from dothi.engines.store.base import StoreError
from dothi.kernel.events.log import Event, Log
from dothi.kernel.events.stream.frames import frame

log = structlog.get_logger()
POLL_S = 0.025
BATCH = 500
_REST_S = 1.0


class Item:
    """An event on its way to listeners; put on the wire once for all of them."""

    __slots__ = ("_frame", "event")

    def __init__(self, event: Event) -> None:
        self.event = event
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        if self._frame is None:
            self._frame = frame(self.event)
        return self._frame


class Target(Protocol):
    """A listener, as the tail knows it. ``offer`` and ``begin_anew`` are called in its loop."""

    loop: asyncio.AbstractEventLoop

    def offer(self, items: Sequence[Item], position: str) -> None:
        """New events, and the position behind the last."""
        ...

    def begin_anew(self, position: str | None) -> None:
        """The log was replaced by another."""
        ...


class Tail:
    """The reader of one log. Its thread runs while there are listeners."""

    def __init__(self, source: Log) -> None:
        self._log = source
        self._lock = threading.Lock()
        self._reading = threading.Lock()  # taken before the other
        self._targets: list[Target] = []
        self._thread: threading.Thread | None = None
        self._position: str | None = None
        self._wake = threading.Event()

    def join(self, target: Target) -> str | None:
        """From now on ``target`` is offered every event behind the position returned. Blocks while it reads.

        The tail reads on first: the position is not before any the caller has read itself.
        """
        with self._reading:
            with self._lock:
                running = self._thread is not None
            if running:
                self._read_on()
            else:
                self._position = self._log.head()
            with self._lock:
                self._targets.append(target)
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._run, name=f"tail {self._log.name}", daemon=True
                    )
                    self._thread.start()
                return self._position

    def leave(self, target: Target) -> None:
        """Offer nothing more to ``target``."""
        with self._lock:
            if target in self._targets:
                self._targets.remove(target)
        self._wake.set()

    def _run(self) -> None:
        seen: int | None = None
        with _bell(self._log.name, self._wake):
            while self._needed():
                try:
                    version = self._log.changes()
                    if version != seen:
                        with self._reading:
                            self._read_on()
                        seen = version
                except StoreError as error:
                    log.warning("events.stream.waiting", log=self._log.name, error=str(error))
                    self._wake.wait(_REST_S)
                except Exception:  # listeners must not fall silent for one event that cannot be read
                    log.exception("events.stream.failed", log=self._log.name)
                    self._wake.wait(_REST_S)
                self._wake.wait(POLL_S)
                self._wake.clear()

    def _needed(self) -> bool:
        with self._lock:
            if not self._targets:
                self._thread = None
            return bool(self._targets)

    def _read_on(self) -> None:
        try:
            while events := self._log.read(self._position, BATCH):
                self._give([Item(event) for event in events], events[-1].position)
        except BadInput:
            position = self._log.head()
            with self._lock:
                self._position = position
                targets = list(self._targets)
            for target in targets:
                _in_loop(target.loop, target.begin_anew, position)

    def _give(self, items: list[Item], position: str) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[Target]] = {}
        with self._lock:  # who joins after this gets the position behind these events
            self._position = position
            for target in self._targets:
                by_loop.setdefault(target.loop, []).append(target)
        for loop, targets in by_loop.items():
            _in_loop(loop, _offer, targets, items, position)


def _offer(targets: Sequence[Target], items: Sequence[Item], position: str) -> None:
    for target in targets:
        target.offer(items, position)


def _in_loop(loop: asyncio.AbstractEventLoop, call: object, *values: object) -> None:
    try:
        loop.call_soon_threadsafe(call, *values)  # type: ignore[arg-type]
    except RuntimeError:  # the loop is closed; its listeners are gone
        return


def _bell(name: str, wake: threading.Event) -> AbstractContextManager[None]:
    try:
        return registry.bus().on_ring(f"events.{name}", wake.set)
    except (registry.NotWired, BusError):  # polling finds new events too
        return nullcontext()
