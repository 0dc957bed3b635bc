"""Brings the simulated city up to date, then keeps it moving: a few dozen entities every half minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from dothi.core import clock
from dothi.kernel.feeds.base import FeedResult, Label, Payload, Provenance, Writer, write
from dothi.kernel.feeds.bulk import Past, write_past
from dothi.kernel.feeds.generator.entities import NUMBERS, about, observations, pasts
from dothi.kernel.feeds.generator.places import SEED, Place

log = structlog.get_logger()
KEY = "generator"
TICK = timedelta(seconds=30)
HISTORY = timedelta(days=30)
_TOGETHER = 50
_US = 1_000_000

# How often each kind reports (seconds), and how finely its last day is filled in at first start.
EVERY: dict[str, int] = {
    "AirQualityObserved": 600,
    "FloodMonitoring": 300,
    "TrafficFlowObserved": 300,
    "ItemFlowObserved": 300,
    "WeatherObserved": 600,
    "NoiseLevelObserved": 600,
    "Camera": 21_600,
    "ParkingSpot": 600,
    "WasteContainer": 3600,
    "Streetlight": 1800,
}
_FINE: dict[str, int] = {
    "AirQualityObserved": 600,
    "FloodMonitoring": 600,
    "WeatherObserved": 600,
    "NoiseLevelObserved": 600,
    "TrafficFlowObserved": 600,
    "ItemFlowObserved": 600,
}
_COARSE = 3600


def history_times(kind: str, after_us: int | None, now_us: int) -> NDArray[np.int64]:
    """The instants to fill in: hourly for thirty days, finer for the last; only those after ``after_us``."""
    fine = _FINE.get(kind, _COARSE) * _US
    start = now_us - int(HISTORY.total_seconds()) * _US
    day = now_us - 86_400 * _US
    hourly = np.arange(-(-start // (_COARSE * _US)) * _COARSE * _US, day, _COARSE * _US)
    finer = np.arange(-(-day // fine) * fine, now_us + 1, fine)
    times = np.concatenate([hourly, finer]).astype(np.int64)
    if not NUMBERS[kind]:  # a text has no curve: the last day is enough, for a camera the last word
        times = times[-1:] if kind == "Camera" else times[times > day]
    return times if after_us is None else times[times > after_us]


def due(place: Place, after_us: int, until_us: int) -> int | None:
    """The last instant in (after, until] at which this place reports, if there is one."""
    every = EVERY[place.kind] * _US
    phase = place.number * int(TICK.total_seconds()) * _US % every
    slot = (until_us - phase) // every * every + phase
    return slot if slot > after_us else None


class GeneratorFeed:
    """The simulated city. ``places`` is asked on the first run, when the directory is loaded."""

    key = KEY
    label = Label("Bộ mô phỏng thành phố", "City generator")
    provenance: Provenance = "simulated"
    interval = TICK

    def __init__(self, places: Callable[[], Sequence[Place]], seed: int = SEED) -> None:
        self._places = places
        self._seed = seed
        self._until: int | None = None

    def run_once(self, context: Writer, now: datetime) -> FeedResult:
        if not self._places():
            return FeedResult()
        tick = int(TICK.total_seconds()) * _US
        until = clock.us(now) // tick * tick
        longest = 600 * _US  # after a longer pause the gap is filled in like a first start
        if self._until is None or until - self._until > longest:
            result = self._catch_up(context, until)
        else:
            result = self._tick(context, self._until, until)
        self._until = until
        return result

    def _tick(self, context: Writer, after: int, until: int) -> FeedResult:
        """What the places report between two ticks."""
        when: dict[tuple[str, int], list[Place]] = {}
        for place in self._places():
            slot = due(place, after, until)
            if slot is not None:
                when.setdefault((place.kind, slot), []).append(place)
        entities: list[Payload] = []
        for (kind, slot), chosen in sorted(when.items(), key=lambda item: item[0][1]):
            entities += observations(kind, self._seed, chosen, np.array([slot], dtype=np.int64))
        return write(context, entities)

    def _catch_up(self, context: Writer, until: int) -> FeedResult:
        """Fill in what is missing of the last thirty days, kind by kind, each entity up to the present."""
        places, total = self._places(), FeedResult()
        for kind in EVERY:
            groups: dict[int | None, list[Place]] = {}
            for place in places:
                if place.kind == kind:
                    groups.setdefault(_last(context.entity(place.id)), []).append(place)
            for last, together in groups.items():
                total += self._fill(context, kind, together, history_times(kind, last, until))
            log.debug("generator.caught_up", kind=kind, written=total.written)
        return total

    def _fill(
        self, context: Writer, kind: str, chosen: Sequence[Place], times: NDArray[np.int64]
    ) -> FeedResult:
        """Write a kind's readings at all the instants: numbers in bulk, a kind without numbers one by one."""
        total = FeedResult()
        if not times.size:
            return total
        for start in range(0, len(chosen), _TOGETHER):
            some = chosen[start : start + _TOGETHER]
            if NUMBERS[kind]:
                total += _in_bulk(context, list(pasts(kind, self._seed, some, times)))
                continue
            entities: list[Payload] = list(observations(kind, self._seed, some, times))
            for place, first in zip(some, entities, strict=False):
                first |= about(place)  # type: ignore[operator]
            total += write(context, entities)
        return total


def _in_bulk(context: Writer, items: Sequence[Past]) -> FeedResult:
    done, added = write_past(context, items)
    refused = Counter(type(error).__name__ for _, error in done.errors)
    written = len(items) - len(done.errors)
    return FeedResult(added + len(items), added + written, len(done.errors), dict(refused))


def _last(entity: dict[str, Any] | None) -> int | None:
    """The newest observation an entity holds, µs; None when it is not there."""
    if entity is None:
        return None
    stamps = [
        each["observedAt"] for each in entity.values() if isinstance(each, dict) and "observedAt" in each
    ]
    return max((clock.us(clock.parse_iso(stamp)) for stamp in stamps), default=None)
