"""Orders and their payments, refunds asked for and decided by another, reconciliation, the ledger."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dothi.core.errors import BadInput, DothiError, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.payments import orders as ordering
from dothi.kernel.payments import queries, refunds
from dothi.kernel.payments.access import APPROVE, READ, RECONCILE, REFUND
from dothi.kernel.payments.base import Statement
from dothi.kernel.payments.ledger import queries as ledger_queries
from dothi.kernel.payments.models import Difference, Entry, Order, Reconciliation, Refund
from dothi.kernel.payments.reconciliation import actions as reconciling
from dothi.kernel.payments.registry import providers
from dothi.sites.forms.showing import Fault
from dothi.sites.treasury.common import keeper, page
from dothi.sites.ui.shell import language

SHOWN = 100
LOOKED_AT = 1_000


@keeper
def orders(request: HttpRequest) -> HttpResponseBase:
    """The newest orders one may see, by state and reference."""
    by = actor_of(request)
    state, code = request.GET.get("state", ""), request.GET.get("q", "").strip().upper()[:60]
    found = Order.objects.order_by("-created_at")
    if state:
        found = found.filter(state=state)
    if code:
        found = found.filter(code=code)
    rows = queries.readable(found[:LOOKED_AT], by)[:SHOWN]
    context = {
        "rows": [(each, naming.place(each.unit, language())) for each in rows], "state": state, "q": code, "most": SHOWN,
        "states": ("created", "pending", "paid", "refunding", "refunded", "cancelled", "expired"),
    }  # fmt: skip
    return page(request, "orders", context)


@keeper
def order(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One order: its lines, payments, entries in the ledger; a refund asked for."""
    by, lang = actor_of(request), language()
    found = ordering.get(key)
    if not queries.may_read(found, by):
        raise NotFound(both("Không có khoản thu này.", "There is no such order."))
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            payment = next(
                (each for each in found.payments.all() if str(each.pk) == request.POST.get("payment")), None
            )
            if payment is None:
                raise BadInput(both("Hãy chọn khoản đã nộp.", "Choose the payment."), where="payment")
            refunds.request(
                payment, amount=_amount(request.POST.get("amount", "")), reason=request.POST.get("reason", "").strip(),
                idempotency_key=f"desk:{request.POST.get('key', '')[:60]}", by=by,
            )  # fmt: skip
            messages.success(request, _("The refund waits for a second person."))
            return HttpResponseRedirect(reverse("treasury:refunds"))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    context = {
        "order": found, "lines": found.lines.all(), "payments": found.payments.select_related("receipt").all(), "faults": faults,
        "entries": found.entries.prefetch_related("lines").order_by("number"), "refunds": found.refunds.all(), "given": request.POST,
        "may_refund": by.may(REFUND, unit=found.unit or None), "key": uuid7_str(), "place": naming.place(found.unit, lang),
    }  # fmt: skip
    return page(request, "order", context, status=422 if faults else 200)


def _amount(text: str) -> int | None:
    """Whole đồng as typed (``16.000``); None: all that is left."""
    plain = text.replace(".", "").replace(",", "").replace(" ", "")
    if plain and not plain.isdecimal():
        raise BadInput(both("Số tiền là số nguyên đồng.", "The amount is whole đồng."), where="amount")
    return int(plain) if plain else None


@keeper
def waiting(request: HttpRequest) -> HttpResponseBase:
    """Refunds that wait for a decision or for a person, and money that is owed back."""
    by, lang = actor_of(request), language()
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            _decide(request, by)
            return HttpResponseRedirect(reverse("treasury:refunds"))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    rows = [each for each in queries.refunds_waiting() if by.may(READ, unit=each.unit or None)]
    context = {
        "faults": faults, "owed": [each for each in queries.owed_back() if queries.may_read(each.order, by)],
        "rows": [(each, naming.person(each.requested_by), each.requested_by == by.reference, by.may(APPROVE, unit=each.unit or None)) for each in rows],
    }  # fmt: skip
    return page(request, "refunds", context, status=422 if faults else 200)


def _decide(request: HttpRequest, by: Actor) -> None:
    given = request.POST
    try:
        found: Refund = queries.refund(UUID(given.get("refund", "")))
    except ValueError as error:
        raise NotFound(both("Không có đề nghị này.", "There is no such request.")) from error
    what, note = given.get("do", ""), given.get("note", "").strip()[:300]
    if what == "approve":
        refunds.approve(found, note=note, by=by)
    elif what == "decline":
        refunds.decline(found, note=note, by=by)
    elif what == "resend":
        refunds.resend(found, by=by)
    elif what in ("cash", "transfer"):
        refunds.by_hand(found, how=what, proof=given.get("proof", "").strip(), by=by)
    else:
        raise BadInput(both("Không có việc này.", "There is no such thing to do."), where="do")


@keeper
def reconciliations(request: HttpRequest) -> HttpResponseBase:
    """A provider's file of a day brought in, and the comparisons so far."""
    by, lang = actor_of(request), language()
    by.require(RECONCILE)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if file is None:
                raise BadInput(both("Hãy chọn tệp.", "Choose the file."), where="file")
            try:
                day = date.fromisoformat(request.POST.get("day", ""))
            except ValueError as error:
                raise BadInput(both("Hãy chọn ngày.", "Choose the day."), where="day") from error
            made = reconciling.reconcile(
                request.POST.get("provider", ""), day, file.read(), file_name=file.name or "", by=by
            )
            return HttpResponseRedirect(reverse("treasury:reconciliation", args=[made.pk]))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    context = {
        "faults": faults, "rows": Reconciliation.objects.order_by("-day", "-at")[:SHOWN], "given": request.POST,
        "providers": [(key, way.label[lang]) for key, way in providers().items() if isinstance(way, Statement)],
    }  # fmt: skip
    return page(request, "reconciliations", context, status=422 if faults else 200)


def _comparison(key: UUID, by: Actor) -> Reconciliation:
    by.require(RECONCILE)
    found = Reconciliation.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có lần đối soát này.", "There is no such comparison."))
    return found


@keeper
def reconciliation(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One comparison: what the sides do not agree on, what is made of it, the day settled."""
    by, lang = actor_of(request), language()
    found = _comparison(key, by)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            what = request.POST.get("do", "")
            if what == "settle":
                reconciling.settle(found, _amount(request.POST.get("received", "")) or 0, by=by)
            else:
                number = request.POST.get("difference", "")
                each = found.differences.filter(pk=int(number)).first() if number.isdecimal() else None
                if each is None:
                    raise NotFound(both("Không có chênh lệch này.", "There is no such difference."))
                if what == "take-up":
                    reconciling.take_up(each, by=by)
                else:
                    reconciling.explain(each, request.POST.get("note", ""), by=by)
            return HttpResponseRedirect(reverse("treasury:reconciliation", args=[found.pk]))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    rows = list(found.differences.order_by("pk"))
    context = {
        "found": found,
        "rows": rows,
        "faults": faults,
        "open": any(each.state == Difference.OPEN for each in rows),
    }
    return page(request, "reconciliation", context, status=422 if faults else 200)


@keeper
def differences(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The differences as CSV."""
    found = _comparison(key, actor_of(request))
    answer = HttpResponse("\ufeff" + reconciling.export(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.provider}-{found.day}.csv"'
    return answer


@keeper
def ledger(request: HttpRequest) -> HttpResponseBase:
    """The trial balance of a unit (or of all) and its newest entries; whether the chain is whole."""
    by, lang = actor_of(request), language()
    unit = request.GET.get("unit", "").strip()[:20]
    by.require(READ, unit=unit or None)
    balances = ledger_queries.trial_balance(unit or None)
    entries = Entry.objects.prefetch_related("lines").order_by("-at", "-number")
    if unit:
        entries = entries.filter(book=unit)
    context = {
        "unit": unit, "place": naming.place(unit, lang) if unit else "", "balances": [(each.label[lang], each) for each in balances],
        "debit": sum(each.debit for each in balances), "credit": sum(each.credit for each in balances), "entries": entries[:50],
        "checked": request.GET.get("check") == "1", "broken": ledger_queries.faults(unit or None) if request.GET.get("check") == "1" else [],
    }  # fmt: skip
    return page(request, "ledger", context)
