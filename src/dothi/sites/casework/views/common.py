"""What every page of the case desk does alike."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from dothi.kernel.cases.access import READ
from dothi.sites.ui.staff import P, View, staff_page

_WITHIN: Final = {"behind": "figures"}
"""Pages that the bar of the site names as another."""


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``casework/<name>.html``."""
    return render(
        request,
        f"casework/{name}.html",
        {"nav": "casework", "tab": _WITHIN.get(name, name)} | context,
        status=status,
    )


def officer(view: View[P]) -> View[P]:
    """A page for whoever reads cases somewhere; what they see there is decided by the queries."""
    return staff_page(
        view,
        may=lambda by: by.may_somewhere(READ),
        advice=lambda _error: _("Go back to the queue and try again."),
    )
