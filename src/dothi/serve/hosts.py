"""Which host names the platform answers to on paths that Django does not guard.

A page of another site can have its own name resolve to this machine and so speak to a platform that trusts
whoever is on it. On a loopback address the name in the request must be one of ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from dothi.core.config import LOOPBACK, Config
from dothi.core.errors import BadInput, both, problem
from dothi.kernel.context.http.answers import encode

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_REFUSED = BadInput(
    both(
        "Tên máy chủ này không được phục vụ. Hãy thêm vào DOTHI_ALLOWED_HOSTS.",
        "This host name is not served. Add it to DOTHI_ALLOWED_HOSTS.",
    ),
    where="Host",
)


def guarded(app: App, config: Config) -> App:
    """``app`` for requests to one of our names; everything when the platform listens to the network anyway."""
    if not config.loopback:
        return app
    names = {*LOOPBACK, *config.allowed_hosts, urlsplit(config.public_url).hostname or ""} - {""}

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if ours(scope["headers"], names):
            await app(scope, receive, send)
            return
        body = encode(problem(_REFUSED, language="en"))
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": _REFUSED.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return guard


def ours(headers: list[tuple[bytes, bytes]], names: set[str]) -> bool:
    """Whether the Host header (HTTP/1.0 may have none) names one of ``names``; ``.example.org`` means all below it."""
    host = next((value.decode("latin-1") for name, value in headers if name == b"host"), None)
    if host is None or "*" in names:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in names or any(each.startswith(".") and f".{name}".endswith(each) for each in names)
