"""A monthly social allowance: the coefficient by group, the amount by the standard, public notice, objection, decision."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import Story, decided, faults, rows
from dothi.kernel.cases.engine.types import Refused

KEY = "social-allowance"
SEVERE = {
    "person_id": "079190000001", "person_name": "Trần Thị Mai", "born_on": "1990-05-04", "home_unit": "26740",
    "home_address": "12 Lê Lợi", "guardian": False, "group": "disabled", "poverty": "none", "severity": "severe",
    "disability_certificate": "KT-15", "pay_way": "cash", "other_allowance": False,
}  # fmt: skip
VISIT = {"visited_on": "2026-03-04", "poverty": "none", "findings": "Đúng như khai"}
MET = {"met_on": "2026-03-09", "opinion": "Đủ điều kiện"}
SIGNED = {"decision_no": "15/QĐ-UBND", "paid_from": "2026-04-01"}
POOR, NEAR, NONE = "poor", "near-poor", "none"
COEFFICIENTS = [
    ("child", 3, {}, 2.5, 0),
    ("child", 4, {}, 1.5, 1),
    ("child", 15, {}, 1.5, 1),
    ("child", 16, {}, 0, 17),
    ("student", 16, {}, 1.5, 2),
    ("student", 22, {}, 1.5, 2),
    ("student", 23, {}, 0, 17),
    ("child-hiv", 3, {"poverty": POOR}, 2.5, 3),
    ("child-hiv", 4, {"poverty": POOR}, 2, 4),
    ("child-hiv", 4, {"poverty": NEAR}, 0, 17),
    ("single-parent", 30, {"poverty": POOR}, 1, 5),
    ("single-parent", 30, {"poverty": NONE}, 0, 17),
    ("older", 61, {"poverty": POOR, "support": "foster"}, 3, 6),
    ("older", 80, {"poverty": POOR, "support": "alone", "pension": False}, 2, 7),
    ("older", 79, {"poverty": POOR, "support": "alone"}, 1.5, 8),
    ("older", 75, {"poverty": NEAR, "support": "family", "remote": True}, 1, 9),
    ("older", 75, {"poverty": NEAR, "support": "family", "remote": False}, 0, 17),
    ("older", 80, {"poverty": NONE, "support": "family", "pension": False}, 1, 10),
    ("older", 80, {"poverty": NONE, "support": "family", "pension": True}, 0, 17),
    ("disabled", 15, {"severity": "exceptional"}, 2.5, 11),
    ("disabled", 60, {"severity": "exceptional"}, 2.5, 11),
    ("disabled", 59, {"severity": "exceptional"}, 2, 12),
    ("disabled", 15, {"severity": "severe"}, 2, 13),
    ("disabled", 16, {"severity": "severe"}, 1.5, 14),
    ("disabled", 16, {"severity": "light"}, 0, 17),
    ("child-remote", 2, {"poverty": NEAR, "remote": True}, 1.5, 15),
    ("child-remote", 3, {"poverty": NEAR, "remote": True}, 0, 17),
    ("adult-hiv", 16, {"poverty": POOR}, 1.5, 16),
]


def accepted(**changes):
    return Story(KEY, SEVERE | changes, "2026-03-02 09:00").act("accept", "2026-03-02 10:00", "clerk")


def reviewed(**changes):
    visit = VISIT | {"poverty": changes.get("poverty", NONE)}
    return accepted(**changes).act("visited", "2026-03-04 15:00", "officer", **visit)


@pytest.mark.parametrize(("group", "age", "more", "coefficient", "row"), COEFFICIENTS)
def test_the_coefficient_follows_the_group(group, age, more, coefficient, row) -> None:
    assert decided(KEY, "coefficient", {"group": group, **more}, {"age": age}) == (coefficient, (row,))


def test_every_row_of_the_table_is_told_of() -> None:
    assert {row for *_, row in COEFFICIENTS} == rows(KEY, "coefficient")


def test_a_severe_disability_is_granted_after_two_days_of_public_notice() -> None:
    story = reviewed()
    assert (story.case.facts["age"], story.case.facts["coefficient"], story.case.facts["amount"]) == (
        35,
        1.5,
        750_000,
    )
    assert story.due() == "2026-04-01 17:00"
    story.act("conclude", "2026-03-09 11:00", "officer", **MET)
    assert story.state == "public-notice"
    assert story.waits_until("2026-03-12 08:00").state == "decision"
    story.act("grant", "2026-03-13 09:00", "leader", **SIGNED)
    assert (story.state, story.letters()) == ("granted", ["receipt", "decision"])
    record = story.record()
    assert faults(record) == []
    assert (record.values["values"]["amount"], record.values["valid_from"]) == (750_000, "2026-04-01")
    assert story.act("hand-over", "2026-03-13 10:00", "clerk").case.outcome == "accepted"


def test_what_the_visit_finds_counts_not_what_was_declared() -> None:
    child = {"name": "Bé", "born_on": "2020-01-01", "at_school": False}
    story = accepted(group="single-parent", poverty=POOR, own_children=[child])
    assert story.case.facts["amount"] == 500_000
    story.act("visited", "2026-03-04 15:00", "officer", **VISIT | {"poverty": NEAR})
    assert story.case.facts["amount"] == 0
    with pytest.raises(Refused, match="No group with a coefficient"):
        story.act("conclude", "2026-03-09 11:00", "officer", **MET)
    story.act("refuse", "2026-03-09 11:00", "officer", note="Hộ không thuộc diện nghèo")
    assert (story.case.outcome, story.letters()[-1]) == ("refused", "refusal")


def test_a_single_parent_is_paid_for_each_child_under_sixteen_or_at_school() -> None:
    children = [
        {"name": "Một", "born_on": "2020-01-01", "at_school": False},
        {"name": "Hai", "born_on": "2007-01-01", "at_school": True},
        {"name": "Ba", "born_on": "2007-01-01", "at_school": False},
    ]
    story = accepted(group="single-parent", poverty=POOR, own_children=children)
    assert story.case.facts["amount"] == 1_000_000


def test_nothing_about_hiv_is_put_up() -> None:
    story = reviewed(group="adult-hiv", poverty=POOR)
    assert story.act("conclude", "2026-03-09 11:00", "officer", **MET).state == "decision"


@pytest.mark.parametrize(("action", "state"), [("concluded", "decision"), ("reopened", "in-review")])
def test_an_objection_holds_the_clock_until_it_is_concluded(action, state) -> None:
    story = reviewed().act("conclude", "2026-03-09 11:00", "officer", **MET)
    story.act("object", "2026-03-10 09:00", "officer", objection="Có thu nhập khác")
    assert (story.state, story.due()) == ("objection", "")
    story.waits_until("2026-03-23 08:00")
    assert "objection-late" in story.messages()
    story.act(action, "2026-03-24 09:00", "officer", conclusion="Đã xem xét")
    assert (story.state, story.due()) == (state, "2026-04-15 17:00")


def test_the_leader_may_extend_once_with_a_reason() -> None:
    story = reviewed(group="adult-hiv", poverty=POOR).act("conclude", "2026-03-09 11:00", "officer", **MET)
    with pytest.raises(Refused):
        story.act("extend", "2026-03-10 09:00", "leader")
    story.act("extend", "2026-03-10 09:00", "leader", note="Chờ Sở Nội vụ trả lời")
    assert (story.due(), story.letters()[-1]) == ("2026-04-08 17:00", "extension")
    with pytest.raises(Refused):
        story.act("extend", "2026-03-11 09:00", "leader", note="Lần nữa")


def test_it_is_free_and_can_be_withdrawn() -> None:
    story = accepted()
    assert story.bills == []
    assert story.act("withdraw", "2026-03-03 09:00").case.outcome == "withdrawn"


def test_when_it_is_late_the_city_apologises_once() -> None:
    story = reviewed().waits_until("2026-04-02 08:00")
    story.act("conclude", "2026-04-02 09:00", "officer", **MET).waits_until("2026-04-10 08:00")
    assert story.letters() == ["receipt", "apology"]


def test_an_account_number_is_asked_only_for_a_bank() -> None:
    with pytest.raises(Refused) as refused:
        accepted(pay_way="bank", bank="Agribank", account="12-34")
    assert set(refused.value.errors) == {"account"}
