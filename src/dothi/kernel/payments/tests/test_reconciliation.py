from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.clock import HCMC, now
from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.payments import receiving
from dothi.kernel.payments.base import Settled
from dothi.kernel.payments.ledger import chart, queries
from dothi.kernel.payments.models import Difference, Order, Reconciliation
from dothi.kernel.payments.receiving import Incoming
from dothi.kernel.payments.reconciliation import actions, rules
from dothi.kernel.payments.reconciliation.rules import Ours
from dothi.kernel.payments.tests.conftest import ACCOUNTANT, CITY_ACCOUNTANT, attempt, make_order

DAY = datetime(2026, 11, 30, 10, tzinfo=HCMC)
BOTH = st.dictionaries(
    st.text("0123456789", min_size=1, max_size=3), st.tuples(st.integers(1, 9), st.integers(1, 9))
)


@given(BOTH, BOTH, BOTH)
def test_every_transaction_of_either_side_agrees_or_is_a_difference(same, theirs, ours):
    there = {**{k: v[0] for k, v in same.items()}, **{f"t{k}": v[0] for k, v in theirs.items()}}
    here = {**{k: v[1] for k, v in same.items()}, **{f"o{k}": v[0] for k, v in ours.items()}}
    found = rules.compare(
        [Settled("r", k, amount, None) for k, amount in there.items()],
        [Ours("r", k, v) for k, v in here.items()],
    )
    assert found.agreed + len(found.differences) == len(there.keys() | here.keys())
    assert {
        d.provider_no for d in found.differences if d.kind == "missing-here"
    } == there.keys() - here.keys()
    assert {
        d.provider_no for d in found.differences if d.kind == "missing-there"
    } == here.keys() - there.keys()
    assert all(there[d.provider_no] != here[d.provider_no] for d in found.differences if d.kind == "amount")


def test_what_stands_twice_in_a_file_is_a_difference():
    twice = [Settled("r", "1", 5, None)] * 2
    assert [d.kind for d in rules.compare(twice, [Ours("r", "1", 5)]).differences] == ["twice-in-file"]


def pay(number, amount=75_000, at=DAY):
    tried = attempt(make_order(amount))
    receiving.receive(
        tried.order, Incoming("vnpay", number, amount, chart.VNPAY, at), attempt=tried, by=SYSTEM
    )
    return tried


def file(*rows, head="Mã đơn hàng,Mã GD VNPAY,Số tiền,Thời gian GD,Trạng thái"):
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]).encode()


def reconcile(content, by=CITY_ACCOUNTANT):
    return actions.reconcile("vnpay", DAY.date(), content, file_name="30-11.csv", by=by)


@pytest.mark.django_db
class TestADay:
    def test_of_which_all_agrees(self):
        one, two = pay("1"), pay("2", 20_000)
        done = reconcile(file((one.reference, 1, 75000, "30/11/2026 10:00:00", "Thành công"),
                              (two.reference, 2, 20000, "30/11/2026 10:00:00", "Thành công"),
                              ("X", 3, 9000, "30/11/2026 10:00:00", "Thất bại")))  # fmt: skip
        assert (done.agreed, done.theirs_amount, done.ours_amount) == (2, 95_000, 95_000)
        assert not done.differences.exists()
        told = OutboxEvent.objects.get(type="vn.dothi.payments.reconciled")
        assert '"differences":0' in told.data

    def test_with_differences_that_a_person_deals_with_before_it_is_settled(self):
        agreed, other, ours = pay("1"), pay("2", 20_000), pay("3", 5_000)
        lost = attempt(make_order(30_000))
        done = reconcile(file((agreed.reference, 1, 75000, "", "00"), (other.reference, 2, 21000, "", "00"),
                              (lost.reference, 4, 30000, "30/11/2026 11:00", "00")))  # fmt: skip
        kinds = {d.provider_no: d.kind for d in done.differences.all()}
        assert kinds == {"2": "amount", "4": "missing-here", "3": "missing-there"}
        with pytest.raises(Conflict, match="nobody has dealt"):
            actions.settle(done, 120_000, by=CITY_ACCOUNTANT)
        actions.take_up(done.differences.get(provider_no="4"), by=CITY_ACCOUNTANT)
        lost.order.refresh_from_db()
        assert lost.order.state == "paid"
        for number in ("2", "3"):
            actions.explain(done.differences.get(provider_no=number), "VNPAY sửa sau", by=CITY_ACCOUNTANT)
        actions.settle(done, 125_000, by=CITY_ACCOUNTANT)
        assert (queries.balance(chart.BANK), queries.balance(chart.PROVIDER_FEES)) == (125_000, 1_000)
        with pytest.raises(Conflict, match="settled already"):
            actions.settle(done, 1, by=CITY_ACCOUNTANT)
        assert ours.reference in actions.export(done)

    def test_what_a_difference_is_about_is_taken_up_once(self):
        lost = attempt(make_order(30_000))
        done = reconcile(file((lost.reference, 4, 30000, "", "00"), ("DTNOBODY", 5, 1000, "", "00")))
        known, unknown = done.differences.all()
        actions.take_up(known, by=CITY_ACCOUNTANT)
        with pytest.raises(Conflict):
            actions.take_up(known, by=CITY_ACCOUNTANT)
        with pytest.raises(Conflict, match="explain"):
            actions.take_up(unknown, by=CITY_ACCOUNTANT)

    def test_the_same_file_again_is_the_same_comparison(self):
        content = file((pay("1").reference, 1, 75000, "", "00"))
        assert reconcile(content).pk == reconcile(content).pk
        assert Reconciliation.objects.count() == 1

    def test_a_payment_just_before_midnight_in_the_next_days_file_agrees(self):
        late = pay("1", at=DAY - timedelta(hours=10, seconds=30))
        assert reconcile(file((late.reference, 1, 75000, "", "00"))).agreed == 1

    def test_amounts_in_hundredths_and_other_separators_are_read(self):
        head = "vnp_TxnRef;vnp_TransactionNo;vnp_Amount;vnp_PayDate;vnp_TransactionStatus"
        one = pay("1")
        content = f"{head}\n{one.reference};1;7500000;20261130100000;00\n".encode("utf-8-sig")
        assert reconcile(content).agreed == 1

    @pytest.mark.parametrize(
        "content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"vnp_TxnRef,vnp_TransactionNo,Amount\nx,1,lots\n"]
    )
    def test_what_is_no_file_is_refused_with_the_column(self, content):
        with pytest.raises(BadInput):
            reconcile(content)
        assert not Reconciliation.objects.exists()

    def test_is_for_who_reconciles_for_the_city(self):
        with pytest.raises(Forbidden):
            reconcile(file(), by=ACCOUNTANT)

    def test_a_spreadsheet_does_not_run_what_a_file_brought(self):
        done = reconcile(file(("=cmd()", "+1", 1000, "", "00")))
        assert "'=cmd()" in actions.export(done)
        assert Difference.objects.count() == 1
        assert not Order.objects.exists()


def test_a_time_of_the_portal_is_the_citys():
    from dothi.kernel.payments.providers.vnpay.statement import read

    (row,) = read(file(("r", 1, "75.000", "30/11/2026 10:00:00", "Success")), now().date())
    assert row == Settled("r", "1", 75_000, DAY.astimezone(row.paid_at.tzinfo), True)
