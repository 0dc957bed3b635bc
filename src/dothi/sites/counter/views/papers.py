"""Papers that change hands: lists between the desk and a department, results handed out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.services import results
from dothi.centres.services.access import HAND_OVER
from dothi.centres.services.actions import handing
from dothi.centres.services.actions import results as handing_out
from dothi.centres.services.models import HandedOut, HandOver, IdentityCheck
from dothi.core.errors import DothiError, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases import queries
from dothi.kernel.fulfilment import contacts, naming
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.reads.listing import row
from dothi.sites.counter.views.common import clerk, hall, page, required_hall
from dothi.sites.forms.showing import Fault
from dothi.sites.ui.shell import language


@clerk
def lists(request: HttpRequest) -> HttpResponseBase:
    """The hand-over lists, and a new one."""
    by, lang = actor_of(request), language()
    unit, units = hall(request, HAND_OVER)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            given = request.POST
            made = handing.make(
                required_hall(request, HAND_OVER), giver=given.get("giver", ""), taker=given.get("taker", ""),
                codes=given.get("codes", "").replace(",", "\n").split(), note=given.get("note", ""), by=by,
            )  # fmt: skip
            return HttpResponseRedirect(reverse("counter:list", args=[made.pk]))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    context = {
        "unit": unit, "units": units, "lists": results.lists(unit, by=by) if unit else [], "faults": faults,
        "given": request.POST or request.GET, "place": naming.place(unit, lang) if unit else "",
    }  # fmt: skip
    return page(request, "lists", context, status=422 if faults else 200)


def _list(request: HttpRequest, key: UUID) -> HandOver:
    found = results.the_list(str(key), by=actor_of(request))
    if found is None:
        raise NotFound(both("Không có phiếu bàn giao này.", "There is no such list."))
    return found


@clerk
def one(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A list: to print, to check paper by paper, to sign for; what was not there is shown."""
    by, lang = actor_of(request), language()
    made = _list(request, key)
    if request.method == "POST":
        there = request.POST.getlist("there")
        handing.accept(made, by=by, refused=[code for code in made.cases if code not in there])
        messages.success(request, _("Signed for."))
        return HttpResponseRedirect(reverse("counter:list", args=[made.pk]))
    rows = []
    for code in made.cases:
        try:
            rows.append((code, row(queries.get(code, by=by), lang).title, code in made.refused))
        except DothiError:
            rows.append((code, "", code in made.refused))
    context = {
        "made": made, "rows": rows, "giver": naming.person(made.made_by), "taker": naming.person(made.accepted_by),
        "own": made.made_by == by.reference, "place": naming.place(made.unit, lang),
    }  # fmt: skip
    return page(request, "list", context)


@clerk
def out(request: HttpRequest) -> HttpResponseBase:
    """The results that can be handed out, and those on their way by post."""
    by, lang = actor_of(request), language()
    unit, units = hall(request, HAND_OVER)
    words = request.GET.get("q", "").strip()[:100]
    wanted = results.ready(unit=unit)
    found = (
        (queries.search(words, by=by, asked=wanted) if words else queries.inbox(wanted, by=by)).items
        if unit
        else []
    )
    context = {
        "unit": unit, "units": units, "q": words, "rows": [row(each, lang) for each in found if each.state in wanted.states],
        "posted": results.on_the_way(unit, by=by) if unit else [], "out": results.handed_out(unit, by=by) if unit else [],
    }  # fmt: skip
    return page(request, "out", context)


@clerk
def hand_out(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who takes a result, by what they are known, and the receipt."""
    by, lang = actor_of(request), language()
    view = queries.get(code, by=by)
    faults: list[Fault] = []
    if request.method == "POST":
        given = {name: request.POST.get(name, "").strip()[:200] for name in _FIELDS}
        try:
            handing_out.hand_out(
                view, **given, seen=bool(request.POST.get("seen")), by=by, key=f"out:{request.POST.get('key', '')[:60]}"
            )  # fmt: skip
            messages.success(request, _("Handed out: %(code)s.") % {"code": view.code})
            return HttpResponseRedirect(reverse("counter:registered", args=[view.code]))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    offers = {each.action for each in queries.available(view.id, by=by) if each.enabled}
    contact = contacts.of(view.id)
    context = {
        "case": view, "row": row(view, lang), "faults": faults, "documents": IdentityCheck.DOCUMENTS,
        "given": request.POST or {"way": HandedOut.APPLICANT, "taker": contact.name if contact else ""},
        "can": results.OUT in offers, "post": results.POST in offers, "key": request.POST.get("key") or uuid7_str(),
    }  # fmt: skip
    return page(request, "hand_out", context, status=422 if faults else 200)


_FIELDS = ("way", "taker", "document", "number", "authority", "post_number")


@clerk
@require_POST
def delivered(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The post says that it has delivered."""
    by = actor_of(request)
    found = HandedOut.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có bưu gửi này.", "There is no such mailing."))
    handing_out.delivered(found, by=by)
    return HttpResponseRedirect(reverse("counter:out"))
