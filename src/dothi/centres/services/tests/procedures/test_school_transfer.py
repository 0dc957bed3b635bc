"""A pupil changes schools: the receiving school agrees in a case of its own, the school left hands over, or another is chosen."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import Story, decided, rows
from dothi.kernel.cases.engine.types import Refused

KEY = "school-transfer"
AN = {
    "parent_id": "079190000001", "parent_name": "Trần Thị Mai", "parent_phone": "0903123456", "relation": "mother",
    "home_unit": "26740", "home_address": "12 Lê Lợi", "pupil_name": "Lê Văn An", "pupil_born_on": "2017-06-01",
    "grade": 3, "school_year": "2025-2026", "hardship": False, "from_school": "TH-01",
    "from_school_name": "Tiểu học Một", "to_school": "TH-02", "to_school_name": "Tiểu học Hai", "reason": "moved",
    "wish_on": "2026-03-16",
}  # fmt: skip
OTHER = {"reason": "other", "reason_text": "Gần nơi làm việc của cha mẹ"}
PAPERS = {"letter_no": "07/GT", "records_given": ["report", "results"]}
HANDLING = [
    ("primary", "moved", "schools", 0),
    ("primary", "other", "schools", 0),
    ("lower-secondary", "moved", "schools", 1),
    ("upper-secondary", "hardship", "schools", 1),
    ("lower-secondary", "other", "officer", 2),
    ("upper-secondary", "other", "officer", 2),
]


def accepted(**changes):
    return Story(KEY, AN | changes, "2026-03-02 09:00").act("accept", "2026-03-02 10:00", "clerk")


def asked(**changes):
    return accepted(**changes).act("ask", "2026-03-02 11:00", "education-officer", asked_of="TH-02")


@pytest.mark.parametrize(("level", "reason", "path", "row"), HANDLING)
def test_who_settles_it_depends_on_level_and_reason(level, reason, path, row) -> None:
    assert decided(KEY, "path", {"reason": reason}, {"level": level}) == (path, (row,))


def test_every_row_of_the_table_is_told_of() -> None:
    assert {row for *_, row in HANDLING} == rows(KEY, "path")


@pytest.mark.parametrize(
    ("grade", "level"),
    [(5, "primary"), (6, "lower-secondary"), (9, "lower-secondary"), (10, "upper-secondary")],
)
def test_the_grade_says_the_level(grade, level) -> None:
    assert accepted(grade=grade).case.facts["level"] == level


def test_both_schools_do_their_part_and_the_pupil_moves() -> None:
    story = asked()
    assert (story.state, story.due(), story.bills) == ("asking", "2026-03-11 17:00", [])
    [opened] = [each for each in story.orders if each.kind == "open"]
    assert (opened.values["procedure"], opened.values["organisation"]) == ("school-agreement", "TH-02")
    assert opened.values["data"]["pupil_name"] == "Lê Văn An"
    assert story.answered("2026-03-04 10:00", "agreed").state == "answered"
    story.act("release", "2026-03-04 11:00", "education-officer")
    assert (story.state, story.due("release")) == ("releasing", "2026-03-09 17:00")
    story.act("release-papers", "2026-03-05 09:00", "sending-head", **PAPERS)
    story.act("sign", "2026-03-05 15:00", "leader")
    assert (story.state, story.letters()) == ("transferred", ["receipt", "transfer"])
    assert story.act("hand-over", "2026-03-06 09:00", "clerk").case.outcome == "accepted"


def test_when_the_school_declines_the_parents_choose_another_and_the_clock_waits() -> None:
    story = asked().answered("2026-03-04 10:00", "declined")
    with pytest.raises(Refused):
        story.act("release", "2026-03-04 11:00", "education-officer")
    story.act("tell", "2026-03-04 11:00", "education-officer", note="Không còn chỗ")
    assert (story.state, story.due(), story.messages()[-1]) == ("choosing", "", "declined")
    story.act("choose", "2026-03-06 11:00", to_school="TH-03", to_school_name="Tiểu học Ba")
    assert (story.state, story.due()) == ("in-review", "2026-03-13 17:00")
    story.act("ask", "2026-03-06 14:00", "education-officer", asked_of="TH-03")
    story.answered("2026-03-09 09:00", "agreed").act("release", "2026-03-09 10:00", "education-officer")
    assert story.state == "releasing"


def test_no_other_choice_within_thirty_days_ends_it() -> None:
    story = asked().answered("2026-03-04 10:00", "declined")
    story.act("tell", "2026-03-04 11:00", "education-officer", note="Không còn chỗ")
    assert story.waits_until("2026-04-06 08:00").case.outcome == "withdrawn"


def test_another_reason_at_secondary_school_is_approved_first() -> None:
    story = accepted(grade=8, **OTHER)
    with pytest.raises(Refused):
        story.act("ask", "2026-03-02 11:00", "education-officer", asked_of="THCS-02")
    story.act("approve", "2026-03-03 09:00", "education-officer", note="Hợp lý")
    assert story.act("ask", "2026-03-03 10:00", "education-officer", asked_of="THCS-02").state == "asking"


def test_the_school_left_may_have_more_time_once() -> None:
    story = (
        asked().answered("2026-03-04 10:00", "agreed").act("release", "2026-03-04 11:00", "education-officer")
    )
    story.act("extend", "2026-03-05 09:00", "sending-head", note="Hiệu trưởng đi vắng")
    assert (story.due(), story.letters()[-1]) == ("2026-03-16 17:00", "extension")


def test_the_two_schools_differ() -> None:
    with pytest.raises(Refused) as refused:
        accepted(to_school="TH-01")
    assert set(refused.value.errors) == {"to_school"}


def test_refused_withdrawn_supplemented_or_late() -> None:
    story = accepted().act("refuse", "2026-03-03 09:00", "education-officer", note="Thiếu chữ ký của cha mẹ")
    assert (story.case.outcome, story.letters()[-1]) == ("refused", "refusal")
    assert accepted().act("withdraw", "2026-03-03 09:00").case.outcome == "withdrawn"
    story = accepted().act("supplement", "2026-03-03 09:00", "education-officer", missing="Học bạ lớp 2")
    assert story.act("reply", "2026-03-05 09:00").due() == "2026-03-13 17:00"
    assert accepted().waits_until("2026-03-12 08:00").letters() == ["receipt", "apology"]
