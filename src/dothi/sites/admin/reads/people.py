"""Whether the people who can change everything are protected."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from dothi.kernel.identity import queries
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
