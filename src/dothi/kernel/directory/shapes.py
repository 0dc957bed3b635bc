"""Where the city's units are: boundaries where imported, cells where not; index and map file in memory."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from dothi.core.config import current
from dothi.core.geometry import to_geojson
from dothi.core.spatial_index import PolygonIndex
from dothi.kernel.directory.cells import cells
from dothi.kernel.directory.models import UnitBoundary
from dothi.kernel.directory.names import COMMUNE
from dothi.kernel.directory.snapshot import Snapshot, in_order, memory, off_loop
from dothi.kernel.directory.views import UnitView

# Five decimals of a degree are about a metre.
MAP_DECIMALS = 5


class MapFile(NamedTuple):
    """A GeoJSON map as bytes, plain and packed, with its (weak) entity tag."""

    body: bytes
    packed: bytes
    tag: str


@dataclass(frozen=True)
class Shapes:
    """The units below one parent on one level, with their geometry."""

    units: tuple[UnitView, ...]
    full: tuple[BaseGeometry, ...]
    simple: tuple[BaseGeometry, ...]

    @cached_property
    def index(self) -> PolygonIndex[int]:
        """Finds the position (in ``units``) of the unit a point is in."""
        return PolygonIndex(self.full, range(len(self.full)))

    def collection(self, *, simplified: bool) -> dict[str, Any]:
        """As GeoJSON, each feature saying whether it is only approximate."""
        shown = self.simple if simplified else self.full
        decimals = MAP_DECIMALS if simplified else None
        pairs = zip(self.units, shown, strict=True)
        return {
            "type": "FeatureCollection",
            "features": [_feature(unit, each, decimals) for unit, each in pairs],
        }

    @cached_property
    def file(self) -> MapFile:
        """The simplified map, ready to send."""
        body = msgspec.json.encode(self.collection(simplified=True))
        digest = hashlib.sha256(body).hexdigest()[:32]
        return MapFile(body, gzip.compress(body, mtime=0), f'W/"{digest}"')


def _feature(unit: UnitView, geometry: BaseGeometry, decimals: int | None) -> dict[str, Any]:
    properties = {
        "code": unit.code,
        "name_vi": unit.full_name["vi"],
        "name_en": unit.full_name["en"],
        "kind": unit.kind,
        "parent": unit.parent,
        "area_km2": unit.area_km2,
        "centroid": unit.centroid and list(unit.centroid),
        "approximate": not unit.has_boundary,
    }
    return {
        "type": "Feature",
        "id": unit.code,
        "properties": properties,
        "geometry": to_geojson(geometry, decimals),
    }


def shape(wkb: bytes | memoryview) -> BaseGeometry:
    """A stored geometry (PostgreSQL gives a memoryview)."""
    geometry = shapely.from_wkb(bytes(wkb))
    assert isinstance(geometry, BaseGeometry)
    return geometry


def build(snapshot: Snapshot, level: str, parent: str | None) -> Shapes:
    """Read the boundaries of today's units of ``level`` below ``parent`` and draw cells for the others."""
    chosen = in_order(
        unit
        for unit in snapshot.units.values()
        if unit.valid_to is None and unit.level == level and parent in (None, unit.parent)
    )
    stored = {
        key: (shape(full), shape(simple))
        for key, full, simple in UnitBoundary.objects.filter(
            unit_id__in=[unit.key for unit in chosen]
        ).values_list("unit_id", "full", "simplified")
    }
    drawn = _cells([unit for unit in chosen if unit.centroid], [pair[0] for pair in stored.values()])
    known = [unit for unit in chosen if unit.key in stored or unit.key in drawn]
    pairs = [stored.get(unit.key) or (drawn[unit.key], drawn[unit.key]) for unit in known]
    return Shapes(tuple(known), tuple(full for full, _ in pairs), tuple(simple for _, simple in pairs))


def _cells(units: Sequence[UnitView], taken: Sequence[BaseGeometry]) -> dict[str, BaseGeometry]:
    """Cells of the units without a boundary. Imported boundaries keep what is theirs."""
    if all(unit.has_boundary for unit in units):
        return {}
    centroids = [unit.centroid for unit in units if unit.centroid]
    drawn = zip(units, cells(centroids, [unit.area_km2 for unit in units]), strict=True)
    occupied = shapely.union_all(list(taken)) if taken else None
    missing = {unit.key: cell for unit, cell in drawn if not unit.has_boundary}
    if occupied is None:
        return missing
    left = {key: cell.difference(occupied) for key, cell in missing.items()}
    return {key: cell for key, cell in left.items() if not cell.is_empty}


class Atlas:
    """The shapes asked for so far, drawn again when the units changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision: str | None = None
        self._shapes: dict[tuple[str, str | None], Shapes] = {}

    def get(self, level: str, parent: str | None) -> Shapes:
        """The shapes of one level below one parent (None: of the whole country)."""
        snapshot = memory.get()
        with self._lock:
            if self._revision != snapshot.revision:
                self._shapes, self._revision = {}, snapshot.revision
            if (level, parent) not in self._shapes:
                self._shapes[level, parent] = off_loop(lambda: build(snapshot, level, parent))
            return self._shapes[level, parent]

    def city(self) -> Shapes:
        """The communes, wards and special zones of the city served here."""
        return self.get(COMMUNE, current().city)


atlas = Atlas()
