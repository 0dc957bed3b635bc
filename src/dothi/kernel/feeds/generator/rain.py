"""Showers: cells that are born over the city on rainy afternoons, drift with the monsoon, and die.

Each day has its own cells, drawn from the seed and the day alone, so rain at any place and time is a pure
function.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dothi.kernel.feeds.generator import rhythm
from dothi.kernel.feeds.generator.noise import Array
from dothi.kernel.feeds.generator.places import Sites
from dothi.kernel.feeds.generator.rhythm import Moments

_BOX = (
    -45.0,
    60.0,
    -65.0,
    60.0,
)  # west, east, south, north of the centre in km: the mainland part of the city
_CELLS = 38  # on a wet day of average strength
_LAGS = np.arange(0, 190, 10)  # minutes the ground and the air remember rain


@dataclass(frozen=True, slots=True)
class Cells:
    """The showers of one day: where and when each is strongest (km, local hours), how it moves, lasts."""

    x: Array
    y: Array
    hour: Array
    radius: Array
    lasts: Array
    peak: Array
    east: Array
    north: Array


@lru_cache(maxsize=64)
def cells(seed: int, day: int) -> Cells:
    """The showers of a local day (days since 1970); often none in the dry season."""
    random = np.random.default_rng([seed, day, 0x5241494E])
    noon = rhythm.moments(np.array([(day * 24 + 5) * 3_600_000_000]))
    wet = random.random() < rhythm.wetness(noon)[0]
    count = random.poisson(_CELLS * random.uniform(0.35, 1.5)) if wet else 0
    south_west = 4 < noon.month[0] < 10
    return Cells(
        random.uniform(_BOX[0], _BOX[1], count),
        random.uniform(_BOX[2], _BOX[3], count),
        day * 24 + np.clip(random.normal(15.8, 2.3, count), 0.5, 23.5),
        random.uniform(2.2, 6.5, count),
        random.uniform(0.25, 0.75, count),
        np.clip(random.lognormal(2.9, 0.75, count), 1, 110),
        random.normal(11 if south_west else -8, 4, count),
        random.normal(6 if south_west else -5, 3, count),
    )


def rate(seed: int, places: Sites, at: Moments) -> Array:
    """Rain in mm/h, shape (places, times)."""
    total = np.zeros((len(places.x), len(at.hours)))
    for day in range(int(at.day.min()) - 1, int(at.day.max()) + 2):
        today = cells(seed, day)
        for cell in range(len(today.x)):
            _add(total, today, cell, places, at.hours)
    return np.where(total < 0.1, 0.0, total)


def _add(total: Array, today: Cells, cell: int, places: Sites, hours: Array) -> None:
    """Add one shower to the places and times it reaches."""
    since = hours - today.hour[cell]
    near = np.nonzero(np.abs(since) < 3 * today.lasts[cell])[0]
    if not near.size:
        return
    x = today.x[cell] + today.east[cell] * since[near]
    y = today.y[cell] + today.north[cell] * since[near]
    away = (places.x[:, None] - x) ** 2 + (places.y[:, None] - y) ** 2
    shape = np.exp(-0.5 * away / today.radius[cell] ** 2 - 0.5 * (since[near] / today.lasts[cell]) ** 2)
    total[:, near] += today.peak[cell] * shape


def fallen(seed: int, places: Sites, at: Moments, minutes: float) -> Array:
    """Rain in mm that has fallen and not yet run off, which halves about every ``0.7 × minutes``."""
    lagged = at.us[:, None] - _LAGS * 60_000_000
    rates = rate(seed, places, rhythm.moments(lagged.ravel())).reshape(len(places.x), len(at.us), len(_LAGS))
    weights = np.exp(-_LAGS / minutes) * (10 / 60)
    water: Array = rates @ weights
    return water
