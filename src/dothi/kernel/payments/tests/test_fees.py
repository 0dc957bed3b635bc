from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput
from dothi.kernel.payments.fees.rules import compute, faults, holds, in_force
from dothi.kernel.payments.fees.tables import FeeTable

DECLARED = """
{"key": "certified-copy", "label": {"vi": "Chứng thực bản sao", "en": "Certified copies"},
 "basis": "NQ 01", "valid_from": "2026-01-01", "valid_to": "2026-12-31",
 "items": [
   {"key": "copy", "label": {"vi": "Bản sao", "en": "Copy"}, "kind": "fee", "per": "copies", "free": 1,
    "vnd": {"online": 2000, "counter": 3000}, "most": 200000},
   {"key": "issue", "label": {"vi": "Cấp", "en": "Issue"}, "vnd": 50000, "when": {"kind": {"one_of": ["new", "again"]}}},
   {"key": "urgent", "label": {"vi": "Gấp", "en": "Urgent"}, "vnd": 15000, "when": {"urgent": true}}],
 "exemptions": [
   {"key": "poor", "label": {"vi": "Hộ nghèo", "en": "Poor household"}, "when": {"poor": true}, "basis": "Điều 5"},
   {"key": "child", "label": {"vi": "Trẻ em", "en": "Child"}, "percent": 50, "items": ["issue"], "when": {"age": {"below": 16}}},
   {"key": "old", "label": {"vi": "Người cao tuổi", "en": "Aged"}, "percent": 33, "when": {"age": {"at_least": 60}}}]}
"""
TABLE = msgspec.json.decode(DECLARED, type=FeeTable)


def amounts(**facts):
    return {line.item: line.amount for line in compute(TABLE, facts).lines}


def test_a_declared_table_is_sound():
    assert faults(TABLE) == []


def test_items_whose_conditions_do_not_hold_are_left_out():
    assert amounts(kind="new") == {"issue": 50_000}
    assert amounts(kind="new", urgent=True) == {"issue": 50_000, "urgent": 15_000}
    assert amounts() == {}


def test_copies_are_counted_the_free_ones_left_out_and_the_sum_capped():
    assert amounts(copies=1) == {}
    assert amounts(copies=11) == {"copy": 30_000}
    assert amounts(copies=1000) == {"copy": 200_000}


SHARES = msgspec.convert(
    {
        "key": "x", "label": {"vi": "x", "en": "x"},
        "items": [
            {"key": "half", "label": {"vi": "x", "en": "x"}, "share": {"of": "value", "per_mille": 5}, "most": 500_000_000},
            {"key": "gift", "label": {"vi": "x", "en": "x"}, "share": {"of": "value", "per_mille": 100, "above": 10_000_000}},
        ],
    },
    FeeTable,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "half", "gift"),
    [
        (2_000_000_000, 10_000_000, 199_000_000),
        (100, 1, 0),
        (99, 0, 0),
        (10**12, 500_000_000, 99_999_000_000),
    ],
)
def test_a_share_of_a_sum_is_rounded_to_the_nearest_dong(value, half, gift):
    assert [line.amount for line in compute(SHARES, {"value": value}).lines] == [half, gift]


@pytest.mark.parametrize("value", [None, -1, 1.5, "1000"])
def test_a_share_of_nothing_known_is_refused(value):
    with pytest.raises(BadInput):
        compute(SHARES, {"value": value})


def test_a_part_of_the_table_needs_the_facts_of_that_part_only():
    facts = {"kind": "new", "copies": -1}
    assert [line.item for line in compute(TABLE, facts, only=("issue",)).lines] == ["issue"]


def test_an_item_has_a_price_or_a_share():
    item = {"key": "a", "label": {"vi": "x", "en": "x"}}
    both_of_them = {**item, "key": "b", "vnd": 1, "share": {"of": "v", "per_mille": 1}}
    table = msgspec.convert({"key": "x", "label": item["label"], "items": [item, both_of_them]}, FeeTable)
    assert faults(table) == [f"items.{key}: has exactly one of 'vnd' and 'share'" for key in "ab"]


def test_online_costs_less():
    assert amounts(copies=11, channel="online") == {"copy": 20_000}


def test_who_is_exempt_pays_nothing_and_the_bill_says_why_in_both_languages():
    bill = compute(TABLE, {"kind": "new", "poor": True, "age": 70})
    assert bill.total == 0
    (reason,) = bill.lines[0].reasons
    assert (reason.vi, reason.en, reason.percent, reason.basis) == (
        "Hộ nghèo",
        "Poor household",
        100,
        "Điều 5",
    )


def test_of_several_exemptions_the_greatest_counts():
    assert amounts(kind="new", age=10) == {"issue": 25_000}
    assert amounts(kind="new", age=60) == {"issue": 33_500}


def test_an_exemption_of_one_item_leaves_the_others():
    assert amounts(kind="new", urgent=True, age=15) == {"issue": 25_000, "urgent": 15_000}


@pytest.mark.parametrize("copies", [-1, 1.5, "2", True, 10**9])
def test_a_count_is_a_whole_number(copies):
    with pytest.raises(BadInput):
        compute(TABLE, {"copies": copies})


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "copies": st.integers(0, 5000), "kind": st.sampled_from(["new", "again", "x"]), "urgent": st.booleans(),
        "poor": st.booleans(), "age": st.integers(0, 120), "channel": st.sampled_from(["online", "counter", "?"]),
    },
)  # fmt: skip


@given(FACTS)
def test_a_bill_never_owes_the_payer_and_adds_up(facts):
    bill = compute(TABLE, facts)
    for line in bill.lines:
        assert 0 <= line.amount == line.quantity * line.unit_price - line.reduction
        assert bool(line.reasons) <= (line.reduction > 0)
    assert bill.total == sum(line.amount for line in bill.lines)
    assert compute(TABLE, facts) == bill


@given(FACTS)
def test_being_poor_never_costs_more(facts):
    assert compute(TABLE, {**facts, "poor": True}).total <= compute(TABLE, {**facts, "poor": False}).total


def test_true_is_not_one():
    assert not holds({"urgent": True}, {"urgent": 1})
    assert not holds({"n": 1}, {"n": True})


@pytest.mark.parametrize(
    ("day", "holds_then"),
    [((2025, 12, 31), False), ((2026, 1, 1), True), ((2026, 12, 31), True), ((2027, 1, 1), False)],
)
def test_a_table_holds_from_its_first_to_its_last_day(day, holds_then):
    assert in_force(TABLE, date(*day)) == holds_then


def test_mistakes_of_a_table_are_named():
    wrong = (
        DECLARED.replace('["issue"]', '["isue"]')
        .replace('"2026-12-31"', '"2025-12-31"')
        .replace('"key": "urgent"', '"key": "copy"')
    )
    found = faults(msgspec.json.decode(wrong, type=FeeTable))
    assert len(found) == 3
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(DECLARED.replace('"vnd": 50000', '"vnd": 500.5'), type=FeeTable)
