"""What every page of the case desk does alike."""

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
from dothi.kernel.cases.access import READ
from dothi.kernel.identity.web import actor_of, to_sign_in
from dothi.sites.ui.shell import language
from dothi.sites.ui.views import fault

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


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
            advice = _("Go back to the queue and try again.")
            return fault(request, error.status, error.title[language()], advice, error.text(language()))

    return wrapped
