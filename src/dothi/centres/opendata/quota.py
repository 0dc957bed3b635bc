"""How much one reader may ask: a bucket of requests that refills, larger for those who show a key. No Django.

Buckets are kept in each process. A token's bucket is its own; anonymous readers share one an address. What is not
a plain question (a whole download, third-party SQL) takes several from the bucket; a small piece of a map takes a
part of one.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from dothi.core.config import current
from dothi.core.errors import DothiError, TooMany, both, problem
from dothi.kernel.identity.access import Actor

MOST_READERS: Final = 50_000
MINUTE: Final = 60.0
COSTLY: Final = 10
PIECE: Final = 0.1
SMALL_PAGE, LARGE_PAGE = 100, 1000

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]
Cost = Callable[[str, bytes], float]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a reader has left: requests a minute, of which ``remaining`` now; ``wait_s`` until one more when none."""

    limit: int
    remaining: int
    wait_s: int
    granted: bool

    def headers(self) -> list[tuple[str, str]]:
        """As response headers (RateLimit of the IETF's draft, and Retry-After when refused)."""
        made = [
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Remaining", str(self.remaining)),
            ("RateLimit-Reset", str(self.wait_s)),
        ]
        return made if self.granted else [*made, ("Retry-After", str(self.wait_s))]


class Buckets:
    """The buckets of many readers; those not seen for longest are forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._gate = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, reader: str, limit: int, cost: float = 1) -> Allowance:
        """Take ``cost`` from the reader's bucket of ``limit`` a minute, if there is that much."""
        if limit <= 0:
            return Allowance(0, 0, 0, granted=True)
        cost, rate = min(cost, float(limit)), limit / MINUTE
        with self._gate:
            now = self._clock()
            level, at = self._held.pop(reader, (float(limit), now))
            level = min(float(limit), level + (now - at) * rate)
            granted = level >= cost
            level -= cost if granted else 0
            self._held[reader] = (level, now)
            if len(self._held) > MOST_READERS:
                self._held.popitem(last=False)
        missing = limit - level if granted else cost - level
        return Allowance(limit, int(level), max(1, math.ceil(missing / rate)) if missing > 0 else 0, granted)

    def forget(self) -> None:
        """Fill every bucket."""
        with self._gate:
            self._held.clear()


buckets = Buckets()


def network(address: str) -> str:
    """Whose bucket an address shares: an IPv4 address alone, an IPv6 address with its /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address or "unknown"
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def take(actor: Actor, address: str, cost: float = 1) -> Allowance:
    """Take from the bucket of ``actor``, or of the address of somebody not known. Zero as limit is no limit."""
    config = current()
    if actor.kind == "system":
        return Allowance(0, 0, 0, granted=True)
    if actor.known:
        return buckets.take(actor.reference, config.open_keyed, cost)
    return buckets.take(network(address), config.open_anonymous, cost)


def refusal(allowance: Allowance) -> TooMany:
    """What a reader is told who asked too much."""
    wait = allowance.wait_s
    return TooMany(
        both(
            f"Bạn đã dùng hết {allowance.limit} yêu cầu mỗi phút. Hãy thử lại sau {wait} giây, hoặc gửi mã truy cập API.",
            f"You have used your {allowance.limit} requests a minute. Try again in {wait} s, or send an API token.",
        ),
        retry_after=wait,
        limit=allowance.limit,
    )


def cost_of(path: str, query: bytes) -> float:
    """What a path of the rows' API takes: a whole file more than a page."""
    return COSTLY if "/download." in path else 1


def cost_of_places(path: str, query: bytes) -> float:
    """What a path of the OGC API takes: programs of maps ask for many small pieces (tiles, pages of ten) at once."""
    if "/tiles/" in path:
        return PIECE
    if not path.endswith("/items"):
        return 1
    asked = next((value for name, value in parse_qsl(query) if name == b"limit"), b"")
    limit = int(asked) if asked.isdigit() and len(asked) < 10 else 0
    if limit <= SMALL_PAGE:
        return PIECE
    return 1 if limit <= LARGE_PAGE else COSTLY


def metered(app: App, identify: Callable[[Headers, bytes], Actor], cost: Cost = lambda path, query: 1) -> App:
    """A plain ASGI app that takes from the reader's bucket before it asks ``app``, and says what is left.

    ``identify`` gives the actor of headers and query string; its refusal is left to ``app`` to tell.
    """

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("method") == "OPTIONS":
            return await app(scope, receive, send)
        headers = scope.get("headers", ())
        actor = _known(identify, headers, scope.get("query_string", b""))
        if actor is None:
            return await app(scope, receive, send)
        price = cost(scope.get("path", ""), scope.get("query_string", b""))
        allowance = take(actor, address_of(scope), price)
        if not allowance.granted:
            return await _refuse(allowance, scope, headers, send)
        extra = [(name.lower().encode(), value.encode()) for name, value in allowance.headers()]

        async def telling(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and allowance.limit:
                message = {**message, "headers": [*message.get("headers", ()), *extra]}
            await send(message)

        return await app(scope, receive, telling)

    return limited


def _known(identify: Callable[[Headers, bytes], Actor], headers: Headers, query: bytes) -> Actor | None:
    try:
        return identify(headers, query)
    except DothiError:
        return None


def address_of(scope: Scope) -> str:
    """The reader's address: the last one a proxy on this machine names, else the connection's own."""
    direct = str((scope.get("client") or ("", 0))[0])
    if direct in ("127.0.0.1", "::1") and current().public_url:
        for name, value in scope.get("headers", ()):
            if name == b"x-forwarded-for":
                return value.decode("latin-1").rpartition(",")[2].strip() or direct
    return direct


async def _refuse(allowance: Allowance, scope: Scope, headers: Headers, send: Send) -> None:
    english = any(name == b"accept-language" and value.startswith(b"en") for name, value in headers)
    told = problem(refusal(allowance), instance=scope.get("path"), language="en" if english else "vi")
    names = [(name.lower().encode(), value.encode()) for name, value in allowance.headers()]
    names += [(b"content-type", b"application/problem+json"), (b"access-control-allow-origin", b"*")]
    await send({"type": "http.response.start", "status": 429, "headers": names})
    await send({"type": "http.response.body", "body": msgspec.json.encode(told)})
