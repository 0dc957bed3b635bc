"""The box around a GeoJSON geometry, quickly for points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dothi.core.geometry import GeometryError, from_geojson
from dothi.kernel.registers.validation import Fault

Box = tuple[float, float, float, float]


def box(geometry: Any) -> Box:
    """West, south, east, north in degrees; raises :class:`GeometryError`."""
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point":
        position = geometry.get("coordinates")
        if isinstance(position, list | tuple) and len(position) in (2, 3):
            lon, lat = position[0], position[1]
            if type(lon) in (int, float) and type(lat) in (int, float) and _on_earth(lon, lat):
                return lon, lat, lon, lat
    west, south, east, north = from_geojson(geometry).bounds
    return west, south, east, north


def _on_earth(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90


def fault(geometry: Any, where: str) -> Fault | None:
    """What is wrong with a geometry, None when it can be drawn."""
    try:
        box(geometry)
    except GeometryError as error:
        place = f"{where}.{error.where}" if error.where else where
        return Fault(place, "geometry", dict(error.detail))
    return None
