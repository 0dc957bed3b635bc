"""The live city's log tells every change, in one order, to every reader."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from dothi.core.clock import frozen, now
from dothi.core.errors import BadInput
from dothi.engines.store.base import Store
from dothi.kernel.context.service import Context
from dothi.kernel.identity.access import SYSTEM

AIR = "urn:ngsi-ld:AirQualityObserved:1"
HERE = {"type": "Point", "coordinates": [106.7, 10.8]}


def air(**more: Any) -> dict[str, Any]:
    return {"id": AIR, "type": "AirQualityObserved", "pm25": 20} | more


def write(context: Context, *entities: dict[str, Any]) -> None:
    assert not context.upsert(entities, by=SYSTEM).errors


def test_a_change_is_one_event_with_what_changed(context: Context) -> None:
    write(context, air(location=HERE))
    write(context, air(pm25=30))
    context.delete([AIR], by=SYSTEM)
    created, updated, deleted = context.log.read(None, 10)
    assert [event.type.rpartition(".")[2] for event in (created, updated, deleted)] == [
        "entity-created", "entity-updated", "entity-deleted",
    ]  # fmt: skip
    assert updated.subject == AIR
    assert updated.data["attributes"] == {"pm25": {"type": "Property", "value": 30}}
    assert updated.data["type"] == ["AirQualityObserved"]
    assert created.data["location"] == HERE
    assert created.id != updated.id


def test_an_update_says_where_the_entity_is(context: Context) -> None:
    write(context, air(location=HERE))
    write(context, air(pm25=30))
    assert context.log.read(None, 10)[1].data["location"] == HERE


def test_a_reader_goes_on_behind_its_position(context: Context) -> None:
    for value in range(5):
        write(context, air(pm25=value))
    first = context.log.read(None, 2)
    rest = context.log.read(first[-1].position, 10)
    values = [event.data["attributes"]["pm25"]["value"] for event in first + rest]
    assert values == [0, 1, 2, 3, 4]
    assert context.log.head() == rest[-1].position
    assert context.log.read(rest[-1].position, 10) == []
    assert sorted(event.position for event in first + rest) == [event.position for event in first + rest]


def test_a_reader_may_want_some_types_only(context: Context) -> None:
    write(context, air())
    write(context, air())
    assert len(context.log.read(None, 10, types=["vn.dothi.context.entity-created"])) == 1
    assert len(context.log.read(None, 10, types=["vn.dothi.context.*"])) == 2
    assert context.log.read(None, 10, types=["vn.dothi.cases.*"]) == []


def test_a_position_of_no_log_is_refused(context: Context) -> None:
    with pytest.raises(BadInput):
        context.log.read("nonsense", 10)
    assert context.log.lost("nonsense")


def test_an_empty_log_has_no_head(context: Context) -> None:
    assert context.log.head() is None


def test_other_tenants_are_not_in_the_log(context: Context) -> None:
    context.upsert([air()], by=SYSTEM, tenant="other")
    assert context.log.read(None, 10) == []


def test_the_log_notices_a_change(context: Context) -> None:
    before = context.log.changes()
    write(context, air())
    assert context.log.changes() != before


def test_history_that_is_given_is_no_event(context: Context, client: Any) -> None:
    past = {
        "id": AIR,
        "type": "T",
        "x": [{"type": "Property", "value": 1, "observedAt": "2026-01-01T00:00:00Z"}],
    }
    assert client("POST", "temporal/entities", past).status == 201
    assert context.log.read(None, 10) == []


@pytest.mark.servers
@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_change_committed_late_is_never_passed_over(context: Context, store: Store) -> None:
    """A transaction that got its number first and commits last must still be read."""
    write(context, air())
    seen = context.log.read(None, 10)
    inserted, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with store.write() as session:
            eid = session.query("SELECT eid FROM urn")[0][0]
            session.execute(
                "INSERT INTO change (tid, eid, at_us, op, types, delta) "
                "SELECT tid, eid, at_us, op, types, delta FROM change WHERE eid = ?",
                (eid,),
            )
            inserted.set()
            go_on.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    inserted.wait(10)
    write(context, air(pm25=99))
    assert context.log.read(seen[-1].position, 10) == []
    assert context.compact_once(100, settle_s=0) == 1
    go_on.set()
    thread.join()
    later = context.log.read(seen[-1].position, 10)
    assert [event.data["attributes"]["pm25"]["value"] for event in later] == [20, 99]
    assert context.compact_once(100, settle_s=0) == 2


def test_old_changes_are_trimmed_when_they_are_columns_and_read(store: Store) -> None:
    read_up_to: list[str] = []
    context = Context(store, terms={}, consumed=lambda: read_up_to[0])
    with frozen(now() - timedelta(days=8)) as clock:
        write(context, air())
        write(context, air(pm25=21))
        clock.advance(timedelta(days=8))
        write(context, air(pm25=22))
        events = context.log.read(None, 10)
        read_up_to[:] = [events[0].position]
        context.compact_once(10, settle_s=0)
        context.compact_once(10, settle_s=0)
        assert len(context.log.read(None, 10)) == 2
        assert not context.log.lost(events[0].position)
        read_up_to[:] = [events[2].position]
        context.compact_once(10, settle_s=0)
        assert [event.position for event in context.log.read(None, 10)] == [events[2].position]
        assert context.log.lost(events[0].position)
        assert not context.log.lost(events[1].position)
    assert context.series(AIR, "pm25", 0, 2**62).values.tolist() == [20, 21, 22]
    context.close()


def test_a_log_trimmed_to_nothing_still_has_its_head(store: Store) -> None:
    context = Context(store, terms={})
    with frozen(now() - timedelta(days=8)) as clock:
        write(context, air())
        last = context.log.head()
        clock.advance(timedelta(days=8))
        context.compact_once(10, settle_s=0)
        context.compact_once(10, settle_s=0)
        assert context.log.read(None, 10) == []
        assert context.log.head() == last
    context.close()


def test_positions_grow_after_a_restore(context: Context) -> None:
    write(context, air())
    before = context.log.read(None, 10)[-1].position
    context.restored()
    write(context, air(pm25=1))
    assert [event.data["attributes"]["pm25"]["value"] for event in context.log.read(before, 10)] == [1]
    assert context.compact_once(10, settle_s=0) == 2
