"""GET /events/stream: the events of a log as they happen, for browsers (server-sent events). Plain ASGI."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

import msgspec

from dothi.core.errors import BadInput, DothiError, Unavailable, both, problem
from dothi.kernel.events.log import Event, Log
from dothi.kernel.events.stream import frames
from dothi.kernel.events.stream.farewell import on_stop
from dothi.kernel.events.stream.filters import Asked, asked
from dothi.kernel.events.stream.listener import Listener
from dothi.kernel.events.stream.tail import Tail

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Authorise = Callable[[Mapping[str, Any]], Any]
Visible = Callable[[Any, Event], bool]

MOST_LISTENERS = 2000
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy in front must not collect events
]


def _all(actor: Any, event: Event) -> bool:
    return True


def build(logs: Mapping[str, Log], authorise: Authorise, visible: Visible = _all) -> EventStream:
    """The app for ``/events/stream``.

    ``authorise(scope)`` gives the actor or raises a :class:`DothiError` (it may be a coroutine function);
    ``visible(actor, event)`` says whether that actor may see the event.
    """
    return EventStream(logs, authorise, visible)


class EventStream:
    """The ASGI app; :meth:`close` ends its streams from any thread."""

    def __init__(self, logs: Mapping[str, Log], authorise: Authorise, visible: Visible) -> None:
        self._logs = logs
        self._authorise = authorise
        self._visible = visible
        self._tails: dict[str, Tail] = {}
        self._listeners: set[Listener] = set()
        self._closed = False
        self._hears_signals = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    def close(self) -> None:
        """Say goodbye to every listener; new ones are refused."""
        self._closed = True
        for listener in tuple(self._listeners):
            with suppress(RuntimeError):  # its loop is closed already
                listener.loop.call_soon_threadsafe(listener.end, frames.GOODBYE)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] != "GET":
                raise _NotAllowed
            wish = asked(scope.get("query_string", b""), _header(scope, b"last-event-id"))
            source = self._source(wish)
            actor = await self._actor(scope)
        except DothiError as error:
            await _refuse(scope, send, error)
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        await self._listen(source, wish, actor, receive, send)

    def _source(self, wish: Asked) -> Log:
        if self._closed or len(self._listeners) >= MOST_LISTENERS:
            raise Unavailable(
                both("Quá nhiều kết nối; hãy thử lại sau.", "Too many listeners; try again later.")
            )
        source = self._logs.get(wish.log)
        if source is None:
            names = ", ".join(sorted(self._logs))
            raise BadInput(
                both(
                    f"Không có nhật ký “{wish.log}”; có: {names}.",
                    f"There is no log '{wish.log}'; there are: {names}.",
                ),
                where="log",
            )
        return source

    async def _actor(self, scope: Scope) -> Any:
        if inspect.iscoroutinefunction(self._authorise):
            return await self._authorise(scope)
        return await asyncio.to_thread(self._authorise, scope)  # it may ask the database

    async def _listen(self, source: Log, wish: Asked, actor: Any, receive: Receive, send: Send) -> None:
        async def write(body: bytes) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": True})

        if not self._hears_signals:  # at the first stream the server's own handlers are in place
            self._hears_signals = True
            on_stop(self.close)
        listener = Listener(source, wish, lambda event: self._visible(actor, event), write)
        leaving = asyncio.ensure_future(_until_gone(receive, listener))
        self._listeners.add(listener)
        try:
            await listener.run(self._tails.setdefault(source.name, Tail(source)))
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:
            pass  # the connection broke while writing
        finally:
            self._listeners.discard(listener)
            leaving.cancel()


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


class _NotAllowed(DothiError):
    """Only GET is spoken here."""

    kind, status = "method-not-allowed", 405
    title = both("Phương thức không được phép", "Method not allowed")


def _header(scope: Scope, name: bytes) -> str | None:
    found = [value for key, value in scope["headers"] if key.lower() == name]
    return found[-1].decode("latin-1") if found else None


async def _refuse(scope: Scope, send: Send, error: DothiError) -> None:
    language = "en" if (_header(scope, b"accept-language") or "vi").lower().startswith("en") else "vi"
    body = msgspec.json.encode(problem(error, scope["path"], language))
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if isinstance(error, _NotAllowed):
        headers.append((b"allow", b"GET"))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
