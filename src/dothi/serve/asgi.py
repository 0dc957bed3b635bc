"""The one port: hot paths go to plain ASGI apps, everything else to Django under WSGI.

``dothi.serve.asgi:application`` is what the server runs. The kernel and Django are composed at lifespan
startup, so that a worker process that fails to start says why.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

import structlog

from dothi.core.ids import uuid7_str
from dothi.serve import collecting, metrics

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = structlog.get_logger()
SLOW_S = 1.0
MAX_BODY = 32 * 1024 * 1024
BODY_WITHIN_S = 60.0
REQUEST_ID = b"x-request-id"
_MAX_REQUEST_ID = 64
ONE_TIME_LINK = "/identity/setup/"


def request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's request id when it is a plain short token, else a new one."""
    for name, value in headers:
        if name == REQUEST_ID and 0 < len(value) <= _MAX_REQUEST_ID:
            text = value.decode("latin-1")
            if text.replace("-", "").replace("_", "").isalnum() and text.isascii():
                return text
    return uuid7_str()


def tidy_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers fit for WSGI: none with an underscore (it would pass for a dashed one), cookies joined by ``;``."""
    kept = [(name, value) for name, value in headers if b"_" not in name]
    cookies = [value for name, value in kept if name == b"cookie"]
    if len(cookies) > 1:
        kept = [pair for pair in kept if pair[0] != b"cookie"]
        kept.append((b"cookie", b"; ".join(cookies)))
    return kept


async def _nothing() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def read_ahead(receive: Receive) -> Receive | int:
    """A ``receive`` that has the whole body already, else the status to refuse the request with.

    A thread that waits for a slow client serves nobody else, and there are few: so the body is awaited here,
    where waiting costs nothing, and handed on when it is complete.
    """
    pieces: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return 400
                piece = message.get("body", b"")
                size += len(piece)
                if size > MAX_BODY:
                    return 413
                pieces.append(piece)
                more = message.get("more_body", False)
    except TimeoutError:
        return 408
    body: bytes | None = b"".join(pieces)

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal body
        if body is None:
            return await receive()
        given, body = body, None
        return {"type": "http.request", "body": given, "more_body": False}

    return receiving


def has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a body follows the headers."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in headers
    )


def shown(path: str) -> str:
    """``path`` as a log line may show it: a one-time link keeps its secret."""
    return f"{ONE_TIME_LINK}…" if path.startswith(ONE_TIME_LINK) else path


class Dispatcher:
    """Sends a request to the app whose path prefix it begins with, else to ``default``; times and counts it."""

    def __init__(self, routes: list[tuple[str, App]], default: App) -> None:
        self.routes = routes
        self.default = default

    def route(self, path: str) -> tuple[str, App]:
        """The area's name and app for ``path``. A prefix matches whole segments only."""
        for prefix, app in self.routes:
            if path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/"):
                return prefix, app
        return "/", self.default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        area, app = self.route(scope["path"])
        if area == "/":
            scope["headers"] = tidy_headers(scope["headers"])
        rid = request_id(scope["headers"])
        structlog.contextvars.bind_contextvars(request_id=rid)
        scope["request_id"] = rid
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID, rid.encode())]
            await send(message)

        try:
            if area == "/":
                await self._to_default(scope, receive, send_with_id)
            else:
                await app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            metrics.observe(area, scope["method"], status, seconds)
            self._log(area, scope, status, seconds)
            structlog.contextvars.clear_contextvars()

    async def _to_default(self, scope: Scope, receive: Receive, send: Send) -> None:
        ahead = await read_ahead(receive) if has_body(scope["headers"]) else _nothing
        if not isinstance(ahead, int):
            await self.default(scope, ahead, send)
            return
        headers = [(b"content-length", b"0"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": ahead, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    @staticmethod
    def _log(area: str, scope: Scope, status: int, seconds: float) -> None:
        streaming = area == "/events/stream"
        say = log.error if status >= 500 else log.warning if seconds > SLOW_S and not streaming else log.debug
        say(
            "request",
            method=scope["method"],
            path=shown(scope["path"]),
            status=status,
            ms=round(seconds * 1000, 1),
        )


class Application:
    """The ASGI application: composes the process at startup, takes it apart at shutdown."""

    def __init__(self, compose: Callable[[], tuple[App, Callable[[], None]]]) -> None:
        self._compose = compose
        self._app: App | None = None
        self._close: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            if self._app is None:
                self._app, self._close = self._compose()
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._app, self._close = self._compose()
        except Exception as error:
            log.exception("startup failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._close()
        await send({"type": "lifespan.shutdown.complete"})


def compose() -> tuple[App, Callable[[], None]]:
    """The dispatcher of this process and what closes it."""
    with collecting.held():
        from dothi.serve.compose import web

        return web()


application = cast(App, Application(compose))
