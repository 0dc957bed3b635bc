"""A marriage is registered: both are free, both come, both sign; what is not clear is verified, who is married is refused."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import Story, decided, faults, rows
from dothi.kernel.cases.engine.types import Refused

KEY = "marriage-registration"
COUPLE = {
    "self_id": "079195000001", "self_name": "Trần Thị Mai", "self_sex": "female", "self_born_on": "1995-02-01",
    "self_address": "12 Lê Lợi", "self_phone": "0903123456", "self_status": "single",
    "partner_id": "079093000002", "partner_name": "Lê Văn Bình", "partner_sex": "male",
    "partner_born_on": "1993-06-01", "partner_address": "5 Hai Bà Trưng", "partner_phone": "0903123457",
    "partner_status": "single", "self_consents": True, "partner_consents": True, "kin": False,
    "ward": "26740", "wish_on": "2026-03-06", "copies": 0,
}  # fmt: skip
FORMER = {
    "spouse": "Lê Thị Hoa",
    "ended_by": "divorce",
    "ended_on": "2022-05-01",
    "paper": "12/2022/QĐST-HNGĐ",
}
THERE = {
    "both_present": True, "both_willing": True, "both_signed": True, "registration_no": "08/2026",
    "book_no": "01/2026", "self_in_register": True, "partner_in_register": False,
}  # fmt: skip
MEETING = {"meet_at": "2026-03-06T09:00:00+07:00", "meet_place": "Uỷ ban nhân dân phường"}
MARITAL = [
    ("married", "free", "forbidden", 0),
    ("married", "unknown", "forbidden", 0),
    ("free", "married", "forbidden", 1),
    ("unknown", "married", "forbidden", 1),
    ("unknown", "free", "verify", 2),
    ("unknown", "unknown", "verify", 2),
    ("free", "unknown", "verify", 3),
    ("free", "free", "clear", 4),
]


def handed_in(**changes):
    return Story(KEY, COUPLE | changes, "2026-03-02 09:00")


def checked(one="free", other="free", **changes):
    story = handed_in(**changes).act("accept", "2026-03-02 10:00", "clerk")
    story.act("task.self-status-check", "2026-03-02 10:30", "registrar", outcome=one)
    return story.act("task.partner-status-check", "2026-03-02 11:00", "registrar", outcome=other)


@pytest.mark.parametrize(("one", "other", "outcome", "row"), MARITAL)
def test_both_must_be_free_to_marry(one, other, outcome, row) -> None:
    tasks = {"self_status_check": {"outcome": one}, "partner_status_check": {"outcome": other}}
    assert decided(KEY, "marital", {}, tasks=tasks) == (outcome, (row,))


def test_every_row_of_the_table_is_told_of() -> None:
    assert {row for *_, row in MARITAL} == rows(KEY, "marital")


def test_two_who_are_free_come_together_and_sign() -> None:
    story = checked()
    assert (story.state, story.case.facts["marital"], story.due()) == ("checked", "clear", "2026-03-03 17:00")
    story.act("invite", "2026-03-02 14:00", "registrar", **MEETING)
    assert (story.state, story.due()) == ("appearance", "")
    story.act("appear", "2026-03-06 09:30", "registrar", **THERE)
    assert (story.state, story.due()) == ("signing", "2026-03-09 09:30")
    story.act("sign", "2026-03-06 09:45", "leader")
    assert story.letters() == ["receipt", "invitation", "certificate"]
    assert (story.case.facts["husband_name"], story.case.facts["wife_name"]) == (
        "Lê Văn Bình",
        "Trần Thị Mai",
    )
    event, person = story.records()
    assert faults(event) == []
    written = event.values["values"]
    assert (written["kind"], written["subject"], written["second"]) == (
        "marriage",
        "079195000001",
        "079093000002",
    )
    assert faults(person, before={"full_name": "Trần Thị Mai"}) == []
    assert (person.values["by"], person.values["values"]) == ("079195000001", {"marital_status": "married"})
    assert story.act("hand-over", "2026-03-06 09:50", "clerk").case.outcome == "accepted"


@pytest.mark.parametrize("missing", ["both_present", "both_willing", "both_signed"])
def test_without_both_of_them_nothing_is_registered(missing) -> None:
    story = checked().act("invite", "2026-03-02 14:00", "registrar", **MEETING)
    with pytest.raises(Refused) as refused:
        story.act("appear", "2026-03-06 09:30", "registrar", **THERE | {missing: False})
    assert set(refused.value.errors) == {missing}
    story.act("unwilling", "2026-03-06 09:40", "registrar", note="Bên nữ không tự nguyện")
    assert (story.state, story.letters()[-1]) == ("refused", "refusal")


def test_the_appointment_can_be_moved_and_lapses_after_sixty_days() -> None:
    story = checked().act("invite", "2026-03-02 14:00", "registrar", **MEETING)
    story.act("move-appointment", "2026-03-05 10:00", **MEETING | {"meet_at": "2026-03-20T09:00:00+07:00"})
    assert story.state == "appearance"
    assert story.waits_until("2026-05-05 08:00").state == "withdrawn"


def test_what_is_not_clear_is_verified_with_four_more_days_once() -> None:
    story = checked("free", "unknown")
    with pytest.raises(Refused):
        story.act("invite", "2026-03-02 14:00", "registrar", **MEETING)
    story.act("verify", "2026-03-02 14:00", "registrar", note="Từng cư trú ở Cần Thơ")
    assert (story.state, story.due()) == ("verifying", "2026-03-09 17:00")
    story.act(
        "verified", "2026-03-05 10:00", "registrar", asked_of="UBND phường Ninh Kiều", findings="Độc thân"
    )
    story.act("task.self-status-check", "2026-03-05 10:10", "registrar", outcome="free")
    story.act("task.partner-status-check", "2026-03-05 10:20", "registrar", outcome="free")
    assert (story.state, story.case.facts["marital"]) == ("checked", "clear")


def test_who_is_married_can_only_be_refused() -> None:
    story = checked("free", "married")
    for action, given in (("invite", MEETING), ("verify", {})):
        with pytest.raises(Refused):
            story.act(action, "2026-03-02 14:00", "registrar", "Ghi chú", **given)
    story.act("refuse", "2026-03-02 14:00", "registrar", note="Đang có vợ")
    assert story.case.outcome == "refused"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"self_born_on": "2008-03-03"}, "self_born_on"),
        ({"partner_born_on": "2006-03-03"}, "partner_born_on"),
        ({"self_status": "married"}, "self_status"),
        ({"partner_sex": "female"}, "partner_sex"),
        ({"partner_id": "079195000001"}, "partner_id"),
        ({"partner_consents": False}, "partner_consents"),
        ({"kin": True}, "kin"),
        ({"partner_status": "divorced"}, "partner_former"),
    ],
)
def test_the_conditions_of_the_law_are_asked_in_the_form(changes, field) -> None:
    with pytest.raises(Refused) as refused:
        handed_in(**changes)
    assert field in refused.value.errors


def test_a_woman_of_eighteen_and_a_man_of_twenty_may_marry_today() -> None:
    assert handed_in(self_born_on="2008-03-02", partner_born_on="2006-03-02").state == "submitted"


def test_former_marriages_are_proved() -> None:
    story = handed_in(partner_status="divorced", partner_former=[FORMER], copies=2)
    assert story.fees == [("registration", 0), ("copies", 16_000)]
    story.pay("2026-03-02 09:10")
    assert story.act("withdraw", "2026-03-02 09:20").ordered("refund") == 1


def test_registration_itself_is_free() -> None:
    assert handed_in().bills == []


def test_a_supplement_holds_the_clock() -> None:
    story = handed_in().act("accept", "2026-03-02 10:00", "clerk")
    story.act("supplement", "2026-03-02 14:00", "registrar", missing="Giấy xác nhận tình trạng hôn nhân")
    assert story.act("reply", "2026-03-05 14:00").due() == "2026-03-06 14:00"
    assert story.state == "in-review"


def test_when_it_is_late_the_city_apologises() -> None:
    story = handed_in().act("accept", "2026-03-02 10:00", "clerk").waits_until("2026-03-04 08:00")
    assert story.letters() == ["receipt", "apology"]
