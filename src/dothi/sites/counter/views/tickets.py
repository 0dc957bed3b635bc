"""Numbers of the hall: taken at the kiosk, called at a counter, shown on the board."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.services import catalogue
from dothi.centres.services import hall as queue
from dothi.centres.services.access import QUEUE
from dothi.centres.services.actions import sending, tickets
from dothi.core.errors import NotFound, TooMany, both
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.web import actor_of
from dothi.sites.counter.views.common import clerk, hall, open_page, page, required_hall
from dothi.sites.ui.shell import language

COUNTER = "counter-number"


@open_page
def kiosk(request: HttpRequest, unit: str) -> HttpResponseBase:
    """Take a number by kind of service; no account is asked for."""
    lang, code = language(), sending.require_unit(unit)
    groups = [
        (key, label[lang])
        for key, label in catalogue.labels(catalogue.SECTORS).items()
        if catalogue.counts("sector").get(key)
    ]
    if request.method == "POST":
        if not ratelimit.consume(request, action="ticket"):
            raise TooMany(both("Đã lấy quá nhiều số ở đây.", "Too many numbers were taken here."))
        matter = dict(groups).get(request.POST.get("matter", ""), "")
        made = tickets.take(code, matter=matter, priority=bool(request.POST.get("priority")))
        return HttpResponseRedirect(f"{reverse('counter:kiosk', args=[code])}?n={made.pk}")
    key = request.GET.get("n", "")
    taken = queue.ticket(int(key)) if key.isdecimal() and len(key) < 18 else None
    found = directory.unit(code)
    context = {
        "unit": code, "place": found.full_name[lang] if found else code, "groups": groups,
        "taken": taken if taken and taken.unit == code else None, "estimate": queue.estimate(code),
    }  # fmt: skip
    return page(request, "kiosk", context)


@open_page
def board(request: HttpRequest, unit: str) -> HttpResponseBase:
    """The board of the hall: whose turn it is, at which counter."""
    lang, code = language(), sending.require_unit(unit)
    found = directory.unit(code)
    context = {
        "place": found.full_name[lang] if found else code, "called": queue.called(code),
        "waiting": queue.waiting(code, 10), "estimate": queue.estimate(code),
    }  # fmt: skip
    return page(request, "board", context)


@clerk
def desk(request: HttpRequest) -> HttpResponseBase:
    """The clerk's view: whom one serves, who waits."""
    by = actor_of(request)
    unit, units = hall(request, QUEUE)
    context = {
        "unit": unit, "units": units, "number": request.session.get(COUNTER, ""), "mine": queue.mine(unit, by),
        "waiting": queue.waiting(unit), "called": queue.called(unit), "estimate": queue.estimate(unit),
    }  # fmt: skip
    return page(request, "tickets", context)


@clerk
@require_POST
def call(request: HttpRequest) -> HttpResponseBase:
    """Call the next number to this counter."""
    unit = required_hall(request, QUEUE)
    number = request.POST.get("counter", "").strip()[:20] or "1"
    request.session[COUNTER] = number
    if tickets.call_next(unit, counter=number, by=actor_of(request)) is None:
        messages.info(request, _("Nobody waits."))
    return _back()


@clerk
@require_POST
def done(request: HttpRequest, key: int) -> HttpResponseBase:
    """Call again, or say that they were served or did not come."""
    found = queue.ticket(key)
    if found is None:
        raise NotFound(both("Không có số này.", "There is no such number."))
    by, what = actor_of(request), request.POST.get("do", "")
    if what == "again":
        tickets.call_again(found, by=by)
    else:
        tickets.serve(found, by=by, missed=what == "missed")
    return _back()


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("counter:tickets"))
