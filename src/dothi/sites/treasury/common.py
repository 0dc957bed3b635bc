"""What every page of the back office does alike."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from dothi.core.errors import DothiError
from dothi.kernel.identity.web import actor_of
from dothi.kernel.payments.access import READ
from dothi.sites.ui.staff import P, View, staff_page


def may_enter(request: HttpRequest) -> bool:
    """Whether the bar shows the link; a bad token shows no link, it does not break the page."""
    try:
        return hasattr(request, "user") and actor_of(request).may_somewhere(READ)
    except DothiError:
        return False


_WITHIN: Final = {"reconciliation": "reconciliations", "order": "orders"}
"""Pages that the bar of the site names as another."""


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``treasury/<name>.html``."""
    return render(
        request,
        f"treasury/{name}.html",
        {"nav": "treasury", "tab": _WITHIN.get(name, name)} | context,
        status=status,
    )


def keeper(view: View[P]) -> View[P]:
    """A page for whoever sees payments somewhere; which of them is asked for each."""
    return staff_page(
        view,
        may=lambda by: by.may_somewhere(READ),
        advice=lambda _error: _("Go back to the payments and try again."),
    )
