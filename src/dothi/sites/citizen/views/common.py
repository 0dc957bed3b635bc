"""What every page of the citizen site does alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dothi.core.errors import DothiError, Unauthenticated
from dothi.kernel.identity.web import to_sign_in
from dothi.sites.forms.filling import centre as centre
from dothi.sites.forms.filling import units as units
from dothi.sites.ui.shell import language
from dothi.sites.ui.views import fault

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
DRAFTS, CASES = "citizen-drafts", "citizen-cases"


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``citizen/<name>.html``."""
    return render(request, f"citizen/{name}.html", {"nav": "citizen"} | context, status=status)


def citizen(view: View[P]) -> View[P]:
    """A page of the citizen site: never kept by a cache, refusals said as pages."""

    @never_cache
    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Unauthenticated:
            return to_sign_in(request)
        except DothiError as error:
            advice = _("Go back and try again, or call 1022.")
            return fault(request, error.status, error.title[language()], advice, error.text(language()))

    return wrapped


def secret_of(request: HttpRequest, kind: str, key: str) -> str:
    """The secret by which this browser may open a draft or a case; a ``k`` in the address is remembered."""
    given = request.GET.get("k", "")
    if given:
        remember(request, kind, key, given)
        return given
    return str(request.session.get(kind, {}).get(key, ""))


def remember(request: HttpRequest, kind: str, key: str, secret: str) -> None:
    """Keep a secret in the visitor's session: it leaves the address, and this browser finds its things again."""
    held = {**request.session.get(kind, {}), key: secret[:200]}
    request.session[kind] = dict(list(held.items())[-50:])
