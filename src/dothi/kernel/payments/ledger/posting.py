"""Adding an entry: the only way into the ledger. Always inside the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from dothi.core.clock import now, us
from dothi.core.errors import Conflict, both
from dothi.core.ids import uuid7
from dothi.kernel.payments.ledger import rules
from dothi.kernel.payments.ledger.rules import Line
from dothi.kernel.payments.models import Book, Entry, EntryLine, Order


class OutsideTransaction(RuntimeError):
    """An entry was to be added with no transaction open: it could tell of money that never moved."""


def post(
    key: str,
    kind: str,
    lines: Sequence[Line],
    *,
    book: str,
    by: str,
    at: datetime | None = None,
    order: Order | None = None,
    note: str = "",
) -> Entry:
    """Add an entry to a unit's book; asked again with the same ``key`` it is the entry of the first time.

    Raises :class:`Conflict` when the key belongs to an entry that says something else.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"the entry {key!r} belongs in the transaction of what it tells of")
    kept = rules.checked(lines)
    held = _held(book)
    if (known := Entry.objects.filter(key=key).first()) is not None:
        return _same(known, kept)
    entry = Entry(id=uuid7(), book=book, number=held.number + 1, key=key, kind=kind, at=at or now(), by=by,
                  order=order, note=note, previous=held.digest)  # fmt: skip
    entry.digest = digest_of(entry, kept)
    EntryLine.objects.bulk_create(
        [EntryLine(entry_id=entry.pk, account=each.account, unit=book, amount=each.amount) for each in kept]
    )
    entry.save(force_insert=True)
    held.number, held.digest = entry.number, entry.digest
    held.save(update_fields=["number", "digest"])
    return entry


def _held(book: str) -> Book:
    """The book's row, held until the transaction ends; made at its first entry."""
    found = Book.objects.select_for_update().filter(pk=book).first()
    if found is None:
        Book.objects.bulk_create([Book(key=book)], ignore_conflicts=True)
        found = Book.objects.select_for_update().get(pk=book)
    return found


def _same(known: Entry, lines: Sequence[Line]) -> Entry:
    if sorted((each.account, each.amount) for each in known.lines.all()) != sorted(
        (each.account, each.amount) for each in lines
    ):
        raise Conflict(
            both(
                f"Bút toán “{known.key}” đã có với nội dung khác.",
                f"There is an entry '{known.key}' that says something else.",
            )
        )
    return known


def digest_of(entry: Entry, lines: Sequence[Line]) -> str:
    """The digest that an entry with these lines must have."""
    facts = {
        "id": str(entry.pk),
        "book": entry.book,
        "number": entry.number,
        "key": entry.key,
        "kind": entry.kind,
        "at": us(entry.at),
        "by": entry.by,
        "order": str(entry.order_id or ""),
        "note": entry.note,
    }
    return rules.digest(entry.previous, facts, lines)
