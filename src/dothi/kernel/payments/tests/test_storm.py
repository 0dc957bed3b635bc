"""Notices replayed, doubled and in any order leave the ledger balanced, and no order unpaid or paid twice."""

import os

import pytest

from dothi.kernel.payments.tests import storm


def weather(orders, notices, seed):
    brewed = storm.brew(orders, notices, seed)
    answers = storm.send(brewed.notices)
    assert set(answers) <= {"00", "02"}
    assert sum(answers.values()) == notices
    storm.check(brewed)


@pytest.mark.django_db
def test_two_thousand_notices():
    weather(100, 2_000, seed=1)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_storm_of_notices():
    """Twenty thousand in the lane; ``STORM_NOTICES=100000`` for the whole of it (a quarter of an hour)."""
    notices = int(os.environ.get("STORM_NOTICES", "20000"))
    weather(notices // 10, notices, seed=2)
