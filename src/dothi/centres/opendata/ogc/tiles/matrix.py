"""The tile matrix set WebMercatorQuad (OGC 17-083r4): where a tile lies, and places inside it. Pure."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dothi.centres.opendata.ogc.base import Box
from dothi.core.errors import BadInput, NotFound, both

ID: Final = "WebMercatorQuad"
URI: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
ZOOMS: Final = 25
EXTENT: Final = 4096
BUFFER: Final = 64
_HALF: Final = 20_037_508.342789244
_SCALE: Final = 559_082_264.028718
_NORTH: Final = 85.051_128_779_806_6
Floats = NDArray[np.float64]


def place(zoom: str, row: str, column: str) -> tuple[int, int, int]:
    """Zoom, column and row of a tile's address; raises :class:`NotFound` for one outside of the matrix."""
    if not all(each.isdecimal() and len(each) < 9 for each in (zoom, row, column)):
        raise BadInput(both("Địa chỉ ô là ba số.", "A tile's address is three numbers."), where="tile")
    z, y, x = int(zoom), int(row), int(column)
    if z >= ZOOMS or x >= 1 << z or y >= 1 << z:
        raise NotFound(both("Ô nằm ngoài lưới.", "The tile is outside of the matrix."))
    return z, x, y


def box(zoom: int, column: int, row: int) -> Box:
    """The tile with its buffer: west, south, east, north in degrees."""
    across, more = 1 << zoom, BUFFER / EXTENT
    west, east = ((column - more) / across * 360 - 180, (column + 1 + more) / across * 360 - 180)
    return (
        max(-180.0, west),
        _latitude((row + 1 + more) / across),
        min(180.0, east),
        _latitude((row - more) / across),
    )


def _latitude(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * min(1.0, max(0.0, share))))))


def inside(x: Floats, y: Floats, zoom: int, column: int, row: int) -> tuple[Floats, Floats]:
    """Degrees as the tile's own units, from its upper left corner, downwards."""
    across = 1 << zoom
    radians = np.radians(np.clip(y, -_NORTH, _NORTH))
    down = (1 - np.arcsinh(np.tan(radians)) / math.pi) / 2
    return ((x + 180) / 360 * across - column) * EXTENT, (down * across - row) * EXTENT


def document(base: str) -> dict[str, Any]:
    """The definition of the set."""
    matrices = [
        {
            "id": str(zoom),
            "scaleDenominator": _SCALE / (1 << zoom),
            "cellSize": 2 * _HALF / 256 / (1 << zoom),
            "pointOfOrigin": [-_HALF, _HALF],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 1 << zoom,
            "matrixHeight": 1 << zoom,
        }
        for zoom in range(ZOOMS)
    ]
    return summary(base) | {"crs": CRS, "orderedAxes": ["X", "Y"], "tileMatrices": matrices}


def summary(base: str) -> dict[str, Any]:
    """Its name and where it is defined."""
    href = f"{base}/tileMatrixSets/{ID}"
    links = [{"rel": "self", "type": "application/json", "href": href}]
    return {"id": ID, "title": "Google Maps Compatible for the World", "uri": URI, "links": links}
