"""A telephone number or an e-mail address is one's own: a code goes there and comes back. For one's reports, and news."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.core.clock import now, parse_iso
from dothi.core.errors import DothiError, Gone, TooMany, both
from dothi.kernel.cases import queries
from dothi.kernel.fulfilment import contacts
from dothi.kernel.messages import codes
from dothi.kernel.messages.channels import registry
from dothi.kernel.messages.codes import Address
from dothi.kernel.messages.rules import masked
from dothi.sites.citizen.views.common import CASES, citizen, page, remember
from dothi.sites.forms import showing
from dothi.sites.ui.shell import language

ASKED, CONFIRMED, AFTER = "citizen-code", "citizen-confirmed", "citizen-code-after"
HOLDS: Final = timedelta(hours=2)


def confirmed(request: HttpRequest) -> list[Address]:
    """The addresses that this visitor confirmed lately."""
    held = request.session.get(CONFIRMED, [])
    return [Address(way, value) for way, value, at in held if parse_iso(at) + HOLDS > now()]


def send(request: HttpRequest, to: Address, *, after: str) -> HttpResponseRedirect:
    """Send a code to an address and go to where it is typed; ``after``: where to go once it was right.

    Raises :class:`TooMany`.
    """
    if not ratelimit.consume(request, action="one_time_code"):
        raise TooMany(both("Xin mã quá nhiều, hãy thử lại sau.", "Too many codes; try again later."))
    made = codes.ask(to, language=language())
    request.session[ASKED] = {
        "id": str(made.id), "way": to.way, "value": to.value, "again": made.again.isoformat(), "until": made.until.isoformat(),
    }  # fmt: skip
    request.session[AFTER] = after
    return HttpResponseRedirect(reverse("citizen:code"))


@citizen
def ask(request: HttpRequest) -> HttpResponseBase:
    """Which number or address: for whoever wants to find their reports without an account."""
    given, told = request.POST.get("address", "").strip()[:254], []
    if request.method == "POST":
        try:
            return send(request, codes.address(given), after=reverse("citizen:me"))
        except DothiError as error:
            told = [showing.Fault("address", error.text(language()))]
    return page(request, "confirm", {"given": given, "faults": told}, status=422 if told else 200)


@citizen
def code(request: HttpRequest) -> HttpResponseBase:
    """The code that came there, or another one."""
    held = request.session.get(ASKED)
    if not held:
        return HttpResponseRedirect(reverse("citizen:confirm"))
    to, told = Address(held["way"], held["value"]), []
    if request.method == "POST":
        try:
            if "again" in request.POST:
                return send(request, to, after=_after(request))
            return _checked(request, held, to)
        except DothiError as error:
            told = [showing.Fault("code", error.text(language()))]
    context: dict[str, Any] = {
        "faults": told, "masked": masked(to.way, to.value), "way": to.way, "reached": to.way in registry.ready(),
        "until": datetime.fromisoformat(held["until"]),
    }  # fmt: skip
    return page(request, "code", context, status=422 if told else 200)


def _checked(request: HttpRequest, held: dict[str, str], to: Address) -> HttpResponseBase:
    if not ratelimit.consume(request, action="one_time_code_try"):
        raise TooMany(both("Nhập sai quá nhiều lần, hãy thử lại sau.", "Too many tries; try again later."))
    try:
        codes.confirm(UUID(held["id"]), to, request.POST.get("code", ""))
    except Gone:
        messages.warning(request, _("The code has run out. Ask for a new one."))
        raise
    others = [each for each in request.session.get(CONFIRMED, []) if each[:2] != [to.way, to.value]]
    request.session[CONFIRMED] = [*others, [to.way, to.value, now().isoformat()]][-5:]
    after = _after(request)
    for name in (ASKED, AFTER):
        request.session.pop(name, None)
    count = _found(request, to)
    messages.success(
        request,
        ngettext("Confirmed. %(n)d report or dossier of yours opens on this device.", "Confirmed. %(n)d reports or dossiers of yours open on this device.", count)
        % {"n": count}
        if count
        else _("Confirmed."),
    )  # fmt: skip
    return HttpResponseRedirect(after)


def _after(request: HttpRequest) -> str:
    return str(request.session.get(AFTER) or reverse("citizen:me"))


def _found(request: HttpRequest, address: Address) -> int:
    """Open in this browser what was sent with this address, and mark the address there as confirmed."""
    count = 0
    for case, opens in contacts.reached_at(address):
        try:
            view, _ = queries.by_link(case, opens)
        except DothiError:  # the secret was withdrawn
            continue
        contacts.confirm(case, address)
        remember(request, CASES, view.code, opens)
        count += 1
    return count
