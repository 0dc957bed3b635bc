"""What each kind of thing would read. Arrays have shape (places, times)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dothi.kernel.feeds.generator import rain, rhythm
from dothi.kernel.feeds.generator.noise import Array, Field, normal, uniform
from dothi.kernel.feeds.generator.places import Sites
from dothi.kernel.feeds.generator.rhythm import Moments
from dothi.kernel.feeds.tide import queries as tide

Readings = dict[str, Array]
_ONCE = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Scene:
    """The places and times that are asked for, and the seed."""

    seed: int
    places: Sites
    at: Moments

    def smooth(self, name: str, length_km: float, hours: float) -> Array:
        """A smooth random field here."""
        return Field(self.seed, name, length_km, hours).at(self.places.x, self.places.y, self.at.hours)

    def jitter(self, name: str) -> Array:
        """Independent noise of each reading."""
        return normal(self.seed, name, self.places.number, self.at.us // 1_000_000)

    def own(self, name: str) -> Array:
        """A number in [0, 1) that is each place's own for good; shape (places, 1)."""
        return uniform(self.seed, name, self.places.number, _ONCE)

    @property
    def density(self) -> Array:
        return self.places.density[:, None]


def _demand(scene: Scene) -> Array:
    """Traffic as a share of what the street can carry; over 1 it queues."""
    local = 0.78 + 0.48 * scene.density + 0.22 * (scene.own("road") - 0.5)
    moving = 1 + 0.09 * scene.smooth("traffic", 2.5, 0.7) + 0.03 * scene.jitter("traffic")
    return np.clip(rhythm.activity(scene.at) * local * moving, 0.01, 1.6)


def _speed(scene: Scene, demand: Array) -> tuple[Array, Array]:
    """Free speed and speed, km/h: the BPR curve, slower in rain and in standing water."""
    free = 43 - 13 * scene.density + 8 * (scene.own("free") - 0.5)
    wet = np.clip(rain.rate(scene.seed, scene.places, scene.at) / 60, 0, 0.3)
    deep = np.clip(_depth(scene) / 0.5, 0, 0.8)
    return free, free / (1 + 1.15 * demand**4) * (1 - wet) * (1 - deep)


def traffic(scene: Scene) -> Readings:
    """Speed (km/h), vehicles in five minutes, share of time the lane is occupied."""
    demand = _demand(scene)
    free, speed = _speed(scene, demand)
    capacity = (2600 + 5200 * scene.own("lanes")) * (0.6 + 0.5 * scene.density)  # motorbikes and cars an hour
    carried = np.minimum(demand, 1.08 - 0.12 * demand)
    return {
        "averageVehicleSpeed": np.clip(speed + 0.8 * scene.jitter("speed"), 1.5, 90),
        "intensity": np.clip(np.round(capacity * carried / 12), 0, None),
        "occupancy": np.clip(0.16 * demand * free / speed, 0.002, 0.97),
    }


def counts(scene: Scene) -> Readings:
    """What a camera counts: vehicles in view, most of them motorbikes."""
    flow = traffic(scene)
    seen = np.round(np.clip(flow["occupancy"] * (90 + 60 * scene.own("view")), 0, None))
    bikes = np.round(seen * np.clip(0.80 + 0.05 * scene.smooth("bikes", 3, 5), 0.6, 0.93))
    cars = np.round((seen - bikes) * 0.75)
    return {
        "intensity": flow["intensity"],
        "occupancy": flow["occupancy"],
        "averageSpeed": flow["averageVehicleSpeed"],
        "vehicleCount": seen,
        "motorcycle": bikes,
        "car": cars,
        "bus_truck": np.clip(seen - bikes - cars, 0, None),
    }


def weather(scene: Scene) -> Readings:
    """Temperature, humidity, pressure, wind, rain of the last hour, cloud."""
    at = scene.at
    day = np.cos((at.hour - 13.8) / 24 * 2 * np.pi)
    falling = rain.rate(scene.seed, scene.places, at)
    fallen = rain.fallen(scene.seed, scene.places, at, 60)
    town = 0.9 * scene.density * (1 - rhythm.sunlight(at))  # the city keeps its warmth at night
    warm = rhythm.temperature(at) + 4.1 * day + town + 0.7 * scene.smooth("warm", 30, 30)
    cooled = warm - np.clip(fallen * 0.35, 0, 6.5) + 0.15 * scene.jitter("warm")
    humid = (
        0.79 - 0.032 * (cooled - 27.5) + 0.03 * scene.smooth("humid", 30, 20) + np.clip(fallen * 0.02, 0, 0.2)
    )
    cloud = (
        45 + 25 * (rhythm.wetness(at) - 0.4) + 22 * scene.smooth("cloud", 20, 4) + np.clip(falling * 6, 0, 60)
    )
    monsoon = np.where(
        (at.month > 4) & (at.month < 10), 230.0, 60.0
    )  # from the south-west in the rainy season
    wind = 2.1 + 1.5 * rhythm.sunlight(at) + 0.8 * scene.smooth("wind", 25, 5) + np.clip(falling * 0.09, 0, 5)
    return {
        "temperature": np.clip(cooled, 16, 41),
        "relativeHumidity": np.clip(humid, 0.3, 1.0),
        "atmosphericPressure": 1009.6
        + 1.4 * np.cos((at.hour - 9.7) / 12 * 2 * np.pi)
        + scene.smooth("press", 80, 60),
        "precipitation": np.where(fallen < 0.1, 0.0, fallen),
        "windSpeed": np.clip(wind, 0.1, 25),
        "windDirection": (monsoon + 25 * scene.smooth("from", 40, 8)) % 360,
        "cloudiness": np.clip(cloud, 0, 100),
    }


def air(scene: Scene) -> Readings:
    """Fine dust (dry season, early morning), gases of traffic, ozone of the early afternoon."""
    at, sun = scene.at, rhythm.sunlight(scene.at)
    busy = rhythm.activity(at) * (0.35 + 0.75 * scene.density)
    washed = np.exp(-0.035 * rain.fallen(scene.seed, scene.places, at, 150))
    still = (
        1
        + 0.42 * np.exp(-0.5 * ((at.hour - 6.4) / 2.1) ** 2)
        + 0.16 * np.exp(-0.5 * ((at.hour - 20.5) / 2) ** 2)
    )
    mixing = still - 0.24 * sun
    dust = (11 + 21 * rhythm.stale_air(at)) * mixing * (0.75 + 0.35 * scene.density + 0.35 * busy)
    dust = dust * np.exp(0.30 * scene.smooth("dust", 15, 26) + 0.05 * scene.jitter("dust")) * washed
    no2 = (9 + 52 * busy * mixing) * np.exp(0.18 * scene.smooth("no2", 6, 8)) * (0.6 + 0.4 * washed)
    o3 = (16 + 88 * sun**1.6 * (0.6 + 0.5 * rhythm.stale_air(at))) * np.exp(
        0.16 * scene.smooth("o3", 25, 12)
    ) - 0.22 * no2
    return {
        "pm25": np.clip(dust, 2, 280),
        "pm10": np.clip(dust * (1.45 + 0.25 * busy) + 4, 4, 450),
        "no2": np.clip(no2, 2, 320),
        "co": np.clip(330 + 1350 * busy * mixing * np.exp(0.15 * scene.smooth("co", 5, 6)), 150, 9000),
        "o3": np.clip(o3, 3, 320),
        "so2": np.clip((7 + 9 * busy) * np.exp(0.3 * scene.smooth("so2", 8, 10)), 1, 150),
    }


def noise(scene: Scene) -> Readings:
    """Sound level of the street, dB(A): its traffic, its people, rain on roofs."""
    busy = rhythm.activity(scene.at) * (0.4 + 0.7 * scene.density)
    level = 66 + 10 * np.log10(0.07 + busy) + 7 * (scene.own("street") - 0.5)
    level = (
        level
        + np.clip(rain.rate(scene.seed, scene.places, scene.at) * 0.12, 0, 6)
        + 0.9 * scene.jitter("noise")
    )
    return {"LAeq": level, "LAmax": level + 9 + 5 * np.abs(scene.jitter("loudest"))}


def _depth(scene: Scene) -> Array:
    """Water on the street in metres: rain that does not drain, and high tides in low places."""
    low = scene.own("low") ** 2
    drains = 24 - 16 * low  # mm the street takes before it stands
    standing = np.clip(rain.fallen(scene.seed, scene.places, scene.at, 55) - drains, 0, None) * (
        0.006 + 0.012 * low
    )
    high = np.clip(
        tide.levels("vung-tau", scene.at.us - 7_200_000_000) - 4.02, 0, None
    )  # two hours up the river
    return np.clip(standing + 0.9 * low * high * (scene.own("river") < 0.35), 0, 1.2)


def flood(scene: Scene) -> Readings:
    """Depth of water on the street, in metres."""
    return {"currentLevel": np.round(_depth(scene), 2)}


def parking(scene: Scene) -> Readings:
    """1 where a car stands."""
    wanted = 0.22 + 0.62 * np.clip(rhythm.activity(scene.at) + 0.18, 0, 1) * (0.55 + 0.5 * scene.density)
    mood = Field(scene.seed, "parking", 0.04, 1.1).at(scene.places.x, scene.places.y, scene.at.hours)
    return {"occupied": (1 / (1 + np.exp(-1.702 * mood)) < wanted).astype(float)}


def _emptied(scene: Scene) -> Array:
    """Local hours of the last collection: each evening, every other one for a quarter of the containers."""
    hour = 19 + 4 * scene.own("collected")
    every = np.where(scene.own("route") < 0.25, 48.0, 24.0)
    last: Array = np.floor((scene.at.hours - hour) / every) * every + hour
    return last


def waste(scene: Scene) -> Readings:
    """How full a container is (0 to 1), and when it was emptied (µs UTC)."""
    since = (scene.at.hours - (last := _emptied(scene))) / 24
    pace = 0.38 + 0.62 * scene.own("waste")
    return {"fillingLevel": np.clip(0.03 + pace * since, 0, 1), "emptied_us": (last - 7) * 3.6e9}


def lamps(scene: Scene) -> Readings:
    """Brightness (0, 0.6 after eleven, 1), power in watts, and 1 where the lamp is broken (some weeks)."""
    late = (scene.at.hour >= 23) | (scene.at.hour < 4.5)
    week = scene.at.day // 7
    broken = uniform(scene.seed, "lamp", scene.places.number, week) < 0.03
    lit = np.where(rhythm.dark(scene.at), np.where(late, 0.6, 1.0), 0.0) * ~broken
    rating = np.where(scene.own("rating") < 0.6, 120.0, 150.0)
    power = lit * rating * (1 + 0.01 * scene.jitter("power"))
    return {"illuminanceLevel": lit, "powerConsumption": power, "broken": broken.astype(float)}


def cameras(scene: Scene) -> Readings:
    """1 where the last image could be fetched."""
    hour = scene.at.us // 3_600_000_000
    return {"working": (uniform(scene.seed, "camera", scene.places.number, hour // 3) > 0.02).astype(float)}


MODELS: dict[str, Callable[[Scene], Readings]] = {
    "AirQualityObserved": air,
    "WeatherObserved": weather,
    "NoiseLevelObserved": noise,
    "TrafficFlowObserved": traffic,
    "ItemFlowObserved": counts,
    "FloodMonitoring": flood,
    "ParkingSpot": parking,
    "WasteContainer": waste,
    "Streetlight": lamps,
    "Camera": cameras,
}


def read(kind: str, seed: int, places: Sites, times_us: NDArray[np.int64]) -> Readings:
    """All readings of a kind at places and instants (UTC, µs)."""
    return MODELS[kind](Scene(seed, places, rhythm.moments(times_us)))
