"""Orders to pay: created once for a subject and purpose, paid in one or more attempts, ended."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from dothi.core.clock import iso, now
from dothi.core.errors import BadInput, Conflict, Gone, NotFound, TooMany, both
from dothi.core.money import MOST, vnd
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.acting import action
from dothi.kernel.identity.origin import origin
from dothi.kernel.payments import rules
from dothi.kernel.payments.access import TAKE
from dothi.kernel.payments.base import Asked
from dothi.kernel.payments.fees.tables import BillLine
from dothi.kernel.payments.models import Attempt, Order, OrderLine
from dothi.kernel.payments.registry import offered

EVENT: Final = "vn.dothi.payments"
ATTEMPT_LASTS: Final = timedelta(minutes=15)
ATTEMPTS_MOST: Final = 50
_CODES_TRIED: Final = 5


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt and where its payer goes now: an address of the provider, or a path of ours."""

    attempt: Attempt
    url: str


def facts(order: Order, **more: Any) -> dict[str, Any]:
    """What every event about an order tells."""
    return {
        "order": str(order.pk), "code": order.code, "subject": order.subject, "purpose": order.purpose,
        "unit": order.unit, "organisation": order.organisation, "amount": order.amount, **more,
    }  # fmt: skip


def tell(kind: str, order: Order, by: Actor, **more: Any) -> None:
    """Record an event about an order, in the transaction of its change."""
    record(f"{EVENT}.{kind}", subject=order.reference, data=facts(order, **more), actor=by.reference)


@action(permission=None, name="payments.create-order", subject=lambda subject, **_: subject)
def create(
    subject: str,
    purpose: str,
    lines: Sequence[BillLine],
    *,
    unit: str,
    organisation: str = "",
    expires: datetime,
    idempotency_key: str,
    by: Actor,
) -> Order:
    """The order to pay ``lines`` for ``subject`` (``case:0190…``); asked again with the same key, the same one.

    Who may order is decided by whoever answers for the subject and calls this; it is not offered over HTTP.
    An order of nothing (everything let off) is paid at once. Raises :class:`Conflict` when the key was used
    for something else, or while another order for the subject and purpose is open or paid.
    """
    checked = _checked(subject, purpose, lines, idempotency_key, expires)
    digest = _digest(subject, purpose, checked, unit, organisation)
    if (known := Order.objects.filter(idempotency_key=idempotency_key).first()) is not None:
        return _known(known, digest)
    order = Order(subject=subject, purpose=purpose, unit=unit, organisation=organisation,
                  amount=vnd(sum(line.amount for line in checked)), idempotency_key=idempotency_key,
                  digest=digest, created_by=by.reference, expires_at=expires)  # fmt: skip
    if not _inserted(order):
        return _known(Order.objects.get(idempotency_key=idempotency_key), digest)
    OrderLine.objects.bulk_create([_row(order, line) for line in checked])
    tell("order-created", order, by, expires_at=iso(expires))
    if order.amount == 0:
        _nothing_to_pay(order, by)
    return order


def _checked(
    subject: str, purpose: str, lines: Sequence[BillLine], key: str, expires: datetime
) -> Sequence[BillLine]:
    for name, text, most in (
        ("subject", subject, 200),
        ("purpose", purpose, 60),
        ("idempotency_key", key, 200),
    ):
        if not text or len(text) > most:
            wrong = both(f"{name}: từ 1 đến {most} ký tự.", f"{name}: 1 to {most} characters.")
            raise BadInput(wrong, where=name)
    if not lines or any(not _sound(line) for line in lines):
        wrong = both("Khoản thu phải có dòng phí hợp lệ.", "An order needs lines with whole đồng.")
        raise BadInput(wrong, where="lines")
    if expires <= now():
        raise BadInput(both("Hạn nộp đã qua.", "It would have expired already."), where="expires")
    return lines


def _sound(line: BillLine) -> bool:
    numbers = (line.quantity, line.unit_price, line.reduction)
    whole = all(type(number) is int and 0 <= number <= MOST for number in numbers)
    return whole and 0 <= line.amount <= MOST and line.quantity > 0


def _digest(subject: str, purpose: str, lines: Sequence[BillLine], unit: str, organisation: str) -> str:
    body = msgspec.json.encode([subject, purpose, list(lines), unit, organisation])
    return hashlib.sha256(body).hexdigest()


def _known(order: Order, digest: str) -> Order:
    if order.digest != digest:
        raise Conflict(
            both(
                "Khoá này đã dùng cho một khoản thu khác.",
                "This idempotency key was used for another order.",
            ),
            where="idempotency_key",
        )
    return order


def _inserted(order: Order) -> bool:
    """Insert it under a fresh code; False when another process inserted the same key at the same moment."""
    for _ in range(_CODES_TRIED):
        order.code = rules.new_code()
        try:
            with transaction.atomic():
                order.save(force_insert=True)
            return True
        except IntegrityError:
            if Order.objects.filter(idempotency_key=order.idempotency_key).exists():
                return False
            _refuse_second(order)
    raise Conflict(both("Không cấp được mã khoản thu.", "No free reference was found."))


def _refuse_second(order: Order) -> None:
    same = Order.objects.filter(subject=order.subject, purpose=order.purpose, state__in=Order.HOLDING).first()
    if same is not None:
        raise Conflict(
            both(
                f"Đã có khoản thu {same.code} cho việc này.",
                f"There is the order {same.code} for this already ({same.state}).",
            ),
            order=str(same.pk),
        )


def _row(order: Order, line: BillLine) -> OrderLine:
    return OrderLine(
        order=order, item=line.item, kind=line.kind, label={"vi": line.label.vi, "en": line.label.en},
        quantity=line.quantity, unit_price=line.unit_price, reduction=line.reduction, amount=line.amount,
        reasons=msgspec.to_builtins(line.reasons),
    )  # fmt: skip


def _nothing_to_pay(order: Order, by: Actor) -> None:
    order.state, order.paid_at = Order.PAID, now()
    order.save(update_fields=["state", "paid_at"])
    tell("paid", order, by, provider="none", payment=None, receipt=None)


def of_subject(subject: str) -> list[Order]:
    """The orders of a subject, the newest first, with their lines."""
    found = Order.objects.filter(subject=subject).order_by("-created_at", "-id")
    return list(found.prefetch_related("lines"))


def get(key: UUID | str) -> Order:
    """The order with this id."""
    found = Order.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có khoản thu này.", "There is no such order."))
    return found


def held(order: Order) -> Order:
    """The order as it is now, held until the transaction ends."""
    return Order.objects.select_for_update().get(pk=order.pk)


@action(permission=None, name="payments.start-attempt")
def start_attempt(order: Order, provider: str, return_url: str = "", *, by: Actor) -> Started:
    """Begin to pay ``order`` by ``provider``. Whoever knows the order's id may pay it; earlier attempts stay
    valid, and whatever money comes by any of them is booked. ``return_url``: a path of this platform.
    """
    now_held = held(order)
    _payable(now_held)
    way = next((each for each in offered() if each.key == provider), None)
    if way is None:
        raise BadInput(
            both(f"“{provider}” chưa dùng được.", f"'{provider}' is not offered."), where="provider"
        )
    if return_url and (not return_url.startswith("/") or return_url.startswith(("//", "/\\"))):
        wrong = both("Địa chỉ quay lại phải là đường dẫn của nền tảng.", "Return to a path of this platform.")
        raise BadInput(wrong, where="return_url")
    attempt = _reusable(now_held, provider) if not isinstance(way, Asked) else None
    if attempt is None:
        attempt = _new_attempt(now_held, provider, return_url, by, ask=isinstance(way, Asked))
    return Started(attempt, way.start(attempt).url or f"/payments/attempts/{attempt.pk}/")


def _payable(order: Order) -> None:
    if order.state not in Order.OPEN or order.expires_at <= now():
        raise Gone(
            both("Khoản này không còn chờ nộp.", "This order is not waiting to be paid any more."),
            state=order.state,
        )
    if order.attempts >= ATTEMPTS_MOST:
        raise TooMany(both("Quá nhiều lần thử; hãy nộp tại quầy.", "Too many attempts; pay at the counter."))


def _reusable(order: Order, provider: str) -> Attempt | None:
    return Attempt.objects.filter(order=order, provider=provider, state=Attempt.STARTED).first()


def _new_attempt(order: Order, provider: str, return_url: str, by: Actor, *, ask: bool) -> Attempt:
    order.attempts += 1
    order.state = rules.move(order.state, Order.PENDING) if order.state == Order.CREATED else order.state
    order.save(update_fields=["attempts", "state"])
    ends = min(order.expires_at, now() + ATTEMPT_LASTS)
    return Attempt.objects.create(
        order=order, provider=provider, reference=f"{order.code}{order.attempts:02d}", amount=order.amount,
        return_url=return_url, address=origin().address, started_by=by.reference, expires_at=ends,
        ask_at=ends if ask else None,
    )  # fmt: skip


@action(permission=None, name="payments.cancel-order")
def cancel(order: Order, *, reason: str, by: Actor) -> Order:
    """Nobody has to pay this any more. For whoever answers for the subject; money that still comes is owed back."""
    now_held = held(order)
    now_held.state = rules.move(now_held.state, Order.CANCELLED)
    now_held.save(update_fields=["state"])
    tell("cancelled", now_held, by, reason=reason[:300])
    return now_held


@action(permission=TAKE, unit=lambda order, **_: order.unit, name="payments.cancel-at-counter")
def cancel_at_counter(order: Order, *, reason: str, by: Actor) -> Order:
    """A person at the counter cancels an order, with a reason."""
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Give the reason."), where="reason")
    return cancel(order, reason=reason, by=by)


def expire_due(limit: int = 500) -> int:
    """End the orders whose time has run out, each in a transaction of its own; how many."""
    due = Order.objects.filter(state__in=Order.OPEN, expires_at__lte=now()).order_by("expires_at")
    return sum(_expire(order) for order in due[:limit])


@transaction.atomic
def _expire(order: Order) -> bool:
    now_held = held(order)
    if now_held.state not in Order.OPEN:
        return False
    now_held.state = rules.move(now_held.state, Order.EXPIRED)
    now_held.save(update_fields=["state"])
    tell("expired", now_held, SYSTEM)
    return True
