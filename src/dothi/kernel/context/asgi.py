"""The NGSI-LD API as a plain ASGI application, mounted at ``/ngsi-ld/v1``."""

from __future__ import annotations

import time
from typing import Any, Protocol
from urllib.parse import unquote

import structlog

from dothi.core.errors import DothiError, Unavailable, both
from dothi.engines.store.base import StoreUnavailable
from dothi.kernel.context import metrics
from dothi.kernel.context.http import answers, routes
from dothi.kernel.context.http.answers import Answer, Header, bare
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call, ClientGone, Receive, Scope, Send
from dothi.kernel.context.http.negotiation import PATCHES, SENT, accepted
from dothi.kernel.context.http.routes import Route
from dothi.kernel.context.ld.errors import (
    BadRequestData,
    InternalError,
    InvalidRequest,
    ResourceNotFound,
)
from dothi.kernel.context.refusals import INPUT_ERRORS, refusal
from dothi.kernel.context.service import READ, WRITE, Context
from dothi.kernel.identity.access import Actor

log = structlog.get_logger()
PREFIX = "/ngsi-ld/v1"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_TENANT = b"ngsild-tenant"
_MAX_TENANT = 64


class Authenticate(Protocol):
    """Tells who sends a request; raises :class:`DothiError` when a credential is bad."""

    def __call__(self, headers: list[tuple[bytes, bytes]], query_string: bytes = b"") -> Actor: ...


def build(context: Context, authenticate: Authenticate, open_access: bool = False) -> Application:
    """The application. ``open_access``: anyone may read and write (on loopback only; the caller sees to
    that)."""
    return Application(context, None if open_access else authenticate)


class Application:
    """Finds the handler of a request, checks what all requests share, and sends the answer."""

    def __init__(self, context: Context, authenticate: Authenticate | None) -> None:
        self._api = Api(context)
        self._authenticate = authenticate
        self._open_types = context.open_types
        self._counters: dict[tuple[str, str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        call = Call(scope, _parts(scope))
        route = routes.find(call.parts)
        try:
            answer = await self._answer(call, route, receive)
        except ClientGone:
            return
        await _send(send, call, answer)
        self._count(route.path if route else "-", call.method, answer.status, time.perf_counter() - started)

    async def _answer(self, call: Call, route: Route | None, receive: Receive) -> Answer:
        try:
            if route is None:
                raise ResourceNotFound(f"there is no resource {call.scope['path']}")
            return await self._handled(call, route, receive)
        except INPUT_ERRORS as error:
            return answers.refused(refusal(error))
        except StoreUnavailable:
            return answers.denied(_busy(), _language(call))
        except DothiError as error:
            return answers.denied(error, _language(call))
        except ClientGone:
            raise
        except Exception:
            log.exception("context.request.failed", method=call.method, path=call.scope["path"])
            return answers.refused(InternalError("the request could not be answered"))

    async def _handled(self, call: Call, route: Route, receive: Receive) -> Answer:
        method = "GET" if call.method == "HEAD" else call.method
        handler = route.methods.get(method)
        if handler is None:
            return _other(call, route)
        if method in _WITH_BODY and (refusal := _body_preconditions(call)) is not None:
            return refusal
        tenant = call.headers.get(_TENANT)
        if tenant is not None:
            call.tenant = _tenant(tenant)
        asks = method == "GET" or route.reads
        best = accepted(call.headers.get(b"accept", b""), route.offers)
        if best is None and (asks or "json" not in call.headers.get(b"accept", b"").decode("latin-1")):
            return bare(406)
        call.accept = best or answers.JSON
        self._admit(call, asks)
        if method in _WITH_BODY or call.headers.get(b"content-length", b"0") != b"0":
            await call.read(receive)
        if method in _WITH_BODY and not call.body.strip():
            raise InvalidRequest("the request needs a body")
        return await handler(self._api, call)

    def _admit(self, call: Call, asks: bool) -> None:
        """Raise unless the sender may do this; note what it may see."""
        if self._authenticate is None:
            return
        actor = self._authenticate(call.scope["headers"], call.query_string)
        if not asks:
            actor.require(WRITE)
        elif not actor.may(READ):
            call.visible = self._open_types

    def _count(self, path: str, method: str, status: int, seconds: float) -> None:
        key = (path, method, status)
        found = self._counters.get(key)
        if found is None:
            known = (
                method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
            )
            found = (metrics.REQUESTS.labels(path, known, str(status)), metrics.SECONDS.labels(path))
            if len(self._counters) < 1000:
                self._counters[key] = found
        found[0].inc()
        found[1].observe(seconds)


def _parts(scope: Scope) -> list[str]:
    """The path below the prefix, split before it is decoded: an id may hold an encoded slash."""
    raw = scope.get("raw_path")
    path = raw.split(b"?", 1)[0].decode("latin-1") if raw else None
    root = scope.get("root_path") or ""
    if path is None:
        return _below(scope["path"], root)
    parts = _below(path, root)
    return [unquote(part) for part in parts] if "%" in path else parts


def _below(path: str, root: str) -> list[str]:
    path = path.removeprefix(root).removeprefix(PREFIX).strip("/")
    return path.split("/")


def _body_preconditions(call: Call) -> Answer | None:
    """What 6.3.4 asks of a request with a body, before anything else."""
    if call.declared_length() is None:
        return bare(411)
    allowed = PATCHES if call.method == "PATCH" else SENT
    return None if call.media in allowed else bare(415)


def _tenant(value: bytes) -> str:
    text = value.decode("latin-1").strip()
    if (
        not text
        or len(text) > _MAX_TENANT
        or not all(c.isascii() and (c.isalnum() or c in "_-.:") for c in text)
    ):
        raise BadRequestData(
            "is a name of letters, digits and _-.: of at most 64 characters", where="NGSILD-Tenant"
        )
    return "" if text == "default" else text


def _other(call: Call, route: Route) -> Answer:
    """OPTIONS, or a method the resource does not have."""
    methods = sorted({*route.methods, "OPTIONS", *({"HEAD"} if "GET" in route.methods else ())})
    headers: list[Header] = [(b"allow", ", ".join(methods).encode())]
    if "PATCH" in route.methods:
        headers.append(
            (b"accept-patch", b"application/json, application/ld+json, application/merge-patch+json")
        )
    if call.method == "OPTIONS":
        return bare(204, *headers)
    return bare(405, *headers)


def _busy() -> DothiError:
    return Unavailable(
        both(
            "Kho dữ liệu đang bận. Hãy thử lại sau ít giây.", "The store is busy. Try again in a few seconds."
        )
    )


def _language(call: Call) -> str:
    return "vi" if call.headers.get(b"accept-language", b"").lower().startswith(b"vi") else "en"


async def _send(send: Send, call: Call, answer: Answer) -> None:
    headers = [*answer.headers]
    if (tenant := call.headers.get(_TENANT)) is not None:
        headers.append((_TENANT, tenant))
    if answer.status != 204 and answer.status != 304:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = b"" if call.method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body, "more_body": False})
