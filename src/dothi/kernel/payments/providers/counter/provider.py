"""The counter as a way to pay: never started online."""

from __future__ import annotations

from dothi.core.errors import BadInput, both
from dothi.kernel.payments.base import Problem, Start
from dothi.kernel.payments.ledger.chart import TILL
from dothi.kernel.payments.models import Attempt


class Counter:
    """Cash or card at the desk."""

    key = "counter"
    label = both("Tại quầy (tiền mặt, thẻ)", "At the counter (cash, card)")
    money = TILL
    online = False
    simulated = False

    def ready(self) -> bool:
        return True

    def start(self, attempt: Attempt) -> Start:
        raise BadInput(both("Khoản này được nộp tại quầy.", "This is paid at the counter."), where="provider")

    def check_config(self) -> list[Problem]:
        return []
