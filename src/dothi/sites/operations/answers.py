"""JSON answers with an entity tag and gzip; errors as problem documents in the visitor's language."""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from dothi.core.errors import DothiError, problem
from dothi.sites.ui.shell import language

_SMALL = 800  # not worth squeezing below this many bytes

View = Callable[..., HttpResponse]


def answer(
    request: HttpRequest, data: Any, *, kind: str = "application/json", max_age: int = 0
) -> HttpResponse:
    """``data`` (or ready bytes) as a response: 304 when the browser has it, squeezed when it takes that."""
    body = data if isinstance(data, bytes) else msgspec.json.encode(data)
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"private, max-age={max_age}" if max_age else "private, no-cache",
    }
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304, headers=headers)
    else:
        response = HttpResponse(body, content_type=kind, headers=headers)
        if len(body) > _SMALL and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.content = gzip.compress(body, 5, mtime=0)
            response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return response


def explains(view: View) -> View:
    """Errors of ours become a problem document that says what to mend."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DothiError as error:
            document = problem(error, instance=request.path, language=language())
            body = msgspec.json.encode(document)
            return HttpResponse(body, content_type="application/problem+json", status=error.status)

    return wrapped
