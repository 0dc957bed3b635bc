"""A confirmation of residence: in one working day from the database, in three where it must be verified."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import Story, decided, rows
from dothi.kernel.cases.engine.types import Refused

KEY = "residence-confirmation"
NOW = {
    "person_id": "079190000001", "person_name": "Trần Thị Mai", "born_on": "1990-05-04", "phone": "0903123456",
    "subject": "current", "used_for": "school", "home_unit": "26740", "home_address": "12 Lê Lợi",
    "whole_household": False,
}  # fmt: skip
CONTENT = {"confirmation_no": "18/XN", "confirmed": "Thường trú tại 12 Lê Lợi từ ngày 1/5/2015"}
HANDLING = [
    ("declared", True, "verify", 0),
    ("declared", False, "verify", 0),
    ("current", True, "from-data", 1),
    ("history", True, "from-data", 1),
    ("current", False, "verify", 2),
    ("history", False, "verify", 2),
]
VALIDITY = [("declared", 6, 0), ("current", 12, 1), ("history", 12, 1)]


def accepted(found=True, **changes):
    story = Story(KEY, NOW | changes, "2026-03-02 09:00")
    return story.act("accept", "2026-03-02 10:00", "clerk", data_found=found)


@pytest.mark.parametrize(("subject", "found", "handling", "row"), HANDLING)
def test_what_the_database_says_need_not_be_verified(subject, found, handling, row) -> None:
    assert decided(KEY, "handling", {"subject": subject, "data_found": found}) == (handling, (row,))


@pytest.mark.parametrize(("subject", "months", "row"), VALIDITY)
def test_how_long_it_is_valid(subject, months, row) -> None:
    assert decided(KEY, "validity", {"subject": subject}) == (months, (row,))


def test_every_row_of_the_tables_is_told_of() -> None:
    assert {row for *_, row in HANDLING} == rows(KEY, "handling")
    assert {row for *_, row in VALIDITY} == rows(KEY, "validity")


def test_from_the_database_it_takes_one_working_day_and_costs_nothing() -> None:
    story = accepted()
    assert (story.state, story.due(), story.bills) == ("in-review", "2026-03-03 17:00", [])
    story.act("propose", "2026-03-02 14:00", "officer", **CONTENT).act("sign", "2026-03-02 15:00", "leader")
    assert (story.state, story.letters()) == ("confirmed", ["receipt", "confirmation"])
    assert story.case.facts["valid_months"] == 12
    assert story.waits_until("2026-04-03 08:00").case.outcome == "accepted"


def test_what_is_not_there_is_verified_in_three_working_days() -> None:
    story = accepted(found=False)
    assert (story.state, story.due()) == ("verifying", "2026-03-05 17:00")
    story.act("verified", "2026-03-03 10:00", "officer", visited_on="2026-03-03", findings="Đúng")
    assert (story.state, story.due()) == ("in-review", "2026-03-05 17:00")


def test_where_somebody_stays_without_registration_holds_for_six_months() -> None:
    story = accepted(subject="declared")
    assert (story.state, story.case.facts["valid_months"]) == ("verifying", 6)


def test_the_members_of_the_household_are_named() -> None:
    with pytest.raises(Refused) as refused:
        accepted(whole_household=True)
    assert "members" in refused.value.errors
    members = [{"name": "Trần Văn An", "relation": "child"}]
    assert accepted(whole_household=True, members=members).state == "in-review"


def test_an_earlier_time_has_an_end_after_its_beginning() -> None:
    with pytest.raises(Refused) as refused:
        accepted(subject="history", from_on="2020-01-01", to_on="2019-01-01")
    assert set(refused.value.errors) == {"to_on"}


def test_a_supplement_holds_the_clock_and_comes_back_to_the_verification() -> None:
    story = accepted(found=False).act(
        "supplement", "2026-03-03 10:00", "officer", missing="Hợp đồng thuê nhà"
    )
    assert (story.state, story.due()) == ("waiting", "")
    assert story.act("reply", "2026-03-05 10:00").state == "verifying"
    assert story.due() == "2026-03-09 17:00"


def test_it_can_be_refused_with_a_reason_and_withdrawn() -> None:
    story = accepted().act("refuse", "2026-03-02 11:00", "officer", note="Không phải người trong hộ")
    assert (story.case.outcome, story.letters()[-1]) == ("refused", "refusal")
    assert accepted().act("withdraw", "2026-03-02 11:00").case.outcome == "withdrawn"


def test_when_it_is_late_the_police_apologise() -> None:
    assert accepted().waits_until("2026-03-04 08:00").letters() == ["receipt", "apology"]
