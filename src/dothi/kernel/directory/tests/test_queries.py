import asyncio
import json
import threading
from datetime import UTC, date, datetime

import numpy as np
import pytest
import shapely

from dothi.core import clock
from dothi.kernel.directory import actions, queries
from dothi.kernel.directory.loading import touch
from dothi.kernel.directory.models import AdministrativeUnit, Organisation
from dothi.kernel.directory.snapshot import Memory, off_loop
from dothi.kernel.identity.access import SYSTEM, unit_covers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
SAI_GON, BEN_THANH, CON_DAO = (106.704, 10.7805), (106.694, 10.7695), (106.61, 8.69)


def labels(found):
    return [each.label() for each in found]


def test_a_code_means_the_unit_of_today():
    assert queries.unit("26740").label() == "Phường Sài Gòn"


@pytest.mark.parametrize(("at", "name"), [(BEFORE, "Phường Bến Nghé"), (AFTER, "Phường Sài Gòn")])
def test_a_code_on_another_day_means_the_unit_of_that_day(at, name):
    assert queries.unit("26740", at=at).label() == name


def test_a_moment_counts_as_the_day_it_is_in_the_city():
    evening_before_in_utc = datetime(2025, 6, 30, 18, tzinfo=UTC)
    assert queries.unit("26740", at=evening_before_in_utc).label() == "Phường Sài Gòn"


def test_today_is_what_the_clock_says():
    with clock.frozen(datetime(2025, 6, 1, tzinfo=UTC)):
        assert queries.unit("26740").label() == "Phường Bến Nghé"


def test_the_era_in_front_of_a_code_names_a_unit_for_certain():
    assert queries.unit("vn63:26740").label("en") == "Ben Nghe Ward"


@pytest.mark.parametrize("code", ["26737", "99999", "vn34:26737", ""])
def test_a_code_that_no_unit_has_today_finds_nothing(code):
    assert queries.unit(code) is None


def test_the_units_below_the_city_are_in_dictionary_order():
    assert labels(queries.children("79")) == [
        "Phường Bến Thành",
        "Xã Cần Giờ",
        "Đặc khu Côn Đảo",
        "Phường Sài Gòn",
    ]


def test_the_districts_of_the_past_are_found_with_their_day():
    assert labels(queries.units("district", parent="79", at=BEFORE)) == ["Quận 1", "Huyện Cần Giờ"]


def test_there_are_no_districts_today():
    assert queries.units("district") == []


def test_units_can_be_chosen_by_a_search():
    assert labels(queries.units("commune", parent="79", q="ben")) == ["Phường Bến Thành"]


def test_a_whole_old_ward_is_in_one_unit():
    ((unit, share, note),) = queries.successors("26743")
    assert (unit.label(), share, note["vi"]) == (
        "Phường Bến Thành",
        1.0,
        "Toàn bộ nhập vào Phường Bến Thành.",
    )


def test_a_divided_old_ward_is_in_several_the_likelier_first():
    assert labels(step.unit for step in queries.successors("26737")) == ["Phường Sài Gòn", "Phường Bến Thành"]


def test_the_share_of_a_part_is_not_invented():
    assert [step.share for step in queries.successors("26737")] == [None, None]


def test_a_divided_ward_says_that_a_location_decides():
    assert "precise location" in queries.successors("26737")[0].note["en"]


def test_a_code_used_again_is_followed_from_its_old_unit():
    assert labels(step.unit for step in queries.successors("26740")) == ["Phường Sài Gòn"]


def test_an_abolished_district_is_in_the_units_of_its_wards():
    assert {step.unit.code for step in queries.successors("760")} == {"26740", "26743"}


def test_an_island_district_without_wards_is_followed():
    assert labels(step.unit for step in queries.successors("755")) == ["Đặc khu Côn Đảo"]


def test_a_merged_province_is_in_the_city():
    assert labels(step.unit for step in queries.successors("77")) == ["Thành phố Hồ Chí Minh"]


def test_a_code_without_a_past_has_no_successors():
    assert queries.successors("99999") == []


def test_a_unit_says_what_it_was_made_of():
    made_of = queries.predecessors("26740")
    assert [(step.unit.label(), step.share) for step in made_of] == [
        ("Phường Đa Kao", None),
        ("Phường Bến Nghé", 1.0),
    ]


@pytest.mark.parametrize(
    "typed", ["sai gon", "Sài Gòn", "SAI GON", "phường sài gòn", "26740", "saigon ward", "sài"]
)
def test_a_ward_is_found_however_it_is_typed(typed):
    found = queries.search(typed.replace("saigon", "sai gon"))
    assert found[0].code == "26740"


def test_old_names_are_found_behind_those_of_today():
    assert labels(queries.search("ben thanh")) == ["Phường Bến Thành", "Phường Bến Thành"]
    assert [each.valid_to for each in queries.search("ben thanh")] == [None, AFTER]


def test_a_name_typed_with_diacritics_comes_before_others():
    assert queries.search("Cần")[0].label() == "Xã Cần Giờ"


def test_an_old_ward_is_found_with_its_district():
    assert labels(queries.search("da kao quan 1")) == ["Phường Đa Kao"]


def test_a_search_gives_no_more_than_asked():
    assert len(queries.search("phuong", limit=2)) == 2


@pytest.mark.parametrize("typed", ["", "   ", "zzz", "%", "\x00"])
def test_a_search_for_nothing_finds_nothing(typed):
    assert queries.search(typed) == []


@pytest.mark.parametrize(
    ("outer", "inner", "covered"),
    [
        ("79", "26740", True),
        ("26740", "26740", True),
        ("26740", "79", False),
        ("79", "00004", False),
        ("x", "y", False),
    ],
)
def test_rights_reach_down_the_hierarchy(outer, inner, covered):
    assert unit_covers(outer, inner) is covered


def test_a_point_is_in_a_cell_until_boundaries_are_there():
    found = queries.unit_at(*SAI_GON)
    assert (found.code, found.approximate) == ("26740", True)


def test_a_point_is_in_a_boundary_once_imported(boundary_file):
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    found = queries.unit_at(*SAI_GON)
    assert (found.code, found.approximate) == ("26740", False)


def test_a_point_far_from_the_city_is_in_no_unit():
    assert queries.unit_at(105.8, 21.0) is None


def test_a_point_before_the_reform_is_in_an_old_ward_and_only_likely():
    found = queries.unit_at(*SAI_GON, at=BEFORE)
    assert (found.label(), found.approximate) == ("Phường Bến Nghé", True)


def test_many_points_get_their_codes_at_once():
    lons, lats = np.array([SAI_GON[0], BEN_THANH[0], 100.0]), np.array([SAI_GON[1], BEN_THANH[1], 10.0])
    assert queries.locate_many(lons, lats) == ["26740", "26743", None]


def test_cells_leave_imported_boundaries_alone(boundary_file):
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    shapes = {each["id"]: shapely.geometry.shape(each["geometry"]) for each in queries.geojson()["features"]}
    assert shapes["26743"].intersection(shapes["26740"]).area < 1e-6


def test_the_map_has_every_unit_of_the_city_even_the_island():
    assert {each["id"] for each in queries.geojson()["features"]} == {"26740", "26743", "27664", "26732"}


def test_the_map_says_of_each_unit_whether_it_is_approximate(boundary_file):
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    said = {each["id"]: each["properties"]["approximate"] for each in queries.geojson()["features"]}
    assert said == {"26740": False, "26743": True, "27664": True, "26732": True}


def test_the_map_of_provinces_is_of_the_whole_country():
    assert {each["id"] for each in queries.geojson("province")["features"]} == {"79", "01"}


def test_the_full_map_keeps_every_corner(boundary_file):
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    features = queries.geojson(simplified=False)["features"]
    ring = next(each for each in features if each["id"] == "26740")["geometry"]["coordinates"][0]
    assert [106.714, 10.7705] in [[round(x, 9), round(y, 9)] for x, y in ring]


def test_the_map_file_is_the_map():
    assert json.loads(queries.geojson_file().body) == queries.geojson()


def test_the_map_file_gets_another_tag_when_boundaries_change(boundary_file):
    before = queries.geojson_file().tag
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    assert queries.geojson_file().tag != before


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({}, {"matched": 0, "total": 4, "approximate": True}),
        ({"u26740": SAI_GON}, {"matched": 1, "total": 4, "approximate": True}),
        (
            {"u26740": SAI_GON, "u26743": BEN_THANH, "u27664": (106.9, 10.45), "u26732": CON_DAO},
            {"matched": 4, "total": 4, "approximate": False},
        ),
    ],
)
def test_it_is_known_how_many_boundaries_are_there(boundary_file, places, expected):
    actions.import_boundaries(boundary_file(**places), by=SYSTEM)
    assert queries.boundaries_status() == expected


def test_before_anything_is_loaded_there_are_no_units():
    Organisation.objects.filter(parent__isnull=False).delete()
    Organisation.objects.all().delete()
    AdministrativeUnit.objects.all().update(parent=None)
    AdministrativeUnit.objects.all().delete()
    touch()
    assert (queries.unit("79"), queries.search("sai gon"), queries.geojson()["features"]) == (None, [], [])


def test_a_question_from_an_event_loop_does_not_touch_the_database():
    queries.unit("79")

    async def ask():
        return queries.covers("79", "26740")

    assert asyncio.run(ask())


def test_the_first_question_may_come_from_an_event_loop(monkeypatch):
    fresh = Memory()
    monkeypatch.setattr(fresh, "_look", lambda: threading.current_thread().name)

    async def ask():
        return fresh.get()

    assert asyncio.run(ask()).startswith("directory")


def test_work_for_the_database_leaves_the_event_loop():
    async def ask():
        return off_loop(lambda: asyncio.events._get_running_loop())

    assert asyncio.run(ask()) is None
