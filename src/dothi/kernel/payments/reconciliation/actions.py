"""Reconciling a day: read the provider's file, compare, keep the differences, deal with each, settle."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime, time, timedelta

from django.db.models import Sum

from dothi.core.clock import HCMC, now
from dothi.core.errors import BadInput, Conflict, both
from dothi.core.money import vnd
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action, note
from dothi.kernel.payments import receiving
from dothi.kernel.payments.access import RECONCILE
from dothi.kernel.payments.base import Statement
from dothi.kernel.payments.ledger import chart
from dothi.kernel.payments.ledger.posting import post
from dothi.kernel.payments.ledger.rules import Line
from dothi.kernel.payments.models import Attempt, Difference, Payment, Reconciliation
from dothi.kernel.payments.orders import EVENT
from dothi.kernel.payments.receiving import Incoming
from dothi.kernel.payments.reconciliation import rules
from dothi.kernel.payments.reconciliation.rules import Ours
from dothi.kernel.payments.registry import provider as way


@action(
    permission=RECONCILE, name="payments.reconcile", subject=lambda provider, day, **_: f"{provider} {day}"
)
def reconcile(provider: str, day: date, content: bytes, *, file_name: str = "", by: Actor) -> Reconciliation:
    """Compare a provider's file of a day with the ledger; the same file again is the same comparison."""
    found = way(provider)
    if not isinstance(found, Statement):
        raise BadInput(
            both("Hình thức này không có tệp đối soát.", "This way to pay has no file."), where="provider"
        )
    digest = hashlib.sha256(content).hexdigest()
    before = Reconciliation.objects.filter(provider=provider, day=day, digest=digest).first()
    if before is not None:
        return before
    theirs = [each for each in found.read(content, day) if each.paid]
    ours = transactions(provider, day)
    # A payment a minute before midnight may stand in the file of the next day: known ones of other days agree.
    ours += _of_other_days(
        provider, {each.provider_no for each in theirs} - {each.provider_no for each in ours}
    )
    compared = rules.compare(theirs, ours)
    done = Reconciliation.objects.create(
        provider=provider, day=day, digest=digest, file_name=file_name[:200], by=by.reference,
        theirs_count=len(theirs), theirs_amount=sum(each.amount for each in theirs),
        ours_count=len(ours), ours_amount=sum(each.amount for each in ours), agreed=compared.agreed,
    )  # fmt: skip
    Difference.objects.bulk_create(
        [
            Difference(reconciliation=done, kind=each.kind, reference_no=each.reference[:100], theirs=each.theirs,
                       provider_no=each.provider_no[:100], ours=each.ours, paid_at=each.paid_at)
            for each in compared.differences
        ]
    )  # fmt: skip
    data = {"provider": provider, "day": day.isoformat(), "agreed": compared.agreed,
            "differences": len(compared.differences)}  # fmt: skip
    record(f"{EVENT}.reconciled", subject=done.reference, data=data, actor=by.reference)
    note(agreed=compared.agreed, differences=len(compared.differences))
    return done


def transactions(provider: str, day: date) -> list[Ours]:
    """What the ledger has of a provider's day, one a transaction (paid and owed back together)."""
    begins = datetime.combine(day, time(), HCMC)
    rows = Payment.objects.filter(
        provider=provider, paid_at__gte=begins, paid_at__lt=begins + timedelta(days=1)
    )
    return _ours(rows.values_list("attempt__reference", "provider_no").annotate(sum=Sum("amount")))


def _of_other_days(provider: str, numbers: set[str]) -> list[Ours]:
    rows = Payment.objects.filter(provider=provider, provider_no__in=numbers)
    return _ours(rows.values_list("attempt__reference", "provider_no").annotate(sum=Sum("amount")))


def _ours(rows: object) -> list[Ours]:
    return [Ours(str(reference or ""), str(number), int(amount)) for reference, number, amount in rows]  # type: ignore[attr-defined]


def _open(difference: Difference) -> Difference:
    found = Difference.objects.select_for_update().select_related("reconciliation").get(pk=difference.pk)
    if found.state != Difference.OPEN:
        raise Conflict(both("Chênh lệch này đã được xử lý.", "This difference was dealt with already."))
    return found


def _close(found: Difference, state: str, note: str, by: Actor) -> Difference:
    found.state, found.note, found.decided_at, found.decided_by = state, note[:300], now(), by.reference
    found.save(update_fields=["state", "note", "decided_at", "decided_by"])
    return found


@action(permission=RECONCILE, name="payments.take-up-difference")
def take_up(difference: Difference, *, by: Actor) -> Difference:
    """Book what the provider has and we have not: the payment whose notice never came."""
    found = _open(difference)
    attempt = Attempt.objects.select_related("order").filter(reference=found.reference_no).first()
    if found.kind != rules.MISSING_HERE or attempt is None or not found.theirs:
        raise Conflict(
            both(
                "Không tìm được khoản thu của giao dịch này; hãy ghi giải trình.",
                "No order fits it; explain it.",
            )
        )
    held = found.reconciliation
    incoming = Incoming(held.provider, found.provider_no, found.theirs, way(held.provider).money,
                        found.paid_at or now(), "", {"reconciliation": str(held.pk)})  # fmt: skip
    outcome = receiving.receive(attempt.order, incoming, attempt=attempt, by=by)
    return _close(found, Difference.TAKEN_UP, outcome, by)


@action(permission=RECONCILE, name="payments.explain-difference")
def explain(difference: Difference, note: str, *, by: Actor) -> Difference:
    """Say why it is so, or what was done about it."""
    if not note.strip():
        raise BadInput(both("Hãy ghi giải trình.", "Write the explanation."), where="note")
    return _close(_open(difference), Difference.EXPLAINED, note.strip(), by)


@action(permission=RECONCILE, name="payments.settle-day")
def settle(reconciliation: Reconciliation, received: int, *, by: Actor) -> Reconciliation:
    """The provider has transferred the day's money: ``received`` came to the bank, the rest it kept as its fee.

    Only when every difference is dealt with, and once.
    """
    found = Reconciliation.objects.select_for_update().get(pk=reconciliation.pk)
    again = Reconciliation.objects.filter(provider=found.provider, day=found.day, settled_at__isnull=False)
    if again.exists():
        raise Conflict(both("Ngày này đã quyết toán.", "This day is settled already."))
    if found.differences.filter(state=Difference.OPEN).exists():
        raise Conflict(both("Còn chênh lệch chưa xử lý.", "There are differences nobody has dealt with."))
    if not 0 <= vnd(received) <= found.theirs_amount:
        wrong = both("Số tiền về không khớp tệp.", "More cannot come than the file says.")
        raise BadInput(wrong, where="received")
    if found.theirs_amount:
        post(
            f"settled:{found.provider}:{found.day}",
            "settlement",
            [
                Line(chart.BANK, received),
                Line(chart.PROVIDER_FEES, found.theirs_amount - received),
                Line(way(found.provider).money, -found.theirs_amount),
            ],
            book="",
            by=by.reference,
        )
    found.settled_at = now()
    found.save(update_fields=["settled_at"])
    return found


def export(reconciliation: Reconciliation) -> str:
    """The differences as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["kind", "reference", "provider_no", "theirs_vnd", "ours_vnd", "state", "note", "decided_by"]
    )
    for each in reconciliation.differences.all():
        cells = [each.kind, each.reference_no, each.provider_no, each.theirs, each.ours, each.state, each.note,
                 each.decided_by]  # fmt: skip
        writer.writerow([_safe(cell) for cell in cells])
    return out.getvalue()


def _safe(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is quoted."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
