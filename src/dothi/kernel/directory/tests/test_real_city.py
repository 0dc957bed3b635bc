"""The real package and the real boundaries; where those are not there, small ones of the same units."""

import json

import numpy as np
import pytest
import shapely
from django.db import transaction

from dothi.core.geometry import distance_m, to_geojson
from dothi.kernel.directory import actions, queries
from dothi.kernel.identity.access import SYSTEM


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker):
    """All real units, undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield actions.load_units(by=SYSTEM)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def wards(shared_data):
    path = shared_data and shared_data / "hcm_wards" / "wards_full.geojson"
    return path if path and path.is_file() else None


@pytest.fixture
def city(country, db):
    return country


def test_the_whole_country_is_loaded(city):
    assert (city.units, len(queries.units("province")), len(queries.units("commune"))) == (14149, 34, 3321)


def test_the_city_has_168_units(city):
    assert len(queries.children("79")) == 168


def test_every_unit_of_the_city_is_on_the_approximate_map(city):
    assert queries.boundaries_status() == {"matched": 0, "total": 168, "approximate": True}


def test_every_centroid_is_in_its_own_cell(city):
    units = queries.children("79")
    lons, lats = zip(*(unit.centroid for unit in units), strict=True)
    assert queries.locate_many(lons, lats) == [unit.code for unit in units]


def test_con_dao_is_an_island_of_its_own(city):
    island, *_ = queries.search("Côn Đảo")
    others = [unit for unit in queries.children("79") if unit.code != island.code]
    assert min(distance_m(island.centroid, unit.centroid) for unit in others) > 90_000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("26740", {"Phường Sài Gòn"}),
        ("755", {"Đặc khu Côn Đảo"}),
        ("27616", {"Xã Tân Nhựt", "Phường Tân Tạo"}),
    ],
)
def test_what_an_old_unit_of_the_city_is_now(city, old, new):
    assert {step.unit.label() for step in queries.successors(old)} == new


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("sai gon", "Phường Sài Gòn"),
        ("thu duc", "Phường Thủ Đức"),
        ("Quan 1", "Quận 1"),
        ("con dao", "Đặc khu Côn Đảo"),
    ],
)
def test_places_people_know_come_first(city, typed, label):
    assert queries.search(typed)[0].label() == label


@pytest.fixture(scope="class")
def report(country, django_db_blocker, wards, tmp_path_factory):
    with django_db_blocker.unblock(), transaction.atomic():
        path = wards or stand_in(tmp_path_factory.mktemp("wards") / "wards.geojson")
        yield actions.import_boundaries(path, by=SYSTEM)
        transaction.set_rollback(True)


class TestWithRealBoundaries:
    """Without the optional data, small boundaries of the same units stand in."""

    def test_all_168_boundaries_match(self, report, db):
        assert (report.matched, report.total, report.errors, report.missing) == (168, 168, (), ())

    def test_the_map_is_exact(self, report, db):
        assert queries.boundaries_status() == {"matched": 168, "total": 168, "approximate": False}

    def test_most_boundaries_hold_their_own_centroid(self, report, db):
        units = queries.children("79")
        found = queries.locate_many(*np.array([unit.centroid for unit in units]).T)
        inside = sum(code == unit.code for code, unit in zip(found, units, strict=True))
        assert inside >= 150  # some wards bend around their own centre

    def test_the_map_is_small_enough_to_send(self, report, db):
        assert len(queries.geojson_file().packed) < 200_000


def stand_in(path):
    """Squares around the centroids."""
    found = []
    for unit in queries.children("79"):
        lon, lat = unit.centroid
        box = to_geojson(shapely.box(lon - 0.004, lat - 0.004, lon + 0.004, lat + 0.004))
        found.append({"type": "Feature", "properties": {"code": unit.code}, "geometry": box})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}))
    return path
