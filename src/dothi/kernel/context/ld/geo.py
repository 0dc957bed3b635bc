"""Geo-queries (clause 4.10): ``georel``, ``geometry``, ``coordinates``, ``geoproperty`` compiled to a predicate."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from dothi.core.geometry import BBox, GeometryError, distance_m, from_geojson
from dothi.kernel.context.ld import geojson
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.model import Instance, Stored

RELATIONS = ("near", "within", "contains", "intersects", "equals", "disjoint", "overlaps")
METRES_A_DEGREE = 110_574.0  # of latitude at the equator, where a degree is shortest
_NEAR = re.compile(r"near;(maxDistance|minDistance)==(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\Z")


class GeoQuery:
    """A compiled geo-query. Call it with an entity; :meth:`bbox` limits where a match can be."""

    def __init__(
        self, relation: str, reference: BaseGeometry, geoproperty: str, distance: float = 0.0
    ) -> None:
        self.relation = relation
        self.reference = reference
        self.geoproperty = geoproperty
        self.distance = distance
        shapely.prepare(reference)
        self._test = _test(relation, reference, distance)

    def __call__(self, entity: Stored) -> bool:
        return any(
            self.matches(shape)
            for each in entity.attributes.get(self.geoproperty, ())
            if (shape := _shape(each))
        )

    def matches(self, shape: BaseGeometry) -> bool:
        """Whether the relation holds between a target geometry and the reference."""
        return self._test(shape)

    def bbox(self) -> BBox | None:
        """(west, south, east, north) outside of which nothing matches; None when there is no such limit."""
        if self.relation in ("disjoint", "minDistance"):
            return None
        west, south, east, north = self.reference.bounds
        return (
            _grown(west, south, east, north, self.distance)
            if self.relation == "maxDistance"
            else (west, south, east, north)
        )


def compile_geo(
    terms: TermMap, *, georel: str, geometry: str, coordinates: Any, geoproperty: str | None = None
) -> GeoQuery:
    """The geo-query of these parameters (``coordinates`` as JSON text or decoded); BadRequestData if wrong."""
    relation, distance = relation_of(georel)
    reference = _reference(geometry, coordinates)
    return GeoQuery(relation, reference, terms.iri(geoproperty or "location"), distance)


def relation_of(georel: str) -> tuple[str, float]:
    """``within`` → ("within", 0); ``near;maxDistance==5`` → ("maxDistance", 5)."""
    if georel.startswith("near"):
        found = _NEAR.match(georel.replace(" ", ""))
        if found is None:
            raise BadRequestData("near needs ;maxDistance==METRES or ;minDistance==METRES", where="georel")
        distance = float(found[2])
        if not 0 < distance < math.inf:
            raise BadRequestData("the distance must be greater than 0 metres", where="georel")
        return found[1], distance
    if georel not in RELATIONS:
        raise BadRequestData(f"{georel!r} is none of {', '.join(RELATIONS)}", where="georel")
    return georel, 0.0


def _reference(kind: str, coordinates: Any) -> BaseGeometry:
    if kind not in geojson.TYPES:
        raise BadRequestData(f"{kind!r} is none of {', '.join(sorted(geojson.TYPES))}", where="geometry")
    if isinstance(coordinates, str | bytes):
        try:
            coordinates = msgspec.json.decode(coordinates)
        except msgspec.DecodeError:
            raise BadRequestData("is not a JSON array such as [106.7,10.8]", where="coordinates") from None
    shape = {"type": kind, "coordinates": coordinates}
    geojson.geometry(shape, "coordinates")
    try:
        return _mended(from_geojson(shape, valid=False))
    except GeometryError as error:
        raise BadRequestData(str(error), where="coordinates") from None


def _mended(shape: BaseGeometry) -> BaseGeometry:
    """A shape that crosses itself as the area it covers: data and questions are not always drawn well."""
    return shape if shape.is_valid else shapely.make_valid(shape)


def _shape(each: Instance) -> BaseGeometry | None:
    value = each.decoded().get("value")
    if not isinstance(value, dict) or "coordinates" not in value:
        return None
    if value["type"] == "Point":
        return shapely.Point(value["coordinates"])
    try:
        return _mended(from_geojson(value, valid=False))
    except GeometryError:
        return None


def _test(relation: str, reference: BaseGeometry, distance: float) -> Callable[[BaseGeometry], bool]:
    if relation == "maxDistance":
        return lambda shape: distance_m(shape, reference) <= distance
    if relation == "minDistance":
        return lambda shape: distance_m(shape, reference) > distance
    # The reference is prepared: it goes first, with the relation turned round.
    return {
        "within": lambda shape: bool(shapely.contains(reference, shape)),
        "contains": lambda shape: bool(shapely.within(reference, shape)),
        "intersects": lambda shape: bool(shapely.intersects(reference, shape)),
        "equals": lambda shape: bool(shapely.equals(reference, shape)),
        "disjoint": lambda shape: bool(shapely.disjoint(reference, shape)),
        "overlaps": lambda shape: bool(shapely.overlaps(reference, shape)),
    }[relation]


def _grown(west: float, south: float, east: float, north: float, distance: float) -> BBox:
    """The box grown by a distance, everywhere a little too much rather than too little."""
    margin = distance * 1.01 / METRES_A_DEGREE
    south, north = south - margin, north + margin
    if south <= -89 or north >= 89:
        return -180.0, max(south, -90.0), 180.0, min(north, 90.0)
    widened = margin / math.cos(math.radians(max(abs(south), abs(north))))
    if west - widened < -180 or east + widened > 180:
        return -180.0, south, 180.0, north
    return west - widened, south, east + widened, north
