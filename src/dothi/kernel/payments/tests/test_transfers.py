import pytest

from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import BankLine, Order, Payment
from dothi.kernel.payments.providers.vietqr import banking
from dothi.kernel.payments.providers.vietqr.banking import Credited, Taken
from dothi.kernel.payments.tests.conftest import ACCOUNTANT, CITY_ACCOUNTANT, attempt, make_order

pytestmark = pytest.mark.django_db


def credit(content, amount=75_000, number="FT1"):
    return Credited(number, now(), amount, content)


def come(*credits):
    return banking.take(list(credits), by=CITY_ACCOUNTANT)


@pytest.mark.parametrize(
    "written", ["{}", "MBVCB.123.{}.CT tu 0123", "nop le phi {} nguyen van a", "IBFT{}-9704"]
)
def test_a_transfer_with_the_reference_pays_its_order(written):
    order = make_order()
    tried = attempt(order, "vietqr")
    assert come(credit(written.format(order.code))) == Taken(matched=1)
    order.refresh_from_db(), tried.refresh_from_db()
    assert (order.state, tried.state) == ("paid", "succeeded")
    assert queries.balance(chart.BANK) == 75_000


def test_spaces_and_case_do_not_matter():
    order = make_order()
    assert come(credit(f" {order.code[:5].lower()} {order.code[5:]} ")).matched == 1


def test_a_line_that_comes_again_changes_nothing():
    line = credit(make_order().code)
    assert [come(line), come(line)] == [Taken(matched=1), Taken(known=1)]
    stray = credit("tiền ăn", number="FT2")
    assert [come(stray), come(stray)] == [Taken(unmatched=1), Taken(known=1)]
    assert queries.balance(chart.BANK) == 150_000


@pytest.mark.parametrize(
    ("content", "amount", "reason"),
    [("tiền ăn trưa", 75_000, "no-reference"), ("DT00000000{check}", 75_000, "unknown-reference"),
     ("{code}", 74_999, "too-little"), ("{code} {other}", 75_000, "several-references")],
)  # fmt: skip
def test_what_cannot_be_matched_waits_for_a_person_and_is_on_the_books(content, amount, reason):
    from dothi.kernel.payments.rules import _check

    order, other = make_order(), make_order()
    written = content.format(code=order.code, other=other.code, check=_check("00000000"))
    assert come(credit(written, amount)) == Taken(unmatched=1)
    assert [line.reason for line in banking.unmatched()] == [reason]
    assert (queries.balance(chart.BANK), queries.balance(chart.UNCLEAR)) == (amount, -amount)
    assert OutboxEvent.objects.filter(type="vn.dothi.payments.unmatched").count() == 1


def test_more_than_is_owed_pays_and_the_rest_is_owed_back():
    order = make_order()
    come(credit(order.code, 100_000))
    assert queries.balance(chart.OWED_BACK) == -25_000
    assert Order.objects.get().state == "paid"


def test_two_transfers_for_one_order_pay_it_once():
    order = make_order()
    assert come(credit(order.code), credit(order.code, number="FT2")) == Taken(matched=2)
    assert queries.balance(chart.OWED_BACK) == -75_000


def test_a_person_says_which_order_money_is_for():
    come(credit("nộp phí ông An"))
    (line,) = banking.unmatched()
    assert banking.assign(line, make_order(), note="gọi điện xác nhận", by=CITY_ACCOUNTANT) == "paid"
    assert banking.unmatched() == []
    assert (queries.balance(chart.UNCLEAR), queries.balance(chart.BANK)) == (0, 75_000)
    with pytest.raises(Conflict):
        banking.assign(line, make_order(), by=CITY_ACCOUNTANT)


def test_only_who_reconciles_for_the_city_says_so():
    come(credit("x"))
    with pytest.raises(Forbidden):
        banking.assign(BankLine.objects.get(), make_order(), by=ACCOUNTANT)


def test_money_of_nobody_is_given_back_with_a_proof():
    come(credit("x"))
    with pytest.raises(BadInput):
        banking.give_back(BankLine.objects.get(), proof=" ", by=CITY_ACCOUNTANT)
    banking.give_back(BankLine.objects.get(), proof="UNC 12", by=CITY_ACCOUNTANT)
    assert (queries.balance(chart.UNCLEAR), queries.balance(chart.BANK)) == (0, 0)


STATEMENT = """\ufeffNgày giao dịch;Số bút toán;Ghi nợ;Ghi có;Nội dung
30/11/2026 09:15:00;FT001;;75.000;{code} nop phi
30/11/2026;FT002;50.000;;phí quản lý
01/12/2026 10:00;FT003;;1.234.567,00;chuyển nhầm
"""


def test_a_statement_is_imported_once_however_often():
    order = make_order()
    content = STATEMENT.format(code=order.code).encode()
    assert banking.import_statement(content, by=CITY_ACCOUNTANT) == Taken(matched=1, unmatched=1)
    assert banking.import_statement(content, by=CITY_ACCOUNTANT) == Taken(known=2)
    assert queries.balance(chart.BANK) == 1_309_567
    assert Payment.objects.get().paid_at.isoformat() == "2026-11-30T02:15:00+00:00"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("Nội dung", "Khác"), "content"),
        (("75.000", "bảy lăm"), "amount"),
        (("30/11/2026 09:15:00", "hôm qua"), "at"),
    ],
)
def test_a_statement_that_cannot_be_read_is_refused_whole_and_says_where(change, where):
    with pytest.raises(BadInput) as refused:
        banking.import_statement(STATEMENT.replace(*change).encode(), by=CITY_ACCOUNTANT)
    assert refused.value.where == where
    assert not BankLine.objects.exists()
