"""Who may do what with money: permissions and the roles of a desk."""

from __future__ import annotations

from typing import Final

from dothi.kernel.identity.access import permission
from dothi.kernel.identity.roles import declare_role

READ: Final = permission("payments.read", "Xem khoản thu và sổ kế toán", "See payments and the ledger")
TAKE: Final = permission("payments.take", "Thu tiền tại quầy", "Take money at the counter")
REFUND: Final = permission("payments.refund", "Đề nghị hoàn tiền", "Ask for a refund")
APPROVE: Final = permission("payments.approve-refund", "Duyệt hoàn tiền", "Approve a refund")
RECONCILE: Final = permission("payments.reconcile", "Đối soát thanh toán", "Reconcile payments")
CONFIGURE: Final = permission("payments.configure", "Cấu hình thanh toán", "Configure payments")

declare_role("cashier", "Thu ngân", "Cashier", READ, TAKE, REFUND)
declare_role("accountant", "Kế toán", "Accountant", READ, REFUND, APPROVE, RECONCILE)
