"""Units: looking them up, today's and those of before."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dothi.core.clock import now
from dothi.kernel.directory import organisations, queries
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.admin.access import UNITS, UNITS_WRITE
from dothi.sites.admin.forms import UnitSearchForm
from dothi.sites.admin.reads import units as reads
from dothi.sites.admin.views.common import page


@never_cache
@require_GET
@require(UNITS)
def look_up(request: HttpRequest) -> HttpResponseBase:
    """Search by name or code, with or without diacritics; old units say what they are now."""
    form = UnitSearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    text = asked.get("q", "")
    found = reads.find(text, asked.get("on")) if text else []
    context = {
        "form": form,
        "q": text,
        "lines": found[: reads.FOUND_AT_MOST],
        "more": len(found) > reads.FOUND_AT_MOST,
        "most": reads.FOUND_AT_MOST,
        "status": queries.boundaries_status(),
        "sources": reads.sources(),
        "at": now(),
        "may_write": actor_of(request).may(UNITS_WRITE),
    }
    return page(request, "units", "units", context)


@never_cache
@require_GET
@require(UNITS)
def unit(request: HttpRequest, key: str) -> HttpResponseBase:
    """One unit of any time: what it was made of, what became of it, what lies within."""
    found = queries.unit(key)
    if found is None:
        raise Http404
    current = found.valid_to is None
    context = {
        "line": reads.line(found),
        "unit": found,
        "current": current,
        "predecessors": queries.predecessors(found.key) if current else [],
        "below": reads.below(found),
        "boundary": reads.boundary(found),
        "organisations": organisations.find(unit=found.code) if current else [],
    }
    return page(request, "unit", "units", context)
