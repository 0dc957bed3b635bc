"""Who is reached how: addresses in their one form, and which way is taken. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from dothi.core.errors import BadInput, both

EMAIL, SMS, ZALO = "email", "sms", "zalo"
WAYS: Final = (ZALO, SMS, EMAIL)
ZALO_USER: Final = "user:"
LONGEST_SMS: Final = 480
_PHONE: Final = re.compile(r"(?:\+?84|0)(3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)(\d{7})")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to tell: the addresses there are, the language, and the ways they want, the first that works."""

    name: str = ""
    language: str = "vi"
    email: str = ""
    phone: str = ""
    zalo: bool = False
    zalo_user: str = ""  # the number by which an official account knows who wrote to it
    ways: tuple[str, ...] = ()

    @property
    def reachable(self) -> bool:
        """Whether there is any address."""
        return bool(self.email or self.phone or self.zalo_user)


def phone(value: str) -> str:
    """A Vietnamese mobile number as ``+84…``; raises :class:`BadInput`."""
    found = _PHONE.fullmatch(re.sub(r"[\s.\-()]", "", value))
    if not found:
        raise BadInput(
            both("Số điện thoại di động không hợp lệ.", "This is not a Vietnamese mobile number."),
            where="phone",
        )
    return f"+84{found[1]}{found[2]}"


def email(value: str) -> str:
    """An e-mail address with its domain in small letters; raises :class:`BadInput`."""
    made = value.strip()
    local, at, domain = made.rpartition("@")
    if not (at and local and "." in domain.strip(".")) or len(made) > 254 or set(made) & set(' <>,;"\r\n'):
        raise BadInput(both("Địa chỉ thư không hợp lệ.", "This is not an e-mail address."), where="email")
    return f"{local}@{domain.lower()}"


def route(to: Recipient, ready: Collection[str]) -> tuple[str, str]:
    """(way, address): of the ways wanted the first with an address and a gateway, else the first with an address.

    Raises :class:`BadInput` when there is no address at all.
    """
    possible = []
    for way in to.ways or WAYS:
        if way == ZALO and to.zalo and to.phone and ZALO in ready:
            possible.append((ZALO, phone(to.phone)))
        if way == ZALO and to.zalo_user:
            possible.append((ZALO, f"{ZALO_USER}{to.zalo_user}"))
        if way == SMS and to.phone:
            possible.append((SMS, phone(to.phone)))
        if way == EMAIL and to.email:
            possible.append((EMAIL, email(to.email)))
    if not possible:
        raise BadInput(both("Không có địa chỉ để báo tin.", "There is no address to send to."), where="to")
    return next((each for each in possible if each[0] in ready), possible[0])


def masked(channel: str, address: str) -> str:
    """An address for a screen: enough to recognise one's own."""
    if channel == EMAIL:
        local, _, domain = address.partition("@")
        return f"{local[:1]}•••@{domain}"
    return f"{address[:3]} ••• ••{address[-2:]}"


def short(subject: str, text: str, link: str) -> str:
    """A text message: the text, cut where a gateway would cut it, with its link whole and once."""
    words = " ".join((text or subject).split())
    if link and link in words and len(words) <= LONGEST_SMS:
        return words
    words = " ".join(words.replace(link, "").split()) if link else words
    room = LONGEST_SMS - (len(link) + 1 if link else 0)
    if len(words) > room:
        words = f"{words[: room - 1].rstrip()}…"
    return f"{words} {link}".strip()
