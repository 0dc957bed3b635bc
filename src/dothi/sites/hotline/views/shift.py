"""The queue of what waits to be handed on, and the shift in numbers."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from dothi.centres.hotline import access, calls, supervising
from dothi.core.clock import now
from dothi.core.config import current
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.web import actor_of
from dothi.sites.hotline.access import enters
from dothi.sites.hotline.reads import lines
from dothi.sites.hotline.views.common import desk, page
from dothi.sites.ui.shell import language

PAGE = 50


@desk
def queue(request: HttpRequest) -> HttpResponseBase:
    """Reports that nobody has handed on, by their clock; one's own calls that are open; a new call."""
    by, lang = actor_of(request), language()
    if not enters(by):
        raise PermissionDenied
    found = supervising.waiting(by=by, after=request.GET.get("after", ""), limit=PAGE)
    takes = by.may(access.CALLS, unit=current().city)
    context = {
        "rows": [lines.line(each, lang) for each in found.items], "next": found.next, "at": now(),
        "takes": takes, "own": calls.open_calls(by=by) if takes else [],
    }  # fmt: skip
    return page(request, "queue_now" if request.headers.get("HX-Request") else "queue", context)


@desk
def shift(request: HttpRequest) -> HttpResponseBase:
    """The supervisor's view, new every ten seconds where scripts run."""
    by, lang = actor_of(request), language()
    now_ = supervising.shift(by=by)
    most = max((each.taken for each in now_.hours), default=0) or 1
    load = max((each.open for each in now_.agencies), default=0) or 1
    context = {
        "shift": now_, "operators": [(naming.person(each.reference) or "–", each) for each in now_.operators],
        "agencies": [(naming.agency(each.key, lang) or "–", each, load) for each in now_.agencies], "most": most,
    }  # fmt: skip
    return page(request, "shift_now" if request.headers.get("HX-Request") else "shift", context)
