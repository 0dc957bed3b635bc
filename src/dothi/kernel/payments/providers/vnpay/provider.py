"""VNPAY as a way to pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import get_language

from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import both
from dothi.core.ids import uuid7
from dothi.kernel.identity.origin import origin
from dothi.kernel.payments.base import Problem, Returned, Settled, Start, Told
from dothi.kernel.payments.ledger.chart import VNPAY
from dothi.kernel.payments.models import Attempt, Refund
from dothi.kernel.payments.providers.calling import Away, post_json
from dothi.kernel.payments.providers.vnpay import messages, statement
from dothi.kernel.payments.providers.vnpay.messages import Shop

RETURN: Final = "/payments/vnpay/return"
IPN: Final = "/payments/vnpay/ipn"
_SANDBOX: Final = "sandbox.vnpayment.vn"


def shop() -> Shop:
    """Who we are to VNPAY, by the settings."""
    config = current()
    return Shop(config.vnpay_terminal, config.vnpay_secret)


class Vnpay:
    """The payer is taken to VNPAY and back; the IPN says what became of it."""

    key = "vnpay"
    label = both("VNPAY (thẻ, tài khoản, ví)", "VNPAY (card, account, wallet)")
    money = VNPAY
    online = True
    simulated = False

    def ready(self) -> bool:
        return bool(current().vnpay_terminal and current().vnpay_secret)

    def start(self, attempt: Attempt) -> Start:
        order = attempt.order
        config = current()
        return Start(
            messages.redirect(
                shop(),
                config.vnpay_url,
                reference=attempt.reference,
                amount=attempt.amount,
                info=f"Thanh toan {order.code} {order.purpose}",
                back=f"{config.url}{RETURN}",
                address=attempt.address,
                created=attempt.started_at,
                expires=attempt.expires_at,
                language=get_language() or "vi",
            )
        )

    def ask(self, attempt: Attempt) -> Told:
        """What VNPAY says of the attempt; raises :class:`Away`."""
        body = messages.query_request(
            shop(),
            request=uuid7().hex,
            reference=attempt.reference,
            started=attempt.started_at,
            at=now(),
            address=origin().address,
            info=f"Hoi {attempt.reference}",
        )
        told = messages.query_answer(shop(), post_json(current().vnpay_api_url, body), attempt.reference)
        if told is None:
            raise Away(both("Câu trả lời của VNPAY sai chữ ký.", "VNPAY's answer is not signed by it."))
        return told

    def send_back(self, refund: Refund) -> Returned:
        """Ask VNPAY to send the money back; raises :class:`Away`. The request's id is the refund's own, so
        that VNPAY knows one that is sent twice.
        """
        payment = refund.payment
        attempt = payment.attempt
        body = messages.refund_request(
            shop(),
            request=refund.pk.hex,
            reference=attempt.reference if attempt else payment.provider_no,
            provider_no=payment.provider_no,
            amount=refund.amount,
            whole=refund.amount == payment.amount,
            started=attempt.started_at if attempt else payment.paid_at,
            at=now(),
            by=refund.decided_by,
            address=origin().address,
            info=f"Hoan tien {refund.order.code}",
        )
        answer = messages.refund_answer(shop(), post_json(current().vnpay_api_url, body))
        if answer is None:
            raise Away(both("Câu trả lời của VNPAY sai chữ ký.", "VNPAY's answer is not signed by it."))
        return answer

    def read(self, content: bytes, day: date) -> Sequence[Settled]:
        return statement.read(content, day)

    def check_config(self) -> list[Problem]:
        config = current()
        found: list[Problem] = []
        if not config.vnpay_terminal:
            found.append(
                _missing("vnpay_terminal", "mã website (vnp_TmnCode)", "terminal code (vnp_TmnCode)")
            )
        elif len(config.vnpay_terminal) != 8 or not config.vnpay_terminal.isalnum():
            wrong = both(
                "Mã website của VNPAY có 8 chữ hoặc số.", "VNPAY's terminal code has 8 letters or digits."
            )
            found.append(Problem("error", "vnpay_terminal", wrong))
        if not config.vnpay_secret:
            found.append(
                _missing("vnpay_secret", "khoá bí mật (vnp_HashSecret)", "hash secret (vnp_HashSecret)")
            )
        elif len(config.vnpay_secret) < 16:
            short = both("Khoá bí mật quá ngắn.", "The hash secret is too short to be VNPAY's.")
            found.append(Problem("warning", "vnpay_secret", short))
        for setting in ("vnpay_url", "vnpay_api_url"):
            found += _address(setting, str(getattr(config, setting)))
        return found + _reachable()


def _missing(setting: str, vi: str, en: str) -> Problem:
    return Problem(
        "error", setting, both(f"Thiếu {vi} do VNPAY cấp.", f"The {en} that VNPAY gave is missing.")
    )


def _address(setting: str, url: str) -> list[Problem]:
    parts = urlsplit(url)
    if parts.scheme != "https":
        return [
            Problem("error", setting, both("Địa chỉ VNPAY phải là https.", "VNPAY's address must be https."))
        ]
    if parts.hostname == _SANDBOX:
        told = both(
            "Đang dùng môi trường thử nghiệm của VNPAY: không có tiền thật.",
            "This is VNPAY's sandbox: no real money moves.",
        )
        return [Problem("warning", setting, told)]
    return []


def _reachable() -> list[Problem]:
    """The IPN comes from outside: without a public https address no payment is ever confirmed at once."""
    if current().public_url.startswith("https://"):
        return []
    told = both(
        f"VNPAY gọi IPN tại public_url + {IPN}: hãy đặt public_url là địa chỉ https ra ngoài.",
        f"VNPAY calls the IPN at public_url + {IPN}: set public_url to an https address it can reach.",
    )
    return [Problem("error", "public_url", told)]
