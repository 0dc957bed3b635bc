"""Who sees the case desk."""

from __future__ import annotations

from django.http import HttpRequest

from dothi.core.errors import DothiError
from dothi.kernel.cases.access import READ
from dothi.kernel.identity.web import actor_of


def may_enter(request: HttpRequest) -> bool:
    """Whether the bar shows the link; a bad token shows no link, it does not break the page."""
    try:
        return hasattr(request, "user") and actor_of(request).may_somewhere(READ)
    except DothiError:
        return False
