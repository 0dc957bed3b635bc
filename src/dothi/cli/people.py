"""``dothi user …``: accounts, roles and tokens from the machine itself, acting as the system."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dothi.cli.console import emit, fail, out, say, table
from dothi.cli.session import platform

if TYPE_CHECKING:
    from dothi.kernel.identity.models import Account

app = typer.Typer(help="People, roles and tokens.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Email = Annotated[str, typer.Option(help="E-mail address of the account.")]
Unit = Annotated[str, typer.Option(help="Code of the unit the role is for (empty: everywhere).")]


def _account(email: str) -> Account:
    from dothi.kernel.identity.models import Account

    try:
        return Account.objects.get(email__iexact=email.strip())
    except Account.DoesNotExist:
        fail(f"There is no account {email!r}. See them with: dothi user list")


@app.command("list")
def list_(json: Json = False) -> None:
    """All accounts and the roles they hold now."""
    with platform():
        from dothi.kernel.identity.models import Account

        rows: list[dict[str, Any]] = [
            {
                "email": account.email,
                "name": account.name,
                "kind": account.kind,
                "active": account.is_active,
                "roles": [
                    f"{held.role}@{held.unit or held.organisation or '*'}"
                    for held in account.assignments.filter(revoked_at=None).order_by("role")
                ],
            }
            for account in Account.objects.order_by("email").prefetch_related("assignments")
        ]
    if json:
        emit(rows)
        return
    shown = table("E-mail", "Name", "Kind", "Active", "Roles")
    for row in rows:
        shown.add_row(
            str(row["email"]),
            str(row["name"]),
            str(row["kind"]),
            "yes" if row["active"] else "no",
            ", ".join(row["roles"]),
        )
    out().print(shown)


@app.command()
def link(
    email: Annotated[
        str | None, typer.Option(help="Reset this account's password. Without it: the first administrator.")
    ] = None,
) -> None:
    """Print a one-time link: to become the first administrator, or to set a new password."""
    with platform() as config:
        from dothi.kernel.identity import actions
        from dothi.kernel.identity.access import SYSTEM

        if email:
            say(
                f"Valid once, for 24 hours: {actions.create_reset_link(_account(email), base_url=config.url, by=SYSTEM).url}"
            )
        elif actions.needed():
            say(f"Valid once, for 24 hours: {actions.create_administrator_link(config.url)}")
        else:
            fail("There is an administrator already. For a new password: dothi user link --email ADDRESS")


@app.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="What the person is called.")],
    service: Annotated[bool, typer.Option("--service", help="A program that only holds tokens.")] = False,
) -> None:
    """Make an account. A person gets a one-time link to set a password."""
    with platform() as config:
        from dothi.kernel.identity import actions
        from dothi.kernel.identity.access import SYSTEM
        from dothi.kernel.identity.models import Account

        if service:
            actions.create_account(email, name=name, by=SYSTEM, kind=Account.SERVICE)
            say(f"Made: {email}. Next: dothi user grant …, dothi user token …")
        else:
            issued = actions.invite(email, name=name, base_url=config.url, by=SYSTEM)
            say(f"Made: {email}. Valid once: {issued.url}")


@app.command()
def grant(
    email: Email,
    role: Annotated[str, typer.Option(help="The role, for example operator.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the audit.")],
    unit: Unit = "",
) -> None:
    """Give a role, for one unit or everywhere."""
    with platform():
        from dothi.kernel.identity import actions
        from dothi.kernel.identity.access import SYSTEM

        actions.grant_role(_account(email), role, by=SYSTEM, reason=reason, unit=unit)
        say(f"{email} is now {role} ({unit or 'everywhere'}).")


@app.command()
def revoke(
    email: Email,
    role: Annotated[str, typer.Option(help="The role to end.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the audit.")],
    unit: Unit = "",
) -> None:
    """End a role."""
    with platform():
        from dothi.kernel.identity import actions
        from dothi.kernel.identity.access import SYSTEM

        held = _account(email).assignments.filter(role=role, unit=unit, revoked_at=None).first()
        if held is None:
            fail(f"{email} does not hold {role} ({unit or 'everywhere'}).")
        actions.revoke_role(held, by=SYSTEM, reason=reason)
        say(f"{email} is no longer {role} ({unit or 'everywhere'}).")


@app.command()
def token(
    email: Email,
    permission: Annotated[
        list[str], typer.Option(help="What it may do, for example context.write (repeat for more).")
    ],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    days: Annotated[int, typer.Option(help="How long it lasts.", min=1, max=366)] = 90,
    unit: Unit = "",
    json: Json = False,
) -> None:
    """Issue an API token; it is shown once. It may do what both it and its owner may."""
    with platform():
        from dothi.kernel.identity import actions
        from dothi.kernel.identity.access import SYSTEM

        issued = actions.issue_token(
            _account(email),
            name=name,
            permissions=permission,
            by=SYSTEM,
            lasts=timedelta(days=days),
            unit=unit,
        )
        if json:
            emit({"token": issued.secret, "expires_at": issued.token.expires_at.isoformat()})
        else:
            say(f"Shown once, kept nowhere (valid until {issued.token.expires_at:%d/%m/%Y}):")
            out().print(issued.secret)
