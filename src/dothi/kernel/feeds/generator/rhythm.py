"""The city's clock: hours, weekdays and seasons, and how busy the streets are at each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dothi.kernel.feeds.generator.noise import Array

_UTC7_US = 7 * 3600 * 1_000_000
_DAY_US = 86_400 * 1_000_000
# Long-term monthly means of Tân Sơn Nhất in °C, January first, rounded; only their shape matters here.
_TEMPERATURE = (26.5, 27.3, 28.7, 29.8, 29.4, 28.2, 27.8, 27.7, 27.5, 27.4, 27.2, 26.4)
# Share of days with showers, and how dry and still the air is (the burning and inversion season), by month.
_WET = (0.05, 0.04, 0.08, 0.25, 0.60, 0.75, 0.78, 0.78, 0.80, 0.72, 0.45, 0.18)
_STALE_AIR = (1.0, 0.95, 0.85, 0.65, 0.40, 0.28, 0.25, 0.25, 0.30, 0.45, 0.70, 0.95)
# Share of a normal working day's traffic, Monday first.
_WEEK = (1.0, 0.99, 0.99, 1.0, 1.04, 0.93, 0.78)


@dataclass(frozen=True, slots=True)
class Moments:
    """Instants as the city lives them. ``hours`` counts from 1970 local time, ``hour`` is the time of day."""

    us: NDArray[np.int64]
    hours: Array
    hour: Array
    day: NDArray[np.int64]
    weekday: NDArray[np.int64]
    month: Array


def moments(times_us: NDArray[np.int64]) -> Moments:
    """Local clock and calendar (UTC+7 all year) of UTC instants in microseconds."""
    local = times_us + _UTC7_US
    day = local // _DAY_US
    months = day.astype("datetime64[D]").astype("datetime64[M]")
    into = (day.astype("datetime64[D]") - months).astype(np.int64) / 30.4
    month = months.astype(np.int64) % 12 + into
    return Moments(times_us, local / 3.6e9, local % _DAY_US / 3.6e9, day, (day + 3) % 7, month)


def season(table: tuple[float, ...], at: Moments) -> Array:
    """A monthly table read at mid-months and joined by straight lines, December to January too."""
    wrapped = np.array([table[-1], *table, table[0]])
    value: Array = np.interp(at.month + 0.5, np.arange(14), wrapped)
    return value


def temperature(at: Moments) -> Array:
    """Mean temperature of the season, °C."""
    return season(_TEMPERATURE, at)


def wetness(at: Moments) -> Array:
    """Share of days with showers in this season, 0 to 1."""
    return season(_WET, at)


def stale_air(at: Moments) -> Array:
    """How much the season keeps dust near the ground, 0 to 1."""
    return season(_STALE_AIR, at)


def _bump(hour: Array, centre: float, width: float) -> Array:
    """A bell around a time of day, going round midnight."""
    away = (hour - centre + 12) % 24 - 12
    value: Array = np.exp(-0.5 * (away / width) ** 2)
    return value


def activity(at: Moments) -> Array:
    """How busy the streets are: about 0.06 at night, 1 in a weekday's rush hours."""
    hour = at.hour
    daytime = 1 / (1 + np.exp(-(hour - 6.0) * 2.2)) / (1 + np.exp((hour - 21.3) * 1.3))
    working = 0.06 + 0.50 * daytime + 0.46 * _bump(hour, 7.4, 0.85) + 0.44 * _bump(hour, 17.6, 1.05)
    resting = 0.07 + 0.47 * daytime + 0.10 * _bump(hour, 10.0, 1.5) + 0.26 * _bump(hour, 19.2, 1.5)
    weight = np.array(_WEEK)[at.weekday]
    value: Array = weight * np.where(at.weekday >= 5, resting, working)
    return value


def sunlight(at: Moments) -> Array:
    """Share of the noon sun, 0 at night (10.8° N: the year changes it little)."""
    value: Array = np.clip(np.sin((at.hour - 5.8) / 12.1 * np.pi), 0, None) * (
        (at.hour > 5.8) & (at.hour < 17.9)
    )
    return value


def dark(at: Moments) -> NDArray[np.bool_]:
    """Whether street lighting is switched on."""
    return (at.hour >= 17.9) | (at.hour < 5.6)
