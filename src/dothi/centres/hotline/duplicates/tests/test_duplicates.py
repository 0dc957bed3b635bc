"""A repeated report is found by place, time, kind and words, and people are told why."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from dothi.centres.hotline.duplicates import scoring
from dothi.centres.hotline.duplicates.index import DuplicateIndex
from dothi.centres.hotline.duplicates.reports import Report, door, metres
from dothi.kernel.packs.reports import DuplicateSettings

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SPOT, HOUSE = DuplicateSettings(radius_m=60, days=7), DuplicateSettings(radius_m=60, days=7, place="premises")
SETTINGS = {"pothole": SPOT, "manhole": SPOT, "noise": HOUSE}
NEAR = {"pothole": ["manhole"], "manhole": ["pothole"]}


def report(
    id="new", east=0.0, hours=0.0, category="pothole", text="Ổ gà sâu giữa làn xe máy", address=""
) -> Report:
    return Report(id, 106.7 + east / 109_360, 10.8, NOW + timedelta(hours=hours), category, text, address)


def index(*rows: Report) -> DuplicateIndex:
    made = DuplicateIndex(SETTINGS, neighbours=lambda key: NEAR.get(key, []))
    made.rebuild(rows)
    return made


def ids(matches) -> list[str]:
    return [match.id for match in matches]


def test_the_same_hole_in_other_words_is_found_and_explained() -> None:
    [match] = index(report("old", 8, -20, text="co o ga sau o giua lan xe may, nguy hiem")).query(report())
    assert match.likely
    assert match.compared.distance_m == pytest.approx(8, abs=0.2)
    assert "ga" in match.compared.shared
    assert match.explain("vi").startswith("cách 8 m; cách nhau 20 giờ; cùng nhắc: ")
    assert "8 m away" in match.explain("en")


@pytest.mark.parametrize(
    "other",
    [
        report("far", 90),
        report("long ago", 5, -24 * 8),
        report("other kind", 5, category="noise"),
    ],
)
def test_what_is_far_or_old_or_something_else_is_not(other) -> None:
    assert index(other).query(report()) == []


def test_a_neighbouring_kind_can_be_the_same_matter_but_less_surely() -> None:
    both = index(report("hole", 6), report("cover", 6, category="manhole")).query(report())
    assert ids(both) == ["hole", "cover"]
    assert both[0].probability > both[1].probability


def test_the_neighbours_noise_is_another_matter() -> None:
    old = report("12", 3, -2, "noise", "Hát karaoke", "Số 12 Lê Lợi, phường Sài Gòn")
    [beside] = index(old).query(report(category="noise", text="Hát karaoke", address="14 Le Loi"))
    assert beside.compared.address == "other"
    assert not beside.likely
    [same] = index(old).query(report(category="noise", text="karaoke to qua", address="12 đường Lê Lợi"))
    assert same.compared.address == "same"
    assert same.likely


def test_words_of_another_matter_speak_against_it() -> None:
    held = index(report("a", 10, -5), report("b", 10, -5, text="Nhựa bong tróc từng mảng trước cổng chùa"))
    found = {match.id: match.probability for match in held.query(report(), least=0.0)}
    assert found["a"] > found["b"]


def test_a_closed_report_is_no_candidate_and_an_updated_one_is_where_it_moved() -> None:
    held = index(report("a", 5), report("b", 8))
    assert held.close("a")
    assert not held.close("a")
    held.update(report("b", 500))
    assert held.query(report()) == []
    assert ids(held.query(report("new", 505))) == ["b"]
    assert len(held) == 1


def test_a_report_does_not_repeat_itself() -> None:
    assert index(report("new")).query(report("new")) == []


def test_the_index_finds_what_looking_at_everything_finds() -> None:
    chance = random.Random(5)
    rows = [
        report(str(n), chance.uniform(-300, 300), chance.uniform(-300, 0), chance.choice(list(SETTINGS)))
        for n in range(300)
    ]
    rows = [
        Report(r.id, r.lon, r.lat + chance.uniform(-0.003, 0.003), r.at, r.category, r.text) for r in rows
    ]
    held = index(*rows)
    for asked in rows[:60]:
        near = {asked.category, *NEAR.get(asked.category, [])}
        expected = {
            each.id
            for each in rows
            if each.id != asked.id and each.category in near and metres(each, asked) <= 60
            and abs(each.at - asked.at) <= timedelta(days=7)
        }  # fmt: skip
        assert set(ids(held.query(asked, most=500, least=0.0))) == expected


@pytest.mark.parametrize(
    ("address", "number", "street"),
    [
        ("Số 123/4B đường Lê Lợi, phường Bến Thành", "123/4b", {"le", "loi"}),
        ("1402 W PLAZA DEL AMO, 90501", "1402", {"w", "plaza", "del", "amo"}),
        ("FLORENCE AVE AT TOWNE AVE, 90003", None, {"florence", "ave", "at", "towne"}),
        ("", None, set()),
    ],
)
def test_the_door_of_an_address(address, number, street) -> None:
    assert door(address) == (number, frozenset(street))


def test_weights_are_learned_from_labels_and_a_threshold_from_what_they_stand_for() -> None:
    near = [(1, far / 10, 0, 0, 0, 0, 0, 0, 0, 0) for far in range(10)]
    learned = scoring.fit(near, [far < 4 for far in range(10)])
    assert learned.weights[1] < 0
    shares = [
        1 / (1 + 2.718281828 ** -sum(w * x for w, x in zip(learned.weights, v, strict=True))) for v in near
    ]
    best = scoring.choose(shares, [far < 4 for far in range(10)], [1.0] * 10)
    assert (best.precision, best.recall) == (1.0, 1.0)
