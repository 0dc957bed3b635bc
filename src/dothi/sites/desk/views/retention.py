"""Records of a register whose time is over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers import retaining
from dothi.kernel.registers.types import kind
from dothi.sites.desk.reads.values import unit_name
from dothi.sites.desk.views.common import desk, page
from dothi.sites.ui.shell import language

PAGE = 100


@require_http_methods(["GET", "POST"])
@desk
def retention(request: HttpRequest, type: str) -> HttpResponseBase:
    """The rule, the records it lets go; a POST lets go those that were chosen."""
    by, declared, problem = actor_of(request), kind(type), ""
    if request.method == "POST":
        try:
            return _disposed(request, type, by)
        except DothiError as error:
            problem = error.text(language())
    due = retaining.due(type, by=by, limit=PAGE)
    rows = [(each, unit_name(each.unit, language())) for each in due]
    context = {
        "kind": declared.declared,
        "rule": declared.declared.retention,
        "rows": rows,
        "full": len(rows) == PAGE,
        "problem": problem,
        "decision": request.POST.get("decision", ""),
    }
    return page(request, "retention", context, status=400 if problem else 200)


def _disposed(request: HttpRequest, type: str, by: Actor) -> HttpResponseBase:
    chosen = [UUID(each) for each in request.POST.getlist("record") if len(each) == 36]
    if not chosen:
        raise BadInput(both("Hãy chọn ít nhất một hồ sơ.", "Choose at least one record."), where="record")
    count = retaining.dispose(type, chosen, by=by, decision=request.POST.get("decision", "")[:300])
    said = ngettext("%(count)s record was disposed of.", "%(count)s records were disposed of.", count)
    messages.success(request, said % {"count": count})
    return redirect("desk:retention", type)
