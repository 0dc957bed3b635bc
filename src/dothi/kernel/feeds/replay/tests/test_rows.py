"""One row at a time: what becomes of its cells, and why a cell or row is refused."""

import msgspec
import pytest

from dothi.core.errors import BadInput
from dothi.kernel.feeds.replay.mapping import Mapping
from dothi.kernel.feeds.replay.reading import Refused
from dothi.kernel.feeds.replay.rows import Rows

HEADER = ["day", "station", "dust", "humidity", "wind", "word"]
ROW = ["22-11-2026 07:00", "1", "12.5", "63", "NE", "ok"]


def mapping(**changes):
    declared = {
        "key": "test",
        "label": {"vi": "Thử", "en": "Test"},
        "format": "csv",
        "match": ["day"],
        "provider": "Somebody",
        "licence": "CC0",
        "entity": {"type": "AirQualityObserved", "id": "s-{station}"},
        "time": {"column": "day", "format": "%d-%m-%Y %H:%M", "zone": "Asia/Ho_Chi_Minh"},
        "nulls": ["", "NA"],
        "stations": {
            "column": "station",
            "source": "a paper",
            "table": {"1": {"name": "One", "longitude": 106.7, "latitude": 10.8, "accuracy": "approximate"}},
        },
        "attributes": [
            {"column": "dust", "key": "pm25", "unit": "GQ"},
            {"column": "humidity", "key": "relativeHumidity", "unit": "C62", "scale": 0.01},
            {"column": "wind", "key": "windDirection", "values": {"N": 0, "NE": 45}},
            {"column": "word", "key": "status", "kind": "text"},
        ],
    }
    return msgspec.convert(declared | changes, Mapping)


class Heard(list):
    def __call__(self, reason, detail):
        self.append((reason, detail))


@pytest.fixture
def heard():
    return Heard()


def rows(heard, ranges=lambda *_: (0, 500), **changes):
    return Rows(mapping(**changes), HEADER, ranges, heard)


def entity(made, row=ROW):
    return msgspec.json.decode(made.entity(row)[0])


def test_a_row_becomes_an_entity_with_units_and_the_time_in_utc(heard):
    assert entity(rows(heard))["pm25"] == {
        "type": "Property", "value": 12.5, "unitCode": "GQ", "observedAt": "2026-11-22T00:00:00.000Z",
    }  # fmt: skip


def test_a_scale_turns_percent_into_a_share(heard):
    assert entity(rows(heard))["relativeHumidity"]["value"] == 0.63


def test_a_word_becomes_its_declared_value(heard):
    assert entity(rows(heard))["windDirection"]["value"] == 45


def test_the_first_row_of_a_station_brings_name_place_and_provenance(heard):
    made = rows(heard)
    first, second = entity(made), entity(made)
    assert first["name"]["value"] == "One"
    assert first["location"]["value"]["coordinates"] == [106.7, 10.8]
    assert first["positionAccuracy"]["value"] == "approximate"
    assert first["provenance"]["value"] == "observed"
    assert "name" not in second


@pytest.mark.parametrize("null", ["", "NA"])
def test_a_missing_value_is_left_out_and_counted(heard, null):
    made = rows(heard)
    assert "pm25" not in entity(made, [*ROW[:2], null, *ROW[3:]])
    assert made.counts.missing == 1
    assert heard == []


@pytest.mark.parametrize("text", ["abc", "1_0", "nan", "inf", "1,5"])
def test_a_cell_that_is_no_number_is_refused_alone(heard, text):
    made = rows(heard)
    got = entity(made, [*ROW[:2], text, *ROW[3:]])
    assert "pm25" not in got
    assert got["windDirection"]["value"] == 45
    assert heard[0][0] == "not a number: dust"


def test_an_unknown_word_is_refused_with_those_there_are(heard):
    entity(rows(heard), [*ROW[:4], "XX", "ok"])
    assert heard == [("unknown value: wind", "wind is 'XX'; known values: N, NE")]


def test_a_value_out_of_range_is_kept_and_marked(heard):
    made = rows(heard)
    got = entity(made, [*ROW[:2], "9999", *ROW[3:]])
    assert got["pm25"]["value"] == 9999
    assert got["pm25"]["validity"]["value"] == "out-of-range"
    assert made.counts.flagged == 1
    assert heard[0][0] == "flagged out of range: dust"


def test_a_value_out_of_range_is_refused_when_the_mapping_says_so(heard):
    got = entity(rows(heard, out_of_range="reject"), [*ROW[:2], "9999", *ROW[3:]])
    assert "pm25" not in got
    assert heard[0][0] == "out of range: dust"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["31-02-2026 07:00", *ROW[1:]], "not a time"),
        (["29-02-2025 07:00", *ROW[1:]], "not a time"),
        (["2026-11-22", *ROW[1:]], "not a time"),
        ([ROW[0], "9", *ROW[2:]], "unknown station: station"),
        ([ROW[0], "", *ROW[2:]], "no id"),
        (ROW[:-1], "wrong number of columns"),
        ([*ROW, "more"], "wrong number of columns"),
    ],
)
def test_a_row_is_refused_with_its_reason(heard, row, reason):
    with pytest.raises(Refused) as refused:
        rows(heard).entity(row)
    assert refused.value.reason == reason


def test_the_29th_of_february_of_a_leap_year_is_a_day(heard):
    got = entity(rows(heard), ["29-02-2016 23:00", *ROW[1:]])
    assert got["pm25"]["observedAt"] == "2016-02-29T16:00:00.000Z"


def test_a_row_of_missing_values_is_refused_once_its_station_is_known(heard):
    made = rows(heard)
    entity(made)
    with pytest.raises(Refused, match="missing"):
        made.entity([*ROW[:2], "", "", "", ""])


def test_split_date_columns_make_one_time(heard):
    header = ["y", "m", "d", "h", *HEADER[1:]]
    moment = {"parts": {"year": "y", "month": "m", "day": "d", "hour": "h"}, "zone": "Asia/Shanghai"}
    made = Rows(mapping(time=moment), header, lambda *_: (None, None), heard)
    got = entity(made, ["2013", "3", "1", "0", *ROW[1:]])
    assert got["pm25"]["observedAt"] == "2013-02-28T16:00:00.000Z"


def test_a_column_the_file_lacks_is_named(heard):
    with pytest.raises(BadInput, match="wind"):
        Rows(mapping(), [name for name in HEADER if name != "wind"], lambda *_: (None, None), heard)


def test_an_id_from_the_file_is_made_safe_for_an_urn(heard):
    made = rows(heard, stations=None)
    assert entity(made, [ROW[0], "TTH 4/6", *ROW[2:]])["id"] == "urn:ngsi-ld:AirQualityObserved:s-TTH%204%2F6"


def test_an_unknown_time_zone_is_refused(heard):
    with pytest.raises(BadInput, match="Saigon"):
        rows(heard, time={"column": "day", "zone": "Asia/Old_Saigon"})
