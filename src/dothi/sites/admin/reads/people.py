"""The people: what they are called in the log, and whether those who can change everything are protected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator

from dothi.kernel.events.log import Event
from dothi.kernel.identity import queries
from dothi.kernel.identity.access import PEOPLE_READ, Actor
from dothi.kernel.identity.models import Account


@dataclass(frozen=True, slots=True)
class Protection:
    """How many people there are, how many administer everything, how many of those use a second step."""

    people: int
    administrators: int
    protected: int


def protection() -> Protection:
    """As it is now; recovery codes alone are no second step."""
    keys = queries.administrators()
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    using = (
        Authenticator.objects.filter(user_id__in=keys, type__in=kinds).values("user_id").distinct().count()
    )
    people = Account.objects.filter(kind=Account.PERSON, is_active=True).count()
    return Protection(people, len(keys), using)


def names(reader: Actor, events: Iterable[Event]) -> dict[str, str]:
    """What the accounts that events name are called; the log itself keeps references only.

    Empty for who may not see accounts.
    """
    if not reader.may(PEOPLE_READ):
        return {}
    keys = {
        key for event in events for text in (event.actor, event.subject) if (key := _key(text)) is not None
    }
    return {account.reference: account.name for account in Account.objects.filter(pk__in=keys)}


def _key(reference: str | None) -> UUID | None:
    kind, _colon, key = (reference or "").partition(":")
    try:
        return UUID(key) if kind == "account" else None
    except ValueError:
        return None
