"""The registration of a household business: from the application to the register."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import PLACE, Story, decided, faults
from dothi.kernel.cases.engine.types import Refused

KEY = "household-business-registration"
COFFEE = {
    "owner_id": "079190000001", "owner_name": "Trần Thị Mai", "owner_born_on": "1990-05-04", "owner_address": "12 Lê Lợi",
    "owner_phone": "0903123456", "represented": False, "founded_by": "person", "business_name": "Cà phê Mai",
    "business_address": "12 Lê Lợi, phường Sài Gòn", "business_site": PLACE, "home_based": False,
    "business_lines": [{"vsic": "5630", "line_name": "Quán cà phê"}, {"vsic": "4723", "line_name": "Bán cà phê rang"}],
    "capital": 100_000_000, "workers": 2, "revenue": 480_000_000, "starts_on": "2027-01-04", "fee_group": "none",
}  # fmt: skip


def opened(when: str = "2026-12-01 09:00", channel: str = "web", **changes) -> Story:
    return Story(KEY, {**COFFEE, **changes}, when, channel=channel)


def accepted(**changes) -> Story:
    story = opened(**changes)
    story.pay("2026-12-01 09:30")
    return story.act("accept", "2026-12-01 10:00", "clerk")


def checked(story: Story, name: str = "free", day: str = "2026-12-02") -> Story:
    story.act("task.name-check", f"{day} 09:00", "registrar", outcome=name)
    story.act("task.papers", f"{day} 10:00", "registrar", outcome="valid")
    return story.act("task.tax-code", f"{day} 11:00", "registrar", business_code="8012345678")


def test_a_cafe_is_registered_in_three_working_days() -> None:
    story = accepted()
    assert story.bills[0].total == 0
    assert story.due() == "2026-12-04 17:00"
    assert checked(story).state == "signing"
    story.act("sign", "2026-12-03 14:00", "leader")
    assert story.state == "registered"
    assert story.letters() == ["receipt", "certificate"]
    record = story.record()
    assert faults(record) == []
    values = record.values["values"]
    assert (values["section"], values["tax"], values["activity"]) == (
        "I",
        "exempt",
        "Quán cà phê; Bán cà phê rang",
    )
    story.act("hand-over", "2026-12-04 08:00", "clerk")
    story.act("rate", "2026-12-04 20:00", rating=5)
    assert story.case.outcome == "accepted"


@pytest.mark.parametrize(
    ("channel", "group", "fee"),
    [("web", "none", 0), ("counter", "none", 100_000), ("counter", "poor", 0), ("counter", "disabled", 0)],
)
def test_the_charge_is_due_at_the_counter_and_not_of_everybody(channel, group, fee) -> None:
    story = opened(channel=channel, fee_group=group)
    assert story.bills[0].total == fee
    assert [state.state for state in story.case.payments.values()] == ["asked" if fee else "paid"]


def test_a_name_that_is_taken_is_supplemented_once_and_the_clock_waits() -> None:
    story = accepted()
    assert checked(story, "taken").state == "in-review"
    with pytest.raises(Refused, match="name is not checked"):
        story.act("propose", "2026-12-02 11:30", "registrar")
    story.act("supplement", "2026-12-03 10:00", "registrar", missing="Tên bị trùng, chọn tên khác.")
    story.act("reply", "2026-12-08 10:00", business_name="Cà phê Mai Lê")
    assert story.due() == "2026-12-09 17:00"
    assert checked(story, day="2026-12-09").state == "signing"
    assert story.case.data["business_name"] == "Cà phê Mai Lê"
    story.act("sign", "2026-12-09 09:00", "leader")
    assert story.record().values["values"]["title"] == "Cà phê Mai Lê"


def test_what_is_not_supplemented_lapses() -> None:
    story = accepted()
    story.act("supplement", "2026-12-02 10:00", "registrar", missing="Biên bản họp.")
    assert story.waits_until("2026-12-31 10:00").state == "waiting"
    assert story.waits_until("2027-01-05 00:00").state == "withdrawn"


def test_a_refusal_says_why_and_can_be_appealed() -> None:
    story = accepted()
    with pytest.raises(Refused) as refused:
        story.act("refuse", "2026-12-02 09:00", "registrar")
    assert refused.value.code == "needs-note"
    story.act("refuse", "2026-12-02 09:00", "registrar", note="Đã là chủ doanh nghiệp tư nhân.")
    assert (story.state, story.case.outcome, story.letters()[-1]) == ("refused", "refused", "refusal")
    assert story.act("appeal", "2026-12-03 09:00", note="Doanh nghiệp đã giải thể.").state == "in-review"


def test_who_withdraws_gets_back_what_was_paid() -> None:
    story = accepted(channel="counter")
    story.act("withdraw", "2026-12-02 09:00")
    assert (story.state, story.orders[-1].kind) == ("withdrawn", "refund")


def test_a_late_dossier_apologises_and_gets_one_new_date() -> None:
    story = accepted()
    story.waits_until("2026-12-04 17:00")
    assert "apology" in story.letters()
    story.act("extend", "2026-12-07 08:30", "registrar", note="Chờ mã số thuế.")
    assert story.due() == "2026-12-08 17:00"
    with pytest.raises(Refused):
        story.act("extend", "2026-12-07 09:00", "registrar", note="Nữa.")
    checked(story, day="2026-12-09").waits_until("2026-12-10 09:00")
    assert story.letters().count("apology") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"business_name": "Công ty Mai"}, "business_name"),
        ({"owner_born_on": "2010-01-01"}, "owner_born_on"),
        ({"home_based": True}, "home_based"),
        ({"starts_on": "2026-11-30"}, "starts_on"),
        ({"founded_by": "household"}, "members"),
        (
            {"business_lines": [{"vsic": "other", "line_name": "Nuôi cá cảnh"}]},
            "business_lines[0].vsic_other",
        ),
    ],
)
def test_what_cannot_be_registered_is_told_at_its_question(changes, field) -> None:
    with pytest.raises(Refused) as refused:
        opened(**changes)
    assert set(refused.value.errors) == {field}


DIVISIONS = {
    1: "A", 5: "B", 33: "C", 35: "D", 39: "E", 41: "F", 47: "G", 53: "H", 55: "I", 63: "J", 66: "K", 68: "L", 75: "M",
    82: "N", 84: "O", 85: "P", 88: "Q", 93: "R", 96: "S", 97: "T", 99: "U", 67: None,
}  # fmt: skip


@pytest.mark.parametrize(("row", "division"), list(enumerate(DIVISIONS)))
def test_the_section_follows_the_code_of_the_main_line(row, division) -> None:
    assert decided(KEY, "section", {}, {"division": division}) == (DIVISIONS[division], (row,))


def test_a_code_of_ones_own_gives_the_section_too() -> None:
    story = opened(business_lines=[{"vsic": "other", "vsic_other": "0322", "line_name": "Nuôi cá cảnh"}])
    assert (story.case.facts["division"], story.case.facts["section"]) == (3, "A")


@pytest.mark.parametrize(
    ("row", "codes", "condition"),
    [
        (0, ["5610", "9610"], "security"),
        (1, ["5610", "5510"], "security-fire"),
        (2, ["4772"], "pharmacy"),
        (3, ["1071"], "food-safety"),
        (3, ["4719", "5630"], "food-safety"),
        (4, ["9631"], "none"),
    ],
)
def test_conditions_of_lines_the_strictest_first(row, codes, condition) -> None:
    lines = [{"vsic": code, "vsic_other": None, "line_name": "x"} for code in codes]
    assert decided(KEY, "conditional", {"business_lines": lines}) == (condition, (row,))


@pytest.mark.parametrize(
    ("row", "revenue", "way"), [(0, 500_000_000, "exempt"), (1, 500_000_001, "declared")]
)
def test_tax_is_declared_above_the_threshold(row, revenue, way) -> None:
    assert decided(KEY, "tax-way", {"revenue": revenue}) == (way, (row,))
