"""Where channels report messages: Zalo's webhook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dothi.centres.hotline.inbound import taking
from dothi.centres.hotline.inbound.zalo import driver
from dothi.core.errors import DothiError, problem


@csrf_exempt
@require_POST
def zalo(request: HttpRequest) -> HttpResponse:
    """One event, signed by Zalo in ``X-ZEvent-Signature``. Told again it changes nothing."""
    try:
        driver.check(request.body, request.headers.get("X-ZEvent-Signature", ""))
        taking.take("zalo", request.body)
    except DothiError as error:
        return JsonResponse(problem(error), status=error.status, content_type="application/problem+json")
    return JsonResponse({"error": 0})
