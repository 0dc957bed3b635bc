"""A car park on a pavement: capacity, opinions of the ward and the traffic police, fee by area, street and month."""

from __future__ import annotations

import pytest

from dothi.centres.services.tests.procedures.story import PLACE, WARD, Story, decided, faults
from dothi.kernel.cases.engine.types import Refused

KEY = "sub-parking-permit"
LOT = {
    "keeper_kind": "person", "keeper_id": "079190000001", "keeper_name": "Trần Thị Mai", "keeper_phone": "0903123456",
    "lot_kind": "pavement", "lot_site": PLACE, "lot_address": "Trước 12–20 Lê Lợi", "street_group": "b", "pavement_width": 5,
    "lot_area": 60.5, "motorbikes": 40, "cars": 0, "months": 6, "begins_on": "2027-01-31",
    "hours": [{"days_of_week": "Hằng ngày", "opens_at": "6:00", "closes_at": "22:00"}],
    "free_of_charge": False, "cashless": True,
}  # fmt: skip


def opened(**changes) -> Story:
    data = {**LOT, **changes}
    if data["lot_kind"] != "pavement":
        data.pop("pavement_width")
    return Story(KEY, data, "2026-12-01 09:00")


def surveyed(**changes) -> Story:
    story = opened(**changes).act("accept", "2026-12-01 10:00", "clerk")
    return story.act("task.survey", "2026-12-03 10:00", "officer", outcome="fits")


def approved(**changes) -> Story:
    story = surveyed(**changes).answered("2026-12-10 10:00")
    return story.act("approve", "2026-12-11 09:00", "leader", permit_no="GP-GX 1")


def test_a_car_park_waits_for_two_opinions_pays_and_is_in_the_register() -> None:
    story = surveyed()
    assert story.state == "opinions"
    asked = [order.values["organisation"] for order in story.orders if order.kind == "open"]
    assert asked == [None, "traffic-police"]
    assert story.case.clocks["statutory"].pauses[-1].cause == "opinion"
    with pytest.raises(Refused):
        story.act("opinions-received", "2026-12-04 10:00", "officer")
    assert story.answered("2026-12-10 10:00").state == "decision"
    assert story.due() == "2026-12-22 17:00"
    story.act("approve", "2026-12-11 09:00", "leader", permit_no="GP-GX 1")
    assert story.fees == [("parking-b", 61 * 6 * 180_000)]
    story.pay("2026-12-14 08:00")
    assert story.act("paid-up", "2026-12-14 09:00", "clerk").state == "granted"
    record = story.record()
    assert faults(record) == []
    values = record.values["values"]
    assert (values["spots"], values["valid_to"], values["unit"]) == (40, "2027-07-30", WARD)
    assert story.letters() == ["receipt", "permit"]


@pytest.mark.parametrize(
    ("group", "amount"),
    [("a", 128_100_000), ("b", 65_880_000), ("c", 36_600_000), ("d", 29_280_000), ("e", 18_300_000)],
)
def test_the_fee_follows_the_street(group, amount) -> None:
    assert approved(street_group=group).fees == [(f"parking-{group}", amount)]


def test_who_keeps_vehicles_without_charge_pays_nothing() -> None:
    story = approved(free_of_charge=True)
    assert (story.state, story.bills[-1].total) == ("granted", 0)
    assert story.bills[-1].lines[0].reasons[0].key == "free-of-charge"


def test_too_many_vehicles_for_the_area_go_no_further() -> None:
    story = surveyed(motorbikes=41)
    assert (story.state, story.case.facts["capacity"]) == ("in-review", "crowded")
    with pytest.raises(Refused, match="too small"):
        story.act("ask-opinions", "2026-12-03 11:00", "officer")
    story.act("supplement", "2026-12-03 14:00", "officer", missing="Giảm số xe hoặc tăng diện tích.")
    story.act("reply", "2026-12-07 09:00", reply_text="Rút hồ sơ sau.")
    story.act("refuse", "2026-12-08 09:00", "officer", note="Diện tích không đủ.")
    assert story.letters()[-1] == "refusal"


def test_a_small_one_on_a_pavement_asks_the_ward_only() -> None:
    story = surveyed(motorbikes=19)
    assert len([each for each in story.orders if each.kind == "open"]) == 1


def test_a_permit_that_is_not_paid_for_lapses() -> None:
    assert approved().waits_until("2026-12-29 00:00").state == "withdrawn"


def test_a_late_one_apologises_and_gets_one_new_date() -> None:
    story = opened().act("accept", "2026-12-01 10:00", "clerk").waits_until("2026-12-15 17:00")
    assert story.letters()[-1] == "apology"
    assert (
        story.act("extend", "2026-12-16 08:00", "officer", note="Khảo sát lại.").due() == "2026-12-22 17:00"
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cars": 2}, "cars"),
        ({"pavement_width": 2.5}, "pavement_width"),
        ({"cashless": False}, "cashless"),
        ({"keeper_kind": "enterprise"}, "enterprise_code"),
        ({"hours": []}, "hours"),
        ({"months": 13}, "months"),
    ],
)
def test_what_is_not_allowed_is_told_at_its_question(changes, field) -> None:
    with pytest.raises(Refused) as refused:
        opened(**changes)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    ("row", "spots", "area", "needed", "says"),
    [(0, 0, 10, 0, "none"), (1, 10, 10, 15, "crowded"), (2, 10, 15, 15, "enough")],
)
def test_the_capacity(row, spots, area, needed, says) -> None:
    assert decided(KEY, "capacity", {"lot_area": area}, {"spots": spots, "needed_area": needed}) == (
        says,
        (row,),
    )


@pytest.mark.parametrize(
    ("row", "kind", "spots", "says"),
    [
        (0, "roadside", 1, "ward-police"),
        (0, "under-bridge", 5, "ward-police"),
        (1, "pavement", 20, "ward-police"),
        (2, "pavement", 19, "ward"),
    ],
)
def test_who_is_asked(row, kind, spots, says) -> None:
    assert decided(KEY, "opinions", {"lot_kind": kind}, {"spots": spots}) == (says, (row,))
