"""Feeds: their state in words, switching, taking the simulated city away; all of it in the audit."""

from datetime import timedelta

import pytest

from dothi.core.clock import now
from dothi.kernel import context
from dothi.kernel.feeds import actions
from dothi.kernel.feeds.generator.wards import places
from dothi.kernel.feeds.models import FeedRun, FeedState
from dothi.kernel.feeds.queries import enabled
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import AuditEntry

pytestmark = pytest.mark.usefixtures("units", "feeds")


def audited(name):
    return [(entry.outcome, entry.detail) for entry in AuditEntry.objects.filter(action=name)]


def test_a_feed_is_switched_off_and_on_and_both_are_audited(office):
    answer = office.post("/admin/feeds/tide/switch/", {"on": "false"}, follow=True)
    assert "Đã tắt “Thủy triều”." in answer.content.decode()
    assert not enabled("tide")
    office.post("/admin/feeds/tide/switch/", {"on": "true"})
    assert enabled("tide")
    assert audited("feeds.switch") == [
        ("done", {"feed": "tide", "on": True}),
        ("done", {"feed": "tide", "on": False}),
    ]


def test_after_switching_one_is_back_where_one_was(office):
    assert (
        office.post("/admin/feeds/tide/switch/", {"on": "false", "back": "feed"}).url == "/admin/feeds/tide/"
    )
    assert office.post("/admin/feeds/tide/switch/", {"on": "true"}).url == "/admin/feeds/"


def test_an_error_is_shown_with_how_often_it_failed(make):
    FeedState.objects.filter(key="tide").update(error="OSError: no network", failures=3)
    text = make("an", "data-steward", language="en").get("/admin/feeds/").content.decode()
    assert "Failed 3 times in a row." in text
    assert "OSError: no network" in text


def test_the_last_runs_say_what_was_refused_and_why(office):
    begun = now() - timedelta(seconds=95)
    FeedRun.objects.create(
        feed_id="tide",
        started_at=begun,
        ended_at=now(),
        read=1234,
        written=1230,
        rejected=4,
        reasons={"BadValue": 4},
    )
    text = office.get("/admin/feeds/tide/").content.decode()
    assert "1.234" in text
    assert "BadValue: 4" in text
    assert "1 min 35 s" in text


def test_messages_that_could_not_be_taken_are_listed_page_by_page(office):
    for number in range(51):
        actions.bury("mqtt", "dothi/entities/a", b'{"broken', f"reason {number}")
    first = office.get("/admin/feeds/mqtt/").content.decode()
    assert "reason 50" in first
    assert "reason 0<" not in first
    key = first.split("?before=")[1].split('"')[0]
    assert "reason 0<" in office.get(f"/admin/feeds/mqtt/?before={key}").content.decode()


def test_what_a_device_sent_is_shown_as_text(office):
    actions.bury("mqtt", "x", b"<script>alert(1)</script>\xff", "not JSON")
    text = office.get("/admin/feeds/mqtt/").content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_simulated_city_goes_only_after_asking(office):
    place = places()[0]
    entity = {
        "id": place.id,
        "type": place.kind,
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [place.lon, place.lat]},
        },
    }
    context.current().upsert([entity], by=SYSTEM)
    assert office.get("/admin/feeds/generator/reset/").status_code == 200
    assert context.current().entity(place.id) is not None
    answer = office.post("/admin/feeds/generator/reset/", follow=True)
    assert "Đã xóa 1 thực thể mô phỏng." in answer.content.decode()
    assert context.current().entity(place.id) is None
    assert audited("feeds.reset") == [("done", {"deleted": 1})]


def test_a_feed_nobody_knows_cannot_be_switched(office):
    assert office.post("/admin/feeds/none/switch/", {"on": "true"}).status_code == 404
