"""A death is registered: at once with a notice, after verification without one, free within fifteen days."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import Story, decided, faults, rows
from dothi.kernel.cases.engine.types import Refused

KEY = "death-registration"
DECLARED = {
    "declarant_id": "079190000001", "declarant_name": "Trần Thị Mai", "declarant_address": "12 Lê Lợi",
    "relation": "child", "deceased_name": "Trần Văn Hoà", "deceased_id": "079045000001",
    "deceased_born_on": "1945-03-01", "deceased_sex": "male", "last_unit": "26740", "last_address": "12 Lê Lợi",
    "died_on": "2026-03-01", "died_in": "Bệnh viện Chợ Rẫy", "cause": "Chưa rõ", "proof_kind": "facility",
    "proof_number": "15/GBT", "proof_on": "2026-03-01", "copies": 0, "exemption": "none",
}  # fmt: skip
LONG_AGO = DECLARED | {
    "died_on": "2025-10-01", "proof_kind": "none", "witnesses": [{"name": "Lê Văn Bình", "knows": "Hàng xóm"}],
}  # fmt: skip
ENTRY = {"registration_no": "21/2026", "book_no": "01/2026", "in_register": True}
HANDLING = [
    ("none", False, "verify", 0),
    ("none", True, "verify", 0),
    ("ward", True, "verify", 1),
    ("ward", False, "at-once", 2),
    ("facility", True, "at-once", 2),
    ("police", False, "at-once", 2),
    ("court", True, "at-once", 2),
]


def handed_in(data=DECLARED, channel="web"):
    return Story(KEY, data, "2026-03-02 09:00", channel=channel)


@pytest.mark.parametrize(("proof", "late", "handling", "row"), HANDLING)
def test_how_a_death_is_handled_depends_on_its_proof(proof, late, handling, row) -> None:
    said = decided(KEY, "handling", {"proof_kind": proof}, {"late_registration": late})
    assert said == (handling, (row,))


def test_every_row_of_the_table_is_told_of() -> None:
    assert {row for *_, row in HANDLING} == rows(KEY, "handling")


def test_with_a_notice_it_is_entered_the_next_working_day_and_costs_nothing() -> None:
    story = handed_in()
    assert story.bills == []
    story.act("accept", "2026-03-02 10:00", "clerk")
    assert (story.state, story.due()) == ("in-review", "2026-03-03 17:00")
    story.act("propose", "2026-03-02 14:00", "registrar", **ENTRY).act("sign", "2026-03-02 15:00", "leader")
    assert story.letters() == ["receipt", "extract"]
    event, person = story.records()
    assert faults(event) == []
    written = event.values["values"]
    assert (written["kind"], written["number"], written["event_date"]) == ("death", "21/2026", "2026-03-01")
    assert (person.values["operation"], person.values["by"]) == ("revise", "079045000001")
    assert faults(person, before={"full_name": "Trần Văn Hoà"}) == []
    assert (person.values["values"], person.values["valid_from"]) == ({"status": "deceased"}, "2026-03-01")
    story.act("hand-over", "2026-03-02 16:00", "clerk")
    assert (story.state, story.case.outcome) == ("issued", "accepted")


def test_who_is_not_in_the_register_is_entered_in_the_book_only() -> None:
    story = handed_in().act("accept", "2026-03-02 10:00", "clerk")
    story.act("propose", "2026-03-02 14:00", "registrar", **ENTRY | {"in_register": False})
    story.act("sign", "2026-03-02 15:00", "leader")
    assert story.record().values["type"] == "civil-event"


def test_without_a_notice_it_is_verified_within_three_working_days() -> None:
    story = handed_in(LONG_AGO).act("accept", "2026-03-06 10:00", "clerk")
    assert (story.state, story.due()) == ("verifying", "2026-03-11 17:00")
    assert "findings" in story.compiled.forms["verification"].keys
    story.act("verified", "2026-03-09 10:00", "registrar", verified_on="2026-03-09", findings="Đúng như khai")
    assert story.state == "in-review"


@pytest.mark.parametrize(
    ("channel", "exemption", "copies", "total"),
    [("web", "none", 2, 16_000), ("counter", "none", 2, 21_000), ("counter", "poor", 2, 16_000),
     ("counter", "merit", 0, 0), ("counter", "disabled", 0, 0), ("counter", "none", 0, 5_000)],
)  # fmt: skip
def test_a_late_registration_costs_at_the_counter_unless_let_off(channel, exemption, copies, total) -> None:
    story = handed_in(LONG_AGO | {"copies": copies, "exemption": exemption}, channel)
    assert story.bills[0].total == total


def test_fees_are_paid_before_it_is_accepted_and_paid_back_when_it_is_withdrawn() -> None:
    story = handed_in(DECLARED | {"copies": 3})
    assert story.fees == [("copies", 24_000)]
    with pytest.raises(Refused):
        story.act("accept", "2026-03-02 09:03", "clerk")
    story.pay("2026-03-02 09:05")
    story.act("withdraw", "2026-03-02 09:30")
    assert (story.state, story.ordered("refund")) == ("withdrawn", 1)


def test_a_supplement_stops_the_clock_and_comes_back_to_where_it_was() -> None:
    story = handed_in(LONG_AGO).act("accept", "2026-03-06 10:00", "clerk")
    story.act("supplement", "2026-03-06 14:00", "registrar", missing="Ảnh mộ phần")
    assert (story.state, story.due()) == ("waiting", "")
    story.act("reply", "2026-03-10 14:00", reply_text="Đã nộp")
    assert (story.state, story.due()) == ("verifying", "2026-03-13 14:00")


def test_a_reply_before_it_was_accepted_goes_back_to_the_desk() -> None:
    story = handed_in().act("supplement", "2026-03-02 09:10", "clerk", missing="Giấy báo tử rõ chữ")
    assert story.act("reply", "2026-03-03 09:00").state == "submitted"


def test_a_supplement_that_never_comes_ends_it() -> None:
    story = handed_in().act("supplement", "2026-03-02 09:10", "clerk", missing="Giấy báo tử rõ chữ")
    assert story.waits_until("2026-04-02 09:10").state == "withdrawn"


def test_a_refusal_gives_its_reason_in_a_letter() -> None:
    story = handed_in().act("accept", "2026-03-02 10:00", "clerk")
    with pytest.raises(Refused):
        story.act("refuse", "2026-03-02 11:00", "registrar")
    story.act("refuse", "2026-03-02 11:00", "registrar", note="Nơi cư trú cuối cùng ở tỉnh khác")
    assert (story.state, story.letters()[-1]) == ("refused", "refusal")


def test_when_it_is_late_the_city_apologises_once() -> None:
    story = handed_in().act("accept", "2026-03-02 10:00", "clerk")
    story.waits_until("2026-03-04 08:00")
    assert story.letters() == ["receipt", "apology"]
    story.act("propose", "2026-03-04 09:00", "registrar", **ENTRY).waits_until("2026-03-10 08:00")
    assert story.letters() == ["receipt", "apology"]


def test_a_death_lies_neither_ahead_nor_before_the_birth() -> None:
    for day in ("2026-03-03", "1944-01-01"):
        with pytest.raises(Refused) as refused:
            handed_in(DECLARED | {"died_on": day})
        assert "died_on" in refused.value.errors
