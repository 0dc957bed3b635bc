"""Calls to providers, from the log of events: tried again by themselves, then left for a person to send again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dothi.core.clock import now
from dothi.kernel.events.actions import record
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.payments import refunds
from dothi.kernel.payments.base import Asked, Refunds
from dothi.kernel.payments.models import Attempt, Refund
from dothi.kernel.payments.orders import EVENT
from dothi.kernel.payments.providers.vnpay import ipn
from dothi.kernel.payments.registry import provider

# After the attempt's end: asked at once, then these waits; then it counts as not paid until a file says else.
WAITS: Final = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


@consumer("payments-refunds", types=[f"{EVENT}.refund-approved"], atomic=False)
def send_back(event: Event) -> None:
    """Ask the provider to send money back; where it cannot, a person does."""
    found = Refund.objects.select_related("payment__attempt", "order").get(pk=event.data["refund"])
    way = provider(found.payment.provider)
    if found.state != Refund.APPROVED or not isinstance(way, Refunds):
        return
    answer = way.send_back(found)
    if answer.done:
        refunds.finish(found, answer.provider_no, by=SYSTEM)
    else:
        refunds.failed(found, answer.code, by=SYSTEM)


@consumer("payments-questions", types=[f"{EVENT}.question-due"], atomic=False)
def ask(event: Event) -> None:
    """Ask the provider what became of an attempt whose notice has not come."""
    attempt = Attempt.objects.select_related("order").get(pk=event.data["attempt"])
    way = provider(attempt.provider)
    if attempt.state != Attempt.STARTED or not isinstance(way, Asked):
        return
    told = way.ask(attempt)
    if told.paid is not None:
        ipn.take(attempt, told, money=way.money, by=SYSTEM)


def questions_due(limit: int = 200) -> int:
    """Have the providers asked about attempts that ended without a word; how many. In a transaction."""
    waiting = Attempt.objects.select_for_update().filter(state=Attempt.STARTED, ask_at__lte=now())
    found = list(waiting.order_by("ask_at")[:limit])
    for attempt in found:
        attempt.ask_at = now() + WAITS[attempt.asked] if attempt.asked < len(WAITS) else None
        attempt.asked += 1
        attempt.save(update_fields=["asked", "ask_at"])
        data = {"attempt": str(attempt.pk), "provider": attempt.provider, "time": attempt.asked}
        record(f"{EVENT}.question-due", subject=f"payment-attempt:{attempt.pk}", data=data)
    return len(found)
