"""A small HTTP client for load: keep-alive connections, one request at a time on each, raw bytes in and out.

Run as a process of its own, so that the server's interpreter is not the client's:

    python bench/context_load.py PORT CONNECTIONS < requests     # pickled list of raw requests

prints ``{"seconds": …, "statuses": {…}, "latencies_ms": {"p50": …, "p99": …}}``.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time
from collections import Counter
from collections.abc import Iterator


class Connection(asyncio.Protocol):
    def __init__(self, work: Iterator[bytes], done: asyncio.Future[None], tally: Tally) -> None:
        self._work, self._done, self._tally = work, done, tally
        self._buffer = b""
        self._transport: asyncio.Transport
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._work, None)
        if request is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        self._tally.add(head[9:12].decode(), time.perf_counter() - self._sent)
        self._buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("closed by the server"))


class Tally:
    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.latencies: list[float] = []

    def add(self, status: str, seconds: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(seconds)

    def result(self, seconds: float) -> dict[str, object]:
        ordered = sorted(self.latencies)
        at = {
            name: ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000
            for name, part in PARTS.items()
        }
        return {"seconds": seconds, "statuses": dict(self.statuses), "latencies_ms": at}


PARTS = {"p50": 0.5, "p99": 0.99}


async def run(port: int, connections: int, requests: list[bytes]) -> dict[str, object]:
    loop, work, tally = asyncio.get_running_loop(), iter(requests), Tally()
    waiting = []
    started = time.perf_counter()
    for _ in range(connections):
        done = loop.create_future()
        await loop.create_connection(lambda done=done: Connection(work, done, tally), "127.0.0.1", port)
        waiting.append(done)
    await asyncio.gather(*waiting)
    return tally.result(time.perf_counter() - started)


if __name__ == "__main__":
    given = pickle.load(sys.stdin.buffer)
    print(json.dumps(asyncio.run(run(int(sys.argv[1]), int(sys.argv[2]), given))))
