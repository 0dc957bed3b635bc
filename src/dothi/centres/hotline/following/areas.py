"""What somebody follows: a ward or a circle, and all kinds of reports or one. No Django here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from dothi.core.errors import BadInput, both

RADII_M: Final = (300, 500, 1_000, 2_000, 5_000)
_EARTH_M: Final = 6_371_008.8
_DEGREE_M: Final = _EARTH_M * math.pi / 180


@dataclass(frozen=True, slots=True)
class Area:
    """A unit by its code, or a circle around a point; empty ``category``: every kind of report."""

    unit: str = ""
    lon: float | None = None
    lat: float | None = None
    radius_m: int = 0
    category: str = ""

    def check(self) -> Area:
        """Itself; raises :class:`BadInput` where it says no place, two, or a radius that is not offered."""
        circle = self.lon is not None and self.lat is not None
        if bool(self.unit) == circle:
            raise BadInput(
                both("Hãy chọn một phường, xã, hoặc một vị trí.", "Choose a ward or a position."),
                where="unit",
            )
        if circle and self.radius_m not in RADII_M:
            raise BadInput(both("Hãy chọn bán kính.", "Choose a radius."), where="radius")
        if circle and not (abs(self.lon or 0) <= 180 and abs(self.lat or 0) <= 90):
            raise BadInput(both("Vị trí không đúng.", "The position is not right."), where="lat")
        return self

    def holds(self, unit: str, lon: float | None, lat: float | None) -> bool:
        """Whether something there lies within it."""
        if self.unit:
            return unit == self.unit
        if lon is None or lat is None or self.lon is None or self.lat is None:
            return False
        return metres((self.lon, self.lat), (lon, lat)) <= self.radius_m


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two points (longitude, latitude) on the globe."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*a, *b))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def box(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a circle: what a database looks through first."""
    high = radius_m / _DEGREE_M
    wide = high / max(0.01, math.cos(math.radians(lat)))
    return lon - wide, lat - high, lon + wide, lat + high
