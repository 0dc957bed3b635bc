"""Who may see which event of a stream: the city's log by permission, the live city by its types' access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dothi.core.config import current
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.bearer import authenticate
from dothi.kernel.packs import queries as packs


def authorise(scope: Mapping[str, Any]) -> Actor:
    """The actor of a stream request; raises when its credentials are bad."""
    return authenticate(scope["headers"], scope.get("query_string", b""))


def _open(types: object) -> bool:
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    declared = [packs.entity_type(name) for name in names]
    return any(each is not None and each.access == "open" for each in declared)


def visible(actor: Actor, event: Event) -> bool:
    """Whether ``actor`` may see ``event``."""
    if event.type.startswith("vn.dothi.context."):
        return _open(event.data.get("type")) or actor.may("context.read") or current().context_open
    return actor.may("events.read")
