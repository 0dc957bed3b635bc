"""Finding a draft: by its owner's account, by its secret link, by a clerk who fills it in for somebody."""

from __future__ import annotations

import hmac
from uuid import UUID

from dothi.centres.services import rules
from dothi.centres.services.access import INTAKE
from dothi.centres.services.models import Draft
from dothi.core.clock import now
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.secrets import digest


def may(draft: Draft, by: Actor, secret: str = "") -> bool:
    """Whether ``by`` may see and change it."""
    if draft.account and by.account and draft.account == by.account:
        return True
    if secret and draft.secret and hmac.compare_digest(digest(secret), draft.secret):
        return True
    return draft.channel == "counter" and by.may(INTAKE, unit=draft.unit or None)


def draft(id: UUID | str, *, by: Actor, secret: str = "", sent: bool = False) -> Draft:
    """The draft; raises ``NotFound`` when it is not there, too old or not theirs, ``Gone`` when it was sent.

    ``sent``: also one that was sent, to show what became of it.
    """
    try:
        found = Draft.objects.filter(pk=UUID(str(id))).first()
    except ValueError:
        found = None
    if found is None or not may(found, by, secret):
        raise rules.no_draft()
    if found.state == Draft.SENT and not sent:
        raise rules.sent_already()
    if found.state == Draft.LEFT or (found.state == Draft.OPEN and found.expires_at < now()):
        raise rules.no_draft()
    return found


def unfinished(by: Actor, limit: int = 50) -> list[Draft]:
    """Somebody's own drafts that are not sent, the latest first."""
    if not by.account:
        return []
    open_ones = Draft.objects.filter(account=by.account, state=Draft.OPEN, expires_at__gt=now())
    return list(open_ones.order_by("-changed_at")[:limit])


def at_counter(unit: str, *, by: Actor, limit: int = 50) -> list[Draft]:
    """The dossiers begun at the counter of a unit and not sent, the latest first. Needs ``services.intake`` there."""
    by.require(INTAKE, unit=unit)
    there = Draft.objects.filter(channel="counter", unit=unit, state=Draft.OPEN, expires_at__gt=now())
    return list(there.order_by("-changed_at")[:limit])
