"""Who sees the desk of 1022."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from dothi.centres.hotline import access
from dothi.core.errors import DothiError
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of

ANY: Final = (access.CALLS, access.SUPERVISE, access.ANSWERS, access.INBOUND)


def enters(by: Actor) -> bool:
    """Whether any page of the desk is for them."""
    return any(by.may_somewhere(each) for each in ANY)


def may_enter(request: HttpRequest) -> bool:
    """Whether the bar shows the link; a bad token shows no link, it does not break the page."""
    try:
        return hasattr(request, "user") and enters(actor_of(request))
    except DothiError:
        return False
