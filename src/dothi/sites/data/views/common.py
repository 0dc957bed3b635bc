"""What every page of the portal does alike: refusals as pages, quota, the context of the surface."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from dothi.centres.opendata import quota
from dothi.centres.opendata.http.answers import take
from dothi.core.errors import BadInput, DothiError, Gone, NotFound, TooMany, Unauthenticated
from dothi.kernel.identity.web import to_sign_in
from dothi.sites.data.access import sections, who
from dothi.sites.ui.shell import language

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``data/<name>.html``."""
    own = {"nav": "data", "workshop": sections(who(request))}
    return render(request, f"data/{name}.html", own | context, status=status)


def pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """The address's parameters in order."""
    return [(name, value) for name in request.GET for value in request.GET.getlist(name)]


def advice(error: DothiError) -> str:
    """What to do next about a refusal."""
    if isinstance(error, BadInput):
        return _("Correct the address or the form, or begin again with the search.")
    if isinstance(error, TooMany):
        return _("Wait a moment, then ask again.")
    if isinstance(error, Gone):
        return _("Look for a newer dataset, or ask the publisher for it.")
    if isinstance(error, NotFound):
        return _("The name may be mistyped. Search for the dataset, or ask for data that is not there yet.")
    return _("Sign in with an account that may see it, or ask the publisher.")


def explains(view: View[P]) -> View[P]:
    """Errors of ours become a page that says what happened and what to do next."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Unauthenticated:
            return to_sign_in(request)
        except DothiError as error:
            answer = told(request, error)
            if isinstance(error, TooMany):
                answer["Retry-After"] = str(error.members.get("retry_after", 60))
            return answer

    return wrapped


def within_quota(request: HttpRequest, cost: int = 1) -> None:
    """Take from the reader's quota; raises :class:`TooMany` when nothing is left."""
    allowance = take(request, cost)
    if not allowance.granted:
        raise quota.refusal(allowance)


def told(request: HttpRequest, error: DothiError) -> HttpResponseBase:
    """A page about one refusal."""
    lang = language()
    context = {
        "status": error.status,
        "title": error.title[lang],
        "detail": error.text(lang),
        "advice": advice(error),
        "successor": error.members.get("successor", ""),
    }
    return page(request, "fault", context, status=error.status)
