"""The people's tools: delegation for some days, duty rosters, saved filters, who follows a case."""

from __future__ import annotations

from datetime import datetime

import msgspec

from dothi.core.clock import now_us, us
from dothi.core.errors import BadInput, Forbidden, NotFound, both
from dothi.kernel.cases import delegations, queries
from dothi.kernel.cases.access import CONFIGURE, READ
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.models import Delegation, DutyRoster, Interest, SavedFilter
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action


def _span(start: datetime, end: datetime) -> tuple[int, int]:
    if end <= start:
        raise BadInput(
            both("Ngày kết thúc phải sau ngày bắt đầu.", "It ends before it begins."), where="until"
        )
    return us(start), us(end)


@action(permission=None)
def delegate(
    to: str, *, start: datetime, end: datetime, reason: str, by: Actor, giver: str = ""
) -> Delegation:
    """Let ``to`` (an account's reference) do one's case work from ``start`` to ``end``.

    Another's work is handed on by who holds ``cases.configure``.
    """
    giver = giver or by.reference
    if giver != by.reference:
        by.require(CONFIGURE)
    if not giver.startswith("account:") or not to.startswith("account:") or to == giver:
        raise BadInput(both("Ủy quyền cho một tài khoản khác.", "Delegate to another account."), where="to")
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do ủy quyền.", "Give the reason."), where="reason")
    begins, ends = _span(start, end)
    made = Delegation.objects.create(
        giver=giver, taker=to, from_us=begins, until_us=ends, reason=reason.strip()[:300]
    )
    delegations.forget()
    return made


@action(permission=None)
def end_delegation(delegation: Delegation, *, by: Actor) -> None:
    """End a delegation early: its giver may, and who holds ``cases.configure``."""
    if by.reference != delegation.giver:
        by.require(CONFIGURE)
    Delegation.objects.filter(pk=delegation.pk, ended_us=None).update(ended_us=now_us())
    delegations.forget()


@action(permission=CONFIGURE, organisation=lambda organisation, **_: organisation)
def put_on_duty(
    organisation: str, role: str, account: str, *, start: datetime, end: datetime, by: Actor, unit: str = ""
) -> DutyRoster:
    """Someone is on duty for a role of an organisation."""
    begins, ends = _span(start, end)
    return DutyRoster.objects.create(
        organisation=organisation, unit=unit, role=role, account=account, from_us=begins, until_us=ends
    )


@action(permission=None)
def take_off_duty(duty: DutyRoster, *, by: Actor) -> None:
    """Remove a line of the roster."""
    by.require(CONFIGURE, organisation=duty.organisation)
    duty.delete()


def on_duty(organisation: str, role: str, *, at: datetime | None = None) -> list[str]:
    """The references of those on duty, in the order they began."""
    moment = now_us() if at is None else us(at)
    rows = DutyRoster.objects.filter(
        organisation=organisation, role=role, from_us__lte=moment, until_us__gt=moment
    )
    return list(rows.order_by("from_us", "id").values_list("account", flat=True))


@action(permission=None)
def save_filter(name: str, asked: Filter, *, by: Actor, organisation: str = "") -> SavedFilter:
    """Keep a list under a name, shared with an organisation where one reads."""
    if not by.known:
        raise Forbidden
    if organisation:
        by.require(READ, organisation=organisation)
    if not name.strip():
        raise BadInput(both("Hãy đặt tên.", "Give it a name."), where="name")
    return SavedFilter.objects.create(
        owner=by.reference,
        name=name.strip()[:120],
        body=msgspec.json.encode(asked),
        organisation=organisation,
        changed_us=now_us(),
    )


@action(permission=None)
def forget_filter(saved: SavedFilter, *, by: Actor) -> None:
    """Remove one's own filter."""
    if saved.owner != by.reference:
        raise NotFound
    saved.delete()


def filters_of(by: Actor, organisation: str = "") -> list[tuple[SavedFilter, Filter]]:
    """One's own filters, and those shared with an organisation one reads in."""
    rows = list(SavedFilter.objects.filter(owner=by.reference).order_by("name"))
    if organisation and by.may(READ, organisation=organisation):
        rows += (
            SavedFilter.objects.filter(organisation=organisation).exclude(owner=by.reference).order_by("name")
        )
    return [(row, msgspec.json.decode(bytes(row.body), type=Filter)) for row in rows]


def follow(case: str | int, who: str, *, by: Actor) -> bool:
    """Let ``who`` (an account's reference or a contact) hear how a case goes on; False when they did already."""
    found = queries.get(case, by=by)
    _, made = Interest.objects.get_or_create(num=found.num, who=who[:120], defaults={"at_us": now_us()})
    return made


def unfollow(num: int, who: str) -> None:
    """Hear no more of a case."""
    Interest.objects.filter(num=num, who=who).delete()


def followers(num: int) -> list[str]:
    """Who follows a case."""
    return list(Interest.objects.filter(num=num).order_by("id").values_list("who", flat=True))
