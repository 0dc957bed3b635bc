"""What everybody may see of reports: a list beside a map, each of them, and following one or a whole area."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dothi.centres.hotline import actions, queries
from dothi.centres.hotline.following import digests, subscribing
from dothi.centres.hotline.following.areas import RADII_M, Area
from dothi.centres.hotline.models import PublicReport
from dothi.core.clock import now
from dothi.core.errors import DothiError
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.web import actor_of
from dothi.kernel.messages import codes
from dothi.kernel.messages.codes import Address
from dothi.kernel.messages.rules import EMAIL, Recipient, masked
from dothi.sites.citizen.reads import public
from dothi.sites.citizen.views import confirm
from dothi.sites.citizen.views.common import citizen, page, units
from dothi.sites.forms import showing
from dothi.sites.ui.shell import language

FOLLOWING: Final = "citizen-following"  # what is followed once the address is confirmed


@citizen
def reports(request: HttpRequest) -> HttpResponseBase:
    """The public reports, those near me, of a ward, of a kind."""
    lang, asked = language(), public.wanted(request.GET)
    found = public.listed(asked, now(), lang)
    return page(
        request,
        "reports",
        {
            "asked": asked, "found": found, "categories": public.categories(lang), "wards": units(lang), "radii": RADII_M,
            "before": asked.address(page=asked.page - 1) if asked.page > 1 else "",
            "after": asked.address(page=asked.page + 1) if found.more else "", "map": _map(found, asked),
            "everywhere": asked.address(lat="", lon="", radius=""),
        },
    )  # fmt: skip


def _map(found: public.Page, asked: public.Wanted) -> dict[str, Any]:
    """What the map draws: the rows of this page of the list."""
    rows = [
        {"code": each.code, "at": each.point, "label": each.title, "open": each.open, "late": each.late,
         "href": reverse("citizen:public", args=[each.code])}
        for each in found.rows if each.point
    ]  # fmt: skip
    words = {
        "none": _("This browser cannot draw the map. The list says the same."),
        "shown": _("{count} on the map"),
    }
    return {
        "wards": reverse("operations:wards"),
        "words": words,
        "rows": rows,
        "centre": asked.at,
        "radius": asked.radius_m,
    }


@citizen
def one(request: HttpRequest, code: str) -> HttpResponseBase:
    """One public report; whoever has the same trouble follows it here."""
    report = queries.public(code)
    lang, leaving = language(), request.GET.get("f", "")
    told: list[showing.Fault] = []
    if request.method == "POST" and "leave" in request.POST:
        gone = contacts.leave(request.POST.get("leave", ""))
        messages.success(
            request, _("You hear of it no more.") if gone else _("You did not follow it any more.")
        )
        return HttpResponseRedirect(reverse("citizen:public", args=[code]))
    if request.method == "POST":
        try:
            return me_too(request, report)
        except DothiError as error:
            told = [showing.Fault("address", error.text(lang))]
    shown = public.shown(report, now(), lang)
    context = {
        "report": report, "shown": shown, "handler": public.handler(report, lang), "faults": told, "leaving": leaving,
        "given": request.POST.get("address", ""), "same": report.status == PublicReport.OPEN,
        "map": _map(public.Page([shown]), public.Wanted()) if shown.point else None,
    }  # fmt: skip
    return page(request, "public", context, status=422 if told else 200)


def me_too(request: HttpRequest, report: PublicReport) -> HttpResponseBase:
    """Follow a report with the address that was typed, once it answered a code. Raises what is wrong with it."""
    to = codes.address(request.POST.get("address", "").strip())
    if to not in confirm.confirmed(request):
        request.session[FOLLOWING] = {"code": report.code, "to": [to.way, to.value]}
        return confirm.send(request, to, after=reverse("citizen:followed"))
    return _follow_one(request, report.code, to)


def _follow_one(request: HttpRequest, code: str, to: Address) -> HttpResponseBase:
    mail, number = (to.value, "") if to.way == EMAIL else ("", to.value)
    actions.me_too(
        code, by=actor_of(request), contact=Recipient(language=language(), email=mail, phone=number)
    )
    messages.success(request, _("You follow %(code)s and will hear of it.") % {"code": code})
    return HttpResponseRedirect(reverse("citizen:public", args=[code]))


@citizen
def follow(request: HttpRequest) -> HttpResponseBase:
    """Follow an area: which, what kind of reports, and where the message goes."""
    lang, told = language(), list[showing.Fault]()
    given = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        try:
            area = _area(given).check()
            to = codes.address(given.get("address", "").strip())
            request.session[FOLLOWING] = {
                "area": [area.unit, area.lon, area.lat, area.radius_m, area.category], "to": [to.way, to.value],
            }  # fmt: skip
            if to not in confirm.confirmed(request):
                return confirm.send(request, to, after=reverse("citizen:followed"))
            return HttpResponseRedirect(reverse("citizen:followed"))
        except DothiError as error:
            where = {"unit": "unit", "radius": "unit", "lat": "unit", "category": "category"}.get(
                error.where or ""
            )
            told = [showing.Fault(where or "address", error.text(lang))]
    mine = [
        (masked(to.way, to.value), digests.named(digests.area_of(each), lang))
        for to in confirm.confirmed(request)
        for each in subscribing.followed(to)
    ]
    context = {
        "given": given, "faults": told, "categories": public.categories(lang), "wards": units(lang), "radii": RADII_M,
        "point": public.point(given), "mine": mine,
    }  # fmt: skip
    return page(request, "follow", context, status=422 if told else 200)


def _area(given: Any) -> Area:
    at = public.point(given)
    category = given.get("category", "")
    if at is None:
        return Area(unit=given.get("unit", ""), category=category)
    radius = given.get("radius", "")
    return Area(lon=at[0], lat=at[1], radius_m=int(radius) if radius.isdecimal() else 0, category=category)


@citizen
def followed(request: HttpRequest) -> HttpResponseBase:
    """After the code was right: what was chosen before is followed now."""
    held = request.session.pop(FOLLOWING, None)
    if not held or (to := Address(*held["to"])) not in confirm.confirmed(request):
        return HttpResponseRedirect(reverse("citizen:follow"))
    if "code" in held:
        return _follow_one(request, held["code"], to)
    made = subscribing.subscribe(Area(*held["area"]), to, language=language())
    named = digests.named(digests.area_of(made), language())
    messages.success(
        request, _("You follow: %(area)s. News comes once a day, when there is some.") % {"area": named}
    )
    return HttpResponseRedirect(reverse("citizen:follow"))


@citizen
def leave(request: HttpRequest) -> HttpResponseBase:
    """Stop following, from the link in a message. Looking at the page stops nothing: programs open links too."""
    secret = request.POST.get("k", "") or request.GET.get("k", "")
    held = subscribing.by_secret(secret)
    named = digests.named(digests.area_of(held), language())
    if request.method == "POST":
        subscribing.leave(secret)
        messages.success(request, _("You hear no more of: %(area)s.") % {"area": named})
        return HttpResponseRedirect(reverse("citizen:reports"))
    return page(request, "leave", {"k": secret, "area": named, "where": masked(held.way, held.address)})
