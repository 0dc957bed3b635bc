"""One connected listener: its queue, its catching up, and the loop that writes to it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from dothi.kernel.events.log import Event, Log, is_lost
from dothi.kernel.events.stream import frames
from dothi.kernel.events.stream.filters import Asked
from dothi.kernel.events.stream.tail import BATCH, Item, Tail

QUEUE = 1000
HEARTBEAT_S = 15.0
# Who may listen is asked at the beginning only, so a stream ends now and then and the browser connects again.
LIFETIME_S = 3600.0
Write = Callable[[bytes], Awaitable[None]]


class Listener:
    """Lives in one event loop; the tail offers to it, :meth:`run` writes."""

    def __init__(self, source: Log, asked: Asked, sees: Callable[[Event], bool], write: Write) -> None:
        self.loop = asyncio.get_running_loop()
        self._log = source
        self._asked = asked
        self._sees = sees
        self._write = write
        self._queue: deque[Item] = deque()
        self._wake = asyncio.Event()
        self._position: str | None = None
        self._told: set[str] = set()  # written while catching up, and about to be offered by the tail
        self._last_words: bytes | None = None

    def wants(self, event: Event) -> bool:
        """Whether the listener asked for the event and may see it."""
        return self._asked.wants(event) and self._sees(event)

    def offer(self, items: Sequence[Item], position: str) -> None:
        """Called by the tail."""
        self._queue.extend(item for item in items if self.wants(item.event))
        self._position = position
        if len(self._queue) > QUEUE:
            self.end(frames.TOO_SLOW)
        self._wake.set()

    def begin_anew(self, position: str | None) -> None:
        """Called by the tail when its log was replaced."""
        self._queue.clear()
        self.end(frames.reset(position))

    def end(self, words: bytes = b"") -> None:
        """Write ``words`` and stop. Call in the listener's loop."""
        if self._last_words is None:
            self._last_words = words
            self._queue.clear()
        self._wake.set()

    async def run(self, tail: Tail) -> None:
        """Write until the listener ends."""
        await self._write(frames.RETRY)
        place, resumes = self._asked.after, self._asked.after is not None
        if place is not None and await asyncio.to_thread(is_lost, self._log, place):
            place = await asyncio.to_thread(self._log.head)
            await self._write(frames.reset(place))
        if resumes:
            place = await self._catch_up(place)
        joining = asyncio.ensure_future(asyncio.to_thread(tail.join, self))
        try:
            joined_at = await asyncio.shield(joining)
            if resumes:
                await self._catch_up(place, remember=True)
            else:
                await self._write(frames.heartbeat(joined_at))
            self._position = self._position or joined_at
            await self._live()
        finally:
            await asyncio.wait({joining})
            tail.leave(self)

    async def _catch_up(self, place: str | None, *, remember: bool = False) -> str | None:
        """Write what the log holds behind ``place``; the position reached."""
        types = self._asked.types or None
        while self._last_words is None:
            events = await asyncio.to_thread(self._log.read, place, BATCH, types=types)
            wanted = [event for event in events if self.wants(event)]
            if wanted:
                await self._write(b"".join(map(frames.frame, wanted)))
            if remember:
                self._told.update(event.position for event in wanted)
            if events:
                place = events[-1].position
            if len(events) < BATCH:
                break
        return place

    async def _live(self) -> None:
        until = time.monotonic() + LIFETIME_S
        while self._last_words is None:
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await self._wake.wait()
            except TimeoutError:
                await self._write(frames.heartbeat(self._position))
            self._wake.clear()
            await self._flush()
            if time.monotonic() > until:
                self.end(frames.RENEW)
        await self._write(self._last_words)

    async def _flush(self) -> None:
        chunk = [item for item in self._queue if not self._was_told(item)]
        self._queue.clear()
        if chunk:
            await self._write(b"".join(item.frame for item in chunk))

    def _was_told(self, item: Item) -> bool:
        """The tail offers in order: the first event that was not told ends those that were."""
        told = item.event.position in self._told
        if not told:
            self._told.clear()
        return told
