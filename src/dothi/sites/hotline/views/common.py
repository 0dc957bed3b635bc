"""What every page of the 1022 desk does alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dothi.core.errors import DothiError, Unauthenticated
from dothi.kernel.cases.access import READ
from dothi.kernel.identity.web import actor_of, to_sign_in
from dothi.sites.hotline.access import enters
from dothi.sites.ui.shell import language
from dothi.sites.ui.views import fault

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``hotline_desk/<name>.html``."""
    frame = {"nav": "hotline", "tab": name, "member": enters(actor_of(request))}
    return render(request, f"hotline_desk/{name}.html", frame | context, status=status)


def desk(view: View[P]) -> View[P]:
    """A page for whoever works at 1022 or on cases; what they may do there is decided by the actions."""

    @never_cache
    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            by = actor_of(request)
            if not by.known:
                return to_sign_in(request)
            if not enters(by) and not by.may_somewhere(READ):
                raise PermissionDenied
            return view(request, *args, **kwargs)
        except Unauthenticated:
            return to_sign_in(request)
        except DothiError as error:
            advice = _("Go back to the desk and try again.")
            return fault(request, error.status, error.title[language()], advice, error.text(language()))

    return wrapped
