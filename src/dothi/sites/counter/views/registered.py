"""After a dossier was taken in: its code, the fees paid at the desk, the receipts to print."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.services import acceptance
from dothi.core.config import current
from dothi.core.errors import DothiError, NotFound, both
from dothi.kernel.cases import queries
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.payments import orders
from dothi.kernel.payments.models import Order
from dothi.kernel.payments.providers.counter import actions as till
from dothi.sites.casework.reads.listing import row
from dothi.sites.counter.reads import registered as reads
from dothi.sites.counter.views.common import clerk, page
from dothi.sites.forms.showing import Fault
from dothi.sites.ui.shell import language

SECRETS = "counter-secrets"  # links that are shown once more while the clerk's session lasts


def remember(request: HttpRequest, code: str, secret: str | None) -> None:
    """Keep the link of a dossier just taken in, to be printed for its applicant."""
    if secret:
        held = {**request.session.get(SECRETS, {}), code: secret}
        request.session[SECRETS] = dict(list(held.items())[-20:])


@clerk
def registered(request: HttpRequest, code: str) -> HttpResponseBase:
    """What the applicant takes home: the code, the receipts, the link by which the dossier is followed."""
    return _shown(request, code, [])


def _shown(request: HttpRequest, code: str, faults: list[Fault]) -> HttpResponseBase:
    by, lang = actor_of(request), language()
    view = queries.get(code, by=by)
    secret = request.session.get(SECRETS, {}).get(view.code, "")
    follow = f"{current().url}{reverse('citizen:case', args=[view.code])}"
    offers = {each.action: each for each in queries.available(view.id, by=by)}
    context = {
        "case": view, "row": row(view, lang), "owed": reads.owed(view, by), "letters": reads.letters(view),
        "waits": reads.being_made(view), "follow": f"{follow}?k={secret}" if secret else follow, "secret": bool(secret),
        "accept": offers.get(acceptance.ACCEPT), "faults": faults, "given": request.POST,
    }  # fmt: skip
    return page(request, "registered", context, status=422 if faults else 200)


@clerk
@require_POST
def pay(request: HttpRequest, code: str) -> HttpResponseBase:
    """Take the fee at the desk: cash, or a card with the number of its slip."""
    by = actor_of(request)
    order = _order(code, request.POST.get("order", ""), by)
    method: till.Method = "card" if request.POST.get("method") == "card" else "cash"
    try:
        paid = till.take(
            order,
            method,
            payer=request.POST.get("payer", "")[:200],
            slip=request.POST.get("slip", ""),
            by=by,
        )
    except DothiError as error:
        return _shown(
            request, code, [Fault(f"p-{error.where}" if error.where else "", error.text(language()))]
        )
    messages.success(request, _("Paid: receipt %(number)s.") % {"number": str(paid.receipt)})
    return HttpResponseRedirect(reverse("counter:registered", args=[code]))


def _order(code: str, key: str, by: Actor) -> Order:
    """The order, when it is one of this dossier."""
    view = queries.get(code, by=by)
    found = next((each for each in orders.of_subject(view.reference) if str(each.pk) == key), None)
    if found is None:
        raise NotFound(both("Không có khoản thu này.", "There is no such order."))
    return found
