"""Real entities made by others: each is accepted, or refused for the reason that is wrong with it."""

import json
import os
from pathlib import Path

import pytest

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.merge import create
from dothi.kernel.context.ld.render import Form, as_dict

SHARED = Path(os.environ.get("DOTHI_SHARED", Path(__file__).parents[7] / "shared")) / "data"
MODELS, HCM = SHARED / "smart_data_models", SHARED / "hcm_ngsild"
CORE = Contexts().core
needs_models = pytest.mark.skipif(
    not MODELS.is_dir(), reason="the published examples are not on this machine"
)
needs_hcm = pytest.mark.skipif(not HCM.is_dir(), reason="the entities of the city are not on this machine")

# Of the published examples these are wrong, and in this way; all others are accepted.
WRONG = {
    "AnprFlowObserved/example": "outside longitude",
    "CityWork/example-normalized": "'Property ' is not an attribute type",
    "FloodMonitoring/example-normalized": "floodLevelStatus.type: 'string' is not an attribute type",
    "NightSkyQuality/example": "id: 'DTI-036' is not a URI",
    "NightSkyQuality/example-normalized": "id: 'DTI-036' is not a URI",
    "PhreaticObserved/example-normalized": "'2020-03-17TT08:45:00Z' is not a DateTime",
    "RestrictionException/example-normalized": "name.type: 'string' is not an attribute type",
    "RoadAccident/example": "outside longitude",
    "SpecialRestriction/example-normalized": "name.type: 'string' is not an attribute type",
    "TransportStation/example": "featuredArtist : is not a name",
    "TransportStation/example-normalized": "dateLastReported.type: 'DateTime' is not an attribute type",
    "Vehicle/example-normalized": "'2021-03-11T15:51:02+05:30' is not a DateTime in UTC",
    "WaterObserved/example-normalized": "dateObserved.object: '2020-03-17T08:45:00.209Z' is not a URI",
}

# The same faults, and the same forms that are fine, in small.
OWN = [
    ({"id": "DTI-036"}, "id: 'DTI-036' is not a URI"),
    ({"status": {"type": "string", "value": "x"}}, "status.type: 'string' is not an attribute type"),
    ({"depth": {"value": 1, "observedAt": "2020-03-17TT08:45:00Z"}}, "is not a DateTime"),
    ({"dateObserved": {"type": "Relationship", "object": "2020-03-17T08:45:00Z"}}, "is not a URI"),
    (
        {"work": {"type": "Property", "value": 1, "tram": {"type": "Property ", "value": 0}}},
        "work.tram.type: 'Property '",
    ),
    ({"location": {"type": "Point", "coordinates": [-56.6, 168.4]}}, "outside longitude"),
    ({"featuredArtist ": "x"}, "featuredArtist : is not a name"),
    ({"battery": {"value": 1, "observedAt": "2021-03-11T15:51:02+05:30"}}, "is not a DateTime in UTC"),
    (
        {
            "address": {"type": "PostalAddress", "addressCountry": "ES"},
            "co": 500,
            "source": "http://datos.madrid.es",
        },
        None,
    ),
    (
        {
            "address": {"type": "Property", "value": {"type": "PostalAddress"}},
            "co": {"value": 500, "unitCode": "GP"},
        },
        None,
    ),
    (
        {
            "id": "urn:ngsi-ld:WeatherObserved:TTH%20406-20251207162439",
            "cloudiness": {"type": "Property", "value": 75},
        },
        None,
    ),
]


def reason(document):
    try:
        entity = create(parse_entity(document, CORE), 1).entity
    except BadRequestData as error:
        return str(error)
    for representation in ("normalized", "concise", "keyValues"):
        as_dict(entity, CORE, Form(representation))
    return None


@pytest.mark.parametrize(("members", "phrase"), OWN)
def test_the_faults_and_forms_met_in_the_field(members, phrase):
    found = reason({"id": "urn:ngsi-ld:T:1", "type": "T"} | members)
    assert found is None if phrase is None else phrase in found


@needs_models
@pytest.mark.parametrize(
    "path", sorted(MODELS.glob("*/*/examples/*.jsonld")), ids=lambda path: f"{path.parts[-3]}-{path.stem}"
)
def test_every_published_example_is_accepted_or_refused_for_its_fault(path):
    found = reason(json.loads(path.read_bytes()))
    expected = WRONG.get(f"{path.parts[-3]}/{path.stem}")
    assert found is None if expected is None else expected in (found or "")


@needs_hcm
@pytest.mark.parametrize(
    ("name", "count"), [("ngsi_ld_entities", 2090), ("observations", 701), ("accidents", 41)]
)
def test_every_entity_of_the_city_is_accepted(name, count):
    documents = json.loads((HCM / f"{name}.json").read_bytes())
    assert [found for found in map(reason, documents) if found] == []
    assert len(documents) == count
