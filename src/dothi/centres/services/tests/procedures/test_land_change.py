"""The registration of a change of land: checked, assessed, paid, entered, and the parcel has another holder."""

from __future__ import annotations

from datetime import date

import pytest

from dothi.centres.services.tests.procedures.story import Story, compiled, faults
from dothi.kernel.cases.engine.types import Refused

KEY = "land-change-registration"
TODAY = date(2026, 12, 1)
PARCEL = {
    "code": "T1",
    "sheet": "12",
    "number": "345",
    "unit": "26740",
    "holder": "079190000001",
    "encumbrance": "none",
}
SALE = {
    "change_kind": "sale", "whole_parcel": True, "parcel_code": "T1", "certificate_no": "CS 01", "parcel_area": 100.5,
    "land_use": "ODT", "parcel_address": "12 Lê Lợi", "disputed": False, "transferor_id": "079190000001",
    "transferor_name": "Trần Thị Mai", "contact_phone": "0903123456",
    "transferees": [
        {"party_name": "Lê Văn Bình", "party_id": "079190000002", "party_address": "1 Hai Bà Trưng"},
        {"party_name": "Phạm Thu Hà", "party_id": "079190000003", "party_address": "1 Hai Bà Trưng"},
    ],
    "contract_no": "1234", "contract_on": "2026-11-20", "notary": "Phòng Công chứng số 1", "price": 5_000_000_000,
    "relation": "none", "sole_home": False, "poor": False, "represented": False,
}  # fmt: skip


def accepted(**changes) -> Story:
    data = {**SALE, **changes}
    if data["change_kind"] != "sale":
        data.pop("sole_home")
    story = Story(KEY, data, "2026-12-01 09:00")
    return story.act("accept", "2026-12-01 10:00", "clerk")


def reviewed(story: Story, parcel: str = "fits") -> Story:
    story.act("task.parcel", "2026-12-03 09:00", "officer", outcome=parcel)
    return story.act("task.contract", "2026-12-03 10:00", "officer", outcome="valid")


def assessed(**changes) -> Story:
    story = reviewed(accepted(**changes))
    return story.act("assess", "2026-12-08 10:00", "tax", land_price=40_000_000, notice_no="TB-1")


def test_a_sale_is_assessed_paid_and_entered_and_the_parcel_has_another_holder() -> None:
    story = assessed()
    assert (story.state, story.fees) == (
        "awaiting-payment",
        [("registration-fee", 25_000_000), ("income-tax-sale", 100_000_000)],
    )
    assert story.case.clocks["statutory"].pauses[-1].cause == "payment"
    with pytest.raises(Refused) as refused:
        story.act("paid-up", "2026-12-14 09:00", "officer")
    assert refused.value.code == "not-paid"
    story.pay("2026-12-15 08:00")
    story.act("paid-up", "2026-12-15 10:00", "officer")
    assert story.due() == "2026-12-25 17:00"
    story.act("propose", "2026-12-16 10:00", "officer", certificate_new="CS 02")
    story.act("sign", "2026-12-17 10:00", "leader")
    record = story.record()
    assert (record.values["operation"], record.values["by"]) == ("revise", "T1")
    assert record.values["values"] == {
        "holder": "079190000002", "holder_name": "Lê Văn Bình, Phạm Thu Hà", "certificate": "CS 02", "certificate_on": "2026-12-17",
    }  # fmt: skip
    assert faults(record, before=PARCEL) == []
    assert story.letters() == ["receipt", "tax-notice", "certificate"]
    assert story.act("hand-over", "2026-12-18 09:00", "clerk").case.outcome == "accepted"


@pytest.mark.parametrize(
    ("changes", "fees"),
    [
        ({"price": 3_000_000_000}, {"registration-fee": 20_100_000, "income-tax-sale": 80_400_000}),
        ({"relation": "sibling"}, {"registration-fee": 25_000_000, "income-tax-sale": 0}),
        ({"sole_home": True, "owned_since": "2020-01-01"}, {"registration-fee": 25_000_000, "income-tax-sale": 0}),
        ({"sole_home": True, "owned_since": "2026-09-01"}, {"registration-fee": 25_000_000, "income-tax-sale": 100_000_000}),
        ({"poor": True}, {"registration-fee": 0, "income-tax-sale": 100_000_000}),
        ({"change_kind": "gift"}, {"registration-fee": 25_000_000, "income-tax-gift": 498_000_000}),
        ({"change_kind": "inheritance", "relation": "parent-child", "price": 0}, {"registration-fee": 0, "income-tax-gift": 0}),
        ({"price": 200_000_000_000}, {"registration-fee": 500_000_000, "income-tax-sale": 4_000_000_000}),
    ],
)  # fmt: skip
def test_what_is_due_and_what_is_let_off(changes, fees) -> None:
    story = assessed(**changes)
    assert dict(story.fees) == fees
    for line in story.bills[-1].lines:
        assert bool(line.reasons) == (line.amount == 0)


def test_a_relative_who_owes_nothing_need_not_wait_for_money() -> None:
    story = assessed(change_kind="gift", relation="spouse")
    assert story.bills[-1].total == 0
    assert story.act("paid-up", "2026-12-09 09:00", "officer").state == "registering"


def test_rice_land_waits_for_the_opinion_of_the_ward_and_the_clock_with_it() -> None:
    story = reviewed(accepted(land_use="LUC"))
    assert story.state == "in-review"
    with pytest.raises(Refused):
        story.act("to-tax", "2026-12-03 11:00", "officer")
    story.act(
        "ask-opinion",
        "2026-12-03 14:00",
        "officer",
        opinion_of="ward-26740",
        opinion_question="Đủ điều kiện?",
    )
    [asked] = [each for each in story.orders if each.kind == "open"]
    assert (asked.values["procedure"], asked.values["organisation"]) == ("agency-opinion", "ward-26740")
    assert story.case.clocks["statutory"].pauses[-1].cause == "opinion"
    story.answered("2026-12-10 09:00")
    assert story.state == "assessing"
    assert [each.cause for each in story.case.clocks["statutory"].pauses] == ["opinion", "payment"]


def test_a_parcel_that_does_not_fit_is_refused_with_its_reason() -> None:
    story = reviewed(accepted(), "differs")
    assert story.state == "in-review"
    story.act("refuse", "2026-12-04 09:00", "leader", note="Thửa đất đang thế chấp.")
    assert (story.case.outcome, story.letters()[-1], story.messages()[-1]) == (
        "refused",
        "refusal",
        "refused",
    )


def test_the_tax_authority_is_reminded_and_so_is_who_has_to_pay() -> None:
    story = reviewed(accepted()).waits_until("2026-12-10 17:00")
    assert story.messages()[-1] == "tax-late"
    story.act("assess", "2026-12-11 09:00", "tax", land_price=40_000_000, notice_no="TB-1")
    assert story.waits_until("2027-01-04 09:00").messages()[-1] == "pay-soon"


def test_a_late_entry_apologises_once_and_gets_one_new_date() -> None:
    story = accepted().waits_until("2026-12-15 17:00")
    assert story.letters() == ["receipt", "apology"]
    story.act("extend", "2026-12-16 09:00", "officer", note="Bản đồ đang chỉnh lý.")
    assert story.due() == "2026-12-22 17:00"


def test_who_withdraws_before_the_entry_gets_back_what_was_paid() -> None:
    story = assessed()
    story.pay("2026-12-09 09:00")
    story.act("withdraw", "2026-12-09 10:00")
    assert (story.state, story.orders[-1].kind) == ("withdrawn", "refund")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"whole_parcel": False}, "whole_parcel"),
        ({"disputed": True}, "disputed"),
        ({"contract_on": "2027-01-01"}, "contract_on"),
        ({"transferees": []}, "transferees"),
    ],
)
def test_what_cannot_be_registered_is_told_at_its_question(changes, field) -> None:
    with pytest.raises(Refused) as refused:
        Story(KEY, {**SALE, **changes}, "2026-12-01 09:00")
    assert set(refused.value.errors) == {field}


def says(table: str, **data):
    given = {"owned_since": None, "sole_home": None, **data}
    return compiled(KEY).decisions[table].answer({"data": given, "today": TODAY})


@pytest.mark.parametrize(
    ("row", "use", "change", "route"),
    [(0, "LUC", "sale", "ask-ward"), (1, "RPH", "inheritance", "ask-ward"), (2, "LUC", "inheritance", "plain"), (2, "ODT", "sale", "plain")],
)  # fmt: skip
def test_the_route(row, use, change, route) -> None:
    assert says("route", land_use=use, change_kind=change) == (route, (row,))


@pytest.mark.parametrize(
    ("row", "change", "kind"), [(0, "sale", "sale"), (1, "gift", "gift"), (1, "inheritance", "gift")]
)
def test_the_kind_of_income(row, change, kind) -> None:
    assert says("income-kind", change_kind=change) == (kind, (row,))


@pytest.mark.parametrize(
    ("row", "data", "reason"),
    [
        (0, {"relation": "grandparent", "sole_home": True, "owned_since": date(2020, 1, 1)}, "relatives"),
        (1, {"relation": "none", "sole_home": True, "owned_since": date(2026, 6, 1)}, "sole-home"),
        (2, {"relation": "none", "sole_home": True, "owned_since": date(2026, 6, 2)}, "none"),
        (2, {"relation": "none"}, "none"),
    ],
)
def test_the_exemption_from_income_tax(row, data, reason) -> None:
    assert says("income-exemption", **data) == (reason, (row,))


@pytest.mark.parametrize(
    ("row", "data", "reason"),
    [
        (0, {"change_kind": "gift", "relation": "spouse", "poor": True}, "relatives"),
        (1, {"change_kind": "sale", "relation": "spouse", "poor": True}, "poor"),
        (2, {"change_kind": "sale", "relation": "spouse", "poor": False}, "none"),
    ],
)
def test_the_exemption_from_the_registration_fee(row, data, reason) -> None:
    assert says("registration-exemption", **data) == (reason, (row,))
