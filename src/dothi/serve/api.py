"""The HTTP APIs of the kernel's modules, under ``/api/``, described by OpenAPI at ``/api/docs``."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from dothi import __version__
from dothi.core.errors import BadInput, DothiError, problem
from dothi.kernel.directory.api import router as directory
from dothi.kernel.events.api import router as events
from dothi.kernel.identity.api import AUTH
from dothi.kernel.identity.api import router as identity
from dothi.kernel.packs.api import router as packs

PROBLEM = "application/problem+json"

api = NinjaAPI(
    title="dothi",
    version=__version__,
    description="The platform's own APIs. The live city speaks NGSI-LD at /ngsi-ld/v1.",
    urls_namespace="api",
    auth=AUTH,
)
# Who governs which place, and what is declared, is public.
api.add_router("/directory", directory, tags=["directory"], auth=None)
api.add_router("/identity", identity, tags=["identity"])
api.add_router("/events", events, tags=["events"])
api.add_router("/packs", packs, tags=["packs"], auth=None)


def answer(request: HttpRequest, error: DothiError) -> HttpResponse:
    """``error`` as RFC 9457 problem details in the reader's language."""
    language = "en" if (getattr(request, "LANGUAGE_CODE", "vi") or "vi").startswith("en") else "vi"
    body = msgspec.json.encode(problem(error, instance=request.path, language=language))
    return HttpResponse(body, status=error.status, content_type=PROBLEM)


@api.exception_handler(DothiError)
def refused(request: HttpRequest, error: DothiError) -> HttpResponse:
    """Every refusal of the kernel, in the standard's form."""
    return answer(request, error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit the API's description: where, and what was wrong."""
    first = error.errors[0] if error.errors else {}
    where = ".".join(str(part) for part in first.get("loc", ()))
    return answer(request, BadInput(str(first.get("msg", "invalid request")), where=where))
