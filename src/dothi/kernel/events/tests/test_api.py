"""What an administrator sees and does about consumers and dead letters, over HTTP."""

from __future__ import annotations

import msgspec
import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient

from dothi.core.errors import DothiError
from dothi.kernel.events import actions, leases
from dothi.kernel.events.api import READ, router
from dothi.kernel.events.declared import consumers
from dothi.kernel.events.models import DeadLetter
from dothi.kernel.events.reader import Reader


@pytest.fixture(scope="module")
def client():
    api = NinjaAPI(urls_namespace="events-test")
    api.add_router("/events", router)
    api.add_exception_handler(
        DothiError, lambda request, error: api.create_response(request, {}, status=error.status)
    )
    api.add_exception_handler(
        PermissionError, lambda request, error: api.create_response(request, {}, status=403)
    )
    return TestClient(api)


@pytest.fixture
def everyone(person):
    return person(READ, actions.RESEND, actions.DISCARD, actions.REPLAY)


@pytest.fixture
def dead(declare, city, happen):
    """Three dead letters."""

    @declare("mail", types=("vn.dothi.x.*",), attempts=1)
    def send(event):
        raise ConnectionError("no such host")

    happen("a", "b", "c")
    owner = leases.new_owner()
    reader = Reader(consumers()["mail"], city, owner)
    reader.begin()
    while reader.step():
        pass
    leases.forget_owner(owner)
    return list(DeadLetter.objects.order_by("id"))


def test_dead_letters_are_listed_with_their_event_and_error(client, dead, everyone):
    page = client.get("/events/dead-letters", auth=everyone).json()
    assert [item["event"]["subject"] for item in page["items"]] == ["c", "b", "a"]
    assert page["items"][0]["error"] == "ConnectionError: no such host"
    assert page["before"] is None


def test_dead_letters_come_in_pages(client, dead, everyone):
    first = client.get("/events/dead-letters?limit=2", auth=everyone).json()
    second = client.get(f"/events/dead-letters?limit=2&before={first['before']}", auth=everyone).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [each.pk for each in reversed(dead)]
    assert second["before"] is None


def test_a_dead_letter_is_sent_again(client, dead, everyone):
    assert client.post(f"/events/dead-letters/{dead[0].pk}/resend", auth=everyone).status_code == 204
    dead[0].refresh_from_db()
    assert (dead[0].state, dead[0].attempts) == ("retrying", 0)


def test_a_dead_letter_is_discarded(client, dead, everyone):
    assert client.post(f"/events/dead-letters/{dead[0].pk}/discard", auth=everyone).status_code == 204
    assert DeadLetter.objects.count() == 2


def test_a_dead_letter_that_is_gone_is_not_found(client, dead, everyone):
    assert client.post("/events/dead-letters/999999/discard", auth=everyone).status_code == 404


def test_consumers_show_how_far_they_are(client, dead, everyone):
    (state,) = client.get("/events/consumers", auth=everyone).json()
    assert (state["name"], state["behind"], state["dead"]) == ("mail", 0, 3)


def test_a_consumer_is_set_back(client, dead, everyone):
    assert client.post("/events/consumers/mail/replay", json={}, auth=everyone).status_code == 204


def test_event_payloads_are_whole(client, dead, everyone):
    (item, *_) = client.get("/events/dead-letters", auth=everyone).json()["items"]
    assert item["event"] == msgspec.json.decode(dead[-1].event)


@pytest.mark.parametrize("path", ["dead-letters", "consumers"])
def test_reading_needs_its_permission(client, city, person, path):
    assert client.get(f"/events/{path}", auth=person()).status_code == 403


def test_nobody_is_refused(client, city):
    assert client.get("/events/dead-letters").status_code == 401
