"""Sea level at a station: the curve, its high and low waters, the constants it is computed from.

Heights are in metres above the station's chart datum
(:attr:`~dothi.kernel.feeds.tide.tables.Station.chart_datum`): the astronomical tide only, without surge,
river flow or sea-level rise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dothi.core import clock
from dothi.kernel.feeds.tide import astronomy
from dothi.kernel.feeds.tide.astronomy import Array
from dothi.kernel.feeds.tide.constituents import CONSTITUENTS
from dothi.kernel.feeds.tide.tables import Station, station

_SCAN = timedelta(minutes=6)


class Extreme(NamedTuple):
    """One high or low water: when, how high (metres above the chart datum), which."""

    time: datetime
    metres: float
    kind: Literal["high", "low"]


class Constant(NamedTuple):
    """One published harmonic constant; ``used`` is false where its definition is ambiguous."""

    name: str
    amplitude_m: float
    phase_deg: float
    used: bool


def constituents(key: str) -> list[Constant]:
    """The published constants of a station, the largest first."""
    table = station(key).constituents
    return [
        Constant(name, amplitude, phase, name in CONSTITUENTS)
        for name, (amplitude, phase) in sorted(table.items(), key=lambda item: -item[1][0])
    ]


@cache
def _matrix(key: str) -> tuple[list[str], Array, Array, Array]:
    """Names, multipliers (constituent × 6), amplitudes and phases (radians) that predictions use."""
    table = station(key).constituents
    names = [name for name in table if name in CONSTITUENTS]
    rows = [(c.tau, c.s, c.h, c.p, c.pp, c.quarter * np.pi / 2) for c in map(CONSTITUENTS.__getitem__, names)]
    values = np.array([table[name] for name in names])
    return names, np.array(rows, dtype=float), values[:, 0], np.radians(values[:, 1])


def levels(key: str, times_us: NDArray[np.int64]) -> Array:
    """Heights in metres above the chart datum at UTC instants in microseconds."""
    at = astronomy.longitudes(times_us)
    base = astronomy.nodal(astronomy.lunar(at))
    names, multipliers, amplitudes, phases = _matrix(key)
    arguments = np.stack([at.tau, at.s, at.h, at.p, at.pp, np.ones_like(at.s)])
    angles = multipliers @ arguments - phases[:, None]
    factors = np.repeat(amplitudes[:, None], len(times_us), axis=1)
    for row, name in enumerate(names):
        for parent, power in CONSTITUENTS[name].nodal.items():
            f, u = base[parent]
            factors[row] *= f ** abs(power)
            angles[row] += power * u
    height: Array = (factors * np.cos(angles)).sum(axis=0) + station(key).mean_level
    return height


def level(key: str, at: datetime) -> float:
    """Height at one instant, in metres above the chart datum."""
    return float(levels(key, np.array([clock.us(at)]))[0])


def _grid(start: datetime, end: datetime, step: timedelta) -> NDArray[np.int64]:
    width = int(step / timedelta(microseconds=1))
    return np.arange(clock.us(start), clock.us(end) + 1, width, dtype=np.int64)


def predict(
    key: str, start: datetime, end: datetime, step_minutes: float = 10
) -> list[tuple[datetime, float]]:
    """The curve from ``start`` to ``end`` (both included when the step divides the span)."""
    times = _grid(start, end, timedelta(minutes=step_minutes))
    return [(clock.from_us(int(t)), float(h)) for t, h in zip(times, levels(key, times), strict=True)]


def _vertex(times: NDArray[np.int64], heights: Array, at: int) -> tuple[int, float]:
    """Top or bottom of the parabola through three neighbouring points: within a second at a 6-minute step."""
    before, here, after = heights[at - 1 : at + 2]
    bend = before - 2 * here + after
    shift = 0.0 if bend == 0 else 0.5 * (before - after) / bend
    step = int(times[1] - times[0])
    return int(times[at] + round(shift * step)), float(here - 0.25 * (before - after) * shift)


def extremes(key: str, start: datetime, end: datetime) -> list[Extreme]:
    """High and low waters between two instants, in order of time."""
    times = _grid(start - _SCAN, end + _SCAN, _SCAN)
    heights = levels(key, times)
    slope = np.sign(np.diff(heights))
    turning = np.nonzero(slope[:-1] != slope[1:])[0] + 1
    found: list[Extreme] = []
    for index in turning:
        time, metres = _vertex(times, heights, int(index))
        kind: Literal["high", "low"] = "high" if slope[index - 1] > 0 else "low"
        found.append(Extreme(clock.from_us(time), metres, kind))
    return [each for each in found if start <= each.time <= end]


def next_extreme(key: str, after: datetime, kind: Literal["high", "low"]) -> Extreme:
    """The first high (or low) water after an instant; within 31 hours at every station, diurnal ones too."""
    return next(each for each in extremes(key, after, after + timedelta(hours=40)) if each.kind == kind)


__all__ = [
    "Constant",
    "Extreme",
    "Station",
    "constituents",
    "extremes",
    "level",
    "levels",
    "next_extreme",
    "predict",
    "station",
]
