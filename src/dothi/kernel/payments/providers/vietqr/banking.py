"""Money on the bank account: each line booked once, matched to its order or kept for a person to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from dothi.core.clock import HCMC
from dothi.core.config import current
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.core.money import vnd
from dothi.core.text import nfc
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action
from dothi.kernel.payments import csvs, receiving
from dothi.kernel.payments.access import APPROVE, RECONCILE
from dothi.kernel.payments.ledger import chart
from dothi.kernel.payments.ledger.posting import post
from dothi.kernel.payments.ledger.rules import Line
from dothi.kernel.payments.models import Attempt, BankLine, Order
from dothi.kernel.payments.orders import EVENT
from dothi.kernel.payments.providers.vietqr.matching import Match, Owing, match
from dothi.kernel.payments.receiving import Incoming
from dothi.kernel.payments.rules import codes_in

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "number": ("Số bút toán", "Mã giao dịch", "Số tham chiếu", "Reference", "Transaction ID"),
    "at": ("Ngày giao dịch", "Thời gian", "Ngày", "Date", "Transaction date"),
    "amount": ("Ghi có", "Số tiền ghi có", "Có", "Credit", "Số tiền", "Amount"),
    "content": ("Nội dung", "Diễn giải", "Mô tả", "Description", "Content"),
}
_FORMS: Final = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit on our account. ``number``: the bank's own, unique on the account."""

    number: str
    at: datetime
    amount: int
    content: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some lines."""

    matched: int = 0
    unmatched: int = 0
    known: int = 0


def take(lines: Iterable[Credited], *, by: Actor) -> Taken:
    """Book credits of the account; those that are booked already change nothing.

    Each line is a transaction of its own, so that no line keeps the order of another waiting: what was cut off
    is sent or imported again. Only code that has checked the bank's token, or the permission to import, calls
    this.
    """
    counts = {"matched": 0, "unmatched": 0, "known": 0}
    checked = list(lines)
    for line in checked:
        if not line.number or vnd(line.amount) <= 0:
            wrong = both("Bút toán cần số và số tiền dương.", "A line needs a number and an amount.")
            raise BadInput(wrong, where="lines")
    for line in checked:
        counts["known" if _is_known(line) else take_one(line, by=by)] += 1
    return Taken(**counts)


def _is_known(line: Credited) -> bool:
    return BankLine.objects.filter(account=current().vietqr_account, number=line.number[:100]).exists()


@action(permission=None, name="payments.take-bank-line", subject=lambda line, **_: f"bank-line {line.number}")
def take_one(line: Credited, *, by: Actor) -> Literal["matched", "unmatched", "known"]:
    """Book one credit: to its order, or as money of no known one."""
    account = current().vietqr_account
    row = BankLine(account=account, number=line.number[:100], at=line.at, amount=line.amount,
                   content=nfc(line.content)[:500], state=BankLine.UNMATCHED)  # fmt: skip
    # The unique number decides between two processes; the second waits for the first and finds it.
    BankLine.objects.bulk_create([row], ignore_conflicts=True)
    held = BankLine.objects.select_for_update().get(account=account, number=row.number)
    if held.order_id or held.reason or held.state != BankLine.UNMATCHED:
        return "known"
    orders = {each.code: each for each in Order.objects.filter(code__in=list(codes_in(held.content)))}
    decision = match(held.content, held.amount, {c: Owing(o.amount, o.state) for c, o in orders.items()})
    if decision.code:
        _match(held, orders[decision.code], by)
        return "matched"
    _keep(held, decision, by)
    return "unmatched"


def _match(line: BankLine, order: Order, by: Actor) -> None:
    line.state, line.order = BankLine.MATCHED, order
    line.save(update_fields=["state", "order"])
    attempt = Attempt.objects.filter(order=order, provider="vietqr").first()
    incoming = Incoming("vietqr", line.transaction, line.amount, chart.BANK, line.at, "", {"line": line.pk})
    receiving.receive(order, incoming, attempt=attempt, by=by)


def _keep(line: BankLine, decision: Match, by: Actor) -> None:
    """Nobody's money yet: booked as such, so that the bank's account and ours agree."""
    line.reason = decision.reason
    line.save(update_fields=["reason"])
    post(f"bank-line:{line.pk}", "bank-line", [Line(chart.BANK, line.amount), Line(chart.UNCLEAR, -line.amount)],
         book="", by=by.reference, at=line.at, note=line.content[:300])  # fmt: skip
    data = {"line": line.pk, "amount": line.amount, "reason": line.reason}
    record(f"{EVENT}.unmatched", subject=line.reference, data=data, actor=by.reference)


def import_statement(content: bytes, *, by: Actor) -> Taken:
    """Take a bank's statement as CSV; lines without a credit are passed over. One that cannot be read to its
    end is refused whole; imported again, what is booked stays booked.
    """
    by.require(RECONCILE)
    return take(read(content), by=by)


def read(content: bytes) -> Iterable[Credited]:
    """The credits of a statement; raises :class:`BadInput` with the line that cannot be read."""
    for number, row in csvs.rows(content, COLUMNS, ("number", "at", "amount", "content")):
        if not row["amount"] or (amount := csvs.amount(row["amount"], number, "amount")) <= 0:
            continue
        yield Credited(row["number"], _time(row["at"], number), amount, row["content"])


def _time(text: str, line: int) -> datetime:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=HCMC).astimezone(UTC)
        except ValueError:
            continue
    raise BadInput(
        both(f"Dòng {line}: {text!r} không phải ngày.", f"Line {line}: {text!r} is not a date."), where="at"
    )


def _unmatched(line: BankLine) -> BankLine:
    found = BankLine.objects.select_for_update().get(pk=line.pk)
    if found.state != BankLine.UNMATCHED:
        raise Conflict(
            both("Bút toán này đã được xử lý.", "This line was dealt with already."), state=found.state
        )
    return found


@action(permission=RECONCILE, name="payments.assign-bank-line")
def assign(line: BankLine, order: Order, *, note: str = "", by: Actor) -> receiving.Outcome:
    """A person says which order the money is for. Less than is owed pays nothing and is owed back."""
    found = _unmatched(line)
    # Out of the unclear account by the same way in as any payment: "unclear" is where the money stands.
    incoming = Incoming("vietqr", found.transaction, found.amount, chart.UNCLEAR, found.at, "",
                        {"line": found.pk, "money": chart.BANK})  # fmt: skip
    outcome = receiving.receive(order, incoming, by=by)
    found.state, found.order, found.decided_by, found.note = (
        BankLine.ASSIGNED,
        order,
        by.reference,
        note[:300],
    )
    found.save(update_fields=["state", "order", "decided_by", "note"])
    return outcome


@action(permission=APPROVE, name="payments.return-bank-line")
def give_back(line: BankLine, *, proof: str, by: Actor) -> BankLine:
    """A person has transferred money of no known order back; ``proof`` is the number of the transfer."""
    if not proof.strip():
        raise BadInput(
            both("Ghi số chứng từ chuyển trả.", "Give the number of the transfer back."), where="proof"
        )
    found = _unmatched(line)
    post(f"bank-line:{found.pk}:returned", "bank-line-back",
         [Line(chart.UNCLEAR, found.amount), Line(chart.BANK, -found.amount)], book="", by=by.reference,
         note=proof.strip()[:300])  # fmt: skip
    found.state, found.decided_by, found.note = BankLine.RETURNED, by.reference, proof.strip()[:300]
    found.save(update_fields=["state", "decided_by", "note"])
    return found


def unmatched(limit: int = 200) -> list[BankLine]:
    """Lines that wait for a person, the oldest first."""
    return list(BankLine.objects.filter(state=BankLine.UNMATCHED).exclude(reason="")[:limit])


def line(key: int) -> BankLine:
    """The line with this id."""
    found = BankLine.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có bút toán này.", "There is no such bank line."))
    return found
