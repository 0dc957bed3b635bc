"""Payments over HTTP: orders and attempts for payers, credits from the bank, the desk. Mounted with ``auth``."""

from __future__ import annotations

import hmac
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import Unauthenticated, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.payments import orders, queries
from dothi.kernel.payments.access import CONFIGURE, READ, RECONCILE
from dothi.kernel.payments.base import Provider
from dothi.kernel.payments.bodies import (
    AssignIn,
    AttemptIn,
    AttemptOut,
    BalanceOut,
    BankLineOut,
    CounterIn,
    CreditsIn,
    DayIn,
    DayOut,
    OrderOut,
    ProblemOut,
    ProviderOut,
    ReceiptOut,
    TakenOut,
)
from dothi.kernel.payments.checks import check_config
from dothi.kernel.payments.ledger.queries import Balance, trial_balance
from dothi.kernel.payments.models import BankLine, CashierDay, Order
from dothi.kernel.payments.providers.counter import actions as counter
from dothi.kernel.payments.providers.vietqr import banking
from dothi.kernel.payments.providers.vietqr.banking import Credited
from dothi.kernel.payments.providers.vietqr.provider import TOKEN_LEAST
from dothi.kernel.payments.registry import offered

router = Router()
BANK = Actor("system", "bank", "Bank")


def shown(order: Order) -> dict[str, Any]:
    """An order with its lines."""
    fields = ("id", "code", "subject", "purpose", "unit", "organisation", "amount", "refunded", "state",
              "created_at", "expires_at", "paid_at")  # fmt: skip
    return {**{name: getattr(order, name) for name in fields}, "lines": list(order.lines.all())}


@router.get("/providers", auth=None, response=list[ProviderOut], summary="Ways to pay online")
def list_providers(request: HttpRequest) -> list[Provider]:
    """Those that are set up, in the installation's order."""
    return offered()


@router.get("/orders", response=list[OrderOut], summary="The orders of a subject")
def list_orders(request: HttpRequest, subject: str) -> list[dict[str, Any]]:
    """Those that the reader may see, the newest first."""
    return [shown(order) for order in queries.readable(orders.of_subject(subject), actor_of(request))]


@router.get("/orders/{key}", auth=None, response=OrderOut, summary="One order")
def one_order(request: HttpRequest, key: UUID) -> dict[str, Any]:
    """For whoever has its id, which cannot be guessed: the payer was given it."""
    return shown(orders.get(key))


@router.post("/orders/{key}/attempts", auth=None, response={201: AttemptOut}, summary="Begin to pay")
def start(request: HttpRequest, key: UUID, body: AttemptIn) -> Status[dict[str, Any]]:
    """Where the payer goes: an address of the provider, or a page of the platform."""
    begun = orders.start_attempt(orders.get(key), body.provider, body.return_url, by=actor_of(request))
    made = begun.attempt
    shown = {"attempt": made.pk, "reference": made.reference, "expires_at": made.expires_at, "url": begun.url}
    return Status(201, shown)


@router.post("/orders/{key}/counter", response={201: ReceiptOut}, summary="Take money at the counter")
def take(request: HttpRequest, key: UUID, body: CounterIn) -> Status[dict[str, Any]]:
    """Cash or card for the whole order; gives the receipt."""
    paid = counter.take(orders.get(key), body.method, payer=body.payer, slip=body.slip, by=actor_of(request))
    receipt = paid.receipt
    url = f"/payments/receipts/{receipt.pk}/"
    return Status(201, {"id": receipt.pk, "number": str(receipt), "amount": paid.amount, "url": url})


@router.post("/counter/close", response={201: DayOut}, summary="Close the cashier's day")
def close(request: HttpRequest, body: DayIn) -> Status[CashierDay]:
    """Count the till; a difference needs a note."""
    done = counter.close_day(body.unit, body.counted, note=body.note, by=actor_of(request))
    return Status(201, done)


@router.post("/bank-lines", auth=None, response=TakenOut, summary="Credits reported by the bank")
def credits(request: HttpRequest, body: CreditsIn) -> banking.Taken:
    """With ``Authorization: Apikey …`` (setting vietqr_token). Sent twice, a credit counts once."""
    _bank(request)
    lines = [Credited(each.number, each.at or now(), each.amount, each.content) for each in body.lines]
    return banking.take(lines, by=BANK)


def _bank(request: HttpRequest) -> None:
    kind, _, given = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    expected = current().vietqr_token
    right = hmac.compare_digest(given.strip().encode(), expected.encode())
    if kind.lower() != "apikey" or len(expected) < TOKEN_LEAST or not right:
        raise Unauthenticated(both("Sai mã của ngân hàng.", "Wrong bank token: Authorization: Apikey …"))


@router.get("/bank-lines/unmatched", response=list[BankLineOut], summary="Credits of no known order")
def unmatched(request: HttpRequest) -> list[BankLine]:
    """Those that wait for a person, the oldest first."""
    actor_of(request).require(RECONCILE)
    return banking.unmatched()


@router.post("/bank-lines/{key}/assign", response=dict[str, str], summary="Say which order a credit is for")
def assign(request: HttpRequest, key: int, body: AssignIn) -> dict[str, str]:
    """``paid`` or ``overpaid`` (then it is owed back)."""
    by = actor_of(request)
    by.require(RECONCILE)
    line = banking.line(key)
    return {"outcome": banking.assign(line, orders.get(body.order), note=body.note, by=by)}


@router.get("/ledger/balance", response=list[BalanceOut], summary="Trial balance")
def balance(request: HttpRequest, unit: str | None = None) -> list[Balance]:
    """Of one unit, or of the whole city."""
    actor_of(request).require(READ, unit=unit)
    return trial_balance(unit)


@router.get("/problems", response=list[ProblemOut], summary="What is wrong with the settings of providers")
def problems(request: HttpRequest) -> list[dict[str, Any]]:
    """Errors keep a provider from working; warnings should be known."""
    actor_of(request).require(CONFIGURE)
    return [
        {"provider": key, "level": each.level, "setting": each.setting, "text": dict(each.text)}
        for key, found in check_config().items()
        for each in found
    ]
