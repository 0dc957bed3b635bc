"""The computed sea level against an independent program, and what must hold of any tide."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core import clock
from dothi.core.errors import NotFound
from dothi.kernel.feeds.tide import queries
from dothi.kernel.feeds.tide.constituents import AMBIGUOUS, CONSTITUENTS
from dothi.kernel.feeds.tide.tables import stations

# Computed once with pyTMD 3.0.9 (pyTMD.constituents.arguments, corrections="FES", climate_solar_perigee=True)
# from the same constants, without those of ambiguous definition; metres above LAT.
ORACLE = [
    ("vung-tau", "2000-01-01T12:00:00Z", 3.42590),
    ("vung-tau", "2008-02-29T23:50:00Z", 2.84682),
    ("vung-tau", "2015-07-04T03:10:00Z", 2.68373),
    ("vung-tau", "2024-12-31T17:00:00Z", 4.18354),
    ("vung-tau", "2026-11-22T07:00:00Z", 3.55002),
    ("vung-tau", "2030-06-15T21:20:00Z", 3.65795),
    ("quy-nhon", "2000-01-01T12:00:00Z", 1.60741),
    ("quy-nhon", "2008-02-29T23:50:00Z", 0.98422),
    ("quy-nhon", "2015-07-04T03:10:00Z", 1.75867),
    ("quy-nhon", "2024-12-31T17:00:00Z", 1.69801),
    ("quy-nhon", "2026-11-22T07:00:00Z", 1.34171),
    ("quy-nhon", "2030-06-15T21:20:00Z", 1.39074),
    ("hon-dau", "2000-01-01T12:00:00Z", 1.89729),
    ("hon-dau", "2008-02-29T23:50:00Z", 1.57877),
    ("hon-dau", "2015-07-04T03:10:00Z", 1.19597),
    ("hon-dau", "2024-12-31T17:00:00Z", 2.51944),
    ("hon-dau", "2026-11-22T07:00:00Z", 1.92912),
    ("hon-dau", "2030-06-15T21:20:00Z", 0.38290),
]
STATIONS = sorted(stations())
moments = st.datetimes(datetime(2000, 1, 1), datetime(2049, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(("key", "at", "metres"), ORACLE)
def test_the_level_equals_the_reference_program_to_a_tenth_of_a_millimetre(key, at, metres):
    assert queries.level(key, clock.parse_iso(at)) == pytest.approx(metres, abs=1e-4)


@pytest.mark.parametrize("key", STATIONS)
def test_two_years_stay_between_the_published_lowest_and_highest_tide(key):
    datums = stations()[key].datums
    start = datetime(2025, 1, 1, tzinfo=UTC)
    heights = [metres for _, metres in queries.predict(key, start, start + timedelta(days=730), 60)]
    assert min(heights) >= -0.1
    assert max(heights) <= datums["HAT"] - datums["LAT"] + 0.1


@given(moments)
def test_high_and_low_waters_alternate_and_lie_on_the_curve(start):
    found = queries.extremes("vung-tau", start, start + timedelta(days=2))
    assert all(a.kind != b.kind for a, b in pairwise(found))
    assert all(abs(queries.level("vung-tau", each.time) - each.metres) < 1e-3 for each in found)


@given(moments, st.sampled_from(STATIONS))
def test_a_next_high_and_low_water_always_exist(after, key):
    assert queries.next_extreme(key, after, "high").time > after
    assert queries.next_extreme(key, after, "low").time > after


def test_vung_tau_has_two_high_waters_a_day_and_hon_dau_one():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    highs = {
        key: sum(each.kind == "high" for each in queries.extremes(key, start, start + timedelta(days=29)))
        for key in ("vung-tau", "hon-dau")
    }
    assert 50 <= highs["vung-tau"] <= 58
    assert 25 <= highs["hon-dau"] <= 45


def test_the_curve_has_one_value_every_ten_minutes_both_ends_included():
    start = datetime(2026, 11, 22, 7, tzinfo=UTC)
    curve = queries.predict("vung-tau", start - timedelta(hours=24), start + timedelta(hours=48), 10)
    assert len(curve) == 72 * 6 + 1
    assert curve[0][0] == start - timedelta(hours=24)


@pytest.mark.parametrize("key", STATIONS)
def test_every_published_constant_is_used_or_named_as_ambiguous(key):
    published = set(stations()[key].constituents)
    assert published == set(CONSTITUENTS) | AMBIGUOUS


def test_every_station_carries_its_attribution_and_licence():
    assert all("TICON-4" in s.attribution and s.licence == "CC-BY-4.0" for s in stations().values())


def test_an_unknown_station_is_refused_with_those_there_are():
    with pytest.raises(NotFound, match="vung-tau"):
        queries.level("phu-an", datetime(2026, 1, 1, tzinfo=UTC))
