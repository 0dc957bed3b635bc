"""What every page of the 1022 desk does alike."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from dothi.kernel.cases.access import READ
from dothi.kernel.identity.web import actor_of
from dothi.sites.hotline.access import enters
from dothi.sites.ui.staff import P, View, staff_page


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``hotline_desk/<name>.html``."""
    frame = {"nav": "hotline", "tab": name, "member": enters(actor_of(request))}
    return render(request, f"hotline_desk/{name}.html", frame | context, status=status)


def desk(view: View[P]) -> View[P]:
    """A page for whoever works at 1022 or on cases; what they may do there is decided by the actions."""
    return staff_page(
        view,
        may=lambda by: enters(by) or by.may_somewhere(READ),
        advice=lambda _error: _("Go back to the desk and try again."),
    )
