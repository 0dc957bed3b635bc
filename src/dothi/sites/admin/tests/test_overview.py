"""The front page says first what needs a person, the gravest first."""

from collections import namedtuple
from datetime import timedelta

import pytest

from dothi.core.clock import now
from dothi.core.config import current
from dothi.kernel.feeds.models import FeedState, Lease
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs import actions as packs
from dothi.sites.admin.reads import installation
from dothi.sites.admin.reads.attention import matters
from dothi.sites.admin.reads.state import State

pytestmark = pytest.mark.usefixtures("units", "feeds", "consumer", "english")


@pytest.fixture
def english():
    from django.utils import translation

    with translation.override("en"):
        yield


def titles():
    return [(matter.level, matter.title) for matter in matters(SYSTEM, State(now()))]


def test_failed_events_are_named_with_their_consumer(fail):
    fail()
    fail()
    assert ("alert", "2 events could not be handled") in titles()


def test_a_failing_feed_is_named(feeds):
    FeedState.objects.filter(key="tide").update(error="OSError: no network", failures=3)
    assert ("alert", "The feed “Tide” fails") in titles()


def test_a_feed_switched_off_does_not_fail():
    FeedState.objects.filter(key="tide").update(error="OSError: no network", enabled=False)
    assert not [title for _, title in titles() if "Tide" in title]


def test_a_feed_that_should_have_run_is_late():
    FeedState.objects.filter(key="tide").update(next_run_at=now() - timedelta(minutes=11))
    assert ("warn", "The feed “Tide” is late") in titles()


def test_feeds_that_nobody_runs_are_the_gravest():
    Lease.objects.all().delete()
    assert titles()[0] == ("critical", "Not in order: Feed runner")


def test_units_without_a_boundary_are_counted():
    assert ("warn", "2 of 2 units are drawn approximately") in titles()


def test_an_administrator_without_second_step_is_said(office):
    found = titles()
    assert ("warn", "No administrator has a second step at sign-in") in found
    assert ("info", "There is only one administrator") in found


def test_a_pack_not_in_force_is_said_until_it_is_published():
    assert ("warn", f"Pack hcmc {versions()['hcmc']} is not in force") in titles()
    packs.ensure_published(by=SYSTEM)
    assert not [title for _, title in titles() if title.startswith("Pack ")]


def versions():
    from dothi.kernel.packs import queries

    return {key: loaded.pack.version for key, loaded in queries.packs().items()}


def test_a_disk_that_runs_full_is_said(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(installation.shutil, "disk_usage", lambda _path: usage(1000, 960, 40))
    assert ("critical", "4 % of the disk is free") in titles()


def test_an_open_live_city_is_said(monkeypatch):
    monkeypatch.setenv("DOTHI_CONTEXT_ACCESS", "open")
    current.cache_clear()
    try:
        assert ("warn", "The live city is open without a token") in titles()
    finally:
        monkeypatch.undo()
        current.cache_clear()


def test_one_sees_only_matters_of_ones_own_parts(make, fail):
    fail()
    text = make("an", "auditor", language="en").get("/admin/").content.decode()
    assert "could not be handled" not in text


def test_when_all_is_well_the_page_says_so(make, monkeypatch):
    from dothi.sites.admin.views import overview

    monkeypatch.setattr(overview, "matters", lambda _actor, _state: [])
    text = make("an", "administrator").get("/admin/").content.decode()
    assert "Hiện không có việc cần xử lý" in text
