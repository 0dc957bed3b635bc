"""Finding pairs and weighing them, on records made up here with the truth beside them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from dothi.kernel.registers.linkage import blocking, linking, weighing
from dothi.kernel.registers.linkage.linking import Plan

PLAN = Plan(
    (("name", "name"), ("born", "date"), ("phone", "phone"), ("home", "address")),
    ((("sounds", "name"), ("year", "born")), (("phone", "phone"),), (("initials", "name"), ("day", "born"))),
)
FAMILIES, GIVENS = (
    ["Nguyễn", "Trần", "Lê", "Phạm", "Phan"],
    ["An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khoa", "Lan", "Minh", "Nga", "Oanh", "Phú"],
)


def people(count: int, twice: float, seed: int = 1) -> tuple[list[dict[str, str]], list[int]]:
    """Records of people of whom a share ``twice`` are there again with an error; who each is."""
    chance, rows, who = random.Random(seed), [], []
    for number in range(count):
        middles = chance.sample(GIVENS, 2)
        row = {
            "name": f"{chance.choice(FAMILIES)} {' '.join(middles)} {chance.choice(GIVENS)}",
            "born": f"{chance.randint(1940, 2020)}-{chance.randint(1, 12):02}-{chance.randint(2, 28):02}",
            "phone": f"09{chance.randint(0, 99_999_999):08}",
            "home": f"{chance.randint(1, 400)} Lê Lợi, P.{chance.randint(1, 15)}",
        }
        rows.append(row)
        who.append(number)
        if chance.random() < twice:
            again = {**row, "name": row["name"].upper()}
            again["phone"] = f"08{chance.randint(0, 99_999_999):08}" if chance.random() < 0.3 else ""
            rows.append(again)
            who.append(number)
        elif chance.random() < 0.2:  # another of the household
            given = f"{row['name'].split()[0]} {chance.choice(GIVENS)} {chance.choice(GIVENS)}"
            rows.append({**row, "name": given, "born": f"{chance.randint(1940, 2020)}-07-09"})
            who.append(-number - 1)
    return rows, who


def test_a_key_needs_all_its_parts():
    rule = (("sounds", "name"), ("year", "born"))
    assert blocking.key_of(rule, {"name": "An"}) == 0
    key = blocking.key_of(rule, {"name": "Lý Mỹ Nghĩa", "born": "1990-03-04"})
    assert key == blocking.key_of(rule, {"name": "nghia li MĨ", "born": "1990-12-31"}) > 0


def test_a_day_and_the_one_with_its_month_changed_share_a_key():
    rule = (("day", "born"),)
    assert blocking.key_of(rule, {"born": "1990-03-04"}) == blocking.key_of(rule, {"born": "1990-04-03"})
    assert blocking.key_of(rule, {"born": "1990-01-01"}) == 0


def test_pairs_are_those_of_equal_keys_and_large_blocks_are_left_out():
    keys = np.array([5, 0, 7, 5, 0, 7, 7, *[9] * 11])
    (left, right), left_out = blocking.pairs_of(keys, largest=10)
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 3), (2, 5), (2, 6), (5, 6)]
    assert left_out == 11


def test_the_union_has_each_pair_once():
    one = (np.array([0, 1]), np.array([2, 3]))
    left, right = blocking.union([one, one], 4)
    assert (left.tolist(), right.tolist()) == ([0, 1], [2, 3])


@pytest.mark.parametrize("twice", [0.3, 0.02])
def test_what_was_learned_parts_households_from_people(twice):
    rows, who = people(4000, twice)
    found = linking.link(PLAN, linking.table(PLAN, rows))
    assert found.model.trained
    truth = np.array(who)
    same = truth[found.pairs[0]] == truth[found.pairs[1]]
    sure = found.probability >= 0.9
    assert same[sure].mean() >= 0.97
    assert same[sure].sum() >= 0.9 * same.sum()


def test_few_records_are_weighed_by_expectations():
    rows = [
        {"name": "Nguyễn Văn An", "born": "1990-03-04", "phone": "0901234567"},
        {"name": "NGUYEN VAN AN", "born": "1990-04-03", "phone": "0901234567"},
        {"name": "Nguyễn Thị Bích", "born": "1992-08-09", "phone": "0901234567"},
    ]
    found = linking.link(PLAN, linking.table(PLAN, rows))
    assert not found.model.trained
    told = dict(
        zip(zip(*(side.tolist() for side in found.pairs), strict=True), found.probability, strict=True)
    )
    assert told[0, 1] > 0.99
    assert told[0, 2] < 0.5


def test_no_records_give_no_pairs():
    assert len(linking.link(PLAN, linking.table(PLAN, [])).pairs[0]) == 0


def test_the_curve_rises_and_follows_what_people_found():
    chance = np.random.default_rng(3)
    told = chance.random(2000)
    same = chance.random(2000) < told**2  # the model is too sure
    curve = weighing.curve(told, same)
    x, y = np.array(curve).T
    assert (np.diff(y) >= -1e-12).all()
    assert abs(float(np.interp(0.5, x, y)) - 0.25) < 0.1


@pytest.mark.parametrize(
    "same", [np.zeros(500, bool), np.ones(500, bool), np.array([True] * 20 + [False] * 20)]
)
def test_too_little_to_bend_by(same):
    assert weighing.curve(np.linspace(0, 1, len(same)), same) == []
