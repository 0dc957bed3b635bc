"""The event log: those who read it, and what was written to it last."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dothi.core.clock import now
from dothi.core.errors import BadInput
from dothi.kernel.events import queries
from dothi.kernel.events.log import Event
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.admin.access import EVENTS, LETTERS
from dothi.sites.admin.reads import consumers as reads
from dothi.sites.admin.reads.letters import pretty
from dothi.sites.admin.reads.people import names
from dothi.sites.admin.views.common import PAGE, page

FIRST = 10


@never_cache
@require_GET
@require(LETTERS)
def consumers(request: HttpRequest) -> HttpResponseBase:
    """Every consumer with how far it is, and the newest events."""
    at = now()
    lines = reads.lines(at)
    context: dict[str, Any] = {
        "lines": lines,
        "dead": sum(line.state.dead for line in lines),
        "retrying": sum(line.state.retrying for line in lines),
        "events": queries.newest(FIRST) if actor_of(request).may(EVENTS) else None,
        "at": at,
        "live": True,
    }
    context["names"] = names(actor_of(request), context["events"] or [])
    return page(request, "events", "events", context)


@never_cache
@require_GET
@require(EVENTS)
def newest(request: HttpRequest) -> HttpResponseBase:
    """The city's log backwards, by type; each event opens to its CloudEvent."""
    type = request.GET.get("type", "").strip()[:200].replace("\0", "")
    found = _page(request.GET.get("before", ""), type)
    context = {
        "events": [(event, pretty(event)) for event in found[:PAGE]],
        "next": found[PAGE - 1].position if len(found) > PAGE else None,
        "names": names(actor_of(request), found),
        "type": type,
        "upwards": actor_of(request).may(LETTERS),
        "at": now(),
    }
    return page(request, "newest", "events", context)


def _page(before: str, type: str) -> list[Event]:
    try:
        return queries.newest(PAGE + 1, before=before or None, type=type)
    except BadInput:  # nonsense in the address is the first page
        return queries.newest(PAGE + 1, type=type)
