"""One-time codes: whoever gives an address shows that they read what comes there.

Six digits, good for ten minutes and five attempts; only the newest code of an address counts. What is kept are keyed
fingerprints, and rows are forgotten after a day. Throttled by address here; whoever shows a form throttles by sender.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from dothi.core.clock import now
from dothi.core.errors import BadInput, Gone, TooMany, both
from dothi.core.ids import uuid7
from dothi.kernel.identity.locked import keyed
from dothi.kernel.messages import actions
from dothi.kernel.messages.models import OneTimeCode
from dothi.kernel.messages.rules import EMAIL, SMS, Recipient, email, phone

DIGITS: Final = 6
LASTS: Final = timedelta(minutes=10)
AGAIN: Final = timedelta(seconds=60)
ATTEMPTS: Final = 5  # for one code
AN_HOUR: Final = timedelta(hours=1)
CODES_AN_HOUR, ATTEMPTS_AN_HOUR = 5, 15  # for one address
KEPT: Final = timedelta(days=1)
KEY: Final = "codes"
_STANDS: Final = "······"


@dataclass(frozen=True, slots=True)
class Address:
    """One address in its one form: the way it is reached and what it is."""

    way: str
    value: str


def address(given: str) -> Address:
    """A mobile number or an e-mail address as somebody typed it; raises :class:`BadInput`."""
    if "@" in given:
        return Address(EMAIL, email(given))
    return Address(SMS, phone(given))


@dataclass(frozen=True, slots=True)
class Asked:
    """A code is on its way: its id, until when it is good, from when on another may be asked for."""

    id: UUID
    until: datetime
    again: datetime


def ask(
    to: Address, *, language: str, digits: Callable[[], str] = lambda: f"{secrets.randbelow(10**DIGITS):06}"
) -> Asked:
    """Send a code to an address. Raises :class:`TooMany` when one was sent just now, or too many in an hour."""
    at, mark = now(), _mark(to)
    with transaction.atomic():
        OneTimeCode.objects.filter(created_at__lt=at - KEPT).delete()
        sent = list(
            OneTimeCode.objects.select_for_update()
            .filter(address=mark, created_at__gt=at - AN_HOUR)
            .order_by("-created_at")
            .values_list("created_at", flat=True)
        )
        _not_too_often(sent, at)
        code, id = digits(), uuid7()
        OneTimeCode.objects.create(id=id, way=to.way, address=mark, code=_code(id, code), created_at=at)
        _send(to, id, code, language)
    return Asked(id, at + LASTS, at + AGAIN)


def _not_too_often(sent: list[datetime], at: datetime) -> None:
    free = None
    if sent and sent[0] + AGAIN > at:
        free = sent[0] + AGAIN
    if len(sent) >= CODES_AN_HOUR:
        free = sent[CODES_AN_HOUR - 1] + AN_HOUR
    if free is not None:
        wait = max(1, round((free - at).total_seconds()))
        raise TooMany(
            both(
                f"Mã vừa được gửi. Hãy chờ {wait} giây rồi xin mã mới.",
                f"A code was sent already. Wait {wait} seconds before asking for another.",
            ),
            retry_after=wait,
        )


def _send(to: Address, id: UUID, code: str, language: str) -> None:
    """The text keeps a mark where the code will stand: nobody who may see messages reads it."""
    text = {
        "vi": f"Mã xác nhận của bạn: {_STANDS}. Mã có hiệu lực 10 phút. Không đưa mã này cho bất kỳ ai, kể cả cán bộ.",
        "en": f"Your confirmation code: {_STANDS}. It is good for 10 minutes. Give it to nobody, not even an officer.",
    }["en" if language == "en" else "vi"]
    subject = {"vi": "Mã xác nhận", "en": "Confirmation code"}["en" if language == "en" else "vi"]
    whom = Recipient(
        language=language,
        email=to.value if to.way == EMAIL else "",
        phone=to.value if to.way == SMS else "",
        ways=(to.way,),
    )
    actions.send(
        whom, subject=subject, text=text, key=f"code:{id}", purpose="one-time-code", sealed={_STANDS: code}
    )


def confirm(id: UUID, to: Address, code: str) -> None:
    """See whether ``code`` is the one that was sent to ``to``; it is used up by that.

    Raises :class:`BadInput` with how many attempts are left, :class:`Gone` when it is too old, used, or replaced by
    a newer one, :class:`TooMany` after too many wrong ones for this address.
    """
    at, mark = now(), _mark(to)
    digits = "".join(each for each in code if each.isdigit())
    with transaction.atomic():
        recent = OneTimeCode.objects.filter(address=mark, created_at__gt=at - AN_HOUR)
        tried = recent.aggregate(tried=Sum("attempts"))["tried"] or 0
        held = OneTimeCode.objects.select_for_update().filter(pk=id, address=mark).first()
        newest = recent.order_by("-created_at").values_list("pk", flat=True).first()
        if held is None or held.used_at or held.created_at + LASTS < at or newest != held.pk:
            raise Gone(both("Mã đã hết hạn. Hãy xin mã mới.", "The code has run out. Ask for a new one."))
        if held.attempts >= ATTEMPTS or tried >= ATTEMPTS_AN_HOUR:
            raise TooMany(
                both("Nhập sai quá nhiều lần. Hãy xin mã mới sau.", "Too many wrong codes. Ask for a new one later.")
            )  # fmt: skip
        right = hmac.compare_digest(held.code, _code(held.pk, digits))
        changed = {"used_at": at} if right else {"attempts": F("attempts") + 1}
        OneTimeCode.objects.filter(pk=held.pk).update(**changed)
    if not right:
        left = ATTEMPTS - held.attempts - 1
        raise BadInput(
            both(f"Mã không đúng. Còn {left} lần thử.", f"This is not the code. {left} attempts are left."),
            where="code",
        )


def _mark(to: Address) -> str:
    return keyed(f"{to.way}:{to.value}", KEY)


def _code(id: UUID, code: str) -> str:
    return keyed(f"{id}:{code}", KEY)
