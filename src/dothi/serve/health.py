"""Health and metrics endpoints, plain ASGI: they must answer when Django is busy.

``/health/live`` says that the process answers; ``/health/ready`` that its stores and bus do;
``/metrics`` is for a Prometheus on this machine or holding a token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from dothi.core.errors import DothiError, problem
from dothi.engines import registry
from dothi.engines.store.base import StoreError
from dothi.kernel.identity.access import Actor
from dothi.serve import metrics

LOOPBACK_CLIENTS = frozenset({"127.0.0.1", "::1"})


def check() -> dict[str, str]:
    """Each part a request depends on, ``ok`` or what is wrong with it."""
    parts: dict[str, str] = {}
    for name in ("city", "context"):
        try:
            with registry.store(name).read() as session:
                session.query("SELECT 1")
            parts[name] = "ok"
        except (StoreError, registry.NotWired) as error:
            parts[name] = str(error)
    try:
        parts["bus"] = "ok" if registry.bus().healthy() else "not connected"
    except registry.NotWired as error:
        parts["bus"] = str(error)
    return parts


async def _answer(send: Any, status: int, body: bytes, kind: str = "application/json") -> None:
    headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def health(scope: Any, receive: Any, send: Any) -> None:
    """``/health/live`` and ``/health/ready``."""
    if scope["path"] == "/health/live":
        await _answer(send, 200, b'{"status":"live"}')
    elif scope["path"] == "/health/ready":
        parts = await asyncio.get_running_loop().run_in_executor(None, check)
        ready = all(state == "ok" for state in parts.values())
        body = msgspec.json.encode({"status": "ready" if ready else "not ready", "parts": parts})
        await _answer(send, 200 if ready else 503, body)
    else:
        await _answer(send, 404, b'{"status":404,"title":"Not found"}', "application/problem+json")


def metrics_app(authenticate: Callable[[Any], Actor]) -> Any:
    """``/metrics`` for clients on this machine, or for a token that may ``platform.metrics``."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = scope["headers"]
        proxied = any(name == b"x-forwarded-for" for name, _ in headers)
        local = (scope.get("client") or ("", 0))[0] in LOOPBACK_CLIENTS and not proxied
        if not local:
            try:
                authenticate(headers).require("platform.metrics")
            except DothiError as error:
                await _answer(
                    send, error.status, msgspec.json.encode(problem(error)), "application/problem+json"
                )
                return
        body, kind = metrics.render()
        await _answer(send, 200, body, kind)

    return app
