"""Refunds and reconciliation over HTTP."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Router, Status
from ninja.files import UploadedFile

from dothi.kernel.identity.web import actor_of
from dothi.kernel.payments import queries, refunds
from dothi.kernel.payments.access import READ, RECONCILE
from dothi.kernel.payments.bodies import (
    DifferenceOut,
    HandIn,
    NoteIn,
    ReconciliationOut,
    RefundIn,
    RefundOut,
    SettleIn,
    TakenOut,
)
from dothi.kernel.payments.models import Difference, Reconciliation, Refund
from dothi.kernel.payments.providers.vietqr import banking
from dothi.kernel.payments.reconciliation import actions as reconciling

router = Router()


@router.get("/refunds", response=list[RefundOut], summary="Refunds that wait")
def waiting(request: HttpRequest) -> list[Refund]:
    """For a decision, for the provider, or for a person after it refused."""
    by = actor_of(request)
    return [each for each in queries.refunds_waiting() if by.may(READ, unit=each.unit or None)]


@router.post("/refunds", response={201: RefundOut}, summary="Ask for a refund")
def request_refund(request: HttpRequest, body: RefundIn) -> Status[Refund]:
    """Of a payment or a part of it, with a reason."""
    asked = refunds.request(
        queries.payment(body.payment),
        amount=body.amount,
        reason=body.reason,
        idempotency_key=body.idempotency_key,
        by=actor_of(request),
    )
    return Status(201, asked)


@router.post("/refunds/{key}/approve", response=RefundOut, summary="Approve a refund")
def approve(request: HttpRequest, key: UUID, body: NoteIn) -> Refund:
    """By a person other than the one who asked."""
    return refunds.approve(queries.refund(key), note=body.note, by=actor_of(request))


@router.post("/refunds/{key}/decline", response=RefundOut, summary="Decline a refund")
def decline(request: HttpRequest, key: UUID, body: NoteIn) -> Refund:
    """With a reason."""
    return refunds.decline(queries.refund(key), note=body.note, by=actor_of(request))


@router.post("/refunds/{key}/resend", response=RefundOut, summary="Send a refused refund again")
def resend(request: HttpRequest, key: UUID) -> Refund:
    """To the provider, once more."""
    return refunds.resend(queries.refund(key), by=actor_of(request))


@router.post("/refunds/{key}/by-hand", response=RefundOut, summary="A person gave the money back")
def by_hand(request: HttpRequest, key: UUID, body: HandIn) -> Refund:
    """In cash or by a transfer, with the number of its paper."""
    return refunds.by_hand(queries.refund(key), how=body.how, proof=body.proof, by=actor_of(request))


@router.post("/statements", response=TakenOut, summary="Import a bank statement (CSV)")
def statement(request: HttpRequest, file: File[UploadedFile]) -> banking.Taken:
    """Credits that are booked already change nothing."""
    return banking.import_statement(file.read(), by=actor_of(request))


@router.post("/reconciliations", response={201: ReconciliationOut}, summary="Reconcile a day")
def reconcile(
    request: HttpRequest, provider: str, day: date, file: File[UploadedFile]
) -> Status[Reconciliation]:
    """Compare the provider's file (CSV) with the ledger."""
    done = reconciling.reconcile(provider, day, file.read(), file_name=file.name or "", by=actor_of(request))
    return Status(201, done)


def _reconciliation(request: HttpRequest, key: UUID) -> Reconciliation:
    actor_of(request).require(RECONCILE)
    return get_object_or_404(Reconciliation, pk=key)


@router.get("/reconciliations/{key}", response=ReconciliationOut, summary="One reconciliation")
def one(request: HttpRequest, key: UUID) -> Reconciliation:
    """Counts and sums of both sides."""
    return _reconciliation(request, key)


@router.get("/reconciliations/{key}/differences", response=list[DifferenceOut], summary="Its differences")
def differences(request: HttpRequest, key: UUID) -> list[Difference]:
    """What the sides do not agree on, and what was made of it."""
    return list(_reconciliation(request, key).differences.all())


@router.get("/reconciliations/{key}/differences.csv", summary="Its differences as CSV")
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """For a spreadsheet."""
    found = _reconciliation(request, key)
    response = HttpResponse(reconciling.export(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.provider}-{found.day}.csv"'
    return response


@router.post("/reconciliations/{key}/settle", response=ReconciliationOut, summary="The day's money has come")
def settle(request: HttpRequest, key: UUID, body: SettleIn) -> Reconciliation:
    """What came to the bank; the rest is the provider's fee."""
    return reconciling.settle(_reconciliation(request, key), body.received, by=actor_of(request))


@router.post("/differences/{key}/take-up", response=DifferenceOut, summary="Book what only the provider has")
def take_up(request: HttpRequest, key: int) -> Difference:
    """The payment whose notice never came."""
    actor_of(request).require(RECONCILE)
    return reconciling.take_up(get_object_or_404(Difference, pk=key), by=actor_of(request))


@router.post("/differences/{key}/explain", response=DifferenceOut, summary="Explain a difference")
def explain(request: HttpRequest, key: int, body: NoteIn) -> Difference:
    """In words."""
    actor_of(request).require(RECONCILE)
    return reconciling.explain(get_object_or_404(Difference, pk=key), body.note, by=actor_of(request))
