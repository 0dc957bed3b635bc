"""Who works where, who does whose work, who is on duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from dothi.core.clock import from_us, now, now_us
from dothi.core.errors import NotFound, both
from dothi.kernel.cases.access import CONFIGURE, READ
from dothi.kernel.cases.models import Delegation, DutyRoster
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.models import RoleAssignment

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Somebody for somebody, or on duty, from when to when."""

    key: int
    who: str
    what: str
    start: datetime
    end: datetime
    reason: str = ""
    may_end: bool = False


def _named(rows: Any) -> list[Pair]:
    found = {
        f"account:{account.pk}": account.name or account.email for account in (each.account for each in rows)
    }
    return sorted(found.items(), key=lambda pair: pair[1])


def of(unit: str, organisation: str) -> list[Pair]:
    """The colleagues with a role where a case is: (reference, name)."""
    where = Q(pk__in=())
    if unit:
        where |= Q(unit=unit)
    if organisation:
        where |= Q(organisation=organisation)
    return _named(_running().filter(where)[:200])


def _running() -> Any:
    there = RoleAssignment.objects.filter(revoked_at=None, valid_from__lte=now(), account__is_active=True)
    return there.filter(Q(valid_to=None) | Q(valid_to__gt=now())).select_related("account")


def visible(by: Actor) -> list[Pair]:
    """The colleagues of the units and organisations in which ``by`` reads cases, without themselves."""
    rows = [
        each
        for each in _running().exclude(account_id=by.account)[:2_000]
        if (each.unit and by.may(READ, unit=each.unit))
        or (each.organisation and by.may(READ, organisation=each.organisation))
    ]
    return _named(rows)


def known(reference: str, by: Actor) -> str:
    """The reference, when it is a colleague's; raises :class:`NotFound`."""
    if reference not in dict(visible(by)):
        raise NotFound(both("Không có đồng nghiệp này.", "There is no such colleague."))
    return reference


def handed_on(by: Actor) -> list[Period]:
    """One's own work that others do, now or later."""
    rows = Delegation.objects.filter(giver=by.reference, until_us__gt=now_us(), ended_us=None).order_by(
        "from_us"
    )
    return [_period(each, each.taker) for each in rows]


def taken_on(by: Actor) -> list[Period]:
    """Others' work that one does, now or later."""
    rows = Delegation.objects.filter(taker=by.reference, until_us__gt=now_us(), ended_us=None).order_by(
        "from_us"
    )
    return [_period(each, each.giver) for each in rows]


def _period(row: Delegation, who: str) -> Period:
    return Period(row.pk, naming.person(who), "", from_us(row.from_us), from_us(row.until_us), row.reason)


def roster(by: Actor, language: str) -> list[Period]:
    """Who is on duty, now or later, where one reads."""
    rows = DutyRoster.objects.filter(until_us__gt=now_us()).order_by("from_us")[:200]
    return [
        Period(
            each.pk, naming.person(each.account), f"{naming.agency(each.organisation, language)} · {each.role}",
            from_us(each.from_us), from_us(each.until_us), may_end=by.may(CONFIGURE, organisation=each.organisation),
        )
        for each in rows
        if by.may(READ, organisation=each.organisation)
    ]  # fmt: skip
