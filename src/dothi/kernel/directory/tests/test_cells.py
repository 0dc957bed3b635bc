import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dothi.core.geometry import area_km2
from dothi.kernel.directory.cells import cells

SAI_GON, BEN_THANH, CAN_GIO, CON_DAO = (106.704, 10.7805), (106.694, 10.7695), (106.9, 10.45), (106.61, 8.69)
AREAS = [3.04, 1.85, 157.33, 75.79]
towns = st.lists(
    st.tuples(st.floats(106, 107), st.floats(10, 11)).map(lambda p: (round(p[0], 4), round(p[1], 4))),
    min_size=1,
    max_size=25,
    unique=True,
)


@given(towns)
@settings(max_examples=40)
def test_every_unit_gets_a_cell_around_its_centroid(centroids):
    drawn = cells(centroids, [10.0] * len(centroids))
    assert all(cell.distance(shapely.Point(at)) < 1e-9 for cell, at in zip(drawn, centroids, strict=True))


@given(towns)
@settings(max_examples=40)
def test_cells_do_not_overlap(centroids):
    drawn = cells(centroids, [10.0] * len(centroids))
    together = shapely.union_all(drawn).area
    assert together == pytest.approx(sum(cell.area for cell in drawn), rel=1e-6)


@given(towns)
@settings(max_examples=40)
def test_cells_are_valid_areas(centroids):
    assert all(cell.is_valid and cell.area > 0 for cell in cells(centroids, [10.0] * len(centroids)))


def test_an_island_gets_a_cell_of_its_own_size():
    island = cells([SAI_GON, BEN_THANH, CAN_GIO, CON_DAO], AREAS)[3]
    assert area_km2(island) == pytest.approx(75.79, rel=0.02)


def test_an_island_is_not_joined_to_the_mainland():
    drawn = cells([SAI_GON, BEN_THANH, CAN_GIO, CON_DAO], AREAS)
    assert drawn[3].distance(drawn[2]) > 1


def test_a_cell_reaches_no_farther_than_its_area_suggests():
    cell = cells([SAI_GON, BEN_THANH, CAN_GIO, CON_DAO], AREAS)[2]
    radius = math.sqrt(157.33 / math.pi)
    assert area_km2(cell) < math.pi * (1.5 * radius) ** 2


def test_a_unit_without_an_area_is_drawn_too():
    assert cells([SAI_GON], [None])[0].area > 0


def test_without_units_there_are_no_cells():
    assert cells([], []) == []
