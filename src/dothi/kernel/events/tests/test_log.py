"""The city's log: written with the change it tells of, read in one order by position."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from django.db import transaction

from dothi.core import clock
from dothi.core.errors import BadInput
from dothi.engines import registry
from dothi.kernel.events.actions import record, trim
from dothi.kernel.events.log import Position, is_lost, type_matches
from dothi.kernel.events.models import ConsumerOffset, OutboxEvent
from dothi.kernel.events.outbox import News, OutsideTransaction, append_all


def subjects(events):
    return [event.subject for event in events]


def test_an_event_outside_a_transaction_is_refused(city):
    with pytest.raises(OutsideTransaction):
        record("vn.dothi.directory.unit-changed", subject="unit:1", data={})


def test_an_event_is_read_as_it_was_recorded(city):
    with transaction.atomic():
        recorded = record("vn.dothi.x.y", subject="thing:1", data={"tên": "Chợ"}, actor="account:7")
    assert city.read(None, 10) == [recorded]


def test_an_undone_change_leaves_no_event(city):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        record("vn.dothi.x.y", subject="thing:1", data={"a": 1})
        raise ZeroDivisionError
    assert city.read(None, 10) == []


def test_events_come_in_the_order_they_happened(city, happen):
    happen("a", "b")
    happen("c")
    assert subjects(city.read(None, 10)) == ["a", "b", "c"]


def test_reading_goes_on_behind_a_position(city, happen):
    happen("a", "b", "c")
    first = city.read(None, 1)
    assert subjects(city.read(first[-1].position, 1)) == ["b"]
    assert subjects(city.read(first[-1].position, 10)) == ["b", "c"]


def test_the_head_is_the_position_of_the_last_event(city, happen):
    assert city.head() is None
    *_, last = happen("a", "b")
    assert city.head() == last.position
    assert city.read(city.head(), 10) == []


def test_positions_sort_like_the_events(city, happen):
    happen(*[str(n) for n in range(20)])
    positions = [event.position for event in city.read(None, 100)]
    assert positions == sorted(positions)


def test_only_the_types_asked_for_are_read(city, happen):
    happen("a", type="vn.dothi.a.x")
    happen("b", type="vn.dothi.b.x")
    happen("c", type="vn.dothi.b_x")
    assert subjects(city.read(None, 10, types=["vn.dothi.a.x"])) == ["a"]
    assert subjects(city.read(None, 10, types=["vn.dothi.b.*", "vn.dothi.a.*"])) == ["a", "b"]
    assert city.read(None, 10, types=[]) == []


@pytest.mark.parametrize("position", ["", "x", "1-2", "1-2-3-4", "zz-1-1"])
def test_a_position_of_no_log_is_bad_input(city, position):
    with pytest.raises(BadInput):
        city.read(position, 1)


def test_changes_moves_when_an_event_was_committed(city, happen):
    before = city.changes()
    happen("a")
    assert city.changes() != before


def test_a_cloud_event_has_what_the_standard_asks_for(city, happen):
    (event,) = happen("unit:26734", type="vn.dothi.directory.unit-changed")
    body = event.to_cloudevent()
    assert body["specversion"] == "1.0"
    assert body["source"] == "urn:dothi:directory"
    assert body["subject"] == "unit:26734"
    assert body["datacontenttype"] == "application/json"
    assert body["time"].endswith("Z")
    assert "actor" not in body


def test_old_events_that_all_have_read_can_be_forgotten(city, happen):
    with clock.frozen(clock.now() - timedelta(days=90)):
        old = happen("a", "b")
    happen("c")
    ConsumerOffset.objects.create(name="reader", log="city", position=old[0].position)
    assert trim(clock.now() - timedelta(days=30)) == 1
    assert subjects(city.read(None, 10)) == ["b", "c"]


def test_who_stands_before_the_forgotten_events_is_told(city, happen):
    with clock.frozen(clock.now() - timedelta(days=90)):
        first, second, third = happen("a", "b", "c")
    happen("d")
    OutboxEvent.objects.filter(subject="none").delete()
    trim(clock.now() - timedelta(days=30))
    assert is_lost(city, first.position)
    assert is_lost(city, second.position)
    assert not is_lost(city, third.position)


def test_a_position_of_another_history_is_lost(city, happen):
    (event,) = happen("a")
    place = Position.parse(event.position)
    assert not is_lost(city, event.position)
    assert is_lost(city, Position(place.era, place.txid, place.seq + 1).text())
    assert is_lost(city, "nonsense")


def test_a_type_matches_its_name_or_a_prefix():
    assert type_matches(["a.b"], "a.b")
    assert type_matches(["a.*"], "a.b")
    assert not type_matches(["a.b"], "a.b.c")
    assert not type_matches([], "a")


def test_events_recorded_in_bulk_come_in_the_order_given(transactional_db, wired, city):
    news = [News("vn.dothi.x.y", f"thing:{number}", {"n": number}, "account:7") for number in range(700)]
    with registry.store("city").write() as session:
        append_all(session, registry.store("city").dialect, news)
        append_all(session, registry.store("city").dialect, [])
    found = city.read(None, 1000)
    assert [(event.subject, event.data, event.actor) for event in found] == [
        (n.subject, n.data, n.actor) for n in news
    ]
    assert found[0].source == "urn:dothi:x"


def test_events_in_bulk_and_one_by_one_share_one_order(transactional_db, wired, city, happen):
    happen("a")
    with registry.store("city").write() as session:
        append_all(session, registry.store("city").dialect, [News("vn.dothi.x.y", each, {}) for each in "bc"])
    happen("d")
    assert subjects(city.read(None, 10)) == ["a", "b", "c", "d"]
