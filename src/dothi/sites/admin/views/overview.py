"""The front page: what needs attention, then every part in a few figures."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dothi.core.clock import now
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.admin.access import may_administer
from dothi.sites.admin.reads.attention import matters
from dothi.sites.admin.reads.cards import cards
from dothi.sites.admin.reads.state import State
from dothi.sites.admin.views.common import page


@never_cache
@require_GET
@require()
def overview(request: HttpRequest) -> HttpResponseBase:
    """For everyone who administers something; each sees their own parts."""
    actor, state = actor_of(request), State(now())
    if not may_administer(actor):
        raise PermissionDenied
    context = {"matters": matters(actor, state), "cards": cards(actor, state), "at": state.at, "live": True}
    return page(request, "overview", "overview", context)
