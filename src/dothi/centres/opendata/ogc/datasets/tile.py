"""A vector tile of a dataset's version. Points that would lie on each other at a small scale are drawn once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from dothi.centres.opendata.ogc.datasets.opened import OpenedDataset
from dothi.centres.opendata.ogc.tiles import matrix, mvt
from dothi.kernel.warehouse.serving import shapes
from dothi.kernel.warehouse.serving.shapes import Shapes

MOST = 10_000
_CROWDED = 2_000
_CELL = 8  # tile units: half a point of a screen
_PROPERTIES = 8
_LEFT_OUT = ("text", "geometry", "longitude", "latitude")


def tile(opened: OpenedDataset, zoom: int, column: int, row: int, properties: Sequence[str] | None) -> bytes:
    """The tile with one layer, named like the dataset."""
    ref = opened.found.ref
    found = shapes.inside(ref, matrix.box(zoom, column, row), where=opened.view.where, most=MOST)
    chosen, drawn = _drawn(found, zoom, column, row)
    names = _names(opened, properties)
    layer = mvt.Layer(ref.key, matrix.EXTENT)
    keys = [layer.key(name) for name in names]
    rows = found.rows[chosen]
    columns = [[_plain(value) for value in each] for each in shapes.values(ref, rows, names)]
    told: Iterator[tuple[Any, ...]] = zip(*columns, strict=True) if columns else iter([()] * len(rows))
    for number, values, (kind, geometry) in zip(rows.tolist(), told, drawn, strict=True):
        if geometry:
            layer.add(number, zip(keys, values, strict=True), kind, geometry)
    return layer.encoded()


def _drawn(
    found: Shapes, zoom: int, column: int, row: int
) -> tuple[NDArray[Any], Iterator[tuple[int, bytes]]]:
    """Which of the found are drawn, and their geometries."""
    if found.x is None or found.y is None:
        assert found.shapes is not None or not len(found.rows)
        made = _clipped(found.shapes, zoom, column, row) if found.shapes is not None else np.empty(0, object)
        return np.arange(len(found.rows)), map(mvt.commands, made)
    x, y = (np.rint(each).astype(np.int64) for each in matrix.inside(found.x, found.y, zoom, column, row))
    chosen = np.arange(len(x))
    if len(x) > _CROWDED:
        chosen = np.unique(np.stack([x // _CELL, y // _CELL]), axis=1, return_index=True)[1]
    places = zip(x[chosen].tolist(), y[chosen].tolist(), strict=True)
    return chosen, ((mvt.POINT, mvt.point(*place)) for place in places)


def _clipped(found: NDArray[Any], zoom: int, column: int, row: int) -> NDArray[Any]:
    """Geometries in tile units, cut at the tile's buffer, without what is too fine to see."""

    def to_tile(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(matrix.inside(places[:, 0], places[:, 1], zoom, column, row), axis=1)

    low, high = -matrix.BUFFER, matrix.EXTENT + matrix.BUFFER
    placed = shapely.transform(shapely.force_2d(found), to_tile)
    coarse = shapely.simplify(placed, 1.0, preserve_topology=False)
    cut: NDArray[Any] = shapely.clip_by_rect(coarse, low, low, high, high)
    return cut


def _names(opened: OpenedDataset, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The properties asked for, else the first that are no long texts; only such as may be seen as they are."""
    if asked is not None:
        return tuple(name for name in asked if name in opened.clear and name not in opened.place)
    shown = [each for each in opened.about.properties if each.name in opened.clear]
    return tuple(each.name for each in shown if each.role not in _LEFT_OUT and each.type != "object")[
        :_PROPERTIES
    ]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else value.isoformat()
