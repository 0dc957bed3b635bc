"""What other modules ask the packs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dothi.kernel.packs import queries
from dothi.kernel.packs.problems import PackErrors

SDM = "https://smartdatamodels.org"
WANTED = {
    "AirQualityObserved": "Environment",
    "WeatherObserved": "Weather",
    "NoiseLevelObserved": "Environment",
    "WaterObserved": "Environment",
    "FloodMonitoring": "Environment",
    "TrafficFlowObserved": "Transportation",
    "ItemFlowObserved": "Transportation",
    "RoadAccident": "Transportation",
    "Camera": "Device",
    "Device": "Device",
    "Streetlight": "Streetlighting",
    "WasteContainer": "WasteManagement",
    "ParkingSpot": "Parking",
}


@pytest.mark.parametrize(("key", "subject"), WANTED.items())
def test_the_types_of_the_first_packs_are_those_of_smart_data_models(key, subject) -> None:
    kind = queries.entity_type(key)
    assert kind is not None
    assert kind.iri == queries.terms()[key] == f"{SDM}/dataModel.{subject}/{key}"


@pytest.mark.parametrize(
    ("term", "iri"),
    [
        ("pm25", f"{SDM}/dataModel.Environment/pm25"),
        ("temperature", f"{SDM}/dataModel.Weather/temperature"),
        ("averageVehicleSpeed", f"{SDM}/dataModel.Transportation/averageVehicleSpeed"),
        ("cameraName", f"{SDM}/dataModel.Device/cameraName"),
        ("name", f"{SDM}/name"),
        ("dateObserved", f"{SDM}/dateObserved"),
        ("description", "http://purl.org/dc/terms/description"),
        ("location", "https://uri.etsi.org/ngsi-ld/location"),
        ("status", "https://uri.etsi.org/ngsi-ld/status"),
        ("provenance", "https://uri.etsi.org/ngsi-ld/default-context/provenance"),
        ("nh3", "https://uri.etsi.org/ngsi-ld/default-context/nh3"),
        ("vehicleCount", "https://uri.etsi.org/ngsi-ld/default-context/vehicleCount"),
        ("Accident", "https://uri.etsi.org/ngsi-ld/default-context/Accident"),
    ],
)
def test_a_short_name_means_what_its_publisher_says(term, iri) -> None:
    assert queries.terms()[term] == iri


def test_every_attribute_of_every_type_is_a_term() -> None:
    keys = {attribute.key for kind in queries.entity_types().values() for attribute in kind.attributes}
    assert keys - queries.terms().keys() == set()


def test_a_name_that_several_models_have_keeps_each_models_iri() -> None:
    assert (
        queries.type_terms("AirQualityObserved")["temperature"] == f"{SDM}/dataModel.Environment/temperature"
    )
    assert queries.names()[f"{SDM}/dataModel.Environment/temperature"] == "temperature"


@pytest.mark.parametrize(
    "url",
    [
        "https://smart-data-models.github.io/dataModel.Environment/context.jsonld",
        "https://raw.githubusercontent.com/smart-data-models/dataModel.Device/master/context.jsonld",
        "https://smartdatamodels.org/context.jsonld",
    ],
)
def test_a_published_context_is_known_without_the_network(url) -> None:
    assert queries.contexts()[url]["name"] == f"{SDM}/name"


def test_a_context_also_knows_the_types_that_no_pack_declares() -> None:
    context = queries.contexts()[
        "https://smart-data-models.github.io/dataModel.Transportation/context.jsonld"
    ]
    assert context["RoadSegment"] == f"{SDM}/dataModel.Transportation/RoadSegment"


def test_the_context_of_all_models_agrees_with_the_short_names_and_knows_more() -> None:
    everything = queries.contexts()["https://smartdatamodels.org/context.jsonld"]
    assert everything.items() >= queries.terms().items()
    assert "RoadSegment" in everything


def test_pm25_of_80_is_bad_air() -> None:
    pm25 = queries.attribute("AirQualityObserved", "pm25")
    assert pm25 is not None
    band = queries.level_of(pm25, 80)
    assert band is not None
    assert (band.level, band.label.vi) == ("alert", "Xấu")


def test_carbon_monoxide_sent_in_the_wrong_unit_is_not_valid() -> None:
    """276 mg/m³ would be four hours from death; a weather service meant µg/m³."""
    co = queries.attribute("AirQualityObserved", "co")
    assert co is not None
    assert not queries.valid(co, 276.11, "GP")


def test_what_no_pack_declares_is_none() -> None:
    assert queries.entity_type("Spaceship") is None
    assert queries.attribute("Camera", "warp") is None
    assert queries.pack("space") is None
    assert queries.vocabulary("space") is None


def test_the_city_lists_its_kinds_of_units() -> None:
    kinds = queries.vocabulary("unit-kinds")
    assert kinds is not None
    assert {"ward", "commune", "special-zone"} <= {code.value for code in kinds.codes}


def test_a_pack_of_ones_own_is_loaded_too(make, installed) -> None:
    folder = make(
        "mine/demo", **{"entities__AirQualityObserved.yaml": None, "samples__AirQualityObserved.json": None}
    )
    installed("hcmc", folder.parent)
    assert list(queries.packs()) == ["hcmc", "demo"]


def test_the_folder_may_be_the_pack_itself(make, installed) -> None:
    folder = make(
        "demo", **{"entities__AirQualityObserved.yaml": None, "samples__AirQualityObserved.json": None}
    )
    installed("hcmc", folder)
    assert list(queries.packs()) == ["hcmc", "demo"]


def test_a_misspelt_pack_in_the_settings_is_named(installed) -> None:
    installed("hcmc,enviroment")
    with pytest.raises(PackErrors, match="Did you mean 'environment'"):
        queries.packs()


def test_a_missing_folder_in_the_settings_is_named(installed, tmp_path) -> None:
    installed("hcmc", tmp_path / "nowhere")
    with pytest.raises(PackErrors, match="no such folder"):
        queries.packs()


def test_packs_are_read_without_django() -> None:
    code = (
        "import sys; from dothi.kernel.packs import queries; queries.terms(); print('django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ.copy(), check=True
    )
    assert done.stdout.strip() == "False"
