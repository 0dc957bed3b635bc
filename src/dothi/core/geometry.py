"""Geometry on the globe: GeoJSON in and out with clear refusals, distances areas on the WGS 84 ellipsoid."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dothi.core.errors import BadInput, both

Point = tuple[float, float] | shapely.Point
BBox = tuple[float, float, float, float]

# How deep "coordinates" is nested, and the parts each level stands for.
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_TYPES = (*_DEPTH, "GeometryCollection")
_ELLIPSOID = Geodesic.WGS84
_A, _E = _ELLIPSOID.a, math.sqrt(_ELLIPSOID.f * (2 - _ELLIPSOID.f))


class GeometryError(BadInput):
    """A geometry that cannot be used; the text says what is wrong and ``where`` which coordinate."""

    kind = "invalid-geometry"
    title = both("Hình học không hợp lệ", "Invalid geometry")


def _wrong(where: str, vi: str, en: str) -> GeometryError:
    at = f"{where}: " if where else ""
    return GeometryError(both(at + vi, at + en), where=where or None)


def from_geojson(obj: object, *, valid: bool = True) -> BaseGeometry:
    """The geometry of a GeoJSON geometry object (RFC 7946); raises :class:`GeometryError`.

    ``valid=False`` accepts what is well formed but crosses itself.
    """
    geometry = _build(obj, "")
    if valid:
        check(geometry)
    return geometry


def _build(obj: object, path: str) -> BaseGeometry:
    if not isinstance(obj, Mapping):
        raise _wrong(path, "cần một đối tượng GeoJSON.", "a GeoJSON object is needed.")
    kind = obj.get("type")
    if kind == "GeometryCollection":
        return _collection(obj.get("geometries"), path)
    if not isinstance(kind, str) or kind not in _DEPTH:
        raise _not_a_type(kind, path)
    if "coordinates" not in obj:
        raise _wrong(f"{path}coordinates", "thiếu tọa độ.", "the coordinates are missing.")
    where, coordinates = f"{path}coordinates", obj["coordinates"]
    if kind == "Point":
        return shapely.Point(_position(coordinates, where))
    return _MAKERS[kind](_list(coordinates, where), where)


def _not_a_type(kind: object, path: str) -> GeometryError:
    feature = kind in ("Feature", "FeatureCollection")
    vi, en = (" Hãy đưa geometry của nó.", " Give its geometry.") if feature else ("", "")
    return _wrong(
        f"{path}type",
        f"{kind!r} không phải kiểu hình học; dùng một trong {', '.join(_TYPES)}.{vi}",
        f"{kind!r} is not a geometry type; use one of {', '.join(_TYPES)}.{en}",
    )


def _collection(parts: object, path: str) -> BaseGeometry:
    where = f"{path}geometries"
    return shapely.GeometryCollection(
        [_build(part, f"{where}[{index}].") for index, part in enumerate(_list(parts, where))]
    )


def _list(value: object, where: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise _wrong(where, "cần một danh sách.", "a list is needed.")
    if not value:
        raise _wrong(where, "danh sách rỗng.", "the list is empty.")
    return value


def _position(value: object, where: str) -> tuple[float, ...]:
    """One position, checked: longitude, latitude and perhaps height."""
    numbers = _list(value, where)
    if len(numbers) not in {2, 3} or not all(type(number) in (int, float) for number in numbers):
        raise _wrong(
            where,
            f"{_short(value)} không phải vị trí [kinh độ, vĩ độ].",
            f"{_short(value)} is not a position [longitude, latitude].",
        )
    if not all(map(math.isfinite, numbers)):
        raise _wrong(where, "tọa độ là NaN hoặc vô cực.", "a coordinate is NaN or infinite.")
    _in_range(float(numbers[0]), float(numbers[1]), where)
    return tuple(map(float, numbers))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _in_range(lon: float, lat: float, where: str) -> None:
    if abs(lon) <= 180 and abs(lat) <= 90:
        return
    vi = en = ""
    if abs(lat) <= 180 and abs(lon) <= 90:
        vi = " Có lẽ vĩ độ đứng trước: thứ tự là kinh độ, vĩ độ."
        en = " Latitude seems to come first: the order is longitude, latitude."
    raise _wrong(
        where,
        f"[{lon:g}, {lat:g}] nằm ngoài kinh độ ±180, vĩ độ ±90.{vi}",
        f"[{lon:g}, {lat:g}] is outside longitude ±180, latitude ±90.{en}",
    )


def _positions(value: object, where: str) -> NDArray[np.float64]:
    """A list of positions as an (n, 2 or 3) array. The slow walk only looks for the words of a refusal."""
    numbers = _list(value, where)
    try:
        array = np.array(numbers)
    except ValueError:  # positions of different lengths
        array = np.empty(0, dtype=object)
    usable = array.ndim == 2 and array.shape[1] in {2, 3} and array.dtype.kind in "iuf"
    if not usable or not (np.isfinite(array).all() and (np.abs(array[:, :2]) <= (180, 90)).all()):
        checked = [_position(each, f"{where}[{index}]") for index, each in enumerate(numbers)]
        if len({len(each) for each in checked}) > 1:
            raise _wrong(where, "chỉ một phần vị trí có độ cao.", "only some positions have a height.")
        array = np.array(checked)
    return array.astype(np.float64)


def _line(value: object, where: str) -> shapely.LineString:
    positions = _positions(value, where)
    if len(positions) < 2:
        raise _wrong(where, "một đường cần ít nhất 2 vị trí.", "a line needs at least 2 positions.")
    return shapely.LineString(positions)


def _ring(value: object, where: str) -> NDArray[np.float64]:
    positions = _positions(value, where)
    if not np.array_equal(positions[0], positions[-1]):
        raise _wrong(
            where,
            "vòng chưa khép kín: vị trí cuối phải trùng vị trí đầu.",
            "the ring is not closed: its last position must equal its first.",
        )
    if len(positions) < 4:
        raise _wrong(where, "một vòng cần ít nhất 4 vị trí.", "a ring needs at least 4 positions.")
    return positions


def _polygon(value: object, where: str) -> shapely.Polygon:
    rings = [_ring(ring, f"{where}[{index}]") for index, ring in enumerate(_list(value, where))]
    return shapely.Polygon(rings[0], rings[1:])


def _each(make: Any, value: Sequence[Any], where: str) -> list[Any]:
    return [make(part, f"{where}[{index}]") for index, part in enumerate(value)]


_MAKERS: dict[str, Callable[[Sequence[Any], str], BaseGeometry]] = {
    "MultiPoint": lambda value, where: shapely.MultiPoint(_positions(value, where)),
    "LineString": _line,
    "MultiLineString": lambda value, where: shapely.MultiLineString(_each(_line, value, where)),
    "Polygon": _polygon,
    "MultiPolygon": lambda value, where: shapely.MultiPolygon(_each(_polygon, value, where)),
}


def check(geometry: BaseGeometry) -> None:
    """Raise :class:`GeometryError` with the reason when ``geometry`` is empty or not valid."""
    if geometry.is_empty:
        raise _wrong("", "hình học rỗng.", "the geometry is empty.")
    if not shapely.is_valid(geometry):
        reason = shapely.is_valid_reason(geometry)
        raise _wrong("", f"{_vietnamese(reason)}.", f"{reason}.")


_REASONS = {
    "Self-intersection": "Đường biên tự cắt",
    "Ring Self-intersection": "Vòng tự chạm",
    "Hole lies outside shell": "Lỗ nằm ngoài đường biên ngoài",
    "Nested holes": "Lỗ lồng nhau",
    "Nested shells": "Các phần lồng nhau",
    "Interior is disconnected": "Phần trong bị chia cắt",
    "Duplicate Rings": "Vòng bị lặp",
    "Too few points in geometry component": "Quá ít điểm khác nhau",
    "Invalid Coordinate": "Tọa độ không hợp lệ",
}


def _vietnamese(reason: str) -> str:
    """GEOS's reason, ``Self-intersection[106.7 10.8]``, in Vietnamese, with its position."""
    name, bracket, position = reason.partition("[")
    return _REASONS.get(name, name) + (" tại " + bracket + position if bracket else "")


def to_geojson(geometry: BaseGeometry, decimals: int | None = None) -> dict[str, Any]:
    """The GeoJSON geometry object; ``decimals`` rounds (5 are about a metre) and leaves it valid."""
    geometry = _on_grid(geometry, decimals)
    if isinstance(geometry, shapely.GeometryCollection):
        parts = [to_geojson(part, decimals) for part in geometry.geoms]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry.geom_type, "coordinates": _coordinates(geometry, decimals)}


def _on_grid(geometry: BaseGeometry, decimals: int | None) -> BaseGeometry:
    """``geometry`` on the grid of its rounded coordinates, without the parts that rounding would collapse."""
    if decimals is None or shapely.get_dimensions(geometry) < 1:
        return geometry
    rounded = shapely.set_precision(geometry, 10.0**-decimals)
    return geometry if rounded.is_empty else rounded


def _coordinates(geometry: Any, decimals: int | None) -> Any:
    if hasattr(geometry, "geoms"):
        return [_coordinates(part, decimals) for part in geometry.geoms]
    if isinstance(geometry, shapely.Polygon):
        return [_coordinates(ring, decimals) for ring in (geometry.exterior, *geometry.interiors)]
    array = shapely.get_coordinates(geometry, include_z=geometry.has_z)
    numbers = (array if decimals is None else array.round(decimals)).tolist()
    return numbers[0] if isinstance(geometry, shapely.Point) else numbers


def bbox(geometry: BaseGeometry) -> BBox:
    """West, south, east, north; raises :class:`GeometryError` for an empty geometry."""
    if geometry.is_empty:
        raise _wrong("", "hình học rỗng không có khung bao.", "an empty geometry has no bounds.")
    west, south, east, north = geometry.bounds
    return west, south, east, north


def distance_m(a: Point | BaseGeometry, b: Point | BaseGeometry) -> float:
    """Metres along the ellipsoid between two points or the nearest parts of two geometries.

    A point may be given as ``(lon, lat)``. Which parts are nearest is decided in a plane true to scale
    at their latitude: exact between points, and within a city for all geometries.
    """
    first, second = _geometry(a), _geometry(b)
    if not (isinstance(first, shapely.Point) and isinstance(second, shapely.Point)):
        first, second = _nearest(first, second)
    return float(_ELLIPSOID.Inverse(first.y, first.x, second.y, second.x, Geodesic.DISTANCE)["s12"])


def _geometry(a: Point | BaseGeometry) -> Any:
    geometry = shapely.Point(a) if isinstance(a, tuple) else a
    if geometry.is_empty:
        raise _wrong("", "hình học rỗng không có khoảng cách.", "an empty geometry has no distance.")
    return geometry


def _nearest(a: BaseGeometry, b: BaseGeometry) -> tuple[shapely.Point, shapely.Point]:
    south, north = min(a.bounds[1], b.bounds[1]), max(a.bounds[3], b.bounds[3])
    shrink = max(math.cos(math.radians((south + north) / 2)), 1e-6)
    scaled = [shapely.transform(g, lambda xy: xy * (shrink, 1.0)) for g in (a, b)]
    ends = shapely.get_coordinates(shapely.shortest_line(*scaled)) / (shrink, 1.0)
    return shapely.Point(ends[0]), shapely.Point(ends[1])


def equal_area(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cylindrical equal-area projection of the ellipsoid, in metres (Snyder 1987, eq. 10-13, 3-12)."""
    sin = np.sin(np.radians(lonlat[:, 1]))
    q = (1 - _E**2) * (sin / (1 - (_E * sin) ** 2) - np.log((1 - _E * sin) / (1 + _E * sin)) / (2 * _E))
    return np.column_stack([_A * np.radians(lonlat[:, 0]), _A * q / 2])


def area_km2(geometry: BaseGeometry) -> float:
    """Area on the ellipsoid in km² (edges as straight lines of the equal-area plane)."""
    return float(shapely.area(shapely.transform(geometry, equal_area))) / 1e6


def circle(lon: float, lat: float, radius_m: float, corners: int = 32) -> shapely.Polygon:
    """A circle on the ellipsoid as a polygon with so many corners."""
    ends = [_ELLIPSOID.Direct(lat, lon, 360 * index / corners, radius_m) for index in range(corners)]
    return shapely.Polygon([(end["lon2"], end["lat2"]) for end in ends])
