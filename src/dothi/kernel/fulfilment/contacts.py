"""Whom to tell of a case, and how."""

from __future__ import annotations

from uuid import UUID

from dothi.core.clock import now
from dothi.core.errors import BadInput, both
from dothi.kernel.fulfilment.models import Contact, Follower
from dothi.kernel.identity.models import Account
from dothi.kernel.identity.secrets import digest, new_link
from dothi.kernel.messages.rules import Recipient, email, phone


def put(case: str, to: Recipient, *, account: str = "", confirmed: tuple[str, ...] = ()) -> None:
    """Keep how the person behind a case is reached; what was kept before is replaced."""
    Contact.objects.update_or_create(
        case=case,
        defaults={
            "account": account, "name": to.name[:200], "email": email(to.email) if to.email else "",
            "phone": phone(to.phone) if to.phone else "", "zalo": to.zalo, "language": to.language,
            "confirmed": list(confirmed), "changed_at": now(),
        },
    )  # fmt: skip


def of(case: str) -> Contact | None:
    """How the person behind a case is reached."""
    return Contact.objects.filter(case=case).first()


def recipient(case: str) -> Recipient | None:
    """The person behind a case, with the addresses of their account where they gave none; None: nobody to tell."""
    held = of(case)
    if held is None or held.silent:
        return None
    mail = held.email or _mail_of(held.account)
    made = Recipient(name=held.name, language=held.language, email=mail, phone=held.phone, zalo=held.zalo)
    return made if made.reachable else None


def account(key: str) -> Account | None:
    """The active account of this key; None for anything else."""
    try:
        return Account.objects.filter(pk=UUID(key), is_active=True).first()
    except ValueError:
        return None


def _mail_of(key: str) -> str:
    found = account(key)
    return found.email if found else ""


def follow(case: str, *, account: str = "", email: str = "", phone: str = "", language: str = "vi") -> str:
    """Somebody else follows a case; the secret by which they leave again. Asked twice, the first stays."""
    if not (account or email or phone):
        raise BadInput(both("Hãy cho địa chỉ nhận tin.", "Give an address for the news."), where="email")
    secret = new_link()
    Follower.objects.get_or_create(
        case=case, account=account, email=email, phone=phone,
        defaults={"language": language, "secret": digest(secret)},
    )  # fmt: skip
    return secret


def leave(secret: str) -> bool:
    """Stop following; whether there was such a follower."""
    return bool(Follower.objects.filter(secret=digest(secret)).delete()[0])


def followers(case: str) -> list[Recipient]:
    """Everyone else who wants to hear of a case."""
    return [
        Recipient(language=each.language, email=each.email or _mail_of(each.account), phone=each.phone)
        for each in Follower.objects.filter(case=case)[:500]
    ]
