"""Results that are ready, and those that were handed out."""

from __future__ import annotations

from typing import Final

from dothi.centres.services import catalogue
from dothi.centres.services.access import HAND_OVER
from dothi.centres.services.models import HandedOut, HandOver
from dothi.kernel.cases.filters import Filter
from dothi.kernel.identity.access import Actor

# The actions by which a result leaves the house, named alike in every procedure.
OUT: Final = "hand-over"
POST: Final = "send-by-post"
DELIVERED: Final = "delivered"


def ready(*, unit: str = "", text: str = "") -> Filter:
    """The list of dossiers whose result can be handed out."""
    states: dict[str, set[str]] = {}
    for entry in catalogue.entries():
        found = {key for key, state in entry.procedure.states.items() if OUT in state.actions}
        if found:
            states[entry.key] = found
    return Filter(
        kinds=("dossier",), procedures=tuple(sorted(states)), states=tuple(sorted(set().union(*states.values()))),
        unit=unit, text=text, order="changed",
    )  # fmt: skip


def handed_out(unit: str, *, by: Actor, limit: int = 50) -> list[HandedOut]:
    """What left the house, the latest first. Needs ``services.hand-over`` there."""
    by.require(HAND_OVER, unit=unit)
    return list(HandedOut.objects.filter(unit=unit)[:limit])


def on_the_way(unit: str, *, by: Actor, limit: int = 200) -> list[HandedOut]:
    """What is with the post. Needs ``services.hand-over`` there."""
    by.require(HAND_OVER, unit=unit)
    return list(HandedOut.objects.filter(unit=unit, way=HandedOut.POST, delivered_at=None)[:limit])


def lists(unit: str, *, by: Actor, limit: int = 50) -> list[HandOver]:
    """The hand-over lists of a unit, the latest first. Needs ``services.hand-over`` there."""
    by.require(HAND_OVER, unit=unit)
    return list(HandOver.objects.filter(unit=unit)[:limit])


def the_list(key: str, *, by: Actor) -> HandOver | None:
    """One hand-over list, for those who hand papers over there."""
    found = HandOver.objects.filter(pk=key).first()
    return found if found is not None and by.may(HAND_OVER, unit=found.unit) else None
