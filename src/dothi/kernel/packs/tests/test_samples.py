"""A sample that the pack's own declarations refuse is named."""

from __future__ import annotations

import json

import pytest

from dothi.kernel.packs.loader import check

GOOD = {
    "id": "urn:ngsi-ld:AirQualityObserved:1",
    "type": "AirQualityObserved",
    "pm25": 30,
    "provenance": "simulated",
}


def with_sample(make, sample: object):
    return make(
        **{"samples__AirQualityObserved.json": sample if isinstance(sample, str) else json.dumps(sample)}
    )


@pytest.mark.parametrize(
    ("sample", "code", "path", "suggestion"),
    [
        ("{", "not-json", "", None),
        ([GOOD, 3], "sample-form", "[1]", None),
        ([GOOD, {"type": "AirQualityObserved"}], "sample-form", "[1]", None),
        ([GOOD, GOOD | {"type": "AirQualityObservd"}], "sample-type", "[1].type", "AirQualityObserved"),
        (GOOD | {"pm2.5": 30}, "sample-attribute", "[0].pm2.5", "pm25"),
        (GOOD | {"pm25": 2000}, "sample-value", "[0].pm25", None),
        (GOOD | {"pm25": {"value": 3, "unitCode": "CEL"}}, "sample-value", "[0].pm25", None),
        (GOOD | {"pm25": "thirty"}, "sample-value", "[0].pm25", None),
        (GOOD | {"airQualityLevel": "great"}, "sample-value", "[0].airQualityLevel", None),
        (GOOD | {"provenance": "observed"}, "sample-provenance", "[0].provenance", None),
    ],
)
def test_a_wrong_sample_is_named(make, sample, code, path, suggestion) -> None:
    found = [(p.path, p.suggestion) for p in check([with_sample(make, sample)]) if p.code == code]
    assert found == [(path, suggestion)]


@pytest.mark.parametrize("value", [30, {"value": 30}, {"type": "Property", "value": 0.03, "unitCode": "GP"}])
def test_a_sample_may_be_in_any_form(make, value) -> None:
    assert check([with_sample(make, GOOD | {"pm25": value})]) == []


def test_a_type_without_sample_is_named(make) -> None:
    (found,) = check([make(**{"samples__AirQualityObserved.json": None})])
    assert (found.code, found.values) == ("no-sample", (("key", "AirQualityObserved"),))
