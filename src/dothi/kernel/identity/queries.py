"""Reads of identity: who holds what, who may be seen, the audit page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet

from dothi.core.clock import now
from dothi.core.errors import NotFound, both
from dothi.core.text import fold
from dothi.kernel.identity import rules
from dothi.kernel.identity.access import AUDIT, PEOPLE_READ, Actor, Grant
from dothi.kernel.identity.models import Account, ApiToken, AuditEntry, OneTimeLink, RoleAssignment
from dothi.kernel.identity.roles import ADMINISTRATOR, role
from dothi.kernel.identity.secrets import digest

PAGE = 50


def held(assignments: Iterable[RoleAssignment]) -> list[rules.Held]:
    """Assignments as the rules see them; revoked ones are left out."""
    return [
        rules.Held(a.role, a.unit, a.organisation, a.valid_from, a.valid_to)
        for a in assignments
        if a.revoked_at is None
    ]


def grants_of(account: Account) -> tuple[Grant, ...]:
    """What the account may do now."""
    return rules.grants(held(account.assignments.filter(revoked_at=None)), now())


def grants_ever(account: Account) -> tuple[Grant, ...]:
    """What the account may do now or will by an assignment already made."""
    at = now()
    standing = [
        h for h in held(account.assignments.filter(revoked_at=None)) if h.valid_to is None or h.valid_to > at
    ]
    return tuple(grant for each in standing for grant in rules.grants_of(role(each.role), each))


def actor_for(account: Account) -> Actor:
    """The account as an actor with what it may do now."""
    return Actor("account", str(account.pk), account.name, grants_of(account), account=str(account.pk))


def no_account() -> NotFound:
    """For an account that is not there, or that the reader may not know of."""
    return NotFound(both("Không có tài khoản này.", "There is no such account."))


def account(key: UUID | str) -> Account:
    """The account with this id; raises :class:`NotFound`."""
    try:
        return Account.objects.get(pk=key)
    except (Account.DoesNotExist, ValueError):
        raise no_account() from None


def account_by_email(email: str) -> Account:
    """The account that signs in with this address; raises :class:`NotFound`."""
    try:
        return Account.objects.get_by_natural_key(email)
    except Account.DoesNotExist:
        raise NotFound(both(f"Không có tài khoản {email}.", f"There is no account {email}.")) from None


def administrators(*, lock: bool = False) -> list[UUID]:
    """Accounts that can sign in and administer everything for good. ``lock`` holds them until commit."""
    rows = RoleAssignment.objects.filter(
        role=ADMINISTRATOR, unit="", organisation="", revoked_at=None, valid_to=None, valid_from__lte=now()
    )
    if lock:
        rows = rows.select_for_update()
    holders = Account.objects.filter(
        pk__in=[row.account_id for row in rows], is_active=True, kind=Account.PERSON
    )
    return [each.pk for each in holders.order_by("pk") if each.has_usable_password()]


def needed() -> bool:
    """Whether this installation still waits for its first administrator."""
    return not administrators()


def visible_accounts(by: Actor, text: str = "", limit: int | None = None) -> list[Account]:
    """The accounts ``by`` may see, in the order of their names; ``text`` with or without diacritics.

    Who may read accounts in some units only sees those who act there, and those who hold no role yet.
    """
    found = Account.objects.filter(folded__contains=fold(text.strip())).prefetch_related("assignments")
    if by.may(PEOPLE_READ):
        return list(found[:limit])
    return list(islice((each for each in found if may_see(by, each)), limit))


def may_see(by: Actor, other: Account) -> bool:
    """Whether ``by`` may know of this account at all."""
    if not by.may_somewhere(PEOPLE_READ):
        return False
    scopes = [h for h in held(other.assignments.all()) if h.valid_to is None or h.valid_to > now()]
    return not scopes or any(
        by.may(PEOPLE_READ, unit=h.unit or None, organisation=h.organisation or None) for h in scopes
    )


def open_link(secret: str) -> OneTimeLink | None:
    """The one-time link with this secret, while it can still be used."""
    links = OneTimeLink.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=now())
    link = links.select_related("account").filter(secret_hash=digest(secret)).first()
    if link is None or (link.account is not None and not link.account.is_active):
        return None
    return link


def tokens(owner: Account) -> Sequence[ApiToken]:
    """The owner's tokens, the newest first, revoked and expired ones too."""
    return list(owner.tokens.all())


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, the newest first, and what to ask for to get the next ones."""

    entries: list[AuditEntry]
    before: int | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; an empty field does not narrow."""

    action: str = ""
    actor: str = ""
    subject: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


def audit_page(by: Actor, wanted: AuditFilter, before: int | None = None, limit: int = PAGE) -> AuditPage:
    """One page of the audit, by key and not by offset: entries added meanwhile move nothing."""
    by.require(AUDIT)
    return _page(_narrowed(AuditEntry.objects.all(), wanted), before, limit)


def own_sign_ins(account: Account, before: int | None = None, limit: int = PAGE) -> AuditPage:
    """When, from where and with what success someone signed in to this account."""
    entries = AuditEntry.objects.filter(subject=account.reference, action__startswith="identity.sign")
    return _page(entries, before, limit)


def _narrowed(entries: QuerySet[AuditEntry], wanted: AuditFilter) -> QuerySet[AuditEntry]:
    conditions = Q()
    if wanted.action:
        conditions &= Q(action__startswith=wanted.action)
    if wanted.actor:
        conditions &= Q(actor_id=wanted.actor) | Q(actor_label__icontains=wanted.actor)
    if wanted.subject:
        conditions &= Q(subject__startswith=wanted.subject)
    if wanted.outcome:
        conditions &= Q(outcome=wanted.outcome)
    if wanted.since:
        conditions &= Q(at__gte=wanted.since)
    if wanted.until:
        conditions &= Q(at__lt=wanted.until)
    return entries.filter(conditions)


def _page(entries: QuerySet[AuditEntry], before: int | None, limit: int) -> AuditPage:
    if before is not None:
        entries = entries.filter(pk__lt=before)
    rows = list(entries.order_by("-pk")[: limit + 1])
    return AuditPage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)
