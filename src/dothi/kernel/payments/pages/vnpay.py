"""Where VNPAY speaks to us: the IPN, which is the truth, and the return of the payer, which only shows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from dothi.kernel.payments.models import Attempt
from dothi.kernel.payments.pages.payer import LOOK_AGAIN_S
from dothi.kernel.payments.providers.vnpay.ipn import answer
from dothi.kernel.payments.providers.vnpay.messages import Shop, notice
from dothi.kernel.payments.providers.vnpay.provider import shop
from dothi.kernel.payments.registry import provider


def once(given: QueryDict) -> dict[str, str]:
    """The parameters; nothing when one of them comes twice: nobody could say which was signed."""
    if any(len(values) != 1 for _, values in given.lists()):
        return {}
    return {key: str(value) for key, value in given.items()}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def ipn(request: HttpRequest) -> HttpResponse:
    """VNPAY tells what became of a payment. Always HTTP 200 with its code: it reads only that."""
    params = once(request.GET if request.method == "GET" else request.POST)
    return JsonResponse(answer(params, shop=shop(), money=provider("vnpay").money))


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The payer comes back. What VNPAY's address says is shown, never booked."""
    return shown(request, shop(), "vnpay")


def shown(request: HttpRequest, who: Shop, key: str) -> HttpResponse:
    """What is known of the attempt that the payer comes back from."""
    told = notice(who, once(request.GET))
    found = None
    if told is not None:
        attempts = Attempt.objects.select_related("order").filter(provider=key, reference=told.reference)
        found = attempts.first()
    context = {
        "attempt": found,
        "order": found.order if found else None,
        "way": provider(key),
        "says_paid": bool(told and told.told.paid),
        "waits": bool(found and told and told.told.paid and found.state == Attempt.STARTED),
        "again": LOOK_AGAIN_S,
    }
    return render(request, "payments/result.html", context, status=200 if found else 404)
