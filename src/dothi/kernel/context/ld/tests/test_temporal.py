"""The past of an entity: queries, aggregates, the three representations."""

import json
import statistics

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.ld.names import time_text, time_us
from dothi.kernel.context.ld.render import Form
from dothi.kernel.context.ld.temporal import (
    METHODS,
    Aggregation,
    Period,
    aggregation,
    parse_temporal,
    period,
    temporal_query,
)
from dothi.kernel.context.ld.temporal_render import (
    History,
    Moment,
    Series,
    aggregate,
    as_series,
    eligible,
    render_aggregates,
    render_temporal,
    render_values,
    time_texts,
)

CORE = Contexts().core
V = CORE.definitions.vocab
HOUR = 3_600_000_000
FIRST = "2020-08-01T12:03:00Z"
DOCUMENT = {
    "id": "urn:x:1",
    "type": "Vehicle",
    "speed": [
        {"type": "Property", "value": value, "observedAt": at}
        for value, at in [(120, FIRST), (80, "2020-08-01T12:05:00Z"), (100, "2020-08-01T12:07:00Z")]
    ],
    "fuel": [
        {"type": "Property", "value": value, "observedAt": at}
        for value, at in [(67, FIRST), (53, "2020-08-01T13:05:00Z"), (40, "2020-08-01T14:07:00Z")]
    ],
}


def history(document):
    parsed = parse_temporal(document, CORE)
    moments = {iri: [Moment(each) for each in found] for iri, found in parsed.attributes.items()}
    return History(
        Stored(parsed.id, parsed.types), moments, {iri: as_series(found) for iri, found in moments.items()}
    )


def values(document):
    past = history(document)
    past.series = {}
    return json.loads(render_values(past, CORE))


def test_many_instances_without_dataset_are_the_past_of_one_attribute():
    assert len(parse_temporal(DOCUMENT, CORE).attributes[f"{V}speed"]) == 3


def test_a_fragment_of_the_past_needs_no_id():
    assert parse_temporal({"speed": DOCUMENT["speed"]}, CORE, kind="fragment").id == ""


def test_the_full_form_shows_every_instance():
    found = json.loads(render_temporal(history(DOCUMENT), CORE))
    assert found == DOCUMENT


def test_the_full_form_shows_ids_deletions_and_system_times():
    past = history(DOCUMENT)
    moment = past.moments[f"{V}speed"][0]
    moment.instance_id, moment.deleted_us = "urn:i:1", time_us("2021-01-01T00:00:00Z")
    found = json.loads(render_temporal(past, CORE, Form(sys_attrs=True)))["speed"][0]
    assert (found["instanceId"], found["deletedAt"]) == ("urn:i:1", "2021-01-01T00:00:00Z")
    assert "createdAt" in found


def test_the_simple_form_pairs_values_with_times():
    assert values(DOCUMENT)["speed"] == {
        "type": "Property",
        "values": [[120, FIRST], [80, "2020-08-01T12:05:00Z"], [100, "2020-08-01T12:07:00Z"]],
    }


@pytest.mark.parametrize(
    ("attribute", "member", "value"),
    [
        ({"type": "Property", "value": "x"}, "values", "x"),
        ({"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1, 2]}}, "values", {"type": "Point", "coordinates": [1, 2]}),
        ({"type": "Relationship", "object": ["urn:b:1"]}, "objects", ["urn:b:1"]),
        ({"type": "LanguageProperty", "languageMap": {"vi": "đỏ"}}, "languageMaps", {"languageMap": {"vi": "đỏ"}}),
        ({"type": "VocabProperty", "vocab": "Male"}, "vocabs", {"vocab": "Male"}),
        ({"type": "JsonProperty", "json": {"id": 1}}, "jsons", {"json": {"id": 1}}),
        ({"type": "ListProperty", "valueList": [1]}, "valueLists", [1]),
        ({"type": "ListRelationship", "objectList": ["urn:b:1"]}, "objectLists", ["urn:b:1"]),
    ],
)  # fmt: skip
def test_each_kind_of_attribute_has_its_simple_form(attribute, member, value):
    found = values({"id": "urn:x:1", "type": "T", "a": attribute | {"observedAt": FIRST}})
    assert found["a"] == {"type": attribute["type"], member: [[value, FIRST]]}


def test_datasets_are_told_apart_in_the_simple_form():
    two = [{"type": "Property", "value": i, "observedAt": FIRST, "datasetId": f"urn:d:{i}"} for i in (1, 2)]
    assert values({"id": "urn:x:1", "type": "T", "a": two})["a"] == [
        {"type": "Property", "datasetId": "urn:d:1", "values": [[1, FIRST]]},
        {"type": "Property", "datasetId": "urn:d:2", "values": [[2, FIRST]]},
    ]


def test_columns_render_like_moments():
    run = Series(np.array([time_us(FIRST), time_us(FIRST) + 500_000]), np.array([1.5, 2.5]))
    past = History(Stored("urn:x:1", (f"{V}T",)), series={f"{V}a": [run]})
    assert json.loads(render_values(past, CORE))["a"]["values"] == [
        [1.5, "2020-08-01T12:03:00.000Z"],
        [2.5, "2020-08-01T12:03:00.500Z"],
    ]


@pytest.mark.parametrize("us", [0, 1_000_000, 1_500_000, 1_500_001, -1])
def test_many_times_are_written_so_that_they_read_the_same(us):
    assert time_us(time_texts(np.array([us]))[0]) == us


def test_aggregates_are_given_by_period():
    wanted = aggregation({"aggrMethods": "avg,max", "aggrPeriodDuration": "PT1H"})
    found = json.loads(render_aggregates(history(DOCUMENT), CORE, wanted, start_us=time_us(FIRST)))
    assert found["speed"] == {
        "type": "Property",
        "avg": [[100.0, FIRST, "2020-08-01T13:03:00Z"]],
        "max": [[120.0, FIRST, "2020-08-01T13:03:00Z"]],
    }
    assert [row[0] for row in found["fuel"]["avg"]] == [67.0, 53.0, 40.0]
    assert found["fuel"]["avg"][2][1:] == ["2020-08-01T14:03:00Z", "2020-08-01T15:03:00Z"]


def test_a_period_of_nothing_is_the_whole_interval():
    wanted = aggregation({"aggrMethods": "totalCount"})
    found = json.loads(
        render_aggregates(
            history(DOCUMENT), CORE, wanted, start_us=time_us(FIRST), end_us=time_us("2020-08-02T00:00:00Z")
        )
    )
    assert found["fuel"]["totalCount"] == [[3, FIRST, "2020-08-02T00:00:00Z"]]


@pytest.mark.parametrize(
    ("kind", "run", "expected"),
    [
        ("Property", ["b", "a", "b"], {"min": "a", "max": "b", "totalCount": 3, "distinctCount": 2}),
        (
            "Property",
            [True, False, True],
            {"sum": 2, "avg": pytest.approx(2 / 3), "max": 1, "min": 0, "totalCount": 3, "distinctCount": 2},
        ),
        ("Property", [[1], [1, 2, 3], []], {"sum": 4, "avg": pytest.approx(4 / 3), "max": 3, "min": 0}),
        ("Property", [{"a": 1}, {"a": 1}, {"a": 2}], {"totalCount": 3, "distinctCount": 2}),
        ("Relationship", ["urn:b:1", "urn:b:1", "urn:b:2"], {"totalCount": 3, "distinctCount": 2}),
    ],
)
def test_values_that_are_not_numbers_have_the_aggregates_that_suit_them(kind, run, expected):
    series = Series(np.array([0, 1, 2]), run, kind)
    found = aggregate(series, Aggregation(METHODS, Period()))
    assert {method: rows[0][0] for method, rows in found.items() if method in expected} == expected
    assert ("avg" in found) == (kind == "Property" and not isinstance(run[0], str | dict))
    assert eligible(series, ["totalCount"])


def test_a_method_that_suits_no_value_is_not_eligible():
    assert not eligible(Series(np.array([0]), ["x"]), ["avg", "stddev"])


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(-5, 5)), min_size=1, max_size=30),
    st.integers(1, 20),
    st.integers(0, 10),
)
def test_aggregates_equal_the_plain_computation(pairs, length, start):
    pairs = sorted(pairs)
    run = Series(
        np.array([at for at, _ in pairs], dtype=np.int64), np.array([v for _, v in pairs], dtype=np.float64)
    )
    found = aggregate(run, Aggregation(METHODS, Period(us=length)), start_us=start)
    buckets = {}
    for at, value in pairs:
        if at >= start:
            buckets.setdefault((at - start) // length, []).append(float(value))
    plain = {
        "avg": statistics.fmean, "max": max, "min": min, "sum": sum, "stddev": statistics.pstdev, "totalCount": len,
        "distinctCount": lambda values: len(set(values)), "sumsq": lambda values: sum(v * v for v in values),
    }  # fmt: skip
    for method, function in plain.items():
        expected = [
            (function(values), start + i * length, start + (i + 1) * length)
            for i, values in sorted(buckets.items())
        ]
        assert [row[1:] for row in found[method]] == [row[1:] for row in expected]
        assert [row[0] for row in found[method]] == pytest.approx([row[0] for row in expected])


def test_months_are_calendar_months():
    edges = period("P1M").edges(time_us("2024-01-31T00:00:00Z"), time_us("2024-04-01T00:00:00Z"), 100)
    assert [time_text(int(each))[:10] for each in edges] == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]


@pytest.mark.parametrize(
    ("text", "months", "us"),
    [("PT1H", 0, HOUR), ("P1D", 0, 24 * HOUR), ("P2W", 0, 14 * 24 * HOUR), ("P1Y2M", 14, 0), ("PT0S", 0, 0), ("P0D", 0, 0), ("PT1.5S", 0, 1_500_000),
     ("P3Y6M4DT12H30M5S", 42, ((4 * 24 + 12) * 60 + 30) * 60_000_000 + 5_000_000)],
)  # fmt: skip
def test_durations_are_read(text, months, us):
    assert period(text) == Period(months, us)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1H", "P1H", "PT1D", "P-1D", "P1DT", "P1.5D", "PT1H30", "P9999Y", "P00-01-00"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(BadRequestData, match="aggrPeriodDuration"):
        period(text)


def test_too_many_periods_are_refused():
    with pytest.raises(BadRequestData, match="periods"):
        aggregate(Series(np.array([0, 10**15]), np.array([1.0, 2.0])), Aggregation(("avg",), Period(us=1)))


@pytest.mark.parametrize(
    ("parameters", "start", "end"),
    [
        ({"timerel": "before", "timeAt": FIRST}, None, FIRST),
        ({"timerel": "after", "timeAt": FIRST}, FIRST, None),
        (
            {"timerel": "between", "timeAt": FIRST, "endTimeAt": "2020-08-02T00:00:00Z"},
            FIRST,
            "2020-08-02T00:00:00Z",
        ),
        ({}, None, None),
    ],
)
def test_a_temporal_query_is_an_interval_with_its_start_and_without_its_end(parameters, start, end):
    found = temporal_query(parameters)
    assert (found.start_us, found.end_us) == (start and time_us(start), end and time_us(end))
    if start:
        assert found.holds(time_us(start))
        assert not found.holds(time_us(start) - 1)
    if end:
        assert not found.holds(time_us(end))
    assert not found.holds(None)


@pytest.mark.parametrize(
    ("parameters", "where"),
    [
        ({"timerel": "during", "timeAt": FIRST}, "timerel"),
        ({"timerel": "before"}, "timeAt"),
        ({"timerel": "between", "timeAt": FIRST}, "endTimeAt"),
        ({"timerel": "after", "timeAt": "2020-08-01"}, "timeAt"),
        ({"timerel": "after", "timeAt": 5}, "timeAt"),
        ({"timeAt": FIRST}, "timerel"),
        ({"timerel": "after", "timeAt": FIRST, "timeproperty": "foo"}, "timeproperty"),
        ({"timerel": "after", "timeAt": FIRST, "lastN": "0"}, "lastN"),
        ({"timerel": "after", "timeAt": FIRST, "lastN": "2.5"}, "lastN"),
        ({"timerel": "after", "timeAt": FIRST, "lastN": -1}, "lastN"),
        ({"timerel": "after", "timeAt": FIRST, "lastN": True}, "lastN"),
    ],
)
def test_a_malformed_temporal_query_is_refused(parameters, where):
    with pytest.raises(BadRequestData) as caught:
        temporal_query(parameters)
    assert caught.value.where == where


def test_where_a_temporal_query_is_required_its_absence_is_an_error():
    with pytest.raises(BadRequestData, match="timerel"):
        temporal_query({}, required=True)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"aggrMethods": "median"},
        {"aggrMethods": "avg", "aggrPeriodDuration": "1h"},
        {"aggrMethods": "avg", "aggrPeriodDuration": 5},
    ],
)
def test_malformed_aggregation_parameters_are_refused(parameters):
    with pytest.raises(BadRequestData, match="aggr"):
        aggregation(parameters)
