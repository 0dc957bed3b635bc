"""Who may design and publish which procedure: the role, held where the procedure holds. Decided in the actions."""

from __future__ import annotations

from dothi.centres.services.access import DESIGN, PUBLISH
from dothi.centres.services.designing.models import Design
from dothi.core.config import current
from dothi.core.errors import NotFound, both
from dothi.kernel.identity.access import Actor


def may(by: Actor, permission: str, organisation: str) -> bool:
    """Whether ``by`` holds a permission for the procedures of ``organisation`` (empty: of the whole city)."""
    return by.may(permission, unit=current().city, organisation=organisation or None)


def require(by: Actor, permission: str, organisation: str) -> None:
    """As :func:`may`; raises ``Forbidden`` or ``Unauthenticated``.

    A procedure holds in every ward, or for one organisation: a ward alone does not change what all others follow.
    """
    by.require(permission, unit=current().city, organisation=organisation or None)


def may_see(by: Actor, design: Design) -> bool:
    """Whether ``by`` may look at a draft."""
    return may(by, DESIGN, design.organisation) or may(by, PUBLISH, design.organisation)


def person(by: Actor) -> str:
    """Who stands behind an actor: a token is its owner, so that nobody approves their own work by another way in."""
    return f"account:{by.account}" if by.account else by.reference


def no_design() -> NotFound:
    """For a draft that is not there, or that the reader may not know of."""
    return NotFound(both("Không có bản nháp này.", "There is no such draft."))
