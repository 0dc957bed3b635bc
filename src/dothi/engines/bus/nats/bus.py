"""The NATS bus: one stream named after the namespace, pull consumers, bells on plain subjects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Any, TypeVar

import nats
import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError

from dothi.engines.bus.base import BusError, Message, MessageRefused
from dothi.engines.bus.nats.consumer import consume
from dothi.engines.bus.nats.loop import LoopThread
from dothi.engines.bus.subjects import check_name, check_pattern, check_subject

log = structlog.get_logger()
T = TypeVar("T")
Handler = Callable[[Message], None]
Leave = Callable[[], Coroutine[Any, Any, None]]
_AT_ONCE = 500
_SOON_S = 1.0
_KEEP_S = 7 * 24 * 3600.0
_DUPLICATES_S = 600.0


class NatsBus:
    """A bus on the NATS server at ``url``. A subject ``a.b`` is ``<namespace>.a.b`` on the wire.

    Opening does not wait for the server; publishing waits a while for it and then raises :class:`BusError`.
    """

    shared = True
    patience_s = 10.0

    def __init__(self, url: str, namespace: str = "dothi") -> None:
        self._url = url
        self._namespace = check_name(namespace)
        self._thread = LoopThread("bus nats")
        self._client = Client()
        self._ready: asyncio.Event | None = None
        self._closed = False
        self._connecting = self._thread.start(self._connect())

    async def _connect(self) -> None:
        ready = self._event()
        while not self._client.is_connected:
            try:
                await self._client.connect(
                    self._url, name="dothi", error_cb=_complain, connect_timeout=3, allow_reconnect=True,
                    max_reconnect_attempts=-1, reconnect_time_wait=1, ping_interval=20,
                )  # fmt: skip
            except (nats.errors.Error, OSError) as error:
                log.warning("bus.nats.unreachable", error=str(error))
                await asyncio.sleep(1)
        while not ready.is_set():
            try:
                await self._make_stream()
                ready.set()
            except nats.errors.Error as error:
                log.warning("bus.nats.stream", error=str(error))
                await asyncio.sleep(1)

    def _event(self) -> asyncio.Event:
        if self._ready is None:  # made in the loop's own thread
            self._ready = asyncio.Event()
        return self._ready

    async def _make_stream(self) -> None:
        config = StreamConfig(
            name=self._namespace, subjects=[f"{self._namespace}.>"], retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE, max_age=_KEEP_S, duplicate_window=_DUPLICATES_S,
        )  # fmt: skip
        try:
            await self._client.jetstream().add_stream(config)
        except BadRequestError:  # there already, with the limits its operator chose
            await self._client.jetstream().stream_info(self._namespace)

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            work.close()
            raise BusError("the bus is closed")
        try:
            return self._thread.call(self._when_ready(work), self.patience_s)
        except nats.errors.MaxPayloadError as error:
            raise MessageRefused(
                "the message is larger than the NATS server takes (its max_payload)"
            ) from error
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise BusError(f"NATS: {type(error).__name__} {error}".strip()) from error

    async def _when_ready(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            await self._event().wait()
        except asyncio.CancelledError:
            work.close()
            raise
        return await work

    def publish(self, subject: str, data: bytes, *, id: str) -> None:
        wire = f"{self._namespace}.{check_subject(subject)}"
        self._call(
            self._client.jetstream().publish(
                wire, data, timeout=self.patience_s / 2, headers={"Nats-Msg-Id": id}
            )
        )

    def publish_all(self, messages: Sequence[Message]) -> None:
        for message in messages:
            check_subject(message.subject)
        for start in range(0, len(messages), _AT_ONCE):
            self._call(self._publish_many(messages[start : start + _AT_ONCE]))

    async def _publish_many(self, messages: Sequence[Message]) -> None:
        """All on their way before the first answer is awaited: one round trip for many."""
        jetstream = self._client.jetstream()
        answers = [
            await jetstream.publish_async(
                f"{self._namespace}.{message.subject}", message.data, headers={"Nats-Msg-Id": message.id}
            )
            for message in messages
        ]
        await asyncio.gather(*answers)

    def subscribe(
        self, subject: str, handler: Handler, *, durable: str | None = None
    ) -> AbstractContextManager[None]:
        wire = f"{self._namespace}.{check_pattern(subject)}"
        if durable is None:
            return self._listen(wire, lambda message: _call_handler(handler, self._message(message)))
        config = (self._client, self._namespace, wire, check_name(durable))
        taking = self._call(
            consume(*config, lambda message, attempt: handler(self._message(message, attempt)))
        )
        return _Leaving(lambda: self._thread.call(taking.stop(), self.patience_s))

    def _message(self, message: Msg, attempt: int = 1) -> Message:
        id = (message.headers or {}).get("Nats-Msg-Id", "")
        return Message(message.subject.removeprefix(f"{self._namespace}."), message.data, id, attempt)

    def _listen(self, wire: str, hear: Callable[[Msg], None]) -> AbstractContextManager[None]:
        leave = self._call(self._begin(wire, hear))
        return _Leaving(lambda: self._thread.call(leave(), self.patience_s))

    async def _begin(self, wire: str, hear: Callable[[Msg], None]) -> Leave:
        async def heard(message: Msg) -> None:
            await asyncio.to_thread(hear, message)

        subscription = await self._client.subscribe(wire, cb=heard)
        await self._client.flush()  # the server knows of it before the first message is published
        return subscription.unsubscribe

    def ring(self, bell: str) -> None:
        wire = f"{self._namespace}-bell.{check_subject(bell)}"
        if not self._closed and self._client.is_connected:  # a ring may be lost
            self._thread.start(self._client.publish(wire, b""))

    def on_ring(self, bell: str, callback: Callable[[], None]) -> AbstractContextManager[None]:
        wire = f"{self._namespace}-bell.{check_subject(bell)}"
        if self._soon():
            return self._listen(wire, lambda _: callback())
        # Nobody waits for a server that is away only to hear bells: they are heard once it is back.
        later = self._thread.start(self._when_ready(self._begin(wire, lambda _: callback())))

        def leave() -> None:
            if not later.cancel() and not later.exception():
                self._thread.call(later.result()(), self.patience_s)

        return _Leaving(leave)

    def _soon(self) -> bool:
        """Whether the server is there, or is within a second."""

        async def ready() -> bool:
            async with asyncio.timeout(_SOON_S):
                return await self._event().wait()

        try:
            return self._thread.call(ready(), 2 * _SOON_S)
        except TimeoutError:
            return False

    def healthy(self) -> bool:
        return not self._closed and self._client.is_connected

    def drop(self) -> None:
        """Delete the stream with all its messages and consumers."""
        self._call(self._client.jsm().delete_stream(self._namespace))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._connecting.cancel()
        with suppress(nats.errors.Error, TimeoutError, OSError):
            self._thread.call(self._client.close(), self.patience_s / 2)
        self._thread.close()


class _Leaving(AbstractContextManager[None]):
    """Ends a subscription when the context is left; a bus that is closed or away has ended it already."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(nats.errors.Error, TimeoutError, OSError, RuntimeError):
            self._leave()


def _call_handler(handler: Handler, message: Message) -> None:
    try:
        handler(message)
    except Exception:
        log.exception("bus.handler.failed", subject=message.subject, id=message.id)


async def _complain(error: Exception) -> None:
    log.warning("bus.nats.error", error=f"{type(error).__name__} {error}".strip())
