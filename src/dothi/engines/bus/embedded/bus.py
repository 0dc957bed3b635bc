"""The embedded bus: a journal, one thread a subscription, bells that call back at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType

import structlog

from dothi.engines.bus.base import BusError, Message
from dothi.engines.bus.embedded.durable import Durable
from dothi.engines.bus.embedded.journal import Journal
from dothi.engines.bus.subjects import check_name, check_pattern, check_subject, matches

log = structlog.get_logger()
Handler = Callable[[Message], None]


class EmbeddedBus:
    """A bus for one process. With ``path`` its messages and its durables' places outlive the process."""

    shared = False

    def __init__(self, path: Path | None = None) -> None:
        self._journal = Journal(path)
        self._lock = threading.Lock()
        self._live: list[_Subscription] = []
        self._durables: dict[str, Durable] = {}
        self._bells: dict[str, list[Callable[[], None]]] = {}
        self._closed = False

    def publish(self, subject: str, data: bytes, *, id: str) -> None:
        check_subject(subject)
        # Under the lock, so that every subscriber sees the messages in the journal's order.
        with self._lock:
            if self._journal.append(id, subject, data) is None:
                return
            message = Message(subject, data, id)
            for each in self._live:
                each.offer(message)
            durables = list(self._durables.values())
        for durable in durables:
            durable.wake()

    def publish_all(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.publish(message.subject, message.data, id=message.id)

    def subscribe(
        self, subject: str, handler: Handler, *, durable: str | None = None
    ) -> AbstractContextManager[None]:
        check_pattern(subject)
        with self._lock:
            if self._closed:
                raise BusError("the bus is closed")
            if durable is None:
                made: _Subscription = _Live(self, subject, handler)
            else:
                if check_name(durable) not in self._durables:
                    self._durables[durable] = Durable(self._journal, durable, subject)
                made = _Lasting(self, self._durables[durable], handler)
            self._live.append(made)
        made.thread.start()
        return made

    def forget(self, subscription: _Subscription) -> None:
        """Offer nothing more to ``subscription``."""
        with self._lock, suppress(ValueError):
            self._live.remove(subscription)

    def ring(self, bell: str) -> None:
        for callback in tuple(self._bells.get(bell, ())):
            try:
                callback()
            except Exception:
                log.exception("bus.bell.failed", bell=bell)

    def on_ring(self, bell: str, callback: Callable[[], None]) -> AbstractContextManager[None]:
        with self._lock:
            self._bells[bell] = [*self._bells.get(bell, ()), callback]
        return _Bell(self, bell, callback)

    def silence(self, bell: str, callback: Callable[[], None]) -> None:
        """Call ``callback`` no more."""
        with self._lock:
            self._bells[bell] = [each for each in self._bells.get(bell, ()) if each is not callback]

    def healthy(self) -> bool:
        return not self._closed

    def close(self) -> None:
        with self._lock:
            self._closed = True
            live = list(self._live)
        for each in live:
            each.__exit__(None, None, None)
        self._journal.close()


class _Bell(AbstractContextManager[None]):
    """A callback that hears a bell until the context is left."""

    def __init__(self, bus: EmbeddedBus, bell: str, callback: Callable[[], None]) -> None:
        self._leave: Callable[[], None] = lambda: bus.silence(bell, callback)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()


class _Subscription(AbstractContextManager[None]):
    """A thread that calls a handler until the context is left."""

    def __init__(self, bus: EmbeddedBus, handler: Handler, name: str) -> None:
        self._bus = bus
        self._handler = handler
        self.thread = threading.Thread(target=self._run, name=f"bus {name}", daemon=True)

    def offer(self, message: Message) -> None:
        """A message was published; only who keeps no place of its own takes it from here."""

    def _run(self) -> None:
        raise NotImplementedError

    def _stop(self) -> None:
        raise NotImplementedError

    def _handled(self, message: Message) -> bool:
        try:
            self._handler(message)
        except Exception:
            log.exception(
                "bus.handler.failed", subject=message.subject, id=message.id, attempt=message.attempt
            )
            return False
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bus.forget(self)
        self._stop()
        if threading.current_thread() is not self.thread:
            self.thread.join(timeout=10)


class _Live(_Subscription):
    """Sees what is published while it listens."""

    def __init__(self, bus: EmbeddedBus, pattern: str, handler: Handler) -> None:
        super().__init__(bus, handler, pattern)
        self._pattern = pattern
        self._queue: SimpleQueue[Message | None] = SimpleQueue()

    def offer(self, message: Message) -> None:
        if matches(self._pattern, message.subject):
            self._queue.put(message)

    def _run(self) -> None:
        while (message := self._queue.get()) is not None:
            self._handled(message)

    def _stop(self) -> None:
        self._queue.put(None)


class _Lasting(_Subscription):
    """One of the subscribers of a durable name."""

    def __init__(self, bus: EmbeddedBus, durable: Durable, handler: Handler) -> None:
        super().__init__(bus, handler, "durable")
        self._durable = durable
        self._stopped = threading.Event()

    def _run(self) -> None:
        with suppress(BusError):  # the bus was closed
            while (taken := self._durable.take(self._stopped)) is not None:
                seq, message = taken
                if self._handled(message):
                    self._durable.done(seq)
                else:
                    self._durable.failed(seq, message)

    def _stop(self) -> None:
        self._stopped.set()
        self._durable.wake()
