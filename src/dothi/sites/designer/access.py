"""Who sees the designer: whoever designs or publishes somewhere. What they may do is asked for in the actions."""

from __future__ import annotations

from django.http import HttpRequest

from dothi.centres.services.access import DESIGN, PUBLISH
from dothi.core.errors import DothiError
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of


def works_here(by: Actor) -> bool:
    """Whether ``by`` designs or publishes procedures somewhere."""
    return by.may_somewhere(DESIGN) or by.may_somewhere(PUBLISH)


def may_enter(request: HttpRequest) -> bool:
    """Whether the bar shows the link; a bad token shows no link, it does not break the page."""
    try:
        return hasattr(request, "user") and works_here(actor_of(request))
    except DothiError:
        return False
