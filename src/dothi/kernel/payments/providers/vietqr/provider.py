"""VietQR as a way to pay: a transfer to our own account; the statement or the bank's webhook says it came."""

from __future__ import annotations

import io
from typing import Final

from dothi.core.config import current
from dothi.core.errors import both
from dothi.kernel.payments.base import Problem, Start
from dothi.kernel.payments.ledger.chart import BANK
from dothi.kernel.payments.models import Attempt, Order
from dothi.kernel.payments.providers.vietqr.payload import Transfer, encode

TOKEN_LEAST: Final = 24


def transfer(order: Order) -> Transfer:
    """What the payer's bank is asked: the whole amount, with the order's reference as the content."""
    config = current()
    return Transfer(config.vietqr_bank, config.vietqr_account, order.amount, order.code)


def svg(text: str) -> str:
    """The code as inline SVG: no size of its own, dark on light, with a quiet zone."""
    import segno  # only this page needs it

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=4,
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return out.getvalue().decode()


class VietQR:
    """The payer scans the code with any bank's app."""

    key = "vietqr"
    label = both("Chuyển khoản VietQR", "Bank transfer by VietQR")
    money = BANK
    online = True
    simulated = False

    def ready(self) -> bool:
        return bool(current().vietqr_bank and current().vietqr_account)

    def start(self, attempt: Attempt) -> Start:
        return Start()

    def check_config(self) -> list[Problem]:
        config = current()
        found: list[Problem] = []
        try:
            encode(Transfer(config.vietqr_bank, config.vietqr_account))
        except ValueError as error:
            told = both(
                "Đặt vietqr_bank là mã BIN 6 số của ngân hàng và vietqr_account là số tài khoản nhận tiền.",
                f"Set vietqr_bank to the bank's BIN and vietqr_account to the receiving account: {error}.",
            )
            found.append(Problem("error", "vietqr_account", told))
        if not config.vietqr_name:
            told = both(
                "Nên ghi tên chủ tài khoản để người nộp kiểm tra.", "Name the holder, for payers to check."
            )
            found.append(Problem("warning", "vietqr_name", told))
        if len(config.vietqr_token) < TOKEN_LEAST:
            told = both(
                f"Không có vietqr_token ({TOKEN_LEAST} ký tự trở lên) thì ngân hàng không báo được tiền về; chỉ còn cách nhập sao kê.",
                f"Without vietqr_token ({TOKEN_LEAST} characters or more) the bank cannot report money; statements must be imported.",
            )
            found.append(Problem("warning", "vietqr_token", told))
        return found
