"""``dothi simulate``: on, off, reset."""

import pytest

from dothi.core.errors import Unauthenticated
from dothi.kernel.feeds import queries
from dothi.kernel.feeds.generator import actions, wards
from dothi.kernel.feeds.generator.entities import about
from dothi.kernel.feeds.generator.places import place_all
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(some_wards, monkeypatch):
    placed = place_all(some_wards)[::40]
    monkeypatch.setattr(wards, "_placed", placed)
    return placed


def test_off_stays_off_until_switched_on():
    actions.turn_off(by=SYSTEM)
    assert not queries.enabled("generator")
    actions.turn_on(by=SYSTEM)
    assert queries.enabled("generator")


def test_reset_takes_away_what_is_simulated_and_nothing_else(live, places):
    real = {"id": "urn:ngsi-ld:Camera:real", "type": "Camera"}
    live.upsert([*map(about, places), real], by=SYSTEM)
    assert actions.reset(live, by=SYSTEM) == len(places)
    assert live.type_counts() == {"Camera": 1}


def test_a_stranger_may_not_switch_it():
    with pytest.raises(Unauthenticated):
        actions.turn_off(by=ANONYMOUS)
