"""Harvests in the background: asked for, worked off, tried again while the other is away, never inside."""

import json
from types import SimpleNamespace

import pytest

from dothi.centres.opendata.harvest import actions, runs
from dothi.centres.opendata.harvest.actions import Catalogue
from dothi.centres.opendata.harvest.rules import HARVEST
from dothi.centres.opendata.models import HarvestRun
from dothi.core import outside
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Forbidden, NotFound
from dothi.kernel.events.declared import consumers
from dothi.kernel.events.log import Event
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.pipelines.sources.base import SourceAway
from dothi.kernel.warehouse.models import Dataset

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
THERE = Catalogue("ckan", "https://8.8.8.8", "other", "Cổng khác")
OFFICER = Actor("account", "an", "An", (Grant(HARVEST), Grant("warehouse.declare")), account="an")
PACKAGES = [{"id": "1", "name": "air", "title": "Không khí", "license_id": "cc-by", "resources": []}]


@pytest.fixture
def elsewhere(monkeypatch):
    """What the other answers: packages, or what is raised."""

    def answer(found):
        def get(url, params=None, *, headers=None):
            if isinstance(found, Exception):
                raise found
            text = json.dumps({"success": True, "result": {"count": len(found), "results": found}})
            return SimpleNamespace(url=url, headers={}, body=text.encode(), document=lambda: json.loads(text))

        monkeypatch.setattr(actions, "_client", lambda url: SimpleNamespace(get=get))

    return answer


def event(run):
    return Event(
        id="e", type=runs.ASKED, source="s", subject="s", time=now(), data={"run": str(run.pk)}, position="1"
    )


def worked(run):
    runs.work(event(run))
    run.refresh_from_db()
    return run


def test_asking_only_queues_it(elsewhere):
    elsewhere(AssertionError("asked within the request"))
    run = runs.ask(THERE, by=OFFICER)
    assert (run.state, run.under_way, run.asked_by) == ("queued", True, "account:an")
    assert json.loads(OutboxEvent.objects.get(type=runs.ASKED).data)["run"] == str(run.pk)


def test_it_is_worked_off_once_and_tells_what_came_of_it(elsewhere):
    elsewhere(PACKAGES)
    run = worked(runs.ask(THERE, by=OFFICER))
    assert (run.state, run.report["added"], run.error_vi) == ("succeeded", ["other-air"], "")
    elsewhere(AssertionError("asked again"))
    assert worked(run).attempts == 1
    assert Dataset.objects.get(key="other-air").state == "draft"


def test_what_is_away_is_tried_again_then_given_up_to_a_person(elsewhere):
    elsewhere(SourceAway("https://8.8.8.8", "timed out"))
    run = runs.ask(THERE, by=OFFICER)
    states = []
    for _ in range(consumers()["opendata-harvest"].attempts):
        with pytest.raises(runs.Away):
            runs.work(event(run))
        run.refresh_from_db()
        states.append(run.state)
    assert states == ["waiting"] * (runs.ATTEMPTS - 1) + ["failed"]
    assert "timed out" in run.error_en
    elsewhere(PACKAGES)  # a person sends the failed event again, or asks anew
    assert worked(run).state == "succeeded"


def test_what_cannot_be_is_told_and_not_tried_again(elsewhere):
    elsewhere(BadInput("no catalogue there"))
    run = worked(runs.ask(THERE, by=OFFICER))
    assert (run.state, run.error_en) == ("failed", "no catalogue there")


def test_only_a_failed_one_is_asked_for_anew(elsewhere):
    elsewhere(BadInput("no catalogue there"))
    run = runs.ask(THERE, by=OFFICER)
    with pytest.raises(Conflict):
        runs.again(run, by=OFFICER)
    worked(run)
    assert runs.again(run, by=OFFICER).state == "queued"
    assert OutboxEvent.objects.filter(type=runs.ASKED).count() == 2


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9200", "http://[::1]/", "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://localhost/"],
)  # fmt: skip
def test_an_address_inside_is_refused_at_once(url):
    with pytest.raises(outside.Inside):
        runs.ask(Catalogue("ckan", url, "other", "Cổng khác"), by=OFFICER)
    assert not HarvestRun.objects.exists()


@pytest.mark.parametrize("url", ["ftp://x.vn", "file:///etc/passwd", "https://a:b@x.vn/"])
def test_only_plain_http_addresses_are_taken(url):
    with pytest.raises(BadInput):
        runs.ask(Catalogue("ckan", url, "other", "Cổng khác"), by=OFFICER)


def test_a_name_that_leads_inside_later_is_refused_while_reading(monkeypatch):
    run = runs.ask(THERE, by=OFFICER)
    HarvestRun.objects.filter(pk=run.pk).update(url="http://127.0.0.1:1/")
    assert (worked(run).state, "not public" in run.error_en) == ("failed", True)


def test_who_may_not_harvest_or_declare_asks_for_nothing():
    for grants in ((), (Grant(HARVEST),), (Grant("warehouse.declare"),)):
        with pytest.raises(Forbidden):
            runs.ask(THERE, by=Actor("account", "b", "B", grants, account="b"))
    run = runs.ask(THERE, by=OFFICER)
    with pytest.raises(NotFound):
        runs.needed(run.pk, by=Actor("account", "b", "B", account="b"))
    assert runs.runs(OFFICER) == [run]
