"""What roles give and who may hand them on: pure decisions on plain data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from dothi.core.errors import BadInput, Conflict, Forbidden, both
from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.identity.roles import Role, role

_PATTERN = re.compile(r"\*|[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*(\.\*)?")


class Held(NamedTuple):
    """A role someone was given: where (empty text: not limited) and from when to when."""

    role: str
    unit: str
    organisation: str
    valid_from: datetime
    valid_to: datetime | None


def in_force(held: Held, at: datetime) -> bool:
    """Whether the assignment counts at ``at``: its first moment does, its last does not."""
    return held.valid_from <= at and (held.valid_to is None or at < held.valid_to)


def grants(held: Iterable[Held], at: datetime) -> tuple[Grant, ...]:
    """What the assignments in force at ``at`` give."""
    return tuple(grant for each in held if in_force(each, at) for grant in grants_of(role(each.role), each))


def grants_of(declared: Role | None, held: Held) -> tuple[Grant, ...]:
    """What one assignment gives; a role nobody declares gives nothing."""
    patterns = declared.patterns if declared else ()
    return tuple(Grant(p, held.unit or None, held.organisation or None, held.valid_to) for p in patterns)


def next_change(held: Iterable[Held], at: datetime) -> datetime | None:
    """When :func:`grants` will next give something else, if nobody changes an assignment."""
    moments = (moment for each in held for moment in (each.valid_from, each.valid_to))
    return min((moment for moment in moments if moment is not None and moment > at), default=None)


def missing(actor: Actor, wanted: Iterable[Grant]) -> list[Grant]:
    """Which of ``wanted`` the actor does not hold itself: as wide, in the same place, for as long."""
    return [
        grant
        for grant in wanted
        if not actor.holds(grant.pattern, unit=grant.unit, organisation=grant.organisation, until=grant.until)
    ]


def may_hand_on(actor: Actor, wanted: Iterable[Grant]) -> None:
    """Refuse unless the actor holds all of ``wanted``: nobody hands on more than they have."""
    lacking = missing(actor, wanted)
    if lacking:
        names = ", ".join(sorted({grant.pattern for grant in lacking}))
        raise Forbidden(
            both(
                f"Bạn không thể trao quyền mà chính bạn không có ở nơi đó và đến thời điểm đó: {names}.",
                f"You cannot hand on what you do not hold yourself, there and for that long: {names}.",
            )
        )


def may_manage(actor: Actor, permission: str, theirs: Sequence[Grant]) -> None:
    """Refuse unless the actor has ``permission`` wherever the other acts, and holds all that the other holds.

    Whoever can reset a password can become that person; hence the second half.
    """
    if not actor.may_somewhere(permission):
        actor.require(permission)
    for grant in theirs:
        actor.require(permission, unit=grant.unit, organisation=grant.organisation)
    may_hand_on(actor, theirs)


def keep_an_administrator(remaining: Collection[object]) -> None:
    """Refuse a change after which ``remaining`` administrators could still sign in, when that is none."""
    if not remaining:
        raise Conflict(
            both(
                "Đây là quản trị viên cuối cùng. Hãy cấp vai trò quản trị viên cho người khác trước.",
                "This is the last administrator. Grant the administrator role to someone else first.",
            )
        )


def scope_patterns(text: str) -> tuple[str, ...]:
    """The permission patterns of a token's scope (separated by spaces or commas), checked and in order."""
    patterns = tuple(dict.fromkeys(part for part in re.split(r"[\s,]+", text) if part))
    wrong = [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]
    if wrong or not patterns:
        raise BadInput(
            both(
                f"Không phải là quyền: {', '.join(wrong)}. Ví dụ đúng: context.read hoặc context.*"
                if wrong
                else "Hãy chọn ít nhất một quyền, ví dụ context.read.",
                f"Not a permission: {', '.join(wrong)}. Write for example context.read or context.*"
                if wrong
                else "Choose at least one permission, for example context.read.",
            ),
            where="permissions",
        )
    return patterns


def within(scope: Iterable[str], unit: str, organisation: str) -> tuple[Grant, ...]:
    """The limits of a token as grants."""
    return tuple(Grant(pattern, unit or None, organisation or None) for pattern in scope)


def one_scope(unit: str, organisation: str) -> None:
    """Refuse a scope that names both a unit and an organisation."""
    if unit and organisation:
        raise BadInput(
            both(
                "Chọn một đơn vị hành chính hoặc một tổ chức, không chọn cả hai.",
                "Choose a unit or an organisation, not both.",
            ),
            where="unit",
        )


def validity(valid_from: datetime, valid_to: datetime | None, at: datetime) -> None:
    """Refuse a period that ends before it begins, or that is already over."""
    if valid_to is not None and (valid_to <= valid_from or valid_to <= at):
        raise BadInput(
            both(
                "Ngày kết thúc phải sau ngày bắt đầu và còn ở phía trước.",
                "The end must lie after the beginning and in the future.",
            ),
            where="valid_to",
        )
