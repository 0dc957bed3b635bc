"""Writes the sea level of a station as an entity: the past thirty days once, then every ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np

from dothi.core import clock
from dothi.kernel.feeds.base import FeedResult, Label, Provenance, Writer, write
from dothi.kernel.feeds.bulk import Past, Series, write_past
from dothi.kernel.feeds.ngsi import Attribute, point, prop, urn
from dothi.kernel.feeds.tide import queries
from dothi.kernel.feeds.tide.tables import DEFAULT, Station, station

STEP = timedelta(minutes=10)
PAST = timedelta(days=30)
FORECAST = timedelta(hours=48)
_RENEW = timedelta(hours=6)


def entity_id(key: str) -> str:
    """The id of a station's entity."""
    return urn("WaterObserved", f"{key}-tide")


def _slot(now: datetime) -> datetime:
    return clock.from_us(clock.us(now) // 600_000_000 * 600_000_000)


def _turn(key: str, now: datetime, kind: Literal["high", "low"]) -> Attribute:
    extreme = queries.next_extreme(key, now, kind)
    value = {"time": clock.iso(extreme.time.replace(microsecond=0)), "level": round(extreme.metres, 3)}
    return prop(value, unit="MTR")


def _about(table: Station) -> dict[str, Any]:
    """What does not change: names, place, datum, where the constants are from."""
    datum = (
        f"{table.chart_datum} of the gauge record {table.epoch.start} to {table.epoch.end}; "
        f"mean sea level is {table.mean_level} m above it"
    )
    return {
        "name": prop(f"Mực nước triều {table.name.vi} (tính từ hằng số điều hòa)"),
        "alternateName": prop(f"Tide at {table.name.en} (computed from harmonic constants)"),
        "location": point(table.longitude, table.latitude),
        "provenance": prop("computed"),
        "verticalDatum": prop(datum),
        "dataProvider": prop(f"{table.source} ({table.source_url})"),
        "attribution": prop(table.attribution),
    }


def _forecast(key: str, start: datetime) -> Attribute:
    """The coming 54 hours, so that 48 remain until it is renewed."""
    end = start + FORECAST + _RENEW
    levels = [round(metres, 3) for _, metres in queries.predict(key, start, end, STEP / timedelta(minutes=1))]
    return prop(
        {"start": clock.iso(start), "stepSeconds": int(STEP.total_seconds()), "levels": levels}, unit="MTR"
    )


def _written(context: Writer, key: str) -> datetime | None:
    """The newest instant already in the context: a restart goes on from there."""
    entity = context.entity(entity_id(key))
    return clock.parse_iso(entity["waterLevel"]["observedAt"]) if entity else None


class TideFeed:
    """Computed sea level at one station, every ten minutes; gaps of up to thirty days are filled in."""

    provenance: Provenance = "computed"
    interval = STEP

    def __init__(self, key: str = DEFAULT) -> None:
        self.table = station(key)
        self.key = f"tide-{key}"
        self.label = Label(f"Thủy triều {self.table.name.vi}", f"Tide at {self.table.name.en}")
        self._forecast_at: datetime | None = None

    def run_once(self, context: Writer, now: datetime) -> FeedResult:
        slot = _slot(now)
        written = _written(context, self.table.key)
        start = slot - PAST if written is None else max(slot - PAST, written + STEP)
        times = np.arange(
            clock.us(start), clock.us(slot) + 1, STEP // timedelta(microseconds=1), dtype=np.int64
        )
        if not times.size:
            return FeedResult()
        heights = np.round(queries.levels(self.table.key, times), 3)
        if len(times) == 1:
            return write(context, [self._newest(slot, float(heights[-1]))])
        series = Series("waterLevel", "MTR", times, heights)
        done, added = write_past(context, [Past(self._newest(slot, float(heights[-1])), [series])])
        return FeedResult(added + 1, added + 1 - len(done.errors), len(done.errors))

    def _newest(self, slot: datetime, metres: float) -> dict[str, Any]:
        """The entity as it is now; what does not change only the first time."""
        key = self.table.key
        entity: dict[str, Any] = {"id": entity_id(key), "type": "WaterObserved"}
        entity["waterLevel"] = prop(metres, at=clock.iso(slot), unit="MTR")
        entity["nextHighWater"] = _turn(key, slot, "high")
        entity["nextLowWater"] = _turn(key, slot, "low")
        if self._forecast_at is None:
            entity |= _about(self.table)
        if self._forecast_at is None or slot - self._forecast_at >= _RENEW:
            entity["waterLevelForecast"] = _forecast(key, slot)
            self._forecast_at = slot
        return entity
