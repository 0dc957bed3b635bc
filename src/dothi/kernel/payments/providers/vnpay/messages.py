"""What is said to VNPAY and what it says, as plain data: no I/O here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dothi.core.clock import HCMC
from dothi.core.text import fold
from dothi.kernel.payments.base import Returned, Told
from dothi.kernel.payments.providers.vnpay import signing

VERSION: Final = "2.1.0"
SUCCESS: Final = "00"
_UNFIT: Final = re.compile(r"[^0-9A-Za-z .:_-]+")
# Not finished; money taken but held under suspicion. Neither is a payment, nor the end of the attempt.
_UNDECIDED: Final = frozenset({"01", "07"})
_NUMBER: Final = re.compile(r"[1-9]\d{0,17}")
# Answers to a notice, exactly as the specification of the IPN has them. On all but 00 and 02 VNPAY tells again.
ANSWERS: Final[dict[str, str]] = {
    "00": "Confirm Success",
    "01": "Order not found",
    "02": "Order already confirmed",
    "04": "Invalid amount",
    "97": "Invalid signature",
    "99": "Unknown error",
}


def moment(at: datetime) -> str:
    """``yyyyMMddHHmmss`` in the city's time, which is VNPAY's."""
    return at.astimezone(HCMC).strftime("%Y%m%d%H%M%S")


def read_moment(text: str) -> datetime | None:
    """The time that VNPAY wrote; nothing when it wrote none."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=HCMC).astimezone(UTC)
    except ValueError:
        return None


def plain(text: str, most: int = 255) -> str:
    """``text`` as an order's description may be: no diacritics, no special characters."""
    return " ".join(_UNFIT.sub(" ", fold(text)).split())[:most]


@dataclass(frozen=True, slots=True)
class Shop:
    """Who we are to VNPAY."""

    terminal: str
    secret: str


def redirect(shop: Shop, url: str, *, reference: str, amount: int, info: str, back: str, address: str,
             created: datetime, expires: datetime, language: str = "vi") -> str:  # fmt: skip
    """The address that takes a payer to VNPAY."""
    params = {
        "vnp_Version": VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": shop.terminal,
        "vnp_Amount": amount * 100,
        "vnp_CurrCode": "VND",
        "vnp_TxnRef": reference,
        "vnp_OrderInfo": plain(info),
        "vnp_OrderType": "other",
        "vnp_Locale": "en" if language.startswith("en") else "vn",
        "vnp_ReturnUrl": back,
        "vnp_IpAddr": address or "127.0.0.1",
        "vnp_CreateDate": moment(created),
        "vnp_ExpireDate": moment(expires),
    }
    return f"{url}?{signing.query(params)}&{signing.HASH}={signing.sign(shop.secret, params)}"


@dataclass(frozen=True, slots=True)
class Notice:
    """What an IPN or a return says, once its signature is right. ``amount`` None: not a whole number of đồng."""

    reference: str
    amount: int | None
    told: Told


def notice(shop: Shop, params: Mapping[str, str]) -> Notice | None:
    """The notice in ``params``; nothing when it is not signed by VNPAY for this terminal."""
    if not signing.is_signed(shop.secret, params) or params.get("vnp_TmnCode") != shop.terminal:
        return None
    amount = _dong(params.get("vnp_Amount", ""))
    # The second is not in every notice; where it is, it speaks of the money, the first of the call.
    codes = (params.get("vnp_ResponseCode", ""), params.get("vnp_TransactionStatus", SUCCESS))
    told = Told(
        paid=None if _UNDECIDED & set(codes) else codes == (SUCCESS, SUCCESS),
        provider_no=params.get("vnp_TransactionNo", ""),
        amount=amount or 0,
        paid_at=read_moment(params.get("vnp_PayDate", "")),
        bank=params.get("vnp_BankCode", ""),
        code=codes[1] if codes[0] == SUCCESS else codes[0],
    )
    return Notice(params.get("vnp_TxnRef", ""), amount, told)


def _dong(text: str) -> int | None:
    """The đồng of an amount in hundredths."""
    if not _NUMBER.fullmatch(text) or int(text) % 100:
        return None
    return int(text) // 100


def query_request(shop: Shop, *, request: str, reference: str, started: datetime, at: datetime,
                  address: str, info: str) -> dict[str, Any]:  # fmt: skip
    """The body that asks what became of a transaction."""
    params = {
        "vnp_RequestId": request,
        "vnp_Version": VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": shop.terminal,
        "vnp_TxnRef": reference,
        "vnp_OrderInfo": plain(info),
        "vnp_TransactionDate": moment(started),
        "vnp_CreateDate": moment(at),
        "vnp_IpAddr": address or "127.0.0.1",
    }
    return signing.sealed(shop.secret, params, signing.QUERY)


def query_answer(shop: Shop, params: Mapping[str, Any], reference: str) -> Told | None:
    """What VNPAY says of the transaction; nothing when the answer is not signed, or speaks of another one."""
    code = str(params.get("vnp_ResponseCode", ""))
    if code == "91":  # it has never seen the payer
        return Told(paid=None, code=code)
    if not signing.is_sealed(shop.secret, params, signing.QUERY_ANSWER):
        return None
    if str(params.get("vnp_TxnRef", "")) != reference:
        return None
    status = str(params.get("vnp_TransactionStatus", ""))
    if code != SUCCESS or not status or status in _UNDECIDED:
        return Told(paid=None, code=status or code)
    return Told(
        # Refunds that were asked for (05, 06) or refused (09) are about money that was paid.
        paid=status in (SUCCESS, "05", "06", "09"),
        provider_no=str(params.get("vnp_TransactionNo", "")),
        amount=_dong(str(params.get("vnp_Amount", ""))) or 0,
        paid_at=read_moment(str(params.get("vnp_PayDate", ""))),
        bank=str(params.get("vnp_BankCode", "")),
        code=status,
    )


def refund_request(shop: Shop, *, request: str, reference: str, provider_no: str, amount: int, whole: bool,
                   started: datetime, at: datetime, by: str, address: str, info: str) -> dict[str, Any]:  # fmt: skip
    """The body that asks VNPAY to send money back: 02 all of the transaction, 03 a part of it."""
    params = {
        "vnp_RequestId": request,
        "vnp_Version": VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": shop.terminal,
        "vnp_TransactionType": "02" if whole else "03",
        "vnp_TxnRef": reference,
        "vnp_Amount": amount * 100,
        "vnp_OrderInfo": plain(info),
        "vnp_TransactionNo": provider_no or "0",
        "vnp_TransactionDate": moment(started),
        "vnp_CreateDate": moment(at),
        "vnp_CreateBy": plain(by, 245) or "dothi",
        "vnp_IpAddr": address or "127.0.0.1",
    }
    return signing.sealed(shop.secret, params, signing.REFUND)


def refund_answer(shop: Shop, params: Mapping[str, Any]) -> Returned | None:
    """What became of the refund; nothing when the answer of a done one is not signed."""
    code = str(params.get("vnp_ResponseCode", ""))
    if code != SUCCESS:
        return Returned(done=False, code=code)
    if not signing.is_sealed(shop.secret, params, signing.REFUND_ANSWER):
        return None
    return Returned(done=True, provider_no=str(params.get("vnp_TransactionNo", "")), code=code)
