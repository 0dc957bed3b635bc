"""VNPAY's file of a day's transactions, as its merchant portal exports it, or any CSV with these columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from dothi.core.clock import HCMC
from dothi.kernel.payments import csvs
from dothi.kernel.payments.base import Settled
from dothi.kernel.payments.providers.vnpay.messages import read_moment

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "reference": ("vnp_TxnRef", "Mã đơn hàng", "Mã tham chiếu", "Order ID"),
    "provider_no": ("vnp_TransactionNo", "Mã GD VNPAY", "Mã giao dịch", "Transaction No"),
    "amount": ("Số tiền", "Amount", "vnp_Amount"),
    "paid_at": ("vnp_PayDate", "Thời gian GD", "Thời gian thanh toán", "Pay Date"),
    "status": ("vnp_TransactionStatus", "Trạng thái", "Kết quả", "Status"),
}
_DONE: Final = frozenset({"00", "0", "thành công", "success", "successful"})
_FORMS: Final = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def read(content: bytes, day: date) -> Sequence[Settled]:
    """The transactions of the file; amounts are đồng, except under the heading ``vnp_Amount`` (hundredths)."""
    hundredths = b"vnp_Amount" in content.split(b"\n", 1)[0]
    found: list[Settled] = []
    for line, row in csvs.rows(content, COLUMNS, ("reference", "provider_no", "amount")):
        amount = csvs.amount(row["amount"], line, "amount")
        found.append(
            Settled(
                row["reference"],
                row["provider_no"],
                amount // 100 if hundredths else amount,
                _time(row.get("paid_at", "")),
                row.get("status", "00").lower() in _DONE,
            )
        )
    return found


def _time(text: str) -> datetime | None:
    if (at := read_moment(text)) is not None:
        return at
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=HCMC).astimezone(UTC)
        except ValueError:
            continue
    return None
