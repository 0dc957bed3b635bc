"""The city's units on the map: their outlines, label points, and the mean of any number in each."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import shapely

from dothi.core.config import current
from dothi.core.geometry import from_geojson, to_geojson
from dothi.core.kept import kept, sources
from dothi.kernel.directory import queries as directory
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.sites.operations.layers import fresh, located

_GAP, _SPECK = 0.0006, 2e-6  # degrees; square degrees
_HERE = Path(__file__).resolve()
_CODE = (
    _HERE.parents[2] / "kernel" / "directory",
    _HERE.parents[2] / "core",
)  # with us, what draws the units
REMOTE = "special-zone"  # far out at sea; the first look at the map leaves it out


@dataclass(frozen=True)
class Wards:
    """What a map needs to draw the units: GeoJSON bytes, their tag, names by code, the box of the mainland."""

    geojson: bytes
    tag: str
    names: dict[str, dict[str, str]]
    kinds: dict[str, str]
    box: tuple[float, float, float, float] | None
    approximate: bool


_known: dict[str, Wards] = {}
_lock = threading.Lock()


def _labelled(feature: dict[str, Any]) -> tuple[float, float]:
    geometry = from_geojson(feature["geometry"], valid=False)
    largest = max(getattr(geometry, "geoms", [geometry]), key=lambda part: part.area)
    point = shapely.maximum_inscribed_circle(largest, tolerance=0.002)
    return round(point.coords[0][0], 5), round(point.coords[0][1], 5)


def _outline(features: list[dict[str, Any]]) -> dict[str, Any]:
    """The city's own border. Neighbours drawn from different sources do not quite meet: a coarse grid closes that."""
    shapes = [from_geojson(f["geometry"], valid=False).buffer(_GAP) for f in features]
    whole = shapely.union_all(np.array(shapes, dtype=object)).buffer(-_GAP).simplify(_GAP / 4)
    parts = [part for part in getattr(whole, "geoms", [whole]) if part.area > _SPECK]
    lines = shapely.MultiLineString([part.exterior for part in parts])
    return {"type": "Feature", "properties": {}, "geometry": to_geojson(lines, 5)}


def _box(features: list[dict[str, Any]]) -> tuple[float, float, float, float] | None:
    shapes = [
        from_geojson(f["geometry"], valid=False) for f in features if f["properties"].get("kind") != REMOTE
    ]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return float(west), float(south), float(east), float(north)


def _build() -> Wards:
    collection = directory.geojson(level="commune", parent=current().city, simplified=True)
    units = {unit.code: unit for unit in directory.units(level="commune", parent=current().city)}
    features = []
    for source in collection["features"]:
        code = source["properties"]["code"]
        unit = units.get(code)
        lon, lat = _labelled(source)
        properties = {
            "code": code,
            "vi": unit.name["vi"] if unit else code,
            "en": unit.name["en"] if unit else code,
            "kind": unit.kind if unit else "",
            "approximate": bool(source["properties"].get("approximate")),
            "lon": lon,
            "lat": lat,
        }
        features.append(
            {"type": "Feature", "id": int(code), "properties": properties, "geometry": source["geometry"]}
        )
    data = msgspec.json.encode(
        {"type": "FeatureCollection", "features": features, "outline": _outline(features)}
    )
    return Wards(
        geojson=data,
        tag=hashlib.sha256(data).hexdigest()[:16],
        names={code: dict(unit.name) for code, unit in units.items()},
        kinds={code: unit.kind for code, unit in units.items()},
        box=_box(features),
        approximate=any(f["properties"]["approximate"] for f in features),
    )


def wards() -> Wards:
    """The city's units, built again when the directory changed."""
    revision = directory.revision()
    with _lock:
        if revision not in _known:
            _known.clear()
            _known[revision] = _kept(revision) if revision else _build()
        return _known[revision]


def _kept(revision: str) -> Wards:
    """The same without drawing them again at every start: outlines of real boundaries take a third of a second."""
    config = current()
    copy = config.home / "cache" / "wards"
    code = [_HERE, *(path for folder in _CODE for path in sorted(folder.glob("*.py")))]
    words = (revision, config.city, shapely.__version__, shapely.geos_version_string)
    found = kept(copy, sources(code, *words), Wards, _build)
    if directory.revision() != revision:  # changed meanwhile: kept under the wrong name
        copy.unlink(missing_ok=True)
    return found


def means(kind: EntityType, attribute: Attribute) -> dict[str, Any]:
    """The mean of ``attribute`` in every unit that has a fresh reading of it, and how many readings it is of."""
    readings, _total = fresh(kind, attribute)
    codes = located([(each.lon, each.lat) for each in readings])
    inside = [(code, each) for code, each in zip(codes, readings, strict=True) if code]
    if not inside:
        return {"codes": [], "means": [], "counts": [], "at": None, "simulated": False}
    keys, index = np.unique(np.array([code for code, _ in inside]), return_inverse=True)
    counts = np.bincount(index)
    sums = np.bincount(index, weights=np.array([each.value for _, each in inside]))
    return {
        "codes": [str(key) for key in keys],
        "means": [round(float(mean), 4) for mean in sums / counts],
        "counts": [int(count) for count in counts],
        "at": max(each.observed_us for _, each in inside) // 1000,
        "simulated": any(each.simulated for _, each in inside),
    }
