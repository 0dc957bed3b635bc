"""``dothi simulate``: switch the simulated city on and off, or take it away."""

from __future__ import annotations

from dothi.kernel.feeds.actions import MANAGE, switch
from dothi.kernel.feeds.base import Writer
from dothi.kernel.feeds.generator.feed import KEY
from dothi.kernel.feeds.generator.wards import places
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action, note


def turn_on(*, by: Actor) -> None:
    """Let the generator fill the city."""
    switch(KEY, on=True, by=by)


def turn_off(*, by: Actor) -> None:
    """Stop the generator; what it wrote stays until :func:`reset`."""
    switch(KEY, on=False, by=by)


@action(permission=MANAGE)
def reset(context: Writer, *, by: Actor) -> int:
    """Delete every simulated entity of the generator; how many there were."""
    ids = [place.id for place in places() if context.entity(place.id) is not None]
    for start in range(0, len(ids), 500):
        context.delete(ids[start : start + 500], by=by)
    note(deleted=len(ids))
    return len(ids)
