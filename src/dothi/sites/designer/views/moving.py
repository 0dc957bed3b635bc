"""Running cases of older versions: the proof of each, and letting them go on under the published one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dothi.centres.services import procedures
from dothi.centres.services.designing import moving
from dothi.kernel.cases.access import MIGRATE
from dothi.kernel.identity.web import actor_of
from dothi.sites.designer.views.common import designer, page
from dothi.sites.ui.shell import language


@designer
@require_http_methods(["GET", "POST"])
def running(request: HttpRequest, key: str) -> HttpResponseBase:
    """Which cases can go on, what each would keep and lose, and why others cannot."""
    by = actor_of(request)
    if not by.may_somewhere(MIGRATE):
        raise PermissionDenied(MIGRATE)
    compiled, lang = procedures.published(key), language()
    if request.method == "POST":
        done = moving.move(key, request.POST.getlist("case"), by=by, note=request.POST.get("note", "")[:500])
        right = sum(error is None for _code, error in done)
        if right:
            messages.success(request, _("%(count)s cases go on under version %(version)s.") % {"count": right, "version": compiled.version})  # fmt: skip
        for code, error in done:
            if error is not None:
                messages.error(request, f"{code}: {error.text(lang)}")
        return redirect("designer:running", key=key)
    rows = moving.proofs(key, by=by)
    return page(
        request, "running",
        {
            "each": compiled.procedure, "rows": rows, "able": sum(row.proof.ok for row in rows), "most": moving.AT_ONCE,
            "states": {name: state.declared.label.text(lang) for name, state in compiled.states.items()},
        },
    )  # fmt: skip
