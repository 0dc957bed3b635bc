"""The chart of accounts. Debit is above zero, credit below; every entry sums to zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from dothi.core.errors import Text, both

Kind = Literal["asset", "liability", "income", "expense"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account: what it holds, on which side it usually stands."""

    key: str
    kind: Kind
    label: Text


TILL: Final = "till"
BANK: Final = "bank"
CARD: Final = "clearing.card"
VNPAY: Final = "clearing.vnpay"
SIMULATED: Final = "clearing.simulated"
FEE: Final = "income.fee"
CHARGE: Final = "income.charge"
OTHER: Final = "income.other"
OWED_BACK: Final = "owed-back"
UNCLEAR: Final = "unclear"
PROVIDER_FEES: Final = "provider-fees"
TILL_DIFFERENCE: Final = "till-difference"

_ACCOUNTS: Final = (
    Account(TILL, "asset", both("Tiền mặt tại quầy", "Cash in the till")),
    Account(BANK, "asset", both("Tài khoản ngân hàng", "Bank account")),
    Account(CARD, "asset", both("Thẻ tại quầy, chờ về", "Cards at the counter, on the way")),
    Account(VNPAY, "asset", both("VNPAY, chờ về", "With VNPAY, on the way")),
    Account(SIMULATED, "asset", both("Ngân hàng mô phỏng", "Simulated bank")),
    Account(FEE, "income", both("Thu phí", "Fees (phí)")),
    Account(CHARGE, "income", both("Thu lệ phí", "Charges (lệ phí)")),
    Account(OTHER, "income", both("Thu khác", "Other income")),
    Account(OWED_BACK, "liability", both("Phải hoàn lại", "Owed back to payers")),
    Account(UNCLEAR, "liability", both("Tiền chưa rõ khoản thu", "Money of no known order")),
    Account(PROVIDER_FEES, "expense", both("Phí trả đơn vị thanh toán", "Kept by providers")),
    Account(TILL_DIFFERENCE, "expense", both("Thừa thiếu quỹ", "Till over or short")),
)
CHART: Final[dict[str, Account]] = {account.key: account for account in _ACCOUNTS}
INCOME: Final = {"fee": FEE, "charge": CHARGE, "other": OTHER}
