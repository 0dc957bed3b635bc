"""Cells around centroids, for a map of units whose boundaries nobody has imported yet (pure).

A cell is where its unit's centroid is the nearest one, within reach of where the official areas say there is
land at all. It is a drawing aid and says so wherever it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

KM_A_DEGREE = 111.195
# A centroid without a neighbour within this distance is an island of its own (Côn Đảo lies 97 km off).
ISLAND_KM = 40.0
# Units are not round: a circle a third wider reaches most of what belongs to one.
_WIDER = 1.33
# Gaps between circles up to twice this are closed.
_CLOSE_KM = 4.0
_DEFAULT_AREA_KM2 = 20.0


def cells(centroids: Sequence[tuple[float, float]], areas_km2: Sequence[float | None]) -> list[BaseGeometry]:
    """One cell for each centroid (lon, lat), in order; cells do not overlap."""
    if not centroids:
        return []
    lonlat = np.asarray(centroids, np.float64)
    scale = np.array([math.cos(math.radians(float(lonlat[:, 1].mean()))), 1.0]) * KM_A_DEGREE
    plane = lonlat * scale
    radii = np.sqrt(np.array([area or _DEFAULT_AREA_KM2 for area in areas_km2]) / math.pi)
    drawn = _draw(plane, radii)
    return [shapely.transform(cell, lambda xy: xy / scale) for cell in drawn]


def _draw(plane: NDArray[np.float64], radii: NDArray[np.float64]) -> list[BaseGeometry]:
    points = [shapely.Point(xy) for xy in plane]
    islands = _islands(plane, radii)
    main = [index for index, island in enumerate(islands) if not island]
    answer: list[BaseGeometry] = [point.buffer(r) for point, r in zip(points, radii, strict=True)]
    if len(main) < 2:
        return answer
    reach = shapely.union_all([points[i].buffer(float(radii[i]) * _WIDER) for i in main])
    land = reach.buffer(_CLOSE_KM).buffer(-_CLOSE_KM)
    around = shapely.MultiPoint([points[i] for i in main])
    parts = shapely.voronoi_polygons(around, extend_to=land.buffer(1.0), ordered=True).geoms
    for index, part in zip(main, parts, strict=True):
        answer[index] = _polygons(part.intersection(land))
    return answer


def _islands(plane: NDArray[np.float64], radii: NDArray[np.float64]) -> list[bool]:
    """Whether each centroid is far from all others: farther than the two units could reach."""
    gaps = np.hypot(*(plane[:, None, :] - plane[None, :, :]).transpose(2, 0, 1))
    gaps -= _WIDER * (radii[:, None] + radii[None, :])
    np.fill_diagonal(gaps, np.inf)
    return [bool(near > ISLAND_KM) for near in gaps.min(axis=1)]


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Only the areas of an intersection (touching edges may leave lines)."""
    if isinstance(geometry, shapely.GeometryCollection):
        return shapely.union_all([part for part in geometry.geoms if part.area > 0])
    return geometry
