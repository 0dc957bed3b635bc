"""The counter of the simulated bank: it says at every turn that no money moves."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dothi.core.ids import uuid7
from dothi.kernel.identity.access import Actor
from dothi.kernel.payments.models import Attempt
from dothi.kernel.payments.pages.vnpay import shown
from dothi.kernel.payments.providers.simulated.bank import notice
from dothi.kernel.payments.providers.simulated.provider import Simulated, shop
from dothi.kernel.payments.providers.vnpay.ipn import answer
from dothi.kernel.payments.registry import provider

SIMULATED = Actor("system", "simulated-bank", "Simulated bank")


def _ready() -> Simulated:
    bank = provider("simulated")
    if not isinstance(bank, Simulated) or not bank.ready():
        raise Http404
    return bank


@never_cache
@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest, key: UUID) -> HttpResponse:
    """Pay, pay twice, or give up; then back, as from a real bank."""
    way = _ready()
    found = get_object_or_404(Attempt.objects.select_related("order"), pk=key, provider=way.key)
    if request.method == "GET":
        return render(
            request, "payments/simulated.html", {"attempt": found, "order": found.order, "way": way}
        )
    told = _press(found, request.POST.get("do", ""), way)
    return HttpResponseRedirect(f"{reverse('payments:simulated-return')}?{urlencode(told)}")


def _press(found: Attempt, button: str, way: Simulated) -> dict[str, str]:
    """The notices that a button sends, through the same door as VNPAY's; the last of them."""
    paid = button in ("pay", "twice")
    told: dict[str, str] = {}
    for _ in range(2 if button == "twice" else 1):
        number = f"SIM{uuid7().hex[-12:]}" if paid else "0"
        told = notice(shop(), reference=found.reference, amount=found.amount, provider_no=number, paid=paid)
        answer(told, shop=shop(), money=way.money, provider=way.key, by=SIMULATED)
    return told


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The payer comes back from the simulated bank."""
    return shown(request, shop(), _ready().key)
