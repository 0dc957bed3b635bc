"""What the ledger says: balances, the trial balance, and whether its chain is whole."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, Sum

from dothi.core.errors import Text
from dothi.kernel.payments.ledger.chart import CHART
from dothi.kernel.payments.ledger.posting import digest_of
from dothi.kernel.payments.ledger.rules import Line
from dothi.kernel.payments.models import Book, Entry, EntryLine


@dataclass(frozen=True, slots=True)
class Balance:
    """An account of the trial balance: all that was debited, all that was credited."""

    account: str
    label: Text
    debit: int
    credit: int

    @property
    def amount(self) -> int:
        return self.debit - self.credit


def balance(account: str, unit: str | None = None) -> int:
    """What stands on an account, debit above zero; of one unit, or of all."""
    lines = EntryLine.objects.filter(account=account)
    if unit is not None:
        lines = lines.filter(unit=unit)
    return lines.aggregate(sum=Sum("amount"))["sum"] or 0


def trial_balance(unit: str | None = None) -> list[Balance]:
    """Every account of the chart that something moved on; debits and credits are equal in sum."""
    lines = EntryLine.objects.all() if unit is None else EntryLine.objects.filter(unit=unit)
    rows = lines.values("account").annotate(
        debit=Sum("amount", filter=Q(amount__gt=0), default=0),
        credit=Sum("amount", filter=Q(amount__lt=0), default=0),
    )
    found = {row["account"]: row for row in rows}
    return [
        Balance(account.key, account.label, found[account.key]["debit"], -found[account.key]["credit"])
        for account in CHART.values()
        if account.key in found
    ]


def faults(book: str | None = None) -> list[str]:
    """What is wrong with the chain of a book, or of all; nothing when every entry is as it was written."""
    books = Book.objects.all() if book is None else Book.objects.filter(pk=book)
    return [fault for each in books for fault in _faults_of(each)]


def _faults_of(book: Book) -> list[str]:
    found: list[str] = []
    number, previous = 0, ""
    entries = Entry.objects.filter(book=book.key).order_by("number").prefetch_related("lines")
    for entry in entries.iterator(chunk_size=1000):
        lines = [Line(e.account, e.amount) for e in sorted(entry.lines.all(), key=lambda e: e.pk)]
        if entry.number != number + 1:
            found.append(f"{book.key}: {entry.number} follows {number}")
        if entry.previous != previous or entry.digest != digest_of(entry, lines):
            found.append(f"{book.key}: entry {entry.number} is not as it was written")
        if sum(line.amount for line in lines):
            found.append(f"{book.key}: entry {entry.number} does not balance")
        number, previous = entry.number, entry.digest
    if (book.number, book.digest) != (number, previous):
        found.append(f"{book.key}: the book ends at {book.number}, its entries at {number}")
    return found
