import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.geometry import distance_m
from dothi.core.spatial_index import PointIndex, PolygonIndex

lons, lats = st.floats(106, 107), st.floats(10, 11)
places = st.lists(st.tuples(lons, lats), min_size=1, max_size=30)


def grid():
    cells = [
        shapely.box(106 + i / 10, 10 + j / 10, 106.1 + i / 10, 10.1 + j / 10)
        for i in range(10)
        for j in range(10)
    ]
    return PolygonIndex(cells, [f"{i}{j}" for i in range(10) for j in range(10)])


GRID = grid()


def test_a_point_is_found_in_its_polygon():
    assert GRID.locate(106.25, 10.35) == "23"


def test_a_point_outside_all_polygons_is_in_none():
    assert GRID.locate(100.0, 10.0) is None


def test_a_point_on_a_border_belongs_to_the_polygon_given_first():
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    assert PolygonIndex([left, right], ["left", "right"]).locate(1.0, 0.5) == "left"


def test_a_point_in_a_hole_is_in_none():
    ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    assert PolygonIndex([ring], ["ring"]).locate(1.5, 1.5) is None


@given(st.lists(st.tuples(st.floats(105.9, 107.1), st.floats(9.9, 11.1)), max_size=200))
def test_many_points_get_the_same_answers_as_one_by_one(points):
    many = GRID.locate_many([lon for lon, _ in points], [lat for _, lat in points])
    assert many == [GRID.locate(lon, lat) for lon, lat in points]


def test_many_points_on_borders_get_the_same_answers_as_one_by_one():
    lon, lat = np.round(np.linspace(106, 107, 101), 2), np.full(101, 10.1)
    assert GRID.locate_many(lon, lat) == [GRID.locate(x, y) for x, y in zip(lon, lat, strict=True)]


@pytest.mark.parametrize("count", [1, 100])
def test_a_point_that_is_not_a_number_is_in_none(count):
    assert GRID.locate_many([float("nan")] * count, [10.5] * count) == [None] * count


def test_an_empty_index_finds_nothing():
    assert PolygonIndex([], []).locate_many(np.zeros(100), np.zeros(100)) == [None] * 100


def test_every_polygon_needs_a_key():
    with pytest.raises(ValueError, match="1 polygons but 0 keys"):
        PolygonIndex([shapely.box(0, 0, 1, 1)], [])


@given(places, lons, lats)
def test_the_nearest_point_is_nearest_on_the_ground(points, lon, lat):
    index = PointIndex([p[0] for p in points], [p[1] for p in points], range(len(points)))
    found = index.locate(lon, lat)
    assert distance_m((lon, lat), points[found]) == min(distance_m((lon, lat), each) for each in points)


@given(places, lons, lats, st.floats(0, 50_000))
def test_the_points_within_a_distance_are_all_and_only_those(points, lon, lat, radius):
    index = PointIndex([p[0] for p in points], [p[1] for p in points], range(len(points)))
    near = {key for key, _ in index.within_m(lon, lat, radius)}
    assert near == {i for i, each in enumerate(points) if distance_m((lon, lat), each) <= radius}


@given(places, lons, lats)
def test_near_points_come_nearest_first(points, lon, lat):
    index = PointIndex([p[0] for p in points], [p[1] for p in points], range(len(points)))
    metres = [each for _, each in index.within_m(lon, lat, 50_000)]
    assert metres == sorted(metres)


def test_points_in_a_box_come_in_the_order_given():
    assert PointIndex([3, 1, 9], [1, 1, 1], ["c", "a", "far"]).in_bbox((0, 0, 3, 1)) == ["c", "a"]


def test_without_points_nothing_is_nearest():
    assert PointIndex([], [], []).locate_many([1.0], [1.0]) == [None]
