"""One-time links: how people get in without a mail server and without a default password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Gone, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity import lookup, queries, rules
from dothi.kernel.identity.access import PEOPLE, SYSTEM, Actor
from dothi.kernel.identity.acting import action, note
from dothi.kernel.identity.models import Account, OneTimeLink, RoleAssignment
from dothi.kernel.identity.roles import ADMINISTRATOR
from dothi.kernel.identity.secrets import digest, new_link

GOOD_FOR = timedelta(hours=24)
PATH = "/identity/setup/{secret}/"  # as in urls.py; the launcher prints it without loading the URLs


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A new link and its address, which is shown once and kept nowhere."""

    link: OneTimeLink
    url: str

    @property
    def reference(self) -> str:
        return self.link.account.reference if self.link.account else f"link:{self.link.pk}"


def _issue(purpose: str, account: Account | None, base_url: str, by: Actor) -> IssuedLink:
    """A new link; earlier ones for the same purpose and account stop working."""
    earlier = OneTimeLink.objects.filter(purpose=purpose, account=account, used_at=None, withdrawn_at=None)
    earlier.update(withdrawn_at=now())
    secret = new_link()
    link = OneTimeLink.objects.create(
        purpose=purpose,
        account=account,
        secret_hash=digest(secret),
        created_by=by.reference,
        expires_at=now() + GOOD_FOR,
    )
    note(purpose=purpose, expires=link.expires_at.isoformat())
    record(
        "vn.dothi.identity.link-issued",
        subject=account.reference if account else f"link:{link.pk}",
        data={"purpose": purpose},
        actor=by.reference,
    )
    return IssuedLink(link, base_url.rstrip("/") + PATH.format(secret=secret))


@action(permission=PEOPLE, name="identity.administrator_link")
def _administrator_link(*, base_url: str, by: Actor) -> IssuedLink:
    if not queries.needed():
        raise Conflict(
            both(
                "Đã có quản trị viên. Hãy tạo liên kết đặt lại mật khẩu: dothi user reset EMAIL",
                "There is an administrator already. Make a reset link instead: dothi user reset EMAIL",
            )
        )
    return _issue(OneTimeLink.ADMINISTRATOR, None, base_url, by)


def create_administrator_link(base_url: str) -> str:
    """A link (24 hours, used once) for the first administrator; :class:`Conflict` when there is one."""
    return _administrator_link(base_url=base_url, by=SYSTEM).url


@action(
    permission=PEOPLE, unit=lambda unit="", **_: unit, organisation=lambda organisation="", **_: organisation
)
def invite(
    email: str,
    *,
    name: str,
    language: str = "vi",
    base_url: str,
    by: Actor,
    unit: str = "",
    organisation: str = "",
) -> IssuedLink:
    """A new account without a password, and the link by which its owner sets one.

    ``unit`` or ``organisation`` is where ``by`` manages accounts; roles are granted apart.
    """
    account = new_account(email, name=name, language=language)
    account_created(account, by)
    return _issue(OneTimeLink.INVITATION, account, base_url, by)


@action(permission=None)
def create_reset_link(account: Account, *, base_url: str, by: Actor) -> IssuedLink:
    """A link by which the account's owner sets a new password. An invitation not used yet is renewed."""
    rules.may_manage(by, PEOPLE, queries.grants_ever(account))
    if account.kind != Account.PERSON or not account.is_active:
        raise Conflict(both("Tài khoản này không đăng nhập được.", "This account cannot sign in."))
    purpose = OneTimeLink.RESET if account.has_usable_password() else OneTimeLink.INVITATION
    return _issue(purpose, account, base_url, by)


def new_account(email: str, *, name: str, language: str = "vi", kind: str = Account.PERSON) -> Account:
    """A checked account without a password; :class:`BadInput`, or :class:`Conflict` for a known address."""
    try:
        validate_email(email.strip())
    except ValidationError:
        raise BadInput(
            both(
                "Địa chỉ thư điện tử không đúng, ví dụ an@example.vn.",
                "Not an e-mail address, such as an@example.vn.",
            ),
            where="email",
        ) from None
    if not name.strip():
        raise BadInput(both("Hãy nhập tên.", "Write a name."), where="name")
    account = Account(
        email=email, name=name.strip()[:120], language="en" if language == "en" else "vi", kind=kind
    )
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            both("Đã có tài khoản với địa chỉ này.", "There is an account with this address already."),
            where="email",
        ) from None
    return account


def account_created(account: Account, by: Actor) -> None:
    """Tell the log."""
    record(
        "vn.dothi.identity.account-created",
        subject=account.reference,
        data={"kind": account.kind},
        actor=by.reference,
    )


def redeem(secret: str, *, password: str, name: str = "", email: str = "", language: str = "vi") -> Account:
    """Use a link: set the password (and, for the first administrator, make the account). Works once.

    Raises :class:`Gone` for a link that is unknown, used or over, :class:`BadInput` for what was typed.
    """
    return _redeem(secret=secret, password=password, name=name, email=email, language=language, by=SYSTEM)


@action(permission=PEOPLE, name="identity.link_used")
def _redeem(*, secret: str, password: str, name: str, email: str, language: str, by: Actor) -> Account:
    link = queries.open_link(secret)
    # The update is the lock: of two who hold the same link, one finds it unused.
    taken = link and OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now())
    if link is None or not taken:
        raise Gone(
            both(
                "Liên kết này đã được dùng hoặc đã hết hạn. Hãy xin quản trị viên một liên kết mới.",
                "This link was used before or has expired. Ask an administrator for a new one.",
            )
        )
    account = link.account or _first_administrator(email, name, language)
    if link.purpose == OneTimeLink.INVITATION and name.strip():
        account.name, account.language = name.strip()[:120], "en" if language == "en" else "vi"
    _set_password(account, password)
    note(purpose=link.purpose, account=account.reference)
    record(
        "vn.dothi.identity.link-used",
        subject=account.reference,
        data={"purpose": link.purpose},
        actor=account.reference,
    )
    lookup.forget()
    return account


def _first_administrator(email: str, name: str, language: str) -> Account:
    if not queries.needed():
        raise Gone(both("Đã có quản trị viên.", "There is an administrator already."))
    account = new_account(email, name=name, language=language)
    account_created(account, SYSTEM)
    RoleAssignment.objects.create(
        account=account,
        role=ADMINISTRATOR,
        reason="Quản trị viên đầu tiên · First administrator",
        granted_by=SYSTEM.reference,
    )
    record(
        "vn.dothi.identity.role-granted",
        subject=account.reference,
        data={"role": ADMINISTRATOR},
        actor=SYSTEM.reference,
    )
    return account


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages), where="password") from None
    account.set_password(password)
    account.save()
