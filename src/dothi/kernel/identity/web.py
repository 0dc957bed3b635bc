"""What views of every site use: who asks, and who may."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from dothi.kernel.identity import queries
from dothi.kernel.identity.access import ANONYMOUS, Actor
from dothi.kernel.identity.bearer import authenticate
from dothi.kernel.identity.models import Account

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

_KEY = "_dothi_actor"


def actor_of(request: HttpRequest) -> Actor:
    """Who asks: the bearer of a token or ticket, else whoever is signed in, else :data:`ANONYMOUS`.

    Read once for a request. Raises :class:`Unauthenticated` for a token that is not valid.
    """
    known = getattr(request, _KEY, None)
    if isinstance(known, Actor):
        return known
    actor = _bearer(request)
    if not actor.known and isinstance(request.user, Account):
        actor = queries.actor_for(request.user)
    setattr(request, _KEY, actor)
    return actor


def _bearer(request: HttpRequest) -> Actor:
    names = {b"authorization": "HTTP_AUTHORIZATION", b"x-dothi-ticket": "HTTP_X_DOTHI_TICKET"}
    sent = [
        (name, request.META[key].encode("latin-1")) for name, key in names.items() if request.META.get(key)
    ]
    return authenticate(sent) if sent else ANONYMOUS


def signed_in(request: HttpRequest) -> Account:
    """The account of the session; only for views behind :func:`require`."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Off to sign in, and back here after that."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")


def require(permission: str | None = None, *, somewhere: bool = False) -> Callable[[View[P]], View[P]]:
    """For views: sign in first, and hold ``permission`` for the whole city (None: being signed in is enough).

    ``somewhere`` lets in whoever holds it in any unit; what they see and do there is decided by the query and
    the action. Anonymous visitors are sent to sign in; others get the 403 page.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            if not actor.known:
                return to_sign_in(request)
            if permission is not None:
                allowed = actor.may_somewhere(permission) if somewhere else actor.may(permission)
                if not allowed:
                    raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
