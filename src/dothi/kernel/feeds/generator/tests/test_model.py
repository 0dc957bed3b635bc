"""The simulated city: the same question has the same answer, and its days look like days."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dothi.core import clock
from dothi.kernel.feeds.generator import model, rain, rhythm
from dothi.kernel.feeds.generator.entities import NUMBERS, about, observations
from dothi.kernel.feeds.generator.noise import Field
from dothi.kernel.feeds.generator.places import GROUPS, SEED, place_all, sites
from dothi.kernel.packs import queries as packs

KINDS = sorted(model.MODELS)
YEAR = [
    clock.us(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=17 * i % 365, hours=7 * i)) for i in range(24)
]
MONDAY = datetime(2026, 3, 2, tzinfo=clock.HCMC)


@pytest.fixture(scope="module")
def places(some_wards):
    return place_all(some_wards)


def of(places, kind):
    return sites([each for each in places if each.kind == kind])


def at(*moments):
    return np.array([clock.us(each) for each in moments], dtype=np.int64)


def hours(day, *when):
    return at(*(day.replace(hour=int(h), minute=round(h % 1 * 60)) for h in when))


def mean(places, kind, key, times):
    return model.read(kind, SEED, of(places, kind), times)[key].mean()


@pytest.fixture(scope="module")
def whole(places):
    """All readings at all moments, and the places of each kind."""
    by_kind = {kind: [each for each in places if each.kind == kind] for kind in KINDS}
    read = {kind: model.read(kind, SEED, sites(by_kind[kind]), np.array(YEAR)) for kind in KINDS}
    return lambda kind: (by_kind[kind], read[kind])


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(KINDS),
    st.lists(st.integers(0, len(YEAR) - 1), min_size=1, max_size=4, unique=True),
    st.integers(0, 30),
)
def test_a_reading_depends_on_place_and_time_only_not_on_what_else_is_asked(whole, kind, chosen, first):
    there, expected = whole(kind)
    part = model.read(kind, SEED, sites(there[first : first + 3]), np.array([YEAR[i] for i in chosen]))
    for key, values in part.items():
        np.testing.assert_allclose(values, expected[key][first : first + 3][:, chosen], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "FloodMonitoring"])
def test_another_seed_gives_another_city(places, kind):
    one, two = (model.read(kind, seed, of(places, kind), np.array(YEAR)) for seed in (1, 2))
    assert any(not np.array_equal(one[key], two[key]) for key in one)


@pytest.mark.parametrize("kind", KINDS)
def test_every_reading_is_possible_by_the_packs(places, kind):
    chosen = [each for each in places if each.kind == kind]
    for entity in observations(kind, SEED, chosen, np.array(YEAR)):
        for key, attribute in entity.items():
            if key in {"id", "type"}:
                continue
            declared = packs.attribute(kind, key)
            assert declared is not None, key
            assert packs.valid(declared, attribute["value"], attribute.get("unitCode")), (key, attribute)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if NUMBERS[kind]])
def test_units_are_those_the_packs_declare(kind):
    assert {n.key: n.unit for n in NUMBERS[kind]} == {
        n.key: packs.attribute(kind, n.key).unit for n in NUMBERS[kind]
    }


def test_rush_hours_are_slower_than_the_night_almost_everywhere(places):
    read = model.read("TrafficFlowObserved", SEED, of(places, "TrafficFlowObserved"), hours(MONDAY, 17.5, 3))
    speed = read["averageVehicleSpeed"]
    assert (speed[:, 0] < speed[:, 1]).mean() > 0.95


def test_a_sunday_morning_is_quieter_than_a_monday_morning(places):
    sunday = MONDAY - timedelta(days=1)
    busy, quiet = (
        mean(places, "TrafficFlowObserved", "intensity", hours(day, 7, 7.5, 8)) for day in (MONDAY, sunday)
    )
    assert quiet < 0.8 * busy


def test_most_vehicles_are_motorbikes(places):
    counts = model.read("ItemFlowObserved", SEED, of(places, "ItemFlowObserved"), hours(MONDAY, 8, 12, 17))
    assert counts["motorcycle"].sum() > 0.7 * counts["vehicleCount"].sum()


def test_fine_dust_is_higher_before_sunrise_than_in_the_afternoon(places):
    days = [MONDAY + timedelta(days=i) for i in range(10)]
    early = np.mean([mean(places, "AirQualityObserved", "pm25", hours(day, 6, 7)) for day in days])
    late = np.mean([mean(places, "AirQualityObserved", "pm25", hours(day, 13, 14)) for day in days])
    assert early > 1.25 * late


def test_the_dry_season_has_more_dust_than_the_rainy_one(places):
    month = lambda number: np.concatenate(  # noqa: E731
        [hours(MONDAY.replace(month=number, day=day), 6, 12, 18) for day in range(1, 28)]
    )
    dry, wet = (mean(places, "AirQualityObserved", "pm25", month(number)) for number in (1, 9))
    assert dry > 1.4 * wet


def test_ozone_peaks_around_noon(places):
    noon, night = (mean(places, "AirQualityObserved", "o3", hours(MONDAY, h)) for h in (12.5, 2))
    assert noon > 3 * night


def test_it_rains_in_september_afternoons_and_hardly_in_february(places):
    where = of(places, "WeatherObserved")

    def fallen(month, *when):
        days = [MONDAY.replace(month=month, day=day) for day in range(1, 28)]
        return rain.rate(SEED, where, rhythm.moments(np.concatenate([hours(d, *when) for d in days]))).mean()

    assert fallen(9, 15, 16, 17) > 5 * fallen(9, 6, 7, 8)
    assert fallen(9, 15, 16, 17) > 5 * fallen(2, 15, 16, 17)


def test_streets_flood_only_after_rain_or_at_very_high_tide(places):
    times = hours(MONDAY, *range(0, 24, 2))  # dry season, no rain drawn for these days
    where = of(places, "FloodMonitoring")
    assert rain.fallen(SEED, where, rhythm.moments(times), 60).max() == 0
    assert model.read("FloodMonitoring", SEED, where, times)["currentLevel"].max() < 0.25


def test_heavy_rain_floods_some_street_in_the_rainy_season(places):
    days = [MONDAY.replace(month=9, day=day) for day in range(1, 29)]
    times = np.concatenate([hours(day, *range(14, 22)) for day in days])
    assert (
        model.read("FloodMonitoring", SEED, of(places, "FloodMonitoring"), times)["currentLevel"].max() > 0.1
    )


def test_street_lamps_burn_at_night_only(places):
    lit = model.read("Streetlight", SEED, of(places, "Streetlight"), hours(MONDAY, 20, 2, 12))[
        "illuminanceLevel"
    ]
    assert (lit[:, 0] > 0).mean() > 0.8
    assert (lit[:, 1] > 0).mean() > 0.8
    assert not lit[:, 2].any()


def test_a_waste_container_fills_until_it_is_emptied(places):
    times = hours(MONDAY, 8, 12, 16)
    level = model.read("WasteContainer", SEED, of(places, "WasteContainer"), times)["fillingLevel"]
    assert (np.diff(level, axis=1) >= 0).all()


def test_neighbours_read_alike_and_far_places_do_not():
    random = np.random.default_rng(0)
    x, y = random.uniform(0, 200, (2, 400))
    field = Field(1, "x", 5, 5).at(
        np.concatenate([x, x + 0.5]), np.concatenate([y, y]), np.arange(0, 500, 20.0)
    )
    here, near = field[:400].ravel(), field[400:].ravel()
    assert np.corrcoef(here, near)[0, 1] > 0.95
    assert abs(np.corrcoef(here, np.roll(field[:400], 7, axis=0).ravel())[0, 1]) < 0.2


def test_there_are_between_seven_and_nine_hundred_things_of_ten_kinds(places):
    assert 700 <= len(places) <= 900
    assert {each.kind for each in places} == {group.kind for group in GROUPS}
    assert len({each.id for each in places}) == len(places)


def test_everything_stands_inside_its_ward(places, some_wards):
    outlines = {ward.code: ward.outline for ward in some_wards}
    assert all(shapely.contains_xy(outlines[each.ward], each.lon, each.lat) for each in places)


def test_every_entity_says_that_it_is_simulated_in_its_name_and_provenance(places):
    for place in places:
        entity = about(place)
        assert entity["provenance"]["value"] == "simulated"
        assert "mô phỏng" in entity["name"]["value"]


def test_a_city_without_wards_has_no_things():
    assert place_all([]) == []
