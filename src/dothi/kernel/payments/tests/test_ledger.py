import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.clock import now
from dothi.core.errors import Conflict
from dothi.kernel.payments.ledger import chart, queries, rules
from dothi.kernel.payments.ledger.posting import OutsideTransaction, post
from dothi.kernel.payments.ledger.rules import Line, Unbalanced
from dothi.kernel.payments.ledger.seal import break_seal, put_seal
from dothi.kernel.payments.models import Book, Entry, EntryLine

ACCOUNTS = st.sampled_from(sorted(chart.CHART))
LINES = st.lists(st.builds(Line, ACCOUNTS, st.integers(-(10**9), 10**9)), max_size=6)


@given(LINES)
def test_whatever_is_posted_sums_to_zero_or_is_refused(lines):
    try:
        kept = rules.checked(lines)
    except Unbalanced:
        return
    assert sum(each.amount for each in kept) == 0
    assert len({each.account for each in kept}) == len(kept) >= 2
    assert all(each.amount for each in kept)


@given(
    st.dictionaries(st.sampled_from(["fee", "charge", "other"]), st.integers(0, 10**9), min_size=1), st.data()
)
def test_a_part_is_shared_out_to_the_dong(kinds, data):
    part = data.draw(st.integers(0, sum(kinds.values())))
    shares = rules.proportion(kinds, part)
    assert sum(shares.values()) == part
    assert all(0 <= shares[kind] <= kinds[kind] for kind in kinds)


def pay(key="a", amount=100, book="u"):
    with transaction.atomic():
        return post(key, "payment", [Line(chart.TILL, amount), Line(chart.FEE, -amount)], book=book, by="t")


def test_an_entry_belongs_in_a_transaction(transactional_db):
    with pytest.raises(OutsideTransaction):
        post("a", "x", [Line(chart.TILL, 1), Line(chart.FEE, -1)], book="", by="t")


@pytest.mark.django_db
def test_entries_of_a_book_are_numbered_and_chained():
    first, second, other = pay("a"), pay("b"), pay("c", book="v")
    assert [first.number, second.number, other.number] == [1, 2, 1]
    assert second.previous == first.digest
    assert queries.faults() == []


@pytest.mark.django_db
def test_the_same_key_is_the_same_entry_and_never_another():
    assert pay("a").pk == pay("a").pk
    with pytest.raises(Conflict):
        pay("a", amount=7)
    assert queries.balance(chart.TILL) == 100


@pytest.mark.django_db
def test_debits_and_credits_of_the_trial_balance_are_equal():
    pay("a"), pay("b", 30, book="v")
    rows = queries.trial_balance()
    assert sum(row.debit for row in rows) == sum(row.credit for row in rows) == 130
    assert {row.account: row.amount for row in queries.trial_balance("v")} == {"till": 30, "income.fee": -30}


def raw(entry_id, amounts, number=1, previous="", book="u"):
    """An entry written past the program, as anybody with the database's password could."""
    EntryLine.objects.bulk_create([EntryLine(entry_id=entry_id, account="till", amount=a) for a in amounts])
    Entry(id=entry_id, book=book, number=number, key=str(entry_id), kind="x", at=now(), by="x",
          previous=previous, digest="d").save(force_insert=True)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("amounts", [[1], [1, 1], [], [5, -4], [5, -5, 1]])
def test_the_database_refuses_an_entry_that_does_not_balance(amounts):
    with pytest.raises(IntegrityError, match="sum to zero"), transaction.atomic():
        raw(uuid.uuid4(), amounts)


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "previous"), [(3, ""), (1, ""), (2, "x")])
def test_the_database_refuses_a_gap_a_double_and_a_broken_chain(number, previous):
    pay("a")
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(uuid.uuid4(), [1, -1], number, previous)


def test_the_database_refuses_lines_of_no_entry(transactional_db):
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryLine.objects.create(entry_id=uuid.uuid4(), account="till", amount=5)


@pytest.mark.django_db
def test_the_database_refuses_another_line_of_a_written_entry():
    entry = pay("a")
    with pytest.raises(IntegrityError, match="no line joins"), transaction.atomic():
        EntryLine.objects.create(entry=entry, account="till", amount=5)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_entry SET note = 'x'",
        "DELETE FROM payments_entry",
        "UPDATE payments_entryline SET amount = 7",
        "DELETE FROM payments_entryline",
    ],
)
def test_the_database_refuses_to_change_or_remove_what_is_written(statement):
    pay("a")
    with (
        pytest.raises(DatabaseError, match="only added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_change_with_the_seal_off_is_found():
    entry = pay("a")
    pay("b")
    break_seal(connection)
    try:
        Entry.objects.filter(pk=entry.pk).update(note="altered")
    finally:
        put_seal(connection)
    assert queries.faults() == ["u: entry 1 is not as it was written"]


@pytest.mark.django_db
def test_an_entry_cut_off_the_end_is_found():
    pay("a"), pay("b")
    Book.objects.filter(pk="u").update(number=3)
    assert queries.faults("u") == ["u: the book ends at 3, its entries at 2"]
