"""What another project sent for this city is declared, so it can be shown with label, unit and level."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dothi.kernel.packs import queries

SHARED = (
    Path(os.environ.get("DOTHI_SHARED", Path(__file__).resolve().parents[5] / "../shared")).resolve()
    / "data/hcm_ngsild"
)
FILES = ("ngsi_ld_entities.json", "observations.json", "accidents.json")
# The names those files have.
OWN = {
    "WeatherObserved": "refDevice temperature relativeHumidity windSpeed precipitation cloudiness",
    "AirQualityObserved": "refDevice pm25 pm10 co o3 no2 so2 nh3 airQualityCategory airQualityIndexValue",
    "Camera": "cameraName cameraNum cameraType cameraUsage imageSnapshot status refWeatherObserved",
    "ItemFlowObserved": "refDevice intensity occupancy averageSpeed congestionLevel detectionDetails",
    "Accident": "location accidentDate severity confidence status detectedBy accidentType source",
}


def undeclared(entities: list[dict[str, Any]]) -> set[tuple[str, str]]:
    names = {
        (entity["type"], key) for entity in entities for key in entity.keys() - {"id", "type", "@context"}
    }
    return {(kind, key) for kind, key in names if queries.attribute(kind, key) is None}


def test_every_attribute_of_the_citys_cameras_air_weather_and_flow_is_declared() -> None:
    assert (
        undeclared([{"type": kind, **dict.fromkeys(names.split())} for kind, names in OWN.items()]) == set()
    )


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared data is not here; the test above covers its names"
)
@pytest.mark.parametrize("name", FILES)
def test_every_attribute_of_the_shared_entities_is_declared(name) -> None:
    assert undeclared(json.loads((SHARED / name).read_text(encoding="utf-8"))) == set()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not here; test_queries covers the rule")
def test_of_the_shared_air_values_only_carbon_monoxide_is_impossible() -> None:
    """Its senders wrote mg/m³ (GP) where the service gives µg/m³."""
    wrong = set()
    for entity in json.loads((SHARED / FILES[0]).read_text(encoding="utf-8")):
        for key, given in entity.items():
            attribute = queries.attribute(entity["type"], key)
            is_number = attribute is not None and attribute.kind == "property" and attribute.value == "number"
            if is_number and not queries.valid(attribute, given["value"], given.get("unitCode")):
                wrong.add(key)
    assert wrong == {"co"}
