import json
import math

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given
from hypothesis import strategies as st

from dothi.core.geometry import (
    GeometryError,
    area_km2,
    bbox,
    check,
    circle,
    distance_m,
    from_geojson,
    to_geojson,
)

SQUARE = [[106.0, 10.0], [107.0, 10.0], [107.0, 11.0], [106.0, 11.0], [106.0, 10.0]]
HOLE = [[106.2, 10.2], [106.2, 10.4], [106.4, 10.4], [106.4, 10.2], [106.2, 10.2]]
lons, lats = st.floats(-179, 179), st.floats(-85, 85)


def geometry(kind, coordinates):
    return {"type": kind, "coordinates": coordinates}


EVERY_KIND = [
    geometry("Point", [106.7, 10.8]),
    geometry("Point", [106.7, 10.8, 5.0]),
    geometry("MultiPoint", [[106.7, 10.8], [106.8, 10.9]]),
    geometry("LineString", [[106.7, 10.8], [106.8, 10.9]]),
    geometry(
        "MultiLineString",
        [
            [[106.7, 10.8], [106.8, 10.9]],
            [
                [1.0, 2.0],
                [
                    3.0,
                    4.0,
                ],
            ],
        ],
    ),
    geometry("Polygon", [SQUARE, HOLE]),
    geometry("MultiPolygon", [[SQUARE], [[[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 1.0]]]]),
    {
        "type": "GeometryCollection",
        "geometries": [geometry("Point", [106.7, 10.8]), geometry("Polygon", [SQUARE])],
    },
]


@pytest.mark.parametrize("given", EVERY_KIND, ids=lambda g: g["type"])
def test_a_geometry_comes_out_as_it_went_in(given):
    assert to_geojson(from_geojson(given)) == given


@pytest.mark.parametrize("given", EVERY_KIND, ids=lambda g: g["type"])
def test_what_comes_out_is_plain_json(given):
    assert json.loads(json.dumps(to_geojson(from_geojson(given)))) == given


@pytest.mark.parametrize(
    ("given", "where", "message"),
    [
        ("POINT(1 2)", None, "a GeoJSON object is needed"),
        (geometry("Feature", []), "type", "Give its geometry"),
        (geometry("Circle", []), "type", "'Circle' is not a geometry type"),
        ({"type": "Point"}, "coordinates", "missing"),
        (geometry("Point", []), "coordinates", "empty"),
        (geometry("Point", None), "coordinates", "a list is needed"),
        (geometry("Point", [106.7]), "coordinates", "not a position"),
        (geometry("Point", ["106.7", "10.8"]), "coordinates", "not a position"),
        (geometry("Point", [True, 10.8]), "coordinates", "not a position"),
        (geometry("Point", [10.8, 106.7]), "coordinates", "Latitude seems to come first"),
        (geometry("Point", [200.0, 95.0]), "coordinates", "outside longitude"),
        (geometry("Point", [math.nan, 10.8]), "coordinates", "NaN"),
        (geometry("LineString", [[1, 2]]), "coordinates", "at least 2 positions"),
        (geometry("LineString", [[1, 2], [3, math.inf]]), "coordinates[1]", "NaN or infinite"),
        (geometry("LineString", [[1, 2], [3]]), "coordinates[1]", "not a position"),
        (geometry("LineString", [[1, 2], [3, 4, 5]]), "coordinates", "only some positions have a height"),
        (
            geometry("LineString", [[10.8, 106.7], [10.9, 106.8]]),
            "coordinates[0]",
            "Latitude seems to come first",
        ),
        (geometry("LineString", [["1", "2"], ["3", "4"]]), "coordinates[0]", "not a position"),
        (geometry("Polygon", [SQUARE[:-1]]), "coordinates[0]", "not closed"),
        (geometry("Polygon", [[[1, 1], [2, 2], [1, 1]]]), "coordinates[0]", "at least 4 positions"),
        (geometry("Polygon", [SQUARE, []]), "coordinates[1]", "empty"),
        (geometry("MultiPolygon", [[SQUARE], [SQUARE[:-1]]]), "coordinates[1][0]", "not closed"),
        (
            geometry("Polygon", [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]),
            None,
            r"Self-intersection\[0.5 0.5\]",
        ),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "Point"}]},
            "geometries[0].coordinates",
            "missing",
        ),
    ],
)
def test_a_wrong_geometry_is_refused_with_the_place_and_the_reason(given, where, message):
    with pytest.raises(GeometryError, match=message) as refused:
        from_geojson(given)
    assert refused.value.where == where


def test_a_refusal_is_told_in_vietnamese_too():
    with pytest.raises(GeometryError) as refused:
        from_geojson(geometry("Polygon", [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]))
    assert refused.value.text("vi") == "Đường biên tự cắt tại [0.5 0.5]."


def test_a_polygon_that_crosses_itself_can_be_read_when_asked():
    bow = geometry("Polygon", [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]])
    assert not from_geojson(bow, valid=False).is_valid


def test_an_empty_geometry_is_not_valid():
    with pytest.raises(GeometryError, match="empty"):
        check(shapely.Polygon())


def read(kind, coordinates):
    """Whether it was read as a valid geometry, or else the words of the refusal."""
    try:
        return from_geojson(geometry(kind, coordinates)).is_valid
    except GeometryError as refused:
        return refused.text("vi")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)


@given(
    st.sampled_from(["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]),
    json_values,
)
def test_whatever_is_given_is_read_or_refused_with_words(kind, coordinates):
    assert read(kind, coordinates)


@given(lons, lats, st.floats(0.001, 0.5))
def test_a_polygon_reads_back_as_it_was(lon, lat, size):
    box = shapely.box(lon, lat, lon + size, lat + size)
    assert from_geojson(to_geojson(box)).equals(box)


def test_coordinates_can_be_rounded():
    assert to_geojson(shapely.Point(106.123456789, 10.987654321), 5)["coordinates"] == [106.12346, 10.98765]


def test_the_bounds_are_west_south_east_north():
    assert bbox(shapely.LineString([(106.7, 10.8), (106.5, 10.9)])) == (106.5, 10.8, 106.7, 10.9)


def test_an_empty_geometry_has_no_bounds():
    with pytest.raises(GeometryError, match="no bounds"):
        bbox(shapely.Point())


def test_a_distance_is_measured_on_the_ellipsoid():
    # Flinders Peak to Buninyong, the check of the Geodetic Datum of Australia technical manual (GRS 80).
    flinders, buninyong = (
        (144 + 25 / 60 + 29.52440 / 3600, -(37 + 57 / 60 + 3.72030 / 3600)),
        (
            143 + 55 / 60 + 35.38390 / 3600,
            -(37 + 39 / 60 + 10.15610 / 3600),
        ),
    )
    assert distance_m(flinders, buninyong) == pytest.approx(54972.271, abs=0.001)


@given(lons, lats, lons, lats)
def test_a_distance_is_the_same_both_ways(lon, lat, other_lon, other_lat):
    there, back = (
        distance_m((lon, lat), (other_lon, other_lat)),
        distance_m((other_lon, other_lat), (lon, lat)),
    )
    assert there == pytest.approx(back, abs=1e-6)


@given(st.floats(106, 107), st.floats(10, 11), st.floats(1, 20_000))
def test_the_corners_of_a_circle_are_its_radius_away(lon, lat, radius):
    corners = shapely.get_coordinates(circle(lon, lat, radius, 8))
    assert all(distance_m((lon, lat), (x, y)) == pytest.approx(radius, abs=1e-3) for x, y in corners.tolist())


def test_a_point_inside_an_area_is_no_distance_away():
    assert distance_m((106.5, 10.5), shapely.box(106, 10, 107, 11)) == 0


@given(st.floats(105.9, 106.1), st.floats(0.001, 0.05), st.floats(10.0, 10.9))
def test_the_distance_to_a_line_is_the_shortest_to_any_of_its_points(lon, away, lat):
    line = shapely.LineString([(lon + away, 9.5), (lon + away, 11.5)])
    sampled = min(distance_m((lon, lat), (lon + away, lat + step * 1e-4)) for step in range(-20, 21))
    found = distance_m((lon, lat), line)
    assert found == pytest.approx(sampled, rel=1e-5)


def test_an_empty_geometry_has_no_distance():
    with pytest.raises(GeometryError, match="no distance"):
        distance_m(shapely.Point(), (1.0, 2.0))


def test_the_area_of_the_whole_ellipsoid():
    assert area_km2(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_621.724, abs=0.01)


@given(lons, lats, st.floats(0.001, 0.02))
def test_a_small_area_is_as_another_method_measures_it(lon, lat, size):
    box = shapely.box(lon, lat, lon + size, lat + size)
    traced = Geodesic.WGS84.Polygon()
    for x, y in shapely.get_coordinates(box)[:-1].tolist():
        traced.AddPoint(y, x)
    assert area_km2(box) == pytest.approx(abs(traced.Compute()[2]) / 1e6, rel=1e-4)


@given(lons, lats, st.floats(0.001, 1))
def test_an_area_does_not_depend_on_where_east_is_counted_from(lon, lat, size):
    assume(lon + size < 180)
    one, other = shapely.box(lon, lat, lon + size, lat + size), shapely.box(0, lat, size, lat + size)
    assert area_km2(one) == pytest.approx(area_km2(other), rel=1e-6)


def test_a_hole_is_not_part_of_an_area():
    with_hole = from_geojson(geometry("Polygon", [SQUARE, HOLE]))
    parts = area_km2(with_hole) + area_km2(shapely.Polygon(HOLE))
    assert parts == pytest.approx(area_km2(shapely.Polygon(SQUARE)))


def test_rounding_drops_the_slivers_that_would_collapse():
    ring = [(106.0, 10.0), (106.1, 10.0), (106.1, 10.1), (106.0, 10.1)]
    sliver = [(106.05, 10.05), (106.050001, 10.05), (106.050001, 10.050001)]
    island = [(106.2, 10.0), (106.200001, 10.0), (106.200001, 10.000001)]
    rounded = to_geojson(shapely.MultiPolygon([(ring, [sliver]), (island, [])]), 5)
    assert from_geojson(rounded).is_valid
    assert shapely.get_num_coordinates(from_geojson(rounded)) == 5
