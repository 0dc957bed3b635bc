"""The chance to be late is a count of finished cases like it; on generated cases it is calibrated and better than the base rate."""

import numpy as np
import pytest

from dothi.kernel.cases import lateness
from dothi.kernel.cases.lateness import Chance, Stay

HOUR = 3_600_000_000


def test_nothing_is_said_of_too_few():
    times = np.arange(lateness.ENOUGH - 1) * HOUR
    assert lateness.chance(times, 0, HOUR) is None
    assert lateness.chance(None, 0, HOUR) is None
    many = np.arange(100) * HOUR
    assert lateness.chance(many, 95 * HOUR, 99 * HOUR) is None


def test_the_share_of_those_that_waited_as_long():
    times = np.arange(1, 101) * HOUR
    assert lateness.chance(times, 0, 90 * HOUR) == Chance(0.1, 100)
    assert lateness.chance(times, 50 * HOUR, 90 * HOUR) == Chance(0.2, 50)
    assert lateness.chance(times, 50 * HOUR, 40 * HOUR) == Chance(1.0, 50)


def test_only_what_came_before_the_decision_is_learnt_from():
    stays = [Stay("p", "s", 0, 5 * HOUR), Stay("p", "s", 0, 3 * HOUR), Stay("p", "after", 9 * HOUR, 5 * HOUR)]
    assert {key: list(times) for key, times in lateness.learn(stays).items()} == {
        ("p", "s"): [3 * HOUR, 5 * HOUR]
    }


@pytest.mark.parametrize("seed", [3, 8])
def test_on_generated_cases_it_is_calibrated_and_beats_the_base_rate(seed):
    pick = np.random.default_rng(seed)
    lasts = pick.lognormal(3.2, 0.7, 4_000) * HOUR  # hours to a decision: a long tail, as desks have
    learnt = lateness.learn([Stay("p", "s", 0, int(each)) for each in lasts[:500]])[("p", "s")]
    said, was = [], []
    for each in lasts[500:]:
        waited, until = pick.uniform(0, 40) * HOUR, pick.uniform(10, 80) * HOUR
        if each <= waited or until <= waited:
            continue  # decided by now, or late by now: nothing to predict
        found = lateness.chance(learnt, int(waited), int(until))
        if found is not None:
            said.append(found.late)
            was.append(each > until)
    chances, late = np.array(said), np.array(was, dtype=float)
    brier, base = np.mean((chances - late) ** 2), np.mean((late.mean() - late) ** 2)
    assert brier < 0.9 * base
    for low in (0.0, 0.25, 0.5):
        among = (chances >= low) & (chances < low + 0.25)
        assert abs(chances[among].mean() - late[among].mean()) < 0.1
