"""What every page of the desk does alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dothi.core.errors import BadInput, DothiError, Forbidden, Unauthenticated
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of, to_sign_in
from dothi.kernel.registers.types import Kind
from dothi.sites.ui.shell import language
from dothi.sites.ui.views import fault

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``desk/<name>.html``."""
    return render(request, f"desk/{name}.html", {"nav": "registers"} | context, status=status)


def desk(view: View[P]) -> View[P]:
    """A page of the desk: signed in, never kept by a cache, refusals said as pages."""

    @never_cache
    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            if not actor_of(request).known:
                return to_sign_in(request)
            return view(request, *args, **kwargs)
        except Unauthenticated:
            return to_sign_in(request)
        except DothiError as error:
            return fault(
                request, error.status, error.title[language()], _advice(error), error.text(language())
            )

    return wrapped


def _advice(error: DothiError) -> str:
    if isinstance(error, BadInput):
        return _("Correct the address, or start again from the list.")
    if isinstance(error, Forbidden):
        return _("Ask your administrator for the role, or choose a purpose you hold.")
    return _("Go back to the list and search again.")


def purposes(kind: Kind, by: Actor) -> list[tuple[str, str]]:
    """The purposes this person may read personal data of a type for."""
    if not any(by.may_somewhere(f"registers.{level}.{kind.key}") for level in ("personal", "sensitive")):
        return []
    return [
        (each.key, each.label.text(language()))
        for each in kind.declared.access.purposes
        if each.permission is None or by.may_somewhere(each.permission)
    ]


def number(text: str) -> int:
    """A number of an address or a form; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
