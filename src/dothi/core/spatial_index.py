"""Which polygon is a point in, which points are near: answered from memory, for one point or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from dothi.core.geometry import BBox, distance_m

K = TypeVar("K")

# From this many points on it pays to index the points and ask polygon by polygon (each prepared once).
_MANY = 64


def _points(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[shapely.Point]:
    return list(np.atleast_1d(np.asarray(shapely.points(x, y))))


class PolygonIndex(Generic[K]):
    """Polygons by key. A point on a border belongs to the polygon given first."""

    def __init__(self, polygons: Sequence[BaseGeometry], keys: Sequence[K]) -> None:
        if len(polygons) != len(keys):
            raise ValueError(f"{len(polygons)} polygons but {len(keys)} keys")
        self._polygons = np.array(polygons, dtype=object)
        self._keys = list(keys)
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(list(polygons))

    def __len__(self) -> int:
        return len(self._keys)

    def locate(self, lon: float, lat: float) -> K | None:
        """The key of the polygon the point is in."""
        found = self._tree.query(shapely.Point(lon, lat))
        hits = found[shapely.intersects_xy(self._polygons[found], lon, lat)]
        return self._keys[int(hits.min())] if len(hits) else None

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> list[K | None]:
        """The key for every point, None outside all polygons."""
        x, y = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
        if len(x) < _MANY:
            return [self.locate(float(lon), float(lat)) for lon, lat in zip(x, y, strict=True)]
        return [None if index < 0 else self._keys[index] for index in self._indices(x, y).tolist()]

    def _indices(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        points = shapely.STRtree(_points(x, y))
        polygon, point = points.query(self._polygons, predicate="intersects")
        answer = np.full(len(x), -1, np.int64)
        order = np.argsort(-polygon, kind="stable")  # the polygon given first is written last
        answer[point[order]] = polygon[order]
        return answer


class PointIndex(Generic[K]):
    """Points by key: the nearest, those within a distance, those in a box."""

    def __init__(self, lons: ArrayLike, lats: ArrayLike, keys: Sequence[K]) -> None:
        x, y = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
        if not len(x) == len(y) == len(keys):
            raise ValueError(f"{len(x)} longitudes, {len(y)} latitudes, {len(keys)} keys")
        self._x, self._y, self._keys = x, y, list(keys)
        self._tree = shapely.STRtree(_points(x, y))

    def __len__(self) -> int:
        return len(self._keys)

    def _ranked(self, lon: float, lat: float, candidates: NDArray[np.int64]) -> list[tuple[K, float]]:
        pairs = [(int(i), distance_m((lon, lat), (float(self._x[i]), float(self._y[i])))) for i in candidates]
        return [(self._keys[i], metres) for i, metres in sorted(pairs, key=lambda pair: (pair[1], pair[0]))]

    def within_m(self, lon: float, lat: float, radius_m: float) -> list[tuple[K, float]]:
        """Keys and metres of all points at most ``radius_m`` away, nearest first."""
        # A degree of latitude is at least 110,574 m; of longitude that times the cosine.
        dy = radius_m / 110_574
        dx = dy / max(float(np.cos(np.radians(min(abs(lat) + dy, 89.9)))), 1e-3)
        found = self._tree.query(shapely.box(lon - dx, lat - dy, lon + dx, lat + dy))
        return [(key, metres) for key, metres in self._ranked(lon, lat, found) if metres <= radius_m]

    def locate(self, lon: float, lat: float) -> K | None:
        """The key of the nearest point, None when there are no points."""
        if not self._keys:
            return None
        # The plane's nearest is a bound for the true nearest, which is then chosen among all within it.
        guess = int(self._tree.nearest(shapely.Point(lon, lat)))
        bound = distance_m((lon, lat), (float(self._x[guess]), float(self._y[guess])))
        return self.within_m(lon, lat, bound + 0.001)[0][0]

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> list[K | None]:
        """The key of the nearest point for every point."""
        x, y = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
        return [self.locate(float(lon), float(lat)) for lon, lat in zip(x, y, strict=True)]

    def in_bbox(self, box: BBox) -> list[K]:
        """The keys of all points in the box (borders included), in the order given."""
        return [self._keys[i] for i in sorted(self._tree.query(shapely.box(*box)).tolist())]
