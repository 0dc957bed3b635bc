"""A simulated bank as a way to pay: only where nobody but this machine can reach it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dothi.core.config import current
from dothi.core.errors import both
from dothi.core.ids import uuid7
from dothi.core.secrets import secret
from dothi.kernel.payments.base import Problem, Returned, Settled, Start, Told
from dothi.kernel.payments.ledger.chart import SIMULATED
from dothi.kernel.payments.models import Attempt, Refund
from dothi.kernel.payments.providers.vnpay import statement
from dothi.kernel.payments.providers.vnpay.messages import Shop


def shop() -> Shop:
    """Who we are to the simulated bank: a secret of this installation's own."""
    return Shop("SIMULATE", secret(current().home, "simulated-bank"))


class Simulated:
    """A page of our own with the buttons of a bank. It speaks VNPAY's language through ``bank.py``."""

    key = "simulated"
    label = both("Ngân hàng mô phỏng (không phải tiền thật)", "Simulated bank (no real money)")
    money = SIMULATED
    online = True
    simulated = True

    def ready(self) -> bool:
        config = current()
        return config.loopback and not config.public_url and self.key in config.payments

    def start(self, attempt: Attempt) -> Start:
        return Start(f"/payments/simulated/{attempt.pk}/")

    def ask(self, attempt: Attempt) -> Told:
        """It forgets everything at once: whoever did not press a button has not paid."""
        return Told(paid=None)

    def send_back(self, refund: Refund) -> Returned:
        return Returned(done=True, provider_no=f"SIM-{uuid7().hex[:12]}", code="00")

    def read(self, content: bytes, day: date) -> Sequence[Settled]:
        return statement.read(content, day)

    def check_config(self) -> list[Problem]:
        if self.key not in current().payments:
            return []
        if not self.ready():
            told = both(
                "Ngân hàng mô phỏng chỉ hoạt động khi nền tảng nghe trên loopback và không có public_url.",
                "The simulated bank works only while the platform listens on loopback and has no public_url.",
            )
            return [Problem("warning", "payments", told)]
        told = both(
            "Có ngân hàng mô phỏng: tiền không thật.", "The simulated bank is offered: its money is not real."
        )
        return [Problem("warning", "payments", told)]
