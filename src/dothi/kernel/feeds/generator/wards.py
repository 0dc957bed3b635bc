"""The wards the generator places its things in, asked of the directory."""

from __future__ import annotations

from collections.abc import Sequence

from dothi.core.config import current
from dothi.core.geometry import from_geojson
from dothi.kernel.directory import queries as directory
from dothi.kernel.feeds.generator.places import Place, Ward, place_all


def wards() -> list[Ward]:
    """The city's wards of today, with the cells the directory draws them with."""
    city = current().city
    outlines = {
        feature["properties"]["code"]: from_geojson(feature["geometry"])
        for feature in directory.geojson(parent=city)["features"]
    }
    units = sorted(directory.units(level="commune", parent=city), key=lambda each: each.code)
    return [
        Ward(unit.code, unit.label("vi"), *unit.centroid, unit.kind == "ward", outlines.get(unit.code))
        for unit in units
        if unit.centroid is not None
    ]


_placed: list[Place] = []


def places() -> Sequence[Place]:
    """The simulated things of this installation, placed once; none until the directory is loaded."""
    if not _placed:
        _placed[:] = place_all(wards())
    return _placed
