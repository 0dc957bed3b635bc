"""The bank behind the simulated way to pay, and behind tests: it speaks VNPAY's language with a secret of its
own. It says what it is told to say, as often and in whatever order it is told to.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dothi.core.clock import now
from dothi.kernel.payments.providers.vnpay import signing
from dothi.kernel.payments.providers.vnpay.messages import Shop, moment

DECLINED: Final = "24"  # the payer gave up


def notice(
    shop: Shop, *, reference: str, amount: int, provider_no: str, paid: bool = True, at: datetime | None = None,
    bank: str = "NCB", code: str = DECLINED,
) -> dict[str, str]:  # fmt: skip
    """The parameters of an IPN (and of a return), signed."""
    params = {
        "vnp_TmnCode": shop.terminal,
        "vnp_Amount": str(amount * 100),
        "vnp_BankCode": bank,
        "vnp_BankTranNo": f"VNP{provider_no}" if paid else "",
        "vnp_CardType": "ATM",
        "vnp_PayDate": moment(at or now()),
        "vnp_OrderInfo": f"Thanh toan {reference}",
        "vnp_TransactionNo": provider_no,
        "vnp_ResponseCode": "00" if paid else code,
        "vnp_TransactionStatus": "00" if paid else "02",
        "vnp_TxnRef": reference,
    }
    given = {key: value for key, value in params.items() if value}
    return {**given, signing.HASH: signing.sign(shop.secret, given)}


class Bank:
    """A whole bank in memory: remembers what was paid, answers queries and refunds as VNPAY's API does."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._numbers = itertools.count(14_000_001)
        self._paid: dict[str, dict[str, str]] = {}
        self.refunds: dict[str, int] = {}

    def pay(self, reference: str, amount: int) -> dict[str, str]:
        """Somebody pays; the notice of it."""
        told = notice(self._shop, reference=reference, amount=amount, provider_no=str(next(self._numbers)))
        self._paid[reference] = told
        return told

    def decline(self, reference: str, amount: int) -> dict[str, str]:
        """Somebody gives up; the notice of it."""
        return notice(self._shop, reference=reference, amount=amount, provider_no="0", paid=False)

    def api(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a query or a refund."""
        if body["vnp_Command"] == "querydr":
            return self._query(body)
        return self._refund(body)

    def _query(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if not signing.is_sealed(self._shop.secret, body, signing.QUERY):
            return {"vnp_ResponseCode": "97"}
        told = self._paid.get(str(body["vnp_TxnRef"]))
        if told is None:
            return {"vnp_ResponseCode": "91", "vnp_Message": "Transaction not found"}
        return signing.sealed(self._shop.secret, self._about(body, told, "01"), signing.QUERY_ANSWER)

    def _refund(self, body: Mapping[str, Any]) -> dict[str, Any]:
        told = self._paid.get(str(body["vnp_TxnRef"]))
        request = str(body["vnp_RequestId"])
        if not signing.is_sealed(self._shop.secret, body, signing.REFUND):
            return {"vnp_ResponseCode": "97"}
        if told is None:
            return {"vnp_ResponseCode": "91"}
        if request in self.refunds:
            return {"vnp_ResponseCode": "94"}
        self.refunds[request] = int(body["vnp_Amount"]) // 100
        return signing.sealed(
            self._shop.secret,
            self._about(body, told, str(body["vnp_TransactionType"])),
            signing.REFUND_ANSWER,
        )

    def _about(self, body: Mapping[str, Any], told: Mapping[str, str], kind: str) -> dict[str, Any]:
        amount = told["vnp_Amount"] if body["vnp_Command"] == "querydr" else body["vnp_Amount"]
        return {
            "vnp_ResponseId": str(next(self._numbers)),
            "vnp_Command": body["vnp_Command"],
            "vnp_ResponseCode": "00",
            "vnp_Message": "Success",
            "vnp_TmnCode": self._shop.terminal,
            "vnp_TxnRef": body["vnp_TxnRef"],
            "vnp_Amount": amount,
            "vnp_BankCode": told["vnp_BankCode"],
            "vnp_PayDate": told["vnp_PayDate"],
            "vnp_TransactionNo": told["vnp_TransactionNo"],
            "vnp_TransactionType": kind,
            "vnp_TransactionStatus": "00" if kind == "01" else "05",
            "vnp_OrderInfo": told["vnp_OrderInfo"],
        }
