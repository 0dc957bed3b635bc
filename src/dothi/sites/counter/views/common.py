"""What every page of the counter does alike."""

from __future__ import annotations

import functools
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.identity.web import actor_of
from dothi.sites.counter import access
from dothi.sites.ui.shell import language
from dothi.sites.ui.staff import P, View, staff_page
from dothi.sites.ui.views import fault

_WITHIN: Final = {"list": "lists"}
"""Pages that the bar of the site names as another."""


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``counter/<name>.html``."""
    return render(
        request,
        f"counter/{name}.html",
        {"nav": "counter", "tab": _WITHIN.get(name, name)} | context,
        status=status,
    )


def clerk(view: View[P]) -> View[P]:
    """A page for whoever works at a counter; what they may do where is asked for in the actions."""
    return staff_page(
        view, may=access.works_here, advice=lambda _error: _("Go back to the counter and try again.")
    )


def open_page(view: View[P]) -> View[P]:
    """A page of the hall that anybody may use: the kiosk, the board."""

    @never_cache
    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DothiError as error:
            advice = _("Ask at the counter.")
            return fault(request, error.status, error.title[language()], advice, error.text(language()))

    return wrapped


def hall(request: HttpRequest, permission: str = "") -> tuple[str, list[tuple[str, str]]]:
    """The unit whose counter this is, and those one could choose; empty when one has to choose first."""
    by = actor_of(request)
    units = access.halls(by, language(), permission)
    return access.hall_of(request, by, units), units


def required_hall(request: HttpRequest, permission: str = "") -> str:
    """As :func:`hall`, for a write; raises when none is chosen."""
    unit, _units = hall(request, permission)
    if not unit:
        raise BadInput(both("Hãy chọn đơn vị của quầy.", "Choose the unit of the counter."), where="unit")
    return unit
