"""The real files, where they are on this machine: every record accounted for.

``test_engine`` covers the same with small files of its own.
"""

import os
from pathlib import Path

import pytest

from dothi.kernel.feeds.replay.engine import replay

SHARED = Path(os.environ.get("DOTHI_SHARED", "../shared")) / "data"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data on this machine; test_engine has its own"),
]


@pytest.fixture
def play(live, tmp_path):
    return lambda name: {
        each.name: each for each in replay(SHARED / name, live, rejects=tmp_path / "rejects")
    }


def test_hcm_ngsild_is_taken_whole_and_its_wrong_unit_reported(play, live):
    found = play("hcm_ngsild")
    assert {name: (each.read, each.accepted, each.rejected) for name, each in found.items()} == {
        "accidents.json": (41, 41, 0),
        "ngsi_ld_entities.json": (2090, 2090, 0),
        "observations.json": (701, 701, 0),
    }
    # Carbon monoxide is given in mg/m³ but is µg/m³ by its size.
    assert found["ngsi_ld_entities.json"].cell_reasons == {"flagged out of range: AirQualityObserved.co": 694}
    counts = live.type_counts()
    assert (counts["ItemFlowObserved"], counts["Accident"], counts["Camera"]) == (701, 41, 697)


def test_all_721_cameras_are_taken(play, live):
    report = play("hcm_cameras")["cameras_2025_uip.json"]
    assert (report.read, report.accepted, report.rejected) == (721, 721, 0)
    assert report.missing == 80  # twenty cameras without name, code, kind and image
    assert live.count("Camera") == 721


def test_air_quality_hcmc_gives_52548_rows_and_every_gap_is_counted(play, live):
    report = play("air_quality_hcmc")["air_quality_hcmc.csv"]
    assert (report.read, report.accepted, report.rejected) == (52_548, 52_548, 0)
    assert (report.readings, report.missing, report.refused_readings) == (375_108, 45_276, 0)
    assert live.count("AirQualityObserved") == 6


@pytest.mark.slow
def test_air_quality_beijing_gives_420768_rows(play, live):
    reports = play("air_quality_beijing").values()
    assert len(reports) == 12
    assert sum(each.accepted for each in reports) == 420_768
    assert sum(each.rejected for each in reports) == 0
    assert sum(each.readings + each.missing for each in reports) == 420_768 * 12
    assert live.count("AirQualityObserved") == 12
