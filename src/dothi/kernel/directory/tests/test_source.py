import pytest

from dothi.kernel.directory.source import NEW, OLD, Source


@pytest.fixture(scope="module")
def package():
    """The real package: read once."""
    source = Source()
    return source.units(), source.successions()


def count(units, era, level):
    return sum(unit.era == era and unit.level == level for unit in units)


@pytest.mark.parametrize(
    ("era", "level", "expected"),
    [
        (NEW, "province", 34),
        (NEW, "commune", 3321),
        (NEW, "district", 0),
        (OLD, "province", 63),
        (OLD, "district", 696),
        (OLD, "commune", 10035),
    ],
)
def test_the_package_has_all_units(package, era, level, expected):
    assert count(package[0], era, level) == expected


def test_the_city_has_113_wards_54_communes_and_one_special_zone(package):
    kinds = [unit.named.kind for unit in package[0] if unit.parent == "vn34:79"]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"ward": 113, "commune": 54, "special-zone": 1}


def test_no_two_units_share_a_key(package):
    keys = [unit.key for unit in package[0]]
    assert len(keys) == len(set(keys))


def test_parents_come_before_their_children(package):
    seen = set()
    for unit in package[0]:
        assert unit.parent is None or unit.parent in seen, unit
        seen.add(unit.key)


def test_every_old_commune_became_something(package):
    units, successions = package
    old = {unit.key for unit in units if unit.era == OLD and unit.level == "commune"}
    assert old <= {step.old for step in successions}


def test_every_new_commune_was_something(package):
    units, successions = package
    new = {unit.key for unit in units if unit.era == NEW and unit.level == "commune"}
    assert new <= {step.new for step in successions}


def test_a_divided_unit_has_one_unit_to_assume(package):
    parts: dict[str, list[bool]] = {}
    for step in package[1]:
        if not step.whole:
            parts.setdefault(step.old, []).append(step.main)
    assert {sum(mains) for mains in parts.values()} == {1}


def test_a_whole_unit_went_to_one_place_only(package):
    whole = [step.old for step in package[1] if step.whole]
    assert len(whole) == len(set(whole))


def test_the_area_of_a_province_is_the_sum_of_its_units(source):
    city = next(unit for unit in source.units() if unit.key == "vn34:79")
    assert city.area_km2 == pytest.approx(3.04 + 1.85 + 157.33 + 75.79)


def test_a_district_without_communes_is_followed_itself(source):
    assert ("vn63:755", "vn34:26732", True, True) in source.successions()


def test_the_box_of_an_old_unit_is_west_south_east_north(source):
    ward = next(unit for unit in source.units() if unit.key == "vn63:26740")
    assert ward.bounds == pytest.approx((106.693, 10.771, 106.713, 10.791))


def test_other_files_have_another_fingerprint(source):
    assert source.fingerprint() != Source().fingerprint()
