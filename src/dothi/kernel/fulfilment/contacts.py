"""Whom to tell of a case, and how."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from dothi.core.clock import now
from dothi.core.errors import BadInput, both
from dothi.kernel.fulfilment.models import Contact, Follower
from dothi.kernel.identity.locked import InvalidToken, lock, unlock
from dothi.kernel.identity.models import Account
from dothi.kernel.identity.secrets import digest, new_link
from dothi.kernel.messages.codes import Address
from dothi.kernel.messages.rules import EMAIL, Recipient, email, phone

KEY: Final = "contacts"


def put(
    case: str, to: Recipient, *, account: str = "", confirmed: Collection[Address] = (), secret: str | None = None
) -> None:  # fmt: skip
    """Keep how the person behind a case is reached; what was kept before is replaced.

    ``secret`` opens the case for whoever has no account: messages carry it to them. ``confirmed``: addresses that
    answered a one-time code; those that are not of this contact say nothing of it.
    """
    mail, number = email(to.email) if to.email else "", phone(to.phone) if to.phone else ""
    known = [each.way for each in confirmed if each.value in (mail, number)]
    Contact.objects.update_or_create(
        case=case,
        defaults={
            "account": account, "name": to.name[:200], "email": mail, "phone": number, "zalo": to.zalo,
            "language": to.language, "confirmed": sorted(set(known)), "changed_at": now(),
            "secret": lock(secret, KEY) if secret else "",
        },
    )  # fmt: skip


def confirm(case: str, address: Address) -> bool:
    """Mark an address of a case as one that answered a code; whether it is one of its addresses."""
    held = of(case)
    if held is None or address.value not in (held.email, held.phone):
        return False
    held.confirmed = sorted({*held.confirmed, address.way})
    held.save(update_fields=["confirmed"])
    return True


def secret(case: str) -> str:
    """What opens a case without an account; empty where its person has an account, or the key is lost."""
    held = of(case)
    return _unlocked(held.secret) if held else ""


def reached_at(address: Address, limit: int = 50) -> list[tuple[str, str]]:
    """(case, what opens it) of the cases whose person gave this address, the newest first.

    For whoever has just shown that they read what comes there: the same links were sent to that address.
    """
    field = "email" if address.way == EMAIL else "phone"
    found = (
        Contact.objects.filter(**{field: address.value}).exclude(secret="").order_by("-changed_at")[:limit]
    )
    return [(each.case, opens) for each in found if (opens := _unlocked(each.secret))]


def _unlocked(kept: str) -> str:
    try:
        return unlock(kept, KEY) if kept else ""
    except InvalidToken:
        return ""


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


def follow(
    case: str, *, account: str = "", email: str = "", phone: str = "", language: str = "vi", through: str = ""
) -> str:
    """Somebody else follows a case; the secret by which they leave again. Asked twice, the first stays.

    ``through``: the case that was merged into this one and brought them.
    """
    if not (account or email or phone):
        raise BadInput(both("Hãy cho địa chỉ nhận tin.", "Give an address for the news."), where="email")
    secret = new_link()
    Follower.objects.get_or_create(
        case=case, account=account, email=email, phone=phone,
        defaults={"language": language, "secret": digest(secret), "leaving": lock(secret, KEY), "through": through},
    )  # fmt: skip
    return secret


def join(merged: str, first: str) -> int:
    """Let everyone who hears of ``merged`` hear of ``first``; how many."""
    held = of(merged)
    names = ("account", "email", "phone", "language")
    people: list[dict[str, str]] = [
        {name: getattr(each, name) for name in names} for each in Follower.objects.filter(case=merged)
    ]
    if held is not None and not held.silent:
        people.append({name: getattr(held, name) for name in names})
    told = [each for each in people if each["account"] or each["email"] or each["phone"]]
    for each in told:
        follow(first, **each, through=merged)
    return len(told)


def part(merged: str, first: str) -> None:
    """Undo :func:`join`: whoever came with ``merged`` hears of ``first`` no more."""
    Follower.objects.filter(case=first, through=merged).delete()


def cases_of(number: str) -> list[str]:
    """The cases that a telephone number was given for, or that it follows: the latest first, 50 at most."""
    own = Contact.objects.filter(phone=number).order_by("-changed_at").values_list("case", flat=True)[:50]
    followed = Follower.objects.filter(phone=number).order_by("-id").values_list("case", flat=True)[:50]
    return list(dict.fromkeys([*own, *followed]))[:50]


def leave(secret: str) -> bool:
    """Stop following; whether there was such a follower."""
    return bool(Follower.objects.filter(secret=digest(secret)).delete()[0])


def followers(case: str) -> list[tuple[Recipient, str]]:
    """Everyone else who wants to hear of a case, each with the secret by which they leave."""
    return [
        (
            Recipient(language=each.language, email=each.email or _mail_of(each.account), phone=each.phone),
            _unlocked(each.leaving),
        )
        for each in Follower.objects.filter(case=case)[:500]
    ]
