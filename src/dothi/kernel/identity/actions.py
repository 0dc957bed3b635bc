"""Every write of identity: accounts, roles, tokens, links. Other modules take ``action`` from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator

from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Forbidden, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity import lookup, queries, rules
from dothi.kernel.identity.access import PEOPLE, ROLES, TOKENS, Actor
from dothi.kernel.identity.acting import action, actions, audit, note
from dothi.kernel.identity.links import (
    IssuedLink,
    account_created,
    create_administrator_link,
    create_reset_link,
    invite,
    new_account,
    redeem,
)
from dothi.kernel.identity.models import Account, ApiToken, AuditEntry, RoleAssignment
from dothi.kernel.identity.queries import needed
from dothi.kernel.identity.roles import ADMINISTRATOR, role
from dothi.kernel.identity.secrets import HINT, digest, new_token

__all__ = [
    "AuditEntry",
    "IssuedLink",
    "action",
    "actions",
    "audit",
    "create_account",
    "create_administrator_link",
    "create_reset_link",
    "grant_role",
    "invite",
    "issue_token",
    "needed",
    "note",
    "redeem",
    "reset_second_factors",
    "revoke_role",
    "revoke_token",
    "set_active",
    "update_profile",
    "welcome",
]

LONGEST_TOKEN = timedelta(days=366)


@action(permission=PEOPLE)
def create_account(
    email: str, *, name: str, by: Actor, language: str = "vi", kind: str = Account.PERSON
) -> Account:
    """A new account without a password: a person (send a link next) or a service that only holds tokens."""
    account = new_account(email, name=name, language=language, kind=kind)
    account_created(account, by)
    return account


@action(permission=None)
def update_profile(account: Account, *, name: str, language: str, by: Actor) -> Account:
    """People change their own name and language; who manages them may as well."""
    if not _is_self(by, account):
        rules.may_manage(by, PEOPLE, queries.grants_ever(account))
    if not name.strip():
        raise BadInput(both("Hãy nhập tên.", "Write a name."), where="name")
    account.name, account.language = name.strip()[:120], "en" if language == "en" else "vi"
    account.save(update_fields=["name", "language", "folded"])
    record("vn.dothi.identity.account-changed", subject=account.reference, data={}, actor=by.reference)
    lookup.forget()
    return account


@action(permission=None)
def set_active(account: Account, active: bool, *, by: Actor, reason: str = "") -> Account:
    """Switch an account off (its sessions and tokens end at once) or on again."""
    rules.may_manage(by, PEOPLE, queries.grants_ever(account))
    if not active and account.pk in (holders := queries.administrators(lock=True)):
        rules.keep_an_administrator([each for each in holders if each != account.pk])
    account.is_active = active
    account.save(update_fields=["is_active"])
    note(active=active, reason=reason)
    kind = "account-activated" if active else "account-deactivated"
    record(f"vn.dothi.identity.{kind}", subject=account.reference, data={}, actor=by.reference)
    lookup.forget()
    return account


@action(permission=None)
def reset_second_factors(account: Account, *, by: Actor, reason: str) -> Account:
    """Take off authenticator app, passkeys and recovery codes of someone who lost them."""
    rules.may_manage(by, PEOPLE, queries.grants_ever(account))
    removed, _ = Authenticator.objects.filter(user=account).delete()
    note(removed=removed, reason=reason)
    record(
        "vn.dothi.identity.second-factor-changed",
        subject=account.reference,
        data={"change": "reset"},
        actor=by.reference,
    )
    return account


@action(
    permission=ROLES, unit=lambda unit="", **_: unit, organisation=lambda organisation="", **_: organisation
)
def grant_role(
    account: Account,
    role_key: str,
    *,
    by: Actor,
    reason: str,
    unit: str = "",
    organisation: str = "",
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> RoleAssignment:
    """Give a role within a unit, an organisation or everywhere; nobody gives more than they hold."""
    declared = role(role_key)
    if declared is None:
        raise BadInput(both(f"Không có vai trò {role_key}.", f"There is no role {role_key}."), where="role")
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Say why."), where="reason")
    rules.one_scope(unit, organisation)
    begin = valid_from or now()
    rules.validity(begin, valid_to, now())
    rules.may_hand_on(
        by, rules.grants_of(declared, rules.Held(role_key, unit, organisation, begin, valid_to))
    )
    assignment = RoleAssignment.objects.create(
        account=account,
        role=role_key,
        unit=unit,
        organisation=organisation,
        valid_from=begin,
        valid_to=valid_to,
        reason=reason.strip()[:300],
        granted_by=by.reference,
    )
    _role_changed("role-granted", assignment, by)
    note(reason=assignment.reason, until=valid_to.isoformat() if valid_to else None)
    return assignment


@action(
    permission=PEOPLE, unit=lambda unit="", **_: unit, organisation=lambda organisation="", **_: organisation
)
def welcome(
    *,
    email: str,
    name: str,
    base_url: str,
    by: Actor,
    role: str = "",
    unit: str = "",
    organisation: str = "",
    reason: str = "",
) -> IssuedLink:
    """Invite someone and give them a first role: both or neither."""
    issued = invite(email, name=name, base_url=base_url, by=by, unit=unit, organisation=organisation)
    if role and issued.link.account is not None:
        grant_role(issued.link.account, role, by=by, reason=reason, unit=unit, organisation=organisation)
    return issued


@action(
    permission=ROLES,
    unit=lambda assignment, **_: assignment.unit,
    organisation=lambda assignment, **_: assignment.organisation,
    subject=lambda assignment, **_: assignment.account.reference,
)
def revoke_role(assignment: RoleAssignment, *, by: Actor, reason: str) -> RoleAssignment:
    """End an assignment now; its row stays. The last administrator keeps the role."""
    if assignment.revoked_at is not None:
        raise Conflict(both("Vai trò này đã được thu hồi.", "This role was revoked before."))
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Say why."), where="reason")
    held = queries.held([assignment])
    rules.may_hand_on(by, [grant for each in held for grant in rules.grants_of(role(each.role), each)])
    holders = queries.administrators(lock=True)
    assignment.revoked_at, assignment.revoked_by = now(), by.reference
    assignment.revoke_reason = reason.strip()[:300]
    assignment.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    if assignment.role == ADMINISTRATOR and holders:
        rules.keep_an_administrator(queries.administrators())
    _role_changed("role-revoked", assignment, by)
    note(reason=assignment.revoke_reason)
    return assignment


def _role_changed(kind: str, assignment: RoleAssignment, by: Actor) -> None:
    data = {"role": assignment.role, "unit": assignment.unit, "organisation": assignment.organisation}
    note(**data)
    record(
        f"vn.dothi.identity.{kind}",
        subject=assignment.account.reference,
        data={key: value for key, value in data.items() if value},
        actor=by.reference,
    )
    lookup.forget()


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new API token and its secret, which is shown once and kept nowhere."""

    token: ApiToken
    secret: str

    @property
    def reference(self) -> str:
        return self.token.reference


@action(permission=None)
def issue_token(
    owner: Account,
    *,
    name: str,
    permissions: Iterable[str],
    by: Actor,
    lasts: timedelta = timedelta(days=90),
    unit: str = "",
    organisation: str = "",
) -> IssuedToken:
    """A token that acts as its owner, within ``permissions`` and the scope. Each may issue their own.

    What it may do is what its scope and its owner's roles *at the time of use* both give.
    """
    if by.kind == "token":
        raise Forbidden(
            both(
                "Mã truy cập không thể tạo mã khác. Hãy đăng nhập.",
                "A token cannot make another one. Sign in.",
            )
        )
    _may_keep_tokens(owner, by)
    rules.one_scope(unit, organisation)
    scope = rules.scope_patterns(" ".join(permissions))
    if not timedelta(0) < lasts <= LONGEST_TOKEN:
        raise BadInput(both("Thời hạn từ 1 đến 366 ngày.", "A token lasts 1 to 366 days."), where="days")
    secret = new_token()
    token = ApiToken.objects.create(
        owner=owner,
        name=name.strip()[:120] or "API",
        hint=secret[:HINT],
        secret_hash=digest(secret),
        scope=" ".join(scope),
        unit=unit,
        organisation=organisation,
        created_by=by.reference,
        expires_at=now() + lasts,
    )
    note(token=str(token.pk), scope=token.scope, expires=token.expires_at.isoformat())
    _token_changed("token-issued", token, by)
    return IssuedToken(token, secret)


@action(permission=None)
def revoke_token(token: ApiToken, *, by: Actor) -> ApiToken:
    """The token stops working at once, in every process within 50 ms."""
    if not (by.kind == "token" and by.id == str(token.pk)):  # a program may give up its own token
        _may_keep_tokens(token.owner, by)
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = now(), by.reference
        token.save(update_fields=["revoked_at", "revoked_by"])
        _token_changed("token-revoked", token, by)
    return token


def _is_self(by: Actor, account: Account) -> bool:
    """Whether ``by`` is this person in a session of their own; a token or a ticket is not."""
    return by.kind == "account" and by.within is None and by.account == str(account.pk)


def _may_keep_tokens(owner: Account, by: Actor) -> None:
    if not _is_self(by, owner):
        rules.may_manage(by, TOKENS, queries.grants_ever(owner))


def _token_changed(kind: str, token: ApiToken, by: Actor) -> None:
    record(
        f"vn.dothi.identity.{kind}",
        subject=token.reference,
        data={"owner": token.owner.reference},
        actor=by.reference,
    )
    lookup.forget()
