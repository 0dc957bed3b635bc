"""The HTTP API of identity: oneself, accounts, roles, tokens, audit. By session or by API token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status
from ninja.security import HttpBearer, SessionAuth

from dothi.core.errors import NotFound
from dothi.kernel.identity import actions, queries
from dothi.kernel.identity.access import PEOPLE_READ, Actor, permissions
from dothi.kernel.identity.models import Account, ApiToken, RoleAssignment
from dothi.kernel.identity.roles import roles
from dothi.kernel.identity.web import actor_of


class TokenAuth(HttpBearer):
    """``Authorization: Bearer dothi_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = actor_of(request)
        return actor if actor.kind == "token" else None


class SessionActor(SessionAuth):
    """Whoever is signed in; what is written needs the CSRF token too."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        actor = actor_of(request)
        return actor if actor.kind == "account" else None


# For every router: ``request.auth`` is the actor. The token first: who sends one needs no CSRF token.
AUTH = [TokenAuth(), SessionActor()]
router = Router(auth=AUTH)


class GrantOut(Schema):
    """A permission pattern and where it holds."""

    pattern: str
    unit: str | None
    organisation: str | None
    until: datetime | None


class Me(Schema):
    """Who asks."""

    kind: str
    id: str
    label: str
    grants: list[GrantOut]


class RoleOut(Schema):
    """A declared role."""

    key: str
    label: dict[str, str]
    permissions: list[str]


class PermissionOut(Schema):
    """A declared permission."""

    key: str
    label: dict[str, str]


class AssignmentOut(Schema):
    """A role someone holds or held."""

    id: int
    role: str
    unit: str
    organisation: str
    valid_from: datetime
    valid_to: datetime | None
    reason: str
    granted_by: str
    granted_at: datetime
    revoked_at: datetime | None


class AccountOut(Schema):
    """An account and all its assignments."""

    id: UUID
    kind: str
    email: str
    name: str
    language: str
    is_active: bool
    created_at: datetime
    assignments: list[AssignmentOut]

    @staticmethod
    def resolve_assignments(account: Account) -> list[RoleAssignment]:
        return list(account.assignments.all())


class AccountIn(Schema):
    """A new account; a person needs a link next, a service a token."""

    email: str
    name: str
    language: Literal["vi", "en"] = "vi"
    kind: Literal["person", "service"] = "person"


class GrantIn(Schema):
    """A role to give: where, from when to when, and why."""

    role: str
    unit: str = ""
    organisation: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    reason: str


class Reason(Schema):
    """Why something is taken away."""

    reason: str


class TokenOut(Schema):
    """An API token without its secret."""

    id: UUID
    name: str
    hint: str
    scope: str
    unit: str
    organisation: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenIn(Schema):
    """A token to make, for oneself or for ``owner``."""

    name: str
    permissions: list[str]
    days: int = Field(90, ge=1, le=366)
    unit: str = ""
    organisation: str = ""
    owner: UUID | None = None


class TokenMade(Schema):
    """The new token; its secret is shown this once."""

    token: TokenOut
    secret: str


class AuditOut(Schema):
    """One line of the audit."""

    id: int
    at: datetime
    action: str
    actor_kind: str
    actor_id: str
    actor_label: str
    subject: str
    outcome: str
    address: str
    agent: str
    detail: dict[str, Any]


class AuditPageOut(Schema):
    """A page of the audit; ask again with ``before`` for the next."""

    entries: list[AuditOut]
    before: int | None


@router.get("/me", response=Me, summary="Who am I, and what may I do")
def me(request: HttpRequest) -> Actor:
    """The actor of this request."""
    return actor_of(request)


@router.get("/roles", response=list[RoleOut], summary="The roles there are")
def list_roles(request: HttpRequest) -> list[dict[str, Any]]:
    """Every declared role."""
    return [
        {
            "key": each.key,
            "label": {"vi": each.label_vi, "en": each.label_en},
            "permissions": list(each.patterns),
        }
        for each in roles().values()
    ]


@router.get("/permissions", response=list[PermissionOut], summary="The permissions there are")
def list_permissions(request: HttpRequest) -> list[dict[str, Any]]:
    """Every declared permission."""
    return [{"key": p.key, "label": {"vi": p.label_vi, "en": p.label_en}} for p in permissions().values()]


@router.get("/accounts", response=list[AccountOut], summary="Accounts this actor may see")
def list_accounts(
    request: HttpRequest, q: str = "", limit: Annotated[int, Field(ge=1, le=1000)] = 200
) -> list[Account]:
    """In the order of their names; ``q`` is looked for in name and address, with or without diacritics."""
    actor = actor_of(request)
    if not actor.may_somewhere(PEOPLE_READ):
        actor.require(PEOPLE_READ)
    return queries.visible_accounts(actor, q, limit)


@router.post("/accounts", response={201: AccountOut}, summary="Make an account")
def create_account(request: HttpRequest, new: AccountIn) -> Status[Account]:
    """Without a password: send a one-time link, or issue a token for a service."""
    return Status(201, actions.create_account(**new.dict(), by=actor_of(request)))


@router.get("/accounts/{key}", response=AccountOut, summary="One account")
def get_account(request: HttpRequest, key: UUID) -> Account:
    """With all its assignments, ended ones too."""
    return _seen(request, key)


@router.post("/accounts/{key}/active", response=AccountOut, summary="Switch an account off or on")
def set_active(request: HttpRequest, key: UUID, active: bool, reason: Reason) -> Account:
    """Its sessions and tokens end at once."""
    return actions.set_active(_seen(request, key), active, by=actor_of(request), reason=reason.reason)


@router.post("/accounts/{key}/roles", response={201: AssignmentOut}, summary="Grant a role")
def grant_role(request: HttpRequest, key: UUID, grant: GrantIn) -> Status[RoleAssignment]:
    """Nobody grants more than they hold themselves."""
    wanted = grant.dict()
    role = wanted.pop("role")
    return Status(201, actions.grant_role(_seen(request, key), role, by=actor_of(request), **wanted))


@router.post("/assignments/{key}/revoke", response=AssignmentOut, summary="End a role")
def revoke_role(request: HttpRequest, key: int, reason: Reason) -> RoleAssignment:
    """The last administrator keeps the role."""
    assignment = get_object_or_404(RoleAssignment.objects.select_related("account"), pk=key)
    _seen(request, assignment.account_id)
    return actions.revoke_role(assignment, by=actor_of(request), reason=reason.reason)


@router.get("/tokens", response=list[TokenOut], summary="Tokens, one's own or another's")
def list_tokens(request: HttpRequest, owner: UUID | None = None) -> list[ApiToken]:
    """Without their secrets, which nobody has."""
    return list(queries.tokens(_owner(request, owner)))


@router.post("/tokens", response={201: TokenMade}, summary="Make an API token")
def issue_token(request: HttpRequest, new: TokenIn) -> Status[dict[str, Any]]:
    """What it may do is what its scope and its owner's roles both give, each time it is used."""
    issued = actions.issue_token(
        _owner(request, new.owner),
        name=new.name,
        permissions=new.permissions,
        lasts=timedelta(days=new.days),
        unit=new.unit,
        organisation=new.organisation,
        by=actor_of(request),
    )
    return Status(201, {"token": issued.token, "secret": issued.secret})


@router.post("/tokens/{key}/revoke", response=TokenOut, summary="Revoke an API token")
def revoke_token(request: HttpRequest, key: UUID) -> ApiToken:
    """It stops working at once."""
    token = get_object_or_404(ApiToken.objects.select_related("owner"), pk=key)
    return actions.revoke_token(token, by=actor_of(request))


@router.get("/audit", response=AuditPageOut, summary="The audit, the newest first")
def audit(
    request: HttpRequest,
    action: str = "",
    actor: str = "",
    subject: str = "",
    outcome: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> queries.AuditPage:
    """Page by key: give the answer's ``before`` for the next page."""
    wanted = queries.AuditFilter(action, actor, subject, outcome, since, until)
    return queries.audit_page(actor_of(request), wanted, before)


def _seen(request: HttpRequest, key: UUID) -> Account:
    """The account, if this actor may know of it."""
    account = queries.account(key)
    if not queries.may_see(actor_of(request), account):
        raise queries.no_account()
    return account


def _owner(request: HttpRequest, owner: UUID | None) -> Account:
    """Oneself, or another account that this actor may see."""
    actor = actor_of(request)
    if owner is None or str(owner) == actor.account:
        if actor.account is None:
            raise NotFound()
        return queries.account(actor.account)
    return _seen(request, owner)
