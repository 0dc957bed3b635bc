"""Who does whose work for some days: the taker of a delegation acts with the giver's roles in cases."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from dothi.core.clock import now_us
from dothi.kernel.cases.commands import Order
from dothi.kernel.cases.models import Delegation
from dothi.kernel.identity import queries as identity
from dothi.kernel.identity.access import Actor, Grant

LOOK_EVERY_S: Final = 5.0
_HANDED_ON: Final = ("cases.read", "cases.read-personal", "cases.act.", "cases.comment", "cases.document")
_known: dict[str, tuple[float, tuple[Grant, ...]]] = {}


def acting(order: Order) -> Order:
    """``order`` by an actor who also has what was handed on to them."""
    by = with_delegations(order.by)
    return order if by is order.by else replace(order, by=by)


def with_delegations(by: Actor) -> Actor:
    """``by`` with the grants of those whose work they do at the moment."""
    if by.kind != "account":
        return by
    more = _more(by.reference)
    return replace(by, grants=(*by.grants, *more)) if more else by


def _more(taker: str) -> tuple[Grant, ...]:
    known = _known.get(taker)
    if known is not None and time.monotonic() - known[0] < LOOK_EVERY_S:
        return known[1]
    now = now_us()
    givers = Delegation.objects.filter(
        taker=taker, from_us__lte=now, until_us__gt=now, ended_us=None
    ).values_list("giver", flat=True)
    grants = tuple(
        grant
        for giver in givers
        for grant in identity.grants_of(identity.account(giver.removeprefix("account:")))
        if grant.pattern.startswith("cases.") and grant.pattern.startswith(_HANDED_ON)
    )
    if len(_known) > 10_000:
        _known.clear()
    _known[taker] = time.monotonic(), grants
    return grants


def forget() -> None:
    """Look delegations up at the next command."""
    _known.clear()


def givers(taker: str) -> list[str]:
    """The references of those whose work ``taker`` does now."""
    now = now_us()
    rows = Delegation.objects.filter(taker=taker, from_us__lte=now, until_us__gt=now, ended_us=None)
    return list(rows.values_list("giver", flat=True))
