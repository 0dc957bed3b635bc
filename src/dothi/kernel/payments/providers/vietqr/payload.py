"""VietQR: what stands in the code, after EMVCo's merchant-presented mode and NAPAS's template. No I/O."""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from typing import Final, Literal

from dothi.core.errors import BadInput, both
from dothi.core.money import vnd

GUID: Final = "A000000727"
PURPOSE_MOST: Final = 25
Service = Literal["QRIBFTTA", "QRIBFTTC"]  # to an account, to a card


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a payer's bank is asked to do. ``amount`` None: a static code, the payer writes the amount."""

    bin: str
    account: str
    amount: int | None = None
    content: str = ""
    service: Service = "QRIBFTTA"


def field(id: str, value: str) -> str:
    """One EMVCo field: id, length in two digits, value; nothing for no value."""
    if not value:
        return ""
    if len(value) > 99:
        raise ValueError(f"field {id} has {len(value)} characters; 99 are allowed")
    return f"{id}{len(value):02d}{value}"


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE in four upper-case hex digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def encode(transfer: Transfer) -> str:
    """The text of the code; raises :class:`ValueError` for what cannot stand in it."""
    if not (transfer.bin.isdecimal() and len(transfer.bin) == 6):
        raise ValueError(f"{transfer.bin!r} is not the BIN of a bank, six digits")
    if not (transfer.account.isascii() and transfer.account.isalnum() and len(transfer.account) <= 19):
        raise ValueError(f"{transfer.account!r} is not an account number")
    if not transfer.content.isascii() or len(transfer.content) > PURPOSE_MOST:
        raise ValueError(f"{transfer.content!r} is not {PURPOSE_MOST} plain characters at most")
    beneficiary = field("00", transfer.bin) + field("01", transfer.account)
    whom = field("00", GUID) + field("01", beneficiary) + field("02", transfer.service)
    amount = "" if transfer.amount is None else str(vnd(transfer.amount))
    if amount and int(amount) <= 0:
        raise ValueError(f"{amount} đồng cannot be transferred")
    body = (
        field("00", "01") + field("01", "12" if amount else "11") + field("38", whom) + field("53", "704")
        + field("54", amount) + field("58", "VN") + field("62", field("08", transfer.content)) + "6304"
    )  # fmt: skip
    return body + crc(body)


def decode(text: str) -> Transfer:
    """The transfer a code asks for; raises :class:`BadInput` for what is no VietQR or was altered."""
    wrong = BadInput(both("Đây không phải mã VietQR hợp lệ.", "This is not a valid VietQR."), where="code")
    if len(text) < 8 or text[-8:-4] != "6304" or crc(text[:-4]) != text[-4:].upper():
        raise wrong
    try:
        root = _fields(text)
        whom = _fields(root["38"])
        beneficiary = _fields(whom["01"])
        service = whom["02"]
        if whom["00"] != GUID or service not in ("QRIBFTTA", "QRIBFTTC"):
            raise wrong
        amount = int(root["54"]) if "54" in root else None
        content = _fields(root.get("62", "")).get("08", "")
        kind: Service = "QRIBFTTC" if service == "QRIBFTTC" else "QRIBFTTA"
        return Transfer(beneficiary["00"], beneficiary["01"], amount, content, kind)
    except (KeyError, ValueError) as error:
        raise wrong from error


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        length = int(text[at + 2 : at + 4])
        value = text[at + 4 : at + 4 + length]
        if len(value) != length or text[at : at + 2] in found:
            raise ValueError("fields do not fit")
        found[text[at : at + 2]] = value
        at += 4 + length
    return found
