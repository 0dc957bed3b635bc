"""What every page of the back office does alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dothi.core.errors import DothiError, Unauthenticated
from dothi.kernel.identity.web import actor_of, to_sign_in
from dothi.kernel.payments.access import READ
from dothi.sites.ui.shell import language
from dothi.sites.ui.views import fault

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


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

    @never_cache
    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            by = actor_of(request)
            if not by.known:
                return to_sign_in(request)
            if not by.may_somewhere(READ):
                raise PermissionDenied(READ)
            return view(request, *args, **kwargs)
        except Unauthenticated:
            return to_sign_in(request)
        except DothiError as error:
            advice = _("Go back to the payments and try again.")
            return fault(request, error.status, error.title[language()], advice, error.text(language()))

    return wrapped
