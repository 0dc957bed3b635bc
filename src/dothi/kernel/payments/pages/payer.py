"""What a payer sees: what is owed, the way to pay, what became of it, the receipt."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dothi.core.config import current
from dothi.core.errors import DothiError
from dothi.kernel.identity.web import actor_of
from dothi.kernel.payments import orders, queries
from dothi.kernel.payments.models import Attempt, Order
from dothi.kernel.payments.providers.vietqr.payload import encode
from dothi.kernel.payments.providers.vietqr.provider import svg, transfer
from dothi.kernel.payments.registry import offered, provider

LOOK_AGAIN_S: Final = 5


def _told(error: DothiError) -> str:
    return error.text("en" if (get_language() or "").startswith("en") else "vi")


@never_cache
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, key: UUID) -> HttpResponse:
    """What is owed and how it can be paid; a form for each way."""
    found = get_object_or_404(Order, pk=key)
    problem, status = "", 200
    if request.method == "POST":
        try:
            begun = orders.start_attempt(
                found, request.POST.get("provider", ""), request.POST.get("next", ""), by=actor_of(request)
            )
            # Always a page of ours first: a form may not lead to another host (content policy).
            return HttpResponseRedirect(reverse("payments:attempt", args=[begun.attempt.pk]))
        except DothiError as error:
            problem, status = _told(error), error.status
            found.refresh_from_db()
    return render(request, "payments/order.html", {**_shown(found), "problem": problem}, status=status)


def _shown(found: Order) -> dict[str, object]:
    return {
        "order": found,
        "lines": found.lines.all(),
        "ways": offered() if found.state in Order.OPEN else [],
        "receipt": next(
            (p.receipt for p in found.payments.filter(settles=True).select_related("receipt")), None
        ),
    }


@never_cache
@require_GET
def attempt(request: HttpRequest, key: UUID) -> HttpResponse:
    """On the way: a link to the provider, or the code to scan, until it is paid."""
    found = get_object_or_404(Attempt.objects.select_related("order"), pk=key)
    if found.order.state not in Order.OPEN:
        return HttpResponseRedirect(_after(found))
    way = provider(found.provider)
    context: dict[str, object] = {"attempt": found, "order": found.order, "way": way, "again": LOOK_AGAIN_S}
    url = way.start(found).url
    if url:
        return render(request, "payments/leaving.html", {**context, "url": url})
    context |= {"code": svg(encode(transfer(found.order))), "config": current()}
    return render(request, "payments/vietqr.html", context)


def _after(found: Attempt) -> str:
    return found.return_url or reverse("payments:order", args=[found.order_id])


@never_cache
@require_GET
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """The receipt, for reading and printing."""
    found = queries.receipt(key)
    order = found.payment.order
    context = {"receipt": found, "payment": found.payment, "order": order, "lines": order.lines.all(),
               "way": provider(found.payment.provider)}  # fmt: skip
    return render(request, "payments/receipt.html", context)
