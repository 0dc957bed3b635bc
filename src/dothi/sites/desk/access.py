"""Who sees the desk."""

from __future__ import annotations

from django.http import HttpRequest

from dothi.core.errors import DothiError
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.access import IMPORT, WRITE, needed
from dothi.kernel.registers.types import Kind


def may_enter(request: HttpRequest) -> bool:
    """Whether the bar shows the link; a bad token shows no link, it does not break the page."""
    try:
        return hasattr(request, "user") and actor_of(request).may_somewhere("registers.read.*")
    except DothiError:
        return False


def may_write(actor: Actor, kind: Kind, unit: str = "") -> bool:
    """Whether this person may change records of a unit (empty: of some unit)."""
    permission = needed(WRITE, kind)
    return actor.may(permission, unit=unit) if unit else actor.may_somewhere(permission)


def may_import(actor: Actor, kind: Kind) -> bool:
    """Whether this person may import records of some unit."""
    return actor.may_somewhere(needed(IMPORT, kind))
