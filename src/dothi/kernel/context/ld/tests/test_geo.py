"""Geo-queries."""

import pytest

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.geo import compile_geo
from dothi.kernel.context.ld.merge import create

CORE = Contexts().core
HOLED = [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]]
SQUARE = [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]


def at(kind, coordinates, name="location"):
    document = {
        "id": "urn:x:1",
        "type": "T",
        name: {"type": "GeoProperty", "value": {"type": kind, "coordinates": coordinates}},
    }
    return create(parse_entity(document, CORE), 1).entity


def query(georel, kind, coordinates, **options):
    return compile_geo(CORE, georel=georel, geometry=kind, coordinates=coordinates, **options)


@pytest.mark.parametrize(
    ("georel", "kind", "coordinates", "entity", "expected"),
    [
        ("near;maxDistance==2000", "Point", "[106.70,10.77]", ("Point", [106.701, 10.771]), True),
        ("near;maxDistance==100", "Point", "[106.70,10.77]", ("Point", [106.701, 10.771]), False),
        ("near;minDistance==100", "Point", "[106.70,10.77]", ("Point", [106.701, 10.771]), True),
        ("near;minDistance==2000", "Point", "[106.70,10.77]", ("Point", [106.701, 10.771]), False),
        ("near;maxDistance==2000", "LineString", "[[0,60],[10,60]]", ("Point", [10, 60.009]), True),
        ("near;maxDistance==2000", "LineString", "[[0,61],[10,61]]", ("Point", [10, 60.009]), False),
        ("within", "Polygon", HOLED, ("Point", [2, 2]), True),
        ("within", "Polygon", HOLED, ("Point", [5, 5]), False),
        ("contains", "Point", [1, 1], ("Polygon", SQUARE), True),
        ("contains", "Point", [3, 1], ("Polygon", SQUARE), False),
        ("intersects", "LineString", [[-1, 1], [1, 1]], ("Polygon", SQUARE), True),
        ("disjoint", "LineString", [[-1, 1], [1, 1]], ("Polygon", SQUARE), False),
        ("disjoint", "Point", [5, 5], ("Polygon", SQUARE), True),
        ("equals", "Polygon", [[[2, 0], [2, 2], [0, 2], [0, 0], [2, 0]]], ("Polygon", SQUARE), True),
        ("equals", "Point", [1, 1], ("Point", [1.0, 1.0]), True),
        ("overlaps", "Polygon", [[[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]], ("Polygon", SQUARE), True),
        ("overlaps", "Polygon", [[[0, 0], [1, 0], [1, 1], [0, 0]]], ("Polygon", SQUARE), False),
    ],
)
def test_relations_hold_as_geometry_says(georel, kind, coordinates, entity, expected):
    assert query(georel, kind, coordinates)(at(*entity)) is expected


def test_an_entity_without_the_place_does_not_match():
    place = at("Point", [5, 5])
    assert not query("disjoint", "Point", [1, 1], geoproperty="observationSpace")(place)
    assert query("equals", "Point", [1, 1], geoproperty="observationSpace")(
        at("Point", [1, 1], "observationSpace")
    )


def test_a_question_that_crosses_itself_is_answered_for_the_area_it_covers():
    bow_tie = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]
    assert query("intersects", "Polygon", bow_tie)(at("Point", [0.5, 1]))


def test_the_box_is_a_little_larger_than_the_circle_asked_for():
    west, south, east, north = query("near;maxDistance==1000", "Point", [106.7, 10.8]).bbox()
    assert 106.68 < west < 106.6909
    assert 106.7091 < east < 106.72
    assert 10.78 < south < 10.7910
    assert 10.8090 < north < 10.82


@pytest.mark.parametrize("point", [[179.999, 10], [106.7, 89.999], [-179.999, -89.999]])
def test_a_box_over_the_date_line_or_a_pole_leaves_nothing_out(point):
    west, _, east, _ = query("near;maxDistance==5000", "Point", point).bbox()
    assert (west, east) == (-180, 180)


def test_some_relations_have_no_box():
    assert query("disjoint", "Point", [1, 1]).bbox() is None
    assert query("near;minDistance==5", "Point", [1, 1]).bbox() is None
    assert query("within", "Polygon", SQUARE).bbox() == (0, 0, 2, 2)


@pytest.mark.parametrize(
    ("georel", "kind", "coordinates", "phrase"),
    [
        ("touches", "Point", "[1,2]", "georel: 'touches' is none of"),
        ("near", "Point", "[1,2]", "georel: near needs"),
        ("near;maxDistance==0", "Point", "[1,2]", "greater than 0"),
        ("near;maxDistance==-5", "Point", "[1,2]", "georel: near needs"),
        ("near;maxDistance=5", "Point", "[1,2]", "georel: near needs"),
        ("near;maxDistance==5;minDistance==1", "Point", "[1,2]", "georel: near needs"),
        ("within;maxDistance==5", "Point", "[1,2]", "is none of"),
        ("within", "Circle", "[1,2]", "geometry: 'Circle' is none of"),
        ("within", "GeometryCollection", "[]", "geometry:"),
        ("within", "Point", "1,2", "coordinates: is not a JSON array"),
        ("within", "Point", "[1", "coordinates: is not a JSON array"),
        ("within", "Point", "[1]", "coordinates: is not a GeoJSON geometry"),
        ("within", "Point", "[200,2]", "coordinates: position [200, 2] is outside"),
        ("within", "Polygon", "[[1,2],[3,4]]", "coordinates: is not a GeoJSON geometry"),
        ("within", "Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]", "must end where it begins"),
    ],
)
def test_a_malformed_geo_query_is_refused(georel, kind, coordinates, phrase):
    with pytest.raises(BadRequestData) as caught:
        query(georel, kind, coordinates)
    assert phrase in str(caught.value)
