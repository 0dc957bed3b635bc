"""Who works at a counter, and where."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from dothi.centres.services.access import HAND_OVER, INTAKE, QUEUE
from dothi.core.config import current
from dothi.core.errors import DothiError
from dothi.core.text import collation_key
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of

ANY: Final = (INTAKE, QUEUE, HAND_OVER)
_KEPT: Final = "counter-unit"


def works_here(by: Actor) -> bool:
    """Whether somebody works at a counter at all."""
    return any(by.may_somewhere(each) for each in ANY)


def may_enter(request: HttpRequest) -> bool:
    """Whether the bar shows the link; a bad token shows no link, it does not break the page."""
    try:
        return hasattr(request, "user") and works_here(actor_of(request))
    except DothiError:
        return False


def halls(by: Actor, language: str, permission: str = "") -> list[tuple[str, str]]:
    """The units at whose counter somebody works (or holds this permission), by name."""
    asked = (permission,) if permission else ANY
    city = current().city
    units = [each for each in (directory.unit(city), *directory.children(city)) if each is not None]
    found = [
        (each.code, each.full_name[language])
        for each in units
        if any(by.may(one, unit=each.code) for one in asked)
    ]
    return sorted(found, key=lambda pair: collation_key(pair[1]))


def hall_of(request: HttpRequest, by: Actor, units: list[tuple[str, str]]) -> str:
    """The unit whose counter this is: the one asked for, the one of before, else the only one; empty: choose."""
    known = {code for code, _ in units}
    given = request.GET.get("unit") or request.POST.get("unit") or request.session.get(_KEPT, "")
    chosen = given if given in known else next(iter(known)) if len(known) == 1 else ""
    if chosen and request.session.get(_KEPT) != chosen:
        request.session[_KEPT] = chosen
    return str(chosen)
