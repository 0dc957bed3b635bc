"""GeoJSON geometries as NGSI-LD allows them (clause 4.7): structure checked by msgspec, the rest here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from dothi.kernel.context.ld.errors import BadRequestData

Number = int | float
Position = Annotated[list[Number], Meta(min_length=2, max_length=4)]
Line = Annotated[list[Position], Meta(min_length=2)]
Ring = Annotated[list[Position], Meta(min_length=4)]
Rings = Annotated[list[Ring], Meta(min_length=1)]


class Point(Struct, tag=True, forbid_unknown_fields=True, gc=False):
    """A position: longitude, latitude, perhaps altitude."""

    coordinates: Position
    bbox: list[Number] | UnsetType = UNSET


class MultiPoint(Struct, tag=True, forbid_unknown_fields=True, gc=False):
    """Several positions."""

    coordinates: list[Position]
    bbox: list[Number] | UnsetType = UNSET


class LineString(Struct, tag=True, forbid_unknown_fields=True, gc=False):
    """Two or more positions."""

    coordinates: Line
    bbox: list[Number] | UnsetType = UNSET


class MultiLineString(Struct, tag=True, forbid_unknown_fields=True, gc=False):
    """Several lines."""

    coordinates: list[Line]
    bbox: list[Number] | UnsetType = UNSET


class Polygon(Struct, tag=True, forbid_unknown_fields=True, gc=False):
    """An outer ring and its holes, each closed."""

    coordinates: Rings
    bbox: list[Number] | UnsetType = UNSET


class MultiPolygon(Struct, tag=True, forbid_unknown_fields=True, gc=False):
    """Several polygons."""

    coordinates: list[Rings]
    bbox: list[Number] | UnsetType = UNSET


Geometry = Point | MultiPoint | LineString | MultiLineString | Polygon | MultiPolygon
TYPES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})


def looks_like_geometry(value: Any) -> bool:
    """Whether a JSON value announces itself as one of the geometries."""
    if not isinstance(value, dict) or "coordinates" not in value:
        return False
    kind = value.get("type")
    return isinstance(kind, str) and kind in TYPES


def geometry(value: Any, where: str) -> Geometry:
    """A decoded JSON value as a checked geometry; BadRequestData says what is wrong with it."""
    if isinstance(value, dict) and value.get("type") == "GeometryCollection":
        raise BadRequestData("NGSI-LD has no GeometryCollection; use a Multi… geometry", where=where)
    try:
        result: Geometry = msgspec.convert(value, Geometry)
    except msgspec.ValidationError as error:
        raise BadRequestData(f"is not a GeoJSON geometry: {error}", where=where) from None
    check(result, where)
    return result


def check(shape: Geometry, where: str) -> None:
    """What the structure cannot say: longitudes and latitudes in range, rings closed."""
    if shape.__class__ is Point:
        _check_position(shape.coordinates, where)
        return
    for position in _positions(shape.coordinates):
        _check_position(position, where)
    if isinstance(shape, Polygon):
        _check_rings(shape.coordinates, where)
    elif isinstance(shape, MultiPolygon):
        for rings in shape.coordinates:
            _check_rings(rings, where)


def _check_rings(rings: list[list[list[Number]]], where: str) -> None:
    for ring in rings:
        if ring[0] != ring[-1]:
            raise BadRequestData("a ring of a polygon must end where it begins", where=where)


def _check_position(position: list[Any], where: str) -> None:
    if not (-180 <= position[0] <= 180 and -90 <= position[1] <= 90):
        raise BadRequestData(
            f"position {position} is outside longitude -180…180, latitude -90…90 (longitude comes first)",
            where=where,
        )


def _positions(coordinates: Any) -> Iterator[list[Any]]:
    if coordinates and not isinstance(coordinates[0], list):
        yield coordinates
    else:
        for inner in coordinates:
            yield from _positions(inner)
