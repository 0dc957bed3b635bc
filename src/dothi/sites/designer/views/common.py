"""What every page of the designer does alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dothi.centres.services.access import DESIGN, PUBLISH
from dothi.centres.services.designing import access as rights
from dothi.centres.services.designing import actions, checking, queries
from dothi.centres.services.designing.models import Design
from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.cases import definitions
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.identity.web import actor_of
from dothi.sites.designer import access
from dothi.sites.designer.reads import parts
from dothi.sites.ui.shell import language
from dothi.sites.ui.staff import P, View, staff_page


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``designer/<name>.html``."""
    return render(request, f"designer/{name}.html", {"nav": "designer"} | context, status=status)


def designer(view: View[P]) -> View[P]:
    """A page for whoever designs or publishes procedures; what they may do is asked for in the actions."""
    return staff_page(
        view,
        may=access.works_here,
        advice=lambda _error: _("Go back to the list of procedures and try again."),
    )


def design_page(
    request: HttpRequest, name: str, design: Design, context: dict[str, Any], *, status: int = 200
) -> HttpResponseBase:
    """A page about one draft, with its parts and what may be done with it."""
    by = actor_of(request)
    shared = {
        "design": design, "parts": parts.names(), "tab": name, "title": design.body.get("label", {}) if isinstance(design.body.get("label"), dict) else {},
        "editable": design.open and rights.may(by, DESIGN, design.organisation),
        "publisher": rights.may(by, PUBLISH, design.organisation), "rev": design.rev,
    }  # fmt: skip
    return page(request, name, shared | context, status=status)


def found(request: HttpRequest, id: UUID) -> Design:
    """The draft; raises ``NotFound``."""
    return queries.get(id, by=actor_of(request))


def rev_of(request: HttpRequest) -> int:
    """The revision that the page was made from."""
    given = request.POST.get("rev", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise BadInput(both("Thiếu số lần sửa.", "The revision is missing."), where="rev")
    return int(given)


def save(request: HttpRequest, design: Design, body: dict[str, Any], what: str) -> Design:
    """Keep a change in the name of whoever sent it."""
    return actions.save(design, body, rev=rev_of(request), by=actor_of(request), what=what)


def refused(request: HttpRequest, error: DothiError) -> None:
    """Say on the next page why something was not done."""
    messages.error(request, error.text(language()))


def back(name: str, design: Design, *more: object) -> HttpResponseRedirect:
    """To a page of the draft."""
    return HttpResponseRedirect(reverse(f"designer:{name}", args=[design.pk, *more]))


def compiled_of(design: Design) -> Compiled | None:
    """The draft ready to run; None while it cannot."""
    examined = checking.examine(design.body)
    if examined.procedure is None:
        return None
    try:
        return definitions.compiled_of(examined.procedure)
    except ValueError:
        return None
