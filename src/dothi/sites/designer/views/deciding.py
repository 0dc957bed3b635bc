"""A draft put forward, approved by somebody else, sent back or given up; and its history."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dothi.centres.services.designing import access as rights
from dothi.centres.services.designing import actions, checking, queries
from dothi.core.errors import DothiError
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs import source
from dothi.sites.designer.reads import changes
from dothi.sites.designer.views.common import back, design_page, designer, found, refused, rev_of
from dothi.sites.ui.shell import language


@designer
@require_POST
def decide(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """``do`` is propose, publish, send-back or discard."""
    design, by = found(request, id), actor_of(request)
    do = request.POST.get("do", "")
    try:
        rev = rev_of(request)
        if do == "propose":
            actions.propose(design, rev=rev, by=by)
            messages.success(request, _("Put forward: somebody who wrote none of it approves it."))
        elif do == "publish":
            done = actions.publish(design, rev=rev, by=by)
            messages.success(request, _("Published as version %(number)s.") % {"number": done.version})
            return redirect("designer:published", key=done.key)
        elif do == "send-back":
            actions.send_back(design, rev=rev, by=by, reason=request.POST.get("reason", ""))
            messages.success(request, _("Sent back to its authors."))
        elif do == "discard":
            actions.discard(design, rev=rev, by=by)
            messages.success(request, _("The draft was given up."))
            return redirect("designer:list")
    except DothiError as error:
        refused(request, error)
    return back("overview", design)


@designer
@require_GET
def history(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Every revision with who and when; what changed in one of them."""
    design = found(request, id)
    rows = [(each, naming.person(each.by) or each.by) for each in design.revisions.defer("content")[:200]]
    given = request.GET.get("rev", "")
    shown: list[tuple[str, str]] = []
    rev = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
    if rev > 1:
        shown = changes.lines(source.write(queries.revision(design, rev - 1)), source.write(queries.revision(design, rev)))  # fmt: skip
    return design_page(
        request, "history", design,
        {"rows": rows, "rev_shown": rev, "changes": shown, "green": checking.examine(design.body).green, "person": rights.person(actor_of(request)), "language": language()},
    )  # fmt: skip
