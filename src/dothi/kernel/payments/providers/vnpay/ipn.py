"""The notice of VNPAY (IPN): the truth about a payment, told as often as it takes."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from dothi.core.clock import now
from dothi.kernel.identity.access import Actor
from dothi.kernel.payments import queries, receiving
from dothi.kernel.payments.base import Told
from dothi.kernel.payments.models import Attempt
from dothi.kernel.payments.providers.vnpay.messages import ANSWERS, Shop, notice
from dothi.kernel.payments.receiving import Incoming

log = structlog.get_logger()
VNPAY = Actor("system", "vnpay", "VNPAY")


def answer(
    params: Mapping[str, str], *, shop: Shop, money: str, provider: str = "vnpay", by: Actor = VNPAY
) -> dict[str, str]:
    """What VNPAY is answered; whatever goes wrong here is a 99, and VNPAY tells again."""
    try:
        code = _taken(params, shop, money, provider, by)
    except Exception:
        log.exception("payments.ipn.failed", reference=str(params.get("vnp_TxnRef", ""))[:40])
        code = "99"
    if code not in ("00", "02"):
        log.warning("payments.ipn.refused", code=code, reference=str(params.get("vnp_TxnRef", ""))[:40])
    return {"RspCode": code, "Message": ANSWERS[code]}


def _taken(params: Mapping[str, str], shop: Shop, money: str, provider: str, by: Actor) -> str:
    told = notice(shop, params)
    if told is None:
        return "97"
    seen = queries.seen(provider, told.reference, told.told.provider_no)
    if seen is None:
        return "01"
    if told.amount != seen.amount:
        return "04"
    if told.told.paid is None:
        log.warning("payments.ipn.undecided", reference=told.reference, code=told.told.code)
        return "00"  # heard; VNPAY is asked at the end of the attempt, and the day's file has the last word
    # Most notices are repeated ones: they are answered from one read.
    if seen.booked if told.told.paid else seen.state != Attempt.STARTED:
        return "02"
    attempt = Attempt.objects.select_related("order").get(reference=told.reference)
    return "00" if take(attempt, told.told, money=money, by=by) else "02"


def take(attempt: Attempt, told: Told, *, money: str, by: Actor) -> bool:
    """Book what a provider says of an attempt; False when it was known. A success counts after a failure too:
    notices come in any order, and money is money.
    """
    if not told.paid:
        return attempt.state == Attempt.STARTED and receiving.attempt_failed(attempt, told.code, by=by)
    number = told.provider_no or attempt.reference
    incoming = Incoming(attempt.provider, number, told.amount, money, told.paid_at or now(), told.bank)
    return receiving.receive(attempt.order, incoming, attempt=attempt, by=by) != receiving.DUPLICATE
