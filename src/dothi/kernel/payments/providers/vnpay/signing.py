"""Signatures of VNPAY 2.1.0: HMAC-SHA512 over the sorted, quoted parameters, or over fields joined by a bar."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote_plus

HASH: Final = "vnp_SecureHash"
_UNSIGNED: Final = frozenset({HASH, "vnp_SecureHashType"})
QUERY: Final = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
QUERY_ANSWER: Final = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
    "vnp_TransactionStatus", "vnp_OrderInfo", "vnp_PromotionCode", "vnp_PromotionAmount",
)  # fmt: skip
REFUND: Final = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef",
    "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate", "vnp_IpAddr",
    "vnp_OrderInfo",
)  # fmt: skip
REFUND_ANSWER: Final = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
    "vnp_TransactionStatus", "vnp_OrderInfo",
)  # fmt: skip


def hmac_sha512(secret: str, text: str) -> str:
    """The signature of ``text`` in lower-case hex."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def query(params: Mapping[str, Any]) -> str:
    """``k=v&…`` of the parameters that have a value, sorted by name: what is signed, and what is sent."""
    return "&".join(
        f"{quote_plus(key)}={quote_plus(str(value))}" for key, value in sorted(params.items()) if value != ""
    )


def _as_java(text: str) -> str:
    """Java's encoder, as other programs of theirs use it, differs from Python's in two characters."""
    return text.replace("%2A", "*").replace("~", "%7E")


def sign(secret: str, params: Mapping[str, Any]) -> str:
    """The signature of the parameters of a redirect or a notice."""
    return hmac_sha512(secret, query(params))


def is_signed(secret: str, params: Mapping[str, str]) -> bool:
    """Whether ``params`` carry the signature of all the others of VNPAY's own."""
    given = params.get(HASH, "").lower()
    text = query({k: v for k, v in params.items() if k.startswith("vnp_") and k not in _UNSIGNED})
    allowed = {text, _as_java(text)}
    return bool(secret) and any(
        hmac.compare_digest(hmac_sha512(secret, each).encode(), given.encode()) for each in allowed
    )


def joined(params: Mapping[str, Any], fields: Iterable[str]) -> str:
    """The fields with bars between them, missing ones empty: what requests and answers of the API sign."""
    return "|".join(str(params.get(field, "")) for field in fields)


def sealed(secret: str, params: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """``params`` with their signature over ``fields``."""
    return {**params, HASH: hmac_sha512(secret, joined(params, fields))}


def is_sealed(secret: str, params: Mapping[str, Any], fields: Iterable[str]) -> bool:
    """Whether an answer of the API carries its right signature."""
    given = str(params.get(HASH, "")).lower()
    expected = hmac_sha512(secret, joined(params, fields))
    return bool(secret) and hmac.compare_digest(expected.encode(), given.encode())
