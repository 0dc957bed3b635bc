"""Who asks the API of open data: by token, by session, or nobody in particular."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.utils import check_csrf

from dothi.centres.opendata import quota
from dothi.centres.opendata.http import answers
from dothi.centres.opendata.http.middleware import TAKEN
from dothi.kernel.identity.access import ANONYMOUS, Actor
from dothi.kernel.identity.web import actor_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def reader(request: HttpRequest) -> Actor:
    """The actor, within the quota. A session counts only with its CSRF token: else somebody else's page may be asking."""
    request.META[TAKEN] = allowance = answers.take(request)
    if not allowance.granted:
        raise quota.refusal(allowance)
    actor = actor_of(request)
    if actor.kind == "account" and request.method not in SAFE and check_csrf(request) is not None:
        return ANONYMOUS
    return actor
