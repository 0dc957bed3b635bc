"""What every view of open data shares: the reader's quota, entity tags, compression, readers of other sites."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

import msgspec
from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.middleware.gzip import GZipMiddleware
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from dothi.centres.opendata import quota
from dothi.core.errors import DothiError, problem
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.identity.middleware import client_address
from dothi.kernel.identity.web import actor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PROBLEM = "application/problem+json"
_packer = GZipMiddleware(lambda request: HttpResponse())


def language(request: HttpRequest) -> str:
    """``vi`` or ``en``: what a person chose on the pages, else what the program asks for (``Accept-Language``)."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.headers.get("Accept-Language", "")
    return "en" if chosen.lower().startswith("en") else "vi"


def refused(request: HttpRequest, error: DothiError) -> HttpResponse:
    """``error`` as RFC 9457 problem details."""
    body = msgspec.json.encode(problem(error, instance=request.path, language=language(request)))
    return HttpResponse(body, status=error.status, content_type=PROBLEM)


def take(request: HttpRequest, cost: int = 1) -> quota.Allowance:
    """Take from the reader's bucket; a wrong token is answered by whoever asks for the actor next."""
    try:
        actor = actor_of(request)
    except DothiError:
        actor = ANONYMOUS
    return quota.take(actor, client_address(request), cost)


def public(*, cost: int = 1) -> Callable[[View[P]], View[P]]:
    """For views anybody may ask: within the quota, refusals as problems, readable by pages of other sites."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            allowance = take(request, cost)
            try:
                if not allowance.granted:
                    raise quota.refusal(allowance)
                answer = view(request, *args, **kwargs)
            except DothiError as error:
                answer = refused(request, error)
            return packed(request, told(answer, allowance))

        return guarded

    return decorate


def told(answer: HttpResponseBase, allowance: quota.Allowance) -> HttpResponseBase:
    """``answer`` with what is left of the quota, open to pages of other sites."""
    if allowance.limit:
        for name, value in allowance.headers():
            answer[name] = value
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag, Link, RateLimit-Limit, RateLimit-Remaining, Retry-After"
    return answer


def packed(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """``answer`` compressed when the reader takes that; its entity tag is then a weak one."""
    return _packer.process_response(request, cast(HttpResponse, answer))


def tag(*parts: object) -> str:
    """An entity tag of what decides an answer."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def unchanged(request: HttpRequest, etag: str, at: datetime | None) -> HttpResponseBase | None:
    """304 when the reader has this already; compressed or not makes no difference (weak comparison)."""
    given = request.headers.get("If-None-Match", "")
    if given:
        known = {each.removeprefix("W/") for each in parse_etags(given)}
        same = etag in known or "*" in known
    else:
        since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
        same = since is not None and at is not None and int(at.timestamp()) <= since
    return dated(HttpResponseNotModified(), etag, at) if same else None


def dated(answer: HttpResponseBase, etag: str, at: datetime | None) -> HttpResponseBase:
    """``answer`` with its entity tag and its date."""
    answer["ETag"], answer["Cache-Control"] = etag, "no-cache"
    if at is not None:
        answer["Last-Modified"] = http_date(at.timestamp())
    return answer


def streamed(pieces: Iterable[str], media_type: str, *, together: int = 65536) -> StreamingHttpResponse:
    """Text in pieces, gathered to blocks that are worth sending."""

    def blocks() -> Iterable[bytes]:
        held: list[str] = []
        size = 0
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= together:
                yield "".join(held).encode()
                held, size = [], 0
        yield "".join(held).encode()

    return StreamingHttpResponse(blocks(), content_type=media_type)
