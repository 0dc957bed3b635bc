"""Money on its way back: asked for with a reason, approved by a second person, sent, booked."""

from __future__ import annotations

from typing import Final

from django.db.models import Sum

from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, both
from dothi.core.money import vnd
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action
from dothi.kernel.payments import rules
from dothi.kernel.payments.access import APPROVE, REFUND
from dothi.kernel.payments.base import Refunds
from dothi.kernel.payments.ledger import chart
from dothi.kernel.payments.ledger import rules as ledger
from dothi.kernel.payments.ledger.posting import post
from dothi.kernel.payments.ledger.rules import Line
from dothi.kernel.payments.models import Order, Payment, Refund
from dothi.kernel.payments.orders import held, tell
from dothi.kernel.payments.receiving import by_kind
from dothi.kernel.payments.registry import provider

_WAITING: Final = (Refund.REQUESTED, Refund.APPROVED, Refund.FAILED)


def _unit_of_payment(payment: Payment, **_: object) -> str:
    return payment.order.unit


def _unit_of_refund(refund: Refund, **_: object) -> str:
    return refund.unit


@action(permission=REFUND, unit=_unit_of_payment, name="payments.request-refund")
def request(
    payment: Payment, *, amount: int | None = None, reason: str, idempotency_key: str = "", by: Actor
) -> Refund:
    """Ask to send back ``amount`` đồng of a payment (None: all that is left of it), and say why.

    Nothing moves before a second person approves. Asked again with the same key, the same refund.
    """
    if by.kind == "token":
        raise Conflict(
            both(
                "Người đề nghị hoàn tiền phải là một người, không phải mã truy cập.",
                "A person asks, not a token.",
            )
        )
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do hoàn tiền.", "Give the reason for the refund."), where="reason")
    order = held(payment.order)
    if idempotency_key and (known := Refund.objects.filter(idempotency_key=idempotency_key).first()):
        return known
    fresh = Payment.objects.get(pk=payment.pk)
    wanted = vnd(amount) if amount is not None else fresh.amount - fresh.refunded - waiting(fresh)
    rules.may_refund(paid=fresh.amount, refunded=fresh.refunded, waiting=waiting(fresh), amount=wanted)
    refund = Refund(payment=fresh, order=order, unit=order.unit, amount=wanted, reason=reason.strip()[:500],
                    requested_by=by.reference)  # fmt: skip
    refund.idempotency_key = idempotency_key or str(refund.pk)
    refund.save(force_insert=True)
    tell("refund-requested", order, by, refund=str(refund.pk), refund_amount=wanted)
    return refund


def waiting(payment: Payment) -> int:
    """The đồng of a payment that refunds not yet ended are about."""
    found = payment.refunds.filter(state__in=_WAITING).aggregate(sum=Sum("amount"))
    return int(found["sum"] or 0)


def _held(refund: Refund, *states: str) -> Refund:
    """The refund as it is now, its order held; refused in any other state."""
    held(refund.order)
    found = Refund.objects.select_related("payment", "order").get(pk=refund.pk)
    if found.state not in states:
        raise Conflict(
            both(
                f"Đề nghị hoàn tiền đang ở trạng thái “{found.state}”.",
                f"The refund is {found.state} already.",
            ),
            state=found.state,
        )
    return found


def _decide(refund: Refund, state: str, decision: str, by: Actor) -> None:
    refund.state, refund.decision = state, decision[:500]
    refund.decided_at, refund.decided_by = now(), by.reference
    refund.save(update_fields=["state", "decision", "decided_at", "decided_by"])


@action(permission=APPROVE, unit=_unit_of_refund, name="payments.approve-refund")
def approve(refund: Refund, *, note: str = "", by: Actor) -> Refund:
    """A second person agrees: what was earned becomes owed back, and the provider is asked to send it."""
    found = _held(refund, Refund.REQUESTED)
    rules.may_approve(requested_by=found.requested_by, by=by.reference, kind=by.kind)
    _decide(found, Refund.APPROVED, note, by)
    order = found.order
    if found.payment.settles:
        if order.state == Order.PAID:
            order.state = rules.move(order.state, Order.REFUNDING)
            order.save(update_fields=["state"])
        _unearn(found, by)
    tell("refund-approved", order, by, refund=str(found.pk), refund_amount=found.amount)
    return found


def _unearn(refund: Refund, by: Actor) -> None:
    """Income becomes a debt: in proportion to what the order's lines were about."""
    order = refund.order
    begun = sum(
        each.amount
        for each in Refund.objects.filter(
            order=order, payment__settles=True, state__in=(Refund.APPROVED, Refund.FAILED, Refund.DONE)
        ).exclude(pk=refund.pk)
    )
    kinds = by_kind(order)
    # Of the whole so far, less what earlier refunds took: their roundings never add up to a wrong sum.
    upto, before = ledger.proportion(kinds, begun + refund.amount), ledger.proportion(kinds, begun)
    part = {kind: upto[kind] - before[kind] for kind in kinds}
    lines = [Line(each.account, -each.amount) for each in ledger.income(part)]
    post(f"refund:{refund.pk}:approved", "refund-approved", [*lines, Line(chart.OWED_BACK, -refund.amount)],
         book=order.unit, by=by.reference, order=order, note=refund.reason[:300])  # fmt: skip


@action(permission=APPROVE, unit=_unit_of_refund, name="payments.decline-refund")
def decline(refund: Refund, *, note: str, by: Actor) -> Refund:
    """A second person does not agree, and says why."""
    if not note.strip():
        raise BadInput(both("Hãy ghi lý do từ chối.", "Say why it is declined."), where="note")
    found = _held(refund, Refund.REQUESTED)
    rules.may_approve(requested_by=found.requested_by, by=by.reference, kind=by.kind)
    _decide(found, Refund.DECLINED, note, by)
    tell("refund-declined", found.order, by, refund=str(found.pk), refund_amount=found.amount)
    return found


@action(permission=None, name="payments.finish-refund", subject=lambda refund, **_: refund.order.reference)
def finish(refund: Refund, provider_no: str, *, by: Actor, money: str = "") -> Refund:
    """The money is with its payer: the debt is gone. Only after the provider, or a person, has said so.

    ``money``: the account it left from, when not the one it came in by.
    """
    found = _held(refund, Refund.APPROVED, Refund.FAILED)
    account = money or found.payment.detail.get("money") or provider(found.payment.provider).money
    post(f"refund:{found.pk}:done", "refund", [Line(chart.OWED_BACK, found.amount), Line(account, -found.amount)],
         book=found.unit, by=by.reference, order=found.order)  # fmt: skip
    found.state, found.provider_no, found.ended_at = Refund.DONE, provider_no[:100], now()
    found.save(update_fields=["state", "provider_no", "ended_at"])
    payment = found.payment
    payment.refunded += found.amount
    payment.save(update_fields=["refunded"])
    if payment.settles:
        _order_after(found.order, found.amount)
    tell("refunded", found.order, by, refund=str(found.pk), refund_amount=found.amount,
         settles=payment.settles, state=found.order.state)  # fmt: skip
    return found


def _order_after(order: Order, amount: int) -> None:
    order.refunded += amount
    others = order.refunds.filter(payment__settles=True, state__in=(Refund.APPROVED, Refund.FAILED)).exists()
    to = rules.after_refund(order.amount, order.refunded, others)
    order.state = to if to == order.state else rules.move(order.state, to)
    order.save(update_fields=["refunded", "state"])


@action(permission=None, name="payments.refund-failed", subject=lambda refund, **_: refund.order.reference)
def failed(refund: Refund, answer: str, *, by: Actor) -> Refund:
    """The provider refused: the debt stays, a person sends it again or by another way."""
    found = _held(refund, Refund.APPROVED)
    found.state, found.answer = Refund.FAILED, answer[:300]
    found.save(update_fields=["state", "answer"])
    tell(
        "refund-failed",
        found.order,
        by,
        refund=str(found.pk),
        refund_amount=found.amount,
        answer=answer[:300],
    )
    return found


@action(permission=APPROVE, unit=_unit_of_refund, name="payments.resend-refund")
def resend(refund: Refund, *, by: Actor) -> Refund:
    """Ask the provider once more."""
    found = _held(refund, Refund.FAILED)
    found.state, found.answer = Refund.APPROVED, ""
    found.save(update_fields=["state", "answer"])
    tell("refund-approved", found.order, by, refund=str(found.pk), refund_amount=found.amount, again=True)
    return found


@action(permission=APPROVE, unit=_unit_of_refund, name="payments.refund-by-hand")
def by_hand(refund: Refund, *, how: str, proof: str, by: Actor) -> Refund:
    """A person has given it back: ``how`` is ``cash`` or ``transfer``, ``proof`` the number of the paper."""
    accounts = {"cash": chart.TILL, "transfer": chart.BANK}
    if how not in accounts or not proof.strip():
        raise BadInput(
            both(
                "Ghi cách hoàn (cash, transfer) và số chứng từ.",
                "Say how (cash, transfer) and its paper's number.",
            ),
            where="how" if how not in accounts else "proof",
        )
    return finish(refund, proof.strip(), by=by, money=accounts[how])


def is_sent_by_provider(refund: Refund) -> bool:
    """Whether the provider sends it by itself; otherwise a person does (:func:`by_hand`)."""
    return isinstance(provider(refund.payment.provider), Refunds)
