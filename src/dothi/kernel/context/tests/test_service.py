"""What sites, feeds and the command line ask of the live city."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from dothi.core.clock import frozen, now
from dothi.core.errors import Unauthenticated
from dothi.engines.registry import NotWired
from dothi.kernel import context as live
from dothi.kernel.context.history.append import Run
from dothi.kernel.context.ld.errors import LdContextNotAvailable
from dothi.kernel.context.service import Context
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM

AIR = "urn:ngsi-ld:AirQualityObserved:1"
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def air(number: int = 1, **more: Any) -> dict[str, Any]:
    where = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106 + number / 10, 10.5]}}
    at = f"2026-01-01T00:{number:02d}:00Z"
    pm25 = {"type": "Property", "value": number * 10, "observedAt": at, "unitCode": "GQ"}
    return {
        "id": f"urn:ngsi-ld:AirQualityObserved:{number}", "type": "AirQualityObserved", "name": f"Trạm {number}",
        "location": where, "pm25": pm25,
    } | more  # fmt: skip


def test_a_batch_says_what_was_created_updated_and_refused(context: Context) -> None:
    context.upsert([air(1)], by=SYSTEM)
    bad: list[Any] = [{"id": "urn:ngsi-ld:X:1"}, b"{", {"no": "id"}]
    result = context.upsert([air(1), air(2), *bad], by=SYSTEM)
    assert (result.created, result.updated) == (["urn:ngsi-ld:AirQualityObserved:2"], [AIR])
    assert [where for where, _ in result.errors] == ["urn:ngsi-ld:X:1", 3, 4]


def test_entities_come_as_dictionaries_or_as_json(context: Context) -> None:
    assert context.upsert([b'{"id":"urn:a:b","type":"T","x":1}'], by=SYSTEM).created == ["urn:a:b"]
    assert context.entity("urn:a:b", representation="keyValues") == {"id": "urn:a:b", "type": "T", "x": 1}


def test_names_are_short_by_the_packs_terms(context: Context) -> None:
    context.upsert([air(1)], by=SYSTEM)
    shown = context.entity(AIR)
    assert shown is not None
    assert shown["type"] == "AirQualityObserved"
    assert shown["pm25"]["unitCode"] == "GQ"
    with context.store.read() as session:
        names = {iri for (iri,) in session.query("SELECT iri FROM name")}
    assert "https://smartdatamodels.org/dataModel.Environment/pm25" in names


def test_an_unknown_remote_context_is_an_error_of_its_entity(context: Context) -> None:
    result = context.upsert([air(1) | {"@context": "https://example.org/x.jsonld"}, air(2)], by=SYSTEM)
    assert len(result.created) == 1
    assert isinstance(result.errors[0][1], LdContextNotAvailable)


def test_a_remote_context_is_fetched_once_when_told_how(store: Any) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b'{"@context":{"x":"https://example.org/x"}}'

    context = Context(store, terms={}, fetch=fetch)
    for number in (1, 2):
        sent = {"id": f"urn:a:{number}", "type": "T", "x": 1, "@context": "https://example.org/c.jsonld"}
        assert not context.upsert([sent], by=SYSTEM).errors
    assert asked == ["https://example.org/c.jsonld"]
    assert "https://example.org/x" in (context.entity("urn:a:1") or {})
    context.close()


def test_writing_needs_the_permission(context: Context) -> None:
    with pytest.raises(Unauthenticated):
        context.upsert([air(1)], by=ANONYMOUS)
    with pytest.raises(Unauthenticated):
        context.delete([AIR], by=ANONYMOUS)


def test_deleting_reports_what_was_not_there(context: Context) -> None:
    context.upsert([air(1)], by=SYSTEM)
    assert [urn for urn, _ in context.delete([AIR, "urn:a:b"], by=SYSTEM)] == ["urn:a:b"]
    assert context.entity(AIR) is None


def test_entities_are_found_page_by_page(context: Context) -> None:
    context.upsert([air(number) for number in range(1, 8)], by=SYSTEM)
    first = context.entities("AirQualityObserved", limit=4)
    rest = context.entities("AirQualityObserved", limit=4, after=first[-1]["id"])
    assert [each["id"] for each in first + rest] == [air(number)["id"] for number in range(1, 8)]
    assert [each["id"] for each in context.entities(bbox=(106.15, 10, 106.35, 11))] == [
        air(2)["id"],
        air(3)["id"],
    ]
    assert [each["id"] for each in context.entities(q="pm25>=60")] == [air(6)["id"], air(7)["id"]]
    assert [each["id"] for each in context.entities(ids=[AIR, "urn:a:b"])] == [AIR]
    assert context.entities(ids=[]) == []


def test_entities_are_counted(context: Context) -> None:
    context.upsert([air(1), air(2), {"id": "urn:a:b", "type": "T"}], by=SYSTEM)
    assert context.count("AirQualityObserved") == 2
    assert context.count(["AirQualityObserved", "T"]) == 3
    assert context.count() == 3
    assert context.type_counts() == {"AirQualityObserved": 2, "T": 1}


def test_a_layer_is_what_a_map_draws(context: Context) -> None:
    simulated = {"type": "Property", "value": "simulated"}
    context.upsert(
        [air(1, provenance=simulated), air(2), {"id": "urn:a:b", "type": "AirQualityObserved"}], by=SYSTEM
    )
    first, second = context.layer("AirQualityObserved", ["pm25", "pm10"])
    at = int((DAY + timedelta(minutes=1)).timestamp() * 1_000_000)
    assert first == (AIR, "Trạm 1", 106.1, 10.5, {"pm25": 10}, at, True)
    assert second[6] is False


def test_a_layer_follows_changes(context: Context) -> None:
    context.upsert([air(1), air(2)], by=SYSTEM)
    assert len(context.layer("AirQualityObserved", ["pm25"])) == 2
    context.upsert([{"id": AIR, "type": "AirQualityObserved", "pm25": 99}], by=SYSTEM)
    context.delete([air(2)["id"]], by=SYSTEM)
    (shown,) = context.layer("AirQualityObserved", ["pm25"])
    assert shown[4] == {"pm25": 99}


def test_a_series_has_its_unit_and_its_points(context: Context) -> None:
    for value in range(5):
        at = f"2026-01-01T0{value}:00:00Z"
        pm25 = {"type": "Property", "value": value, "unitCode": "GQ", "observedAt": at}
        context.upsert([air(1, pm25=pm25)], by=SYSTEM)
    found = context.series(AIR, "pm25", DAY, DAY + timedelta(hours=3))
    assert (found.values.tolist(), found.unit) == ([0, 1, 2], "GQ")
    halves = context.series(AIR, "pm25", DAY, DAY + timedelta(hours=6), buckets=2)
    assert halves.values.tolist() == [1, 3.5]
    assert (halves.min.tolist(), halves.max.tolist(), halves.count.tolist()) == ([0, 3], [2, 4], [3, 2])


def test_a_series_of_nothing_is_empty(context: Context) -> None:
    assert len(context.series("urn:a:b", "pm25", DAY, DAY).values) == 0
    context.upsert([air(1)], by=SYSTEM)
    empty = context.series(AIR, "pm25", DAY + timedelta(days=1), DAY + timedelta(days=2), buckets=3)
    assert np.isnan(empty.values).all()
    assert len(context.series(AIR, "name", DAY, now()).values) == 0


def test_an_entity_past_its_time_is_taken_away_and_told(context: Context) -> None:
    with frozen(DAY) as clock:
        context.upsert([air(1, expiresAt="2026-01-01T01:00:00Z")], by=SYSTEM)
        context.compact_once(10)
        assert context.entity(AIR) is not None
        clock.advance(timedelta(hours=2))
        assert context.entity(AIR) is None
        context.compact_once(10)
        context.compact_once(10)
        events = [event.type.rpartition("-")[2] for event in context.log.read(None, 10)]
    assert events == ["created", "deleted"]


def test_the_history_of_a_deleted_entity_is_forgotten_in_time(context: Context) -> None:
    with frozen(DAY) as clock:
        context.upsert([air(1)], by=SYSTEM)
        context.delete([AIR], by=SYSTEM)
        clock.advance(timedelta(days=6))
        context.compact_once(10, settle_s=0)
        context.compact_once(10, settle_s=0)
        assert len(context.series(AIR, "pm25", DAY, now()).values) == 1
        clock.advance(timedelta(days=2))
        context.compact_once(10, settle_s=0)
        assert len(context.series(AIR, "pm25", DAY, now()).values) == 0
        assert context.upsert([air(1)], by=SYSTEM).created == [AIR]


def test_runs_of_past_readings_are_appended_once(context: Context) -> None:
    context.upsert([air(1)], by=SYSTEM)
    times = np.arange(0, 10_000, dtype=np.int64) * 60_000_000
    run = Run(AIR, "pm25", "GQ", times, np.arange(10_000) / 2)
    assert context.append([run], by=SYSTEM) == 10_000
    assert context.append([run], by=SYSTEM) == 0
    found = context.series(AIR, "pm25", 0, 10_000 * 60_000_000)
    assert found.values.tolist() == (np.arange(10_000) / 2).tolist()


def test_a_process_that_was_not_composed_says_so(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_current", [])
    with pytest.raises(NotWired):
        live.current()
    live.use(context)
    assert live.current() is context
