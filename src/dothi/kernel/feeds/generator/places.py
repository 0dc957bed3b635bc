"""Where the simulated things stand: spread over the wards, the same on every start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dothi.kernel.feeds.generator.noise import Array, stream
from dothi.kernel.feeds.ngsi import urn

SEED = 1698
CENTRE = (106.6980, 10.7765)  # Nguyễn Huệ: streets are densest here
_KM_LAT = 110.6
_KM_LON = 111.32 * float(np.cos(np.radians(10.8)))


@dataclass(frozen=True, slots=True)
class Ward:
    """What placing needs to know of a ward: its name, its middle, its outline if there is one."""

    code: str
    name: str
    lon: float
    lat: float
    urban: bool
    outline: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One simulated entity. ``number`` is its own for good: random streams depend on it."""

    number: int
    kind: str
    id: str
    name: str
    lon: float
    lat: float
    ward: str


@dataclass(frozen=True, slots=True)
class Group:
    """How many things of a kind there are, what they are called, and whether only in urban wards."""

    kind: str
    count: int
    slug: str
    name: str
    urban: bool = False


GROUPS: tuple[Group, ...] = (
    Group("AirQualityObserved", 64, "khong-khi", "Trạm không khí mô phỏng"),
    Group("FloodMonitoring", 40, "ngap", "Cột đo ngập mô phỏng", urban=True),
    Group("WeatherObserved", 40, "thoi-tiet", "Trạm thời tiết mô phỏng"),
    Group("TrafficFlowObserved", 200, "giao-thong", "Điểm đo giao thông mô phỏng"),
    Group("Camera", 100, "camera", "Camera mô phỏng", urban=True),
    Group("ItemFlowObserved", 100, "dem-xe", "Đếm xe qua camera mô phỏng", urban=True),
    Group("NoiseLevelObserved", 44, "tieng-on", "Trạm tiếng ồn mô phỏng", urban=True),
    Group("ParkingSpot", 80, "cho-do-xe", "Chỗ đỗ xe mô phỏng", urban=True),
    Group("WasteContainer", 80, "thung-rac", "Thùng rác mô phỏng"),
    Group("Streetlight", 60, "den-duong", "Đèn đường mô phỏng"),
)


def local_km(lon: Sequence[float] | Array, lat: Sequence[float] | Array) -> tuple[Array, Array]:
    """East and north of the centre, in kilometres."""
    return (np.asarray(lon) - CENTRE[0]) * _KM_LON, (np.asarray(lat) - CENTRE[1]) * _KM_LAT


def _near(ward: Ward, random: np.random.Generator) -> tuple[float, float]:
    """A point around the ward's middle, inside its outline where one is known."""
    area = ward.outline.area if ward.outline is not None else 2e-4
    reach = 0.45 * float(np.sqrt(area / np.pi))
    for shrink in (1.0, 0.8, 0.6, 0.4, 0.2):
        lon, lat = np.array([ward.lon, ward.lat]) + random.normal(0, reach * shrink, 2)
        if ward.outline is None or shapely.contains_xy(ward.outline, lon, lat):
            return round(float(lon), 6), round(float(lat), 6)
    return ward.lon, ward.lat


def _choose(group: Group, among: Sequence[Ward], seed: int) -> list[Ward]:
    """Wards for the things of a group: all before any twice, nearer the centre more often."""
    random = stream(seed, f"wards/{group.kind}")
    eligible = [ward for ward in among if ward.urban or not group.urban] or list(among)
    x, y = local_km([w.lon for w in eligible], [w.lat for w in eligible])
    weight = 0.25 + np.exp(-np.hypot(x, y) / 12)
    # Exponential keys give a weighted order without repeats; the next round starts again.
    rounds = -(-group.count // len(eligible))
    order = [
        int(i) for _ in range(rounds) for i in np.argsort(random.exponential(size=len(eligible)) / weight)
    ]
    return [eligible[i] for i in order[: group.count]]


def place_all(among: Sequence[Ward], seed: int = SEED) -> list[Place]:
    """All simulated things. Counting cameras stand where the cameras do."""
    if not among:
        return []
    placed: list[Place] = []
    for group in GROUPS:
        random = stream(seed, f"places/{group.kind}")
        chosen = _choose(group, among, seed) if group.kind != "ItemFlowObserved" else []
        cameras = [each for each in placed if each.kind == "Camera"] if not chosen else []
        spots = [(*_near(ward, random), ward.code, ward.name) for ward in chosen]
        spots += [(each.lon, each.lat, each.ward, each.name.split(" · ")[1]) for each in cameras]
        placed += [_place(group, len(placed) + i, i + 1, *spot) for i, spot in enumerate(spots)]
    return placed


def _place(group: Group, number: int, nth: int, lon: float, lat: float, code: str, ward: str) -> Place:
    slug = f"sim-{group.slug}-{nth:03d}"
    return Place(number, group.kind, urn(group.kind, slug), f"{group.name} · {ward}", lon, lat, code)


@dataclass(frozen=True, slots=True)
class Sites:
    """Places as arrays: number, kilometres from the centre, how dense the city is there (0 to 1)."""

    number: NDArray[np.int64]
    x: Array
    y: Array
    density: Array


def sites(chosen: Sequence[Place]) -> Sites:
    """The arrays the model computes with."""
    x, y = local_km([each.lon for each in chosen], [each.lat for each in chosen])
    return Sites(
        np.array([each.number for each in chosen], dtype=np.int64), x, y, np.exp(-np.hypot(x, y) / 14)
    )
