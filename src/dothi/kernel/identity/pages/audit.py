"""The audit, filtered and page by page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from dothi.core.clock import HCMC
from dothi.kernel.identity import queries
from dothi.kernel.identity.access import AUDIT
from dothi.kernel.identity.pages.forms import AuditForm
from dothi.kernel.identity.pages.paging import position, without_position
from dothi.kernel.identity.web import actor_of, require


def _midnight(day: date | None, plus: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=plus), time(), HCMC) if day else None


@never_cache
@require(AUDIT)
def audit(request: HttpRequest) -> HttpResponseBase:
    """Who did what, the newest first; the filter is in the address."""
    form = AuditForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    wanted = queries.AuditFilter(
        action=asked.get("action", ""),
        actor=asked.get("actor", ""),
        subject=asked.get("subject", ""),
        outcome=asked.get("outcome", ""),
        since=_midnight(asked.get("since")),
        until=_midnight(asked.get("until"), plus=1),
    )
    page = queries.audit_page(actor_of(request), wanted, before=position(request))
    context = {"form": form, "page": page, "query": without_position(request)}
    return render(request, "identity/audit.html", context)
