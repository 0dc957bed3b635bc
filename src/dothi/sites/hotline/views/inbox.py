"""Messages that wait for a person: to take up, to have read again, to give up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.hotline import access, calls
from dothi.centres.hotline.inbound import registry, taking
from dothi.centres.hotline.inbound.base import NotForUs
from dothi.centres.hotline.models import Inbound
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import DothiError, NotFound, both
from dothi.kernel.identity.web import actor_of
from dothi.sites.hotline.reads import lines
from dothi.sites.hotline.views.common import desk, page

SHOWN = 400


@desk
def inbox(request: HttpRequest) -> HttpResponseBase:
    """What waits, the oldest first; beside it what was refused as automatic, and which channels are set up."""
    by = actor_of(request)
    judges = by.may(access.INBOUND, unit=current().city)
    context = {
        "rows": [(each, lines.channel(each.channel), _said(each)) for each in taking.waiting(by=by)],
        "refused": [(each, lines.channel(each.channel)) for each in taking.refused(by=by)] if judges else [],
        "judges": judges, "at": now(), "faults": registry.check_config(),
        "channels": [(lines.channel(key), each.ready()) for key, each in registry.drivers().items()],
    }  # fmt: skip
    return page(request, "inbox", context)


def _said(row: Inbound) -> str:
    """The beginning of what it says; nothing for what cannot be read."""
    if row.state != Inbound.WAITING:
        return ""
    try:
        return taking.read(row).text[:SHOWN]
    except (DothiError, NotForUs):
        return ""


@desk
@require_POST
def act(request: HttpRequest, id: UUID, what: str) -> HttpResponseBase:
    """Take a message up as a call, have it read again, or give it up."""
    by = actor_of(request)
    if what == "take-up":
        return HttpResponseRedirect(reverse("hotline_desk:call", args=[calls.take_up(id, by=by).pk]))
    if what == "retry":
        row = taking.retry(id, by=by)
        if row.state in (Inbound.DEAD, Inbound.REFUSED):
            messages.warning(request, _("Still not: %(why)s") % {"why": row.why})
        else:
            messages.success(request, _("It was read."))
    elif what == "discard":
        taking.discard(id, reason=request.POST.get("reason", ""), by=by)
        messages.success(request, _("Given up."))
    else:
        raise NotFound(both("Không có việc này.", "There is no such step."))
    return HttpResponseRedirect(reverse("hotline_desk:inbox"))
