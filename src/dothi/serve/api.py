"""The HTTP APIs of the kernel's modules, under ``/api/``, described by OpenAPI at ``/api/docs``."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from dothi import __version__
from dothi.centres.opendata.api import router as opendata
from dothi.core.errors import (
    BadInput,
    DothiError,
    Forbidden,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    both,
    problem,
)
from dothi.kernel.cases.api import router as cases
from dothi.kernel.directory.api import router as directory
from dothi.kernel.events.api import router as events
from dothi.kernel.identity.api import AUTH
from dothi.kernel.identity.api import router as identity
from dothi.kernel.messages.api import router as messages
from dothi.kernel.packs.api import router as packs
from dothi.kernel.payments.api import router as payments
from dothi.kernel.payments.api_back import router as payments_back
from dothi.kernel.pipelines.api import router as pipelines
from dothi.kernel.registers.api import router as registers
from dothi.kernel.registers.exports.api import router as register_exports
from dothi.kernel.registers.imports.api import router as register_imports
from dothi.kernel.registers.linkage.api import router as register_duplicates
from dothi.kernel.warehouse.sandbox.api import router as warehouse_sql

log = structlog.get_logger()
PROBLEM = "application/problem+json"
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "urn:dothi:problem: and the kind of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "What was wrong and what to do, in the reader's language.",
        },
        "instance": {"type": "string"},
        "where": {"type": "string", "description": "The wrong part of the request."},
    },
}
_SIGN_IN = both(
    "Hãy đăng nhập, hoặc gửi mã truy cập: Authorization: Bearer dothi_…",
    "Sign in, or send a token: Authorization: Bearer dothi_…",
)


class DescribedAPI(NinjaAPI):
    """Says in its description that every request may be answered by a problem document."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(*args, **kwargs)
        described.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        answer = {
            "description": "Refused or failed: RFC 9457 problem details.",
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for methods in described["paths"].values():
            for operation in methods.values():
                operation.setdefault("responses", {})["default"] = answer
        return described


api = DescribedAPI(
    title="dothi",
    version=__version__,
    description="The platform's own APIs. The live city speaks NGSI-LD at /ngsi-ld/v1.",
    urls_namespace="api",
    auth=AUTH,
)
# Who governs which place, and what is declared, is public.
api.add_router("/directory", directory, tags=["directory"], auth=None)
api.add_router("/cases", cases, tags=["cases"])
api.add_router("/identity", identity, tags=["identity"])
api.add_router("/events", events, tags=["events"])
api.add_router("/packs", packs, tags=["packs"], auth=None)
api.add_router("/registers/imports", register_imports, tags=["registers"])  # before any type
api.add_router("/registers/duplicates", register_duplicates, tags=["registers"])
api.add_router("/registers", register_exports, tags=["registers"])
api.add_router("/registers", registers, tags=["registers"])
api.add_router("/messages", messages, tags=["messages"])
api.add_router("/payments", payments, tags=["payments"])
api.add_router("/payments", payments_back, tags=["payments"])
api.add_router("/pipelines", pipelines, tags=["pipelines"])
api.add_router("/warehouse", warehouse_sql, tags=["warehouse"])
api.add_router("/opendata", opendata, tags=["opendata"])


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """``error`` as RFC 9457 problem details in the reader's language."""
    language = "en" if (getattr(request, "LANGUAGE_CODE", "vi") or "vi").startswith("en") else "vi"
    status = error.status if isinstance(error, DothiError) else 500
    body = msgspec.json.encode(problem(error, instance=request.path, language=language))
    return HttpResponse(body, status=status, content_type=PROBLEM)


@api.exception_handler(DothiError)
def refused(request: HttpRequest, error: DothiError) -> HttpResponse:
    """Every refusal of the kernel, in the standard's form."""
    return answer(request, error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit the API's description: where, and what was wrong."""
    first = error.errors[0] if error.errors else {}
    place = [str(part) for part in first.get("loc", ())]
    # ("body", the name our function gives the body, then the way into it); ("query", the parameter)
    where = (place[2:] or ["body"]) if place[:1] == ["body"] else place[1:]
    return answer(request, BadInput(str(first.get("msg", "invalid request")), where=".".join(where)))


@api.exception_handler(HttpError)
def framework(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses by itself: no credential, or a body that is no JSON."""
    if error.status_code == 401:
        found = answer(request, Unauthenticated(_SIGN_IN))
        found["WWW-Authenticate"] = 'Bearer realm="dothi"'
        return found
    if error.status_code == 403:
        return answer(request, Forbidden())
    return answer(request, BadInput(error.message, where="body"))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Something that is not there."""
    return answer(request, NotFound())


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body that is not read to its end."""
    return answer(request, TooLarge())


@api.exception_handler(SuspiciousOperation)
def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """A request no client sends by accident."""
    return answer(request, BadInput())


@api.exception_handler(MultiPartParserError)
def malformed(request: HttpRequest, error: MultiPartParserError) -> HttpResponse:
    """A form with files that cannot be taken apart."""
    return answer(request, BadInput(str(error), where="body"))


@api.exception_handler(OperationalError)
def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database cannot be reached, or is kept busy by others."""
    log.warning("api.database.unavailable", path=request.path, error=str(error))
    found = answer(request, Unavailable())
    found["Retry-After"] = "1"
    return found


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours: the log has all there is to know, the answer nothing of it."""
    log.error("api.request.failed", method=request.method, path=request.path, exc_info=error)
    return answer(request, error)
