"""The frame of every page that only people who work here see: signed in, allowed in, never cached, refusals as pages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from dothi.core.errors import DothiError, Unauthenticated
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of, to_sign_in
from dothi.sites.ui.shell import language
from dothi.sites.ui.views import fault

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_page(
    view: View[P], *, may: Callable[[Actor], bool], advice: Callable[[DothiError], str]
) -> View[P]:
    """``view`` for whoever ``may`` enter; what they may do is asked for in the actions. ``advice``: what to do after a refusal."""

    @never_cache
    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            by = actor_of(request)
            if not by.known:
                return to_sign_in(request)
            if not may(by):
                raise PermissionDenied
            return view(request, *args, **kwargs)
        except Unauthenticated:
            return to_sign_in(request)
        except DothiError as error:
            return fault(
                request, error.status, error.title[language()], advice(error), error.text(language())
            )

    return wrapped
