"""The licence of a health facility: the kind decides on fee and team, the minutes on the licence."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import PLACE, WARD, Story, decided, faults
from dothi.kernel.cases.engine.types import Refused

KEY = "health-facility-licence"
CLINIC = {
    "owner_kind": "enterprise", "enterprise_code": "0312345678", "applicant_id": "079190000001", "applicant_name": "Trần Thị Mai",
    "applicant_phone": "0903123456", "facility_name": "Phòng khám Nhi Sao Mai", "facility_kind": "clinic",
    "facility_address": "12 Lê Lợi", "facility_site": PLACE, "facility_unit": WARD, "facility_phone": "02838123456",
    "opening_hours": "7 giờ đến 20 giờ", "departments": [{"department": "Nhi"}], "surgery": False, "emergency_care": False,
    "radiation": False, "responsible_name": "Lê Văn Bình", "responsible_licence": "001234/HCM-GPHN", "responsible_months": 54,
}  # fmt: skip
MINUTES = {"visited_on": "2026-12-20", "team_members": "Đoàn số 2", "findings": "Đủ điều kiện."}


def accepted(**changes) -> Story:
    story = Story(KEY, {**CLINIC, **changes}, "2026-12-01 09:00")
    story.pay("2026-12-01 09:30")
    return story.act("accept", "2026-12-01 10:00", "clerk")


def appraised(outcome: str, **changes) -> Story:
    story = accepted(**changes).act("task.papers", "2026-12-04 10:00", "officer", outcome="complete")
    assert story.state == "appraisal"
    return story.act("task.visit", "2026-12-21 10:00", "appraiser", outcome=outcome, **MINUTES)


def test_a_clinic_is_visited_licensed_and_in_the_register() -> None:
    story = appraised("passes")
    assert (story.fees, story.case.facts["team"]) == ([("clinic", 4_300_000)], "small")
    assert story.due() == "2027-02-12 00:00"
    assert story.due("issue") == "2027-01-01 00:00"
    story.act("license", "2026-12-25 10:00", "leader", facility_code="79-001", licence_no="00123/HCM-GPHĐ")
    record = story.record()
    assert faults(record) == []
    values = record.values["values"]
    assert (values["ownership"], values["specialities"], values["unit"]) == ("private", ["Nhi"], WARD)
    assert story.letters() == ["receipt", "licence"]
    assert story.act("hand-over", "2026-12-28 10:00", "clerk").case.outcome == "accepted"


def test_what_the_minutes_ask_to_be_put_right_pauses_the_clock_and_is_looked_at_again() -> None:
    story = appraised("must-fix")
    assert story.state == "appraisal"
    with pytest.raises(Refused):
        story.act("passes", "2026-12-21 11:00", "appraiser")
    story.act("must-fix", "2026-12-21 14:00", "appraiser")
    assert (story.state, story.letters()[-1]) == ("fixing", "fix-request")
    with pytest.raises(Refused) as refused:
        story.act("report-fixed", "2027-01-20 14:00", fixed_text="Đã lắp vách ngăn.")
    assert refused.value.code == "documents-missing"
    story.hands_in("fix-evidence", "2027-01-20 15:00")
    story.act("report-fixed", "2027-01-20 15:00", fixed_text="Đã lắp vách ngăn.")
    story.act("task.visit", "2027-01-25 10:00", "appraiser", outcome="passes", **MINUTES)
    assert story.state == "decision"
    assert story.due()[:10] == "2027-03-13"


def test_a_facility_that_fails_is_refused_with_the_reason() -> None:
    story = appraised("fails").act("refuse", "2026-12-22 09:00", "leader", note="Không đủ diện tích.")
    assert (story.case.outcome, story.letters()[-1]) == ("refused", "refusal")


def test_conditions_that_are_not_met_as_declared_go_no_further() -> None:
    story = accepted(facility_kind="general-hospital", beds=25)
    story.act("task.papers", "2026-12-04 10:00", "officer", outcome="complete")
    assert (story.state, story.case.facts["conditions"]) == ("in-review", "too-few-beds")
    story.act("supplement", "2026-12-04 11:00", "officer", missing="Ít nhất 30 giường.")
    assert story.due_is_unknown()
    story.act("reply", "2026-12-14 11:00", beds=32)
    story.act("task.papers", "2026-12-15 10:00", "officer", outcome="complete")
    assert story.state == "appraisal"


@pytest.mark.parametrize(
    ("kind", "owner", "item", "amount"),
    [
        ("general-hospital", "state", "hospital", 10_500_000),
        ("maternity", "state", "polyclinic", 5_700_000),
        ("dental", "state", "clinic", 4_300_000),
        ("traditional", "state", "small", 3_100_000),
        ("health-station", "state", "small", 0),
    ],
)
def test_the_fee_follows_the_kind(kind, owner, item, amount) -> None:
    changes = {"facility_kind": kind, "owner_kind": owner}
    if kind in ("general-hospital", "maternity"):
        changes["beds"] = 40
    data = {key: value for key, value in CLINIC.items() if key != "enterprise_code"}
    assert Story(KEY, {**data, **changes}, "2026-12-01 09:00").fees == [(item, amount)]


def test_a_late_appraisal_apologises_and_gets_one_new_date() -> None:
    story = appraised("passes").waits_until("2027-02-20 00:00")
    assert story.letters().count("apology") == 1
    story.act("extend", "2027-02-22 09:00", "leader", note="Chờ ý kiến chuyên gia.")
    assert story.due() == "2027-02-20 00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"facility_kind": "general-hospital"}, "beds"),
        ({"owner_kind": "household"}, "household_code"),
        ({"departments": []}, "departments"),
        ({"responsible_months": 35}, "responsible_months"),
    ],
)
def test_what_is_missing_is_told_at_its_question(changes, field) -> None:
    data = {**CLINIC, **changes}
    if changes.get("owner_kind") == "household":
        data.pop("enterprise_code")
    with pytest.raises(Refused) as refused:
        Story(KEY, data, "2026-12-01 09:00")
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    ("row", "kinds", "group"),
    [
        (0, ["general-hospital", "special-hospital"], "hospital"),
        (1, ["polyclinic", "maternity"], "polyclinic"),
        (2, ["clinic", "dental", "laboratory", "emergency-station"], "clinic"),
        (3, ["traditional", "health-station"], "small"),
    ],
)
def test_every_kind_has_its_group(row, kinds, group) -> None:
    for kind in kinds:
        assert decided(KEY, "fee-group", {"facility_kind": kind}) == (group, (row,))


@pytest.mark.parametrize(
    ("row", "kind", "beds", "says"),
    [
        (0, "general-hospital", 29, "too-few-beds"),
        (1, "special-hospital", 19, "too-few-beds"),
        (2, "general-hospital", 30, "met"),
        (2, "clinic", None, "met"),
    ],
)
def test_the_conditions(row, kind, beds, says) -> None:
    assert decided(KEY, "conditions", {"facility_kind": kind, "beds": beds}) == (says, (row,))


@pytest.mark.parametrize(
    ("row", "group", "surgery", "radiation", "team"),
    [
        (0, "hospital", False, False, "full"),
        (1, "clinic", True, True, "full"),
        (2, "clinic", False, True, "with-radiation"),
        (3, "small", False, False, "small"),
    ],
)
def test_the_team(row, group, surgery, radiation, team) -> None:
    data = {"surgery": surgery, "emergency_care": False, "radiation": radiation}
    assert decided(KEY, "team", data, {"fee_group": group}) == (team, (row,))
