"""The tide as an entity: past day once, then every ten minutes, with the coming two days."""

from datetime import UTC, datetime, timedelta

import pytest

from dothi.core import clock
from dothi.kernel.feeds.tide.feed import TideFeed, entity_id

NOW = datetime(2026, 11, 22, 7, 3, 20, tzinfo=UTC)
ID = entity_id("vung-tau")


def test_the_first_run_writes_the_past_thirty_days_at_ten_minutes(memory):
    TideFeed().run_once(memory, NOW)
    times = [at for at, _ in memory.history[ID, "waterLevel"]]
    assert times[0] == "2026-10-23T07:00:00.000Z"
    assert times[-1] == "2026-11-22T07:00:00.000Z"
    assert len(times) == 30 * 144 + 1


def test_a_later_run_writes_only_what_is_new(memory):
    TideFeed().run_once(memory, NOW)
    result = TideFeed().run_once(memory, NOW + timedelta(minutes=30))
    assert result.written == 3


def test_a_run_in_the_same_ten_minutes_writes_nothing(memory):
    TideFeed().run_once(memory, NOW)
    assert TideFeed().run_once(memory, NOW + timedelta(minutes=5)).read == 0


def test_the_entity_says_that_it_is_computed_from_what_and_above_which_datum(memory):
    TideFeed().run_once(memory, NOW)
    entity = memory.entity(ID)
    assert entity["provenance"]["value"] == "computed"
    assert entity["verticalDatum"]["value"].startswith("LAT")
    assert "CC BY 4.0" in entity["attribution"]["value"]


def test_the_forecast_covers_the_next_48_hours(memory):
    TideFeed().run_once(memory, NOW)
    forecast = memory.entity(ID)["waterLevelForecast"]["value"]
    end = clock.parse_iso(forecast["start"]) + timedelta(seconds=forecast["stepSeconds"]) * (
        len(forecast["levels"]) - 1
    )
    assert end >= NOW + timedelta(hours=48)


@pytest.mark.parametrize("name", ["nextHighWater", "nextLowWater"])
def test_the_next_high_and_low_water_lie_ahead(memory, name):
    TideFeed().run_once(memory, NOW)
    assert clock.parse_iso(memory.entity(ID)[name]["value"]["time"]) > NOW
