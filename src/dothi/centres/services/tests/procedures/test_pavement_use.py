"""The use of a pavement: a wedding, a shop, building materials; conditions, fee by area, street and time."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import PLACE, Story, decided, faults
from dothi.kernel.cases.engine.types import Refused

KEY = "pavement-use"
SHOP = {
    "holder_id": "079190000001", "holder_name": "Trần Thị Mai", "holder_phone": "0903123456", "use_kind": "business",
    "business_code": "8012345678", "goods": "Hoa tươi", "site": PLACE, "site_address": "12 Lê Lợi", "street_group": "a",
    "before_own_house": True, "pavement_width": 4, "use_width": 1.5, "use_length": 5, "from_on": "2027-01-04", "to_on": "2027-02-02",
}  # fmt: skip
OTHER = {
    "wedding": {}, "funeral": {}, "event": {"event_name": "Hội sách"},
    "construction": {"building_permit": "GP-1", "at_night": True}, "business": {},
}  # fmt: skip


def opened(kind: str = "business", **changes) -> Story:
    data = {**SHOP, "use_kind": kind, **OTHER[kind], **changes}
    if kind != "business":
        data = {key: value for key, value in data.items() if key not in ("business_code", "goods")}
    return Story(KEY, data, "2026-12-01 09:00")


def proposed(story: Story, **found) -> Story:
    story.act("accept", "2026-12-01 10:00", "clerk")
    survey = {"pavement_width": 4, "street_group": story.case.data["street_group"], **found}
    return story.act("task.survey", "2026-12-01 14:00", "officer", outcome="fits", **survey)


def approved(story: Story) -> Story:
    return story.act("approve", "2026-12-02 09:00", "leader", permit_no="GP-HP 1")


def test_a_shop_pays_for_its_square_metres_by_street_and_half_month() -> None:
    story = proposed(opened())
    assert (story.due(), story.state) == ("2026-12-08 17:00", "decision")
    assert {key: story.case.facts[key] for key in ("area", "days", "area_halves", "verdict")} == {
        "area": 8, "days": 30, "area_halves": 16, "verdict": "allowed",
    }  # fmt: skip
    approved(story)
    assert (story.state, story.fees) == ("awaiting-payment", [("use-a", 800_000)])
    with pytest.raises(Refused) as refused:
        story.act("paid-up", "2026-12-02 10:00", "clerk")
    assert refused.value.code == "not-paid"
    story.pay("2026-12-03 08:00")
    assert story.act("paid-up", "2026-12-03 09:00", "clerk").state == "granted"
    assert faults(story.record()) == []
    assert story.letters() == ["receipt", "permit"]


def test_a_wedding_is_confirmed_in_a_day_without_a_fee() -> None:
    story = opened("wedding", to_on="2027-01-05", from_on="2027-01-04")
    assert proposed(story).due() == "2026-12-02 17:00"
    assert approved(story).state == "granted"
    [line] = story.bills[-1].lines
    assert (story.bills[-1].total, line.reasons[0].key) == (0, "ceremony")
    assert story.record().values["values"]["use"] == "wedding"


@pytest.mark.parametrize(
    ("group", "to_on", "amount"),
    [("a", "2027-01-18", 400_000), ("b", "2027-01-18", 200_000), ("c", "2027-01-19", 240_000), ("d", "2027-01-18", 80_000), ("e", "2027-07-03", 1_040_000)],
)  # fmt: skip
def test_the_fee_follows_area_street_and_days(group, to_on, amount) -> None:
    story = approved(
        proposed(opened("event" if group != "e" else "business", street_group=group, to_on=to_on))
    )
    assert story.fees == [(f"use-{group}", amount)]


def test_what_is_measured_on_the_spot_counts() -> None:
    story = proposed(opened(use_width=2.2), pavement_width=3, street_group="b")
    assert story.case.facts["verdict"] == "too-narrow"
    with pytest.raises(Refused, match="do not meet the conditions"):
        approved(story)
    story.act("refuse", "2026-12-02 09:00", "leader", note="Hè chỉ rộng 3 m.")
    assert story.letters()[-1] == "refusal"


def test_the_traffic_police_are_asked_and_the_clock_waits() -> None:
    story = opened("construction").act("accept", "2026-12-01 10:00", "clerk")
    story.act("ask-opinion", "2026-12-01 11:00", "officer", note="Có ảnh hưởng lối rẽ?")
    story.act(
        "task.survey", "2026-12-01 14:00", "officer", outcome="fits", pavement_width=4, street_group="a"
    )
    assert story.state == "in-review"
    assert story.answered("2026-12-04 10:00").state == "decision"
    assert story.due() == "2026-12-11 10:00"


def test_a_permit_that_is_not_paid_for_lapses() -> None:
    story = approved(proposed(opened())).waits_until("2026-12-18 00:00")
    assert (story.state, story.case.outcome) == ("withdrawn", "withdrawn")


def test_a_late_permit_apologises_and_gets_one_new_date() -> None:
    story = proposed(opened()).waits_until("2026-12-08 17:00")
    assert story.letters()[-1] == "apology"
    assert story.act("extend", "2026-12-09 08:00", "leader", note="Khảo sát lại.").due() == "2026-12-11 17:00"


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("business", {"use_width": 3}, "use_width"),
        ("business", {"from_on": "2026-11-01"}, "from_on"),
        ("business", {"to_on": "2027-01-01"}, "to_on"),
        ("construction", {"at_night": False}, "at_night"),
        ("event", {"event_name": ""}, "event_name"),
    ],
)
def test_what_is_not_allowed_is_told_at_its_question(kind, changes, field) -> None:
    with pytest.raises(Refused) as refused:
        opened(kind, **changes)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    ("row", "kind", "width", "days", "verdict"),
    [
        (0, "funeral", 1.4, 1, "too-narrow"),
        (1, "wedding", 1.5, 3, "too-long"),
        (2, "funeral", 1.5, 4, "too-long"),
        (3, "event", 1.5, 31, "too-long"),
        (4, "construction", 2, 181, "too-long"),
        (5, "business", 2, 366, "too-long"),
        (6, "wedding", 2, 2, "notice"),
        (6, "funeral", 2, 3, "notice"),
        (7, "business", 1.5, 365, "allowed"),
    ],
)
def test_the_conditions(row, kind, width, days, verdict) -> None:
    assert decided(KEY, "conditions", {"use_kind": kind}, {"free_width": width, "days": days}) == (
        verdict,
        (row,),
    )
