"""Who is asking, and what they may do. No Django here: hot paths ask too.

A permission is a dotted name (``context.write``). A grant gives every permission a pattern covers (``*``,
``context.*`` or one exact name) within a unit, within an organisation, or everywhere. What no grant covers is
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dothi.core.errors import Forbidden, Unauthenticated, both

ActorKind = Literal["account", "token", "system", "anonymous"]
Covers = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Permission:
    """A declared permission and what people call it."""

    key: str
    label_vi: str
    label_en: str

    def label(self, language: str) -> str:
        return self.label_en if language.startswith("en") else self.label_vi


_permissions: dict[str, Permission] = {}


def permission(key: str, label_vi: str, label_en: str) -> str:
    """Declare a permission, once, beside the actions that ask for it; gives back its key."""
    _permissions[key] = Permission(key, label_vi, label_en)
    return key


def permissions() -> dict[str, Permission]:
    """Every declared permission by its key, in the order of the keys."""
    return dict(sorted(_permissions.items()))


def pattern_covers(outer: str, inner: str) -> bool:
    """Whether every permission that ``inner`` (a name or a pattern) gives is also given by ``outer``."""
    if outer in ("*", inner):
        return True
    return outer.endswith(".*") and inner.startswith(outer[:-1])


def _same_unit(outer: str, inner: str) -> bool:
    return outer == inner


_covers: list[Covers] = [_same_unit]


def register_covers(covers: Covers) -> None:
    """Make ``covers(outer unit code, inner unit code)`` the hierarchy of units; it must be fast (no I/O)."""
    _covers[:] = [covers]


def unit_covers(outer: str, inner: str) -> bool:
    """Whether ``inner`` is ``outer`` or lies within it, by the registered hierarchy."""
    return outer == inner or _covers[0](outer, inner)


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission pattern and where it holds; neither unit nor organisation means everywhere."""

    pattern: str
    unit: str | None = None
    organisation: str | None = None
    until: datetime | None = None  # when it ends, if it does; only handing it on asks for this

    def covers(self, pattern: str, unit: str | None, organisation: str | None) -> bool:
        """Whether this gives all of ``pattern`` within that scope."""
        if not pattern_covers(self.pattern, pattern):
            return False
        if self.unit is not None and (unit is None or not unit_covers(self.unit, unit)):
            return False
        return self.organisation is None or self.organisation == organisation


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone, or something, that acts. A token acts with its owner's grants, ``within`` its own."""

    kind: ActorKind
    id: str
    label: str = field(compare=False, default="")
    grants: tuple[Grant, ...] = ()
    within: tuple[Grant, ...] | None = None
    account: str | None = None  # the account that answers for it (a token's owner)

    @property
    def known(self) -> bool:
        """Whether we know who it is."""
        return self.kind != "anonymous"

    @property
    def reference(self) -> str:
        """How events and audit name it: ``account:0190…``. Never a name or an address."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    def may(self, permission: str, *, unit: str | None = None, organisation: str | None = None) -> bool:
        """Whether it holds ``permission`` there. No unit and no organisation asks for the whole city."""
        if not _any_covers(self.grants, permission, unit, organisation):
            return False
        return self.within is None or _any_covers(self.within, permission, unit, organisation)

    def holds(
        self,
        pattern: str,
        *,
        unit: str | None = None,
        organisation: str | None = None,
        until: datetime | None,
    ) -> bool:
        """As :meth:`may`, for a whole pattern up to ``until`` (None: for good); one grant must give it."""
        lasting = [grant for grant in self.grants if _lasts(grant, until)]
        if not _any_covers(lasting, pattern, unit, organisation):
            return False
        return self.within is None or _any_covers(self.within, pattern, unit, organisation)

    def may_somewhere(self, permission: str) -> bool:
        """Whether it holds ``permission`` in any scope: for menus and links, never for a decision."""
        layers = [self.grants] if self.within is None else [self.grants, self.within]
        return all(any(pattern_covers(grant.pattern, permission) for grant in layer) for layer in layers)

    def require(self, permission: str, *, unit: str | None = None, organisation: str | None = None) -> None:
        """Raise unless it :meth:`may`: ``Unauthenticated`` when nobody is signed in, else ``Forbidden``."""
        if self.may(permission, unit=unit, organisation=organisation):
            return
        if not self.known:
            raise Unauthenticated(
                both(
                    "Hãy đăng nhập, hoặc gửi mã truy cập API còn hiệu lực.",
                    "Sign in, or send an API token that is still valid.",
                )
            )
        raise Forbidden(_needed(permission, unit, organisation), permission=permission)


def _needed(permission: str, unit: str | None, organisation: str | None) -> dict[str, str]:
    declared = _permissions.get(permission)
    vi = f"{declared.label_vi} ({permission})" if declared else permission
    en = f"{declared.label_en} ({permission})" if declared else permission
    if unit:
        vi, en = f"{vi} tại đơn vị {unit}", f"{en} in unit {unit}"
    elif organisation:
        vi, en = f"{vi} tại tổ chức {organisation}", f"{en} in organisation {organisation}"
    return both(
        f"Việc này cần quyền {vi}. Quản trị viên có thể cấp quyền này.",
        f"This needs the permission {en}. An administrator can grant it.",
    )


def _lasts(grant: Grant, until: datetime | None) -> bool:
    return grant.until is None or (until is not None and until <= grant.until)


def _any_covers(grants: Iterable[Grant], pattern: str, unit: str | None, organisation: str | None) -> bool:
    return any(grant.covers(pattern, unit, organisation) for grant in grants)


PEOPLE = permission("identity.accounts.manage", "Quản lý tài khoản", "Manage accounts")
PEOPLE_READ = permission("identity.accounts.read", "Xem danh sách tài khoản", "See accounts")
ROLES = permission("identity.roles.grant", "Cấp và thu hồi vai trò", "Grant and revoke roles")
TOKENS = permission("identity.tokens.manage", "Quản lý mã truy cập API", "Manage API tokens")
AUDIT = permission("identity.audit.read", "Xem nhật ký kiểm toán", "Read the audit log")

SYSTEM = Actor("system", "", "dothi", (Grant("*"),))
ANONYMOUS = Actor("anonymous", "")
