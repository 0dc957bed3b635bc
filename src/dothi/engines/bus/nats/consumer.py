"""One durable pull consumer: fetch, handle in a thread, acknowledge; or hand back with a delay.

Messages are fetched one by one: the client's fetch of a batch waits until the batch is full or its time is
over, so that a single message would lie there for seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext

from dothi.engines.bus.subjects import backoff_s

log = structlog.get_logger()
Handle = Callable[[Msg, int], None]
_ACK_WAIT_S = 30.0
_FETCH_S = 5.0


class Taking:
    """A running consumer."""

    def __init__(
        self, client: Client, subscription: JetStreamContext.PullSubscription, handle: Handle
    ) -> None:
        self._client = client
        self._subscription = subscription
        self._handle = handle
        self._stopping = asyncio.Event()
        self._task = asyncio.ensure_future(self._run())

    async def stop(self) -> None:
        """Finish the message in hand and take no more."""
        self._stopping.set()
        await self._task

    async def _run(self) -> None:
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            while not self._stopping.is_set() and not self._client.is_closed:
                fetching = asyncio.ensure_future(_fetch(self._subscription))
                await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not fetching.done():
                    fetching.cancel()
                    break
                for message in fetching.result():
                    await _deliver(message, self._handle)
        finally:
            stopping.cancel()
            with suppress(nats.errors.Error):
                await self._subscription.unsubscribe()


async def consume(client: Client, stream: str, wire: str, durable: str, handle: Handle) -> Taking:
    """Make the consumer when it is new (it begins at the end of the stream) and start taking from it."""
    jetstream = client.jetstream()
    config = ConsumerConfig(
        durable_name=durable, filter_subject=wire, ack_policy=AckPolicy.EXPLICIT, ack_wait=_ACK_WAIT_S,
        deliver_policy=DeliverPolicy.NEW, max_ack_pending=1000,
    )  # fmt: skip
    await jetstream.add_consumer(stream, config)
    return Taking(client, await jetstream.pull_subscribe_bind(durable, stream=stream), handle)


async def _fetch(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
    try:
        return await subscription.fetch(1, timeout=_FETCH_S)
    except (nats.errors.TimeoutError, TimeoutError):
        return []
    except nats.errors.Error as error:
        log.warning("bus.nats.fetch", error=f"{type(error).__name__} {error}")
        await asyncio.sleep(1)
        return []


async def _deliver(message: Msg, handle: Handle) -> None:
    attempt = message.metadata.num_delivered or 1
    working = asyncio.ensure_future(asyncio.to_thread(handle, message, attempt))
    try:
        while not (await asyncio.wait({working}, timeout=_ACK_WAIT_S / 3))[0]:
            await message.in_progress()  # a slow handler is not a dead one
        error = working.exception()
        if error is not None:
            log.error("bus.handler.failed", subject=message.subject, attempt=attempt, exc_info=error)
        await (message.ack() if error is None else message.nak(delay=backoff_s(attempt)))
    except nats.errors.Error as lost:  # not acknowledged: it comes again
        log.warning("bus.nats.ack", error=f"{type(lost).__name__} {lost}".strip())
