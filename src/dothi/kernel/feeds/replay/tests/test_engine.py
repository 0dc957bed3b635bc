"""Playing files: what is counted, what is kept of refusals, and going on after an interruption."""

import json
import threading

import msgspec
import pytest

from dothi.core import clock
from dothi.core.errors import BadInput
from dothi.kernel.feeds.models import Replay
from dothi.kernel.feeds.replay import engine
from dothi.kernel.feeds.replay.engine import Player, replay

pytestmark = pytest.mark.django_db
HEADER = "date,Station_No,TSP,PM2.5,O3,CO,NO2,SO2,Temperature,Humidity\n"
ID = "urn:ngsi-ld:AirQualityObserved:healthyair-1"


def air(path, rows=50, station=1):
    lines = [
        f"{1 + i // 24:02d}-03-2021 {i % 24:02d}:00,{station},{i}.5,{i},,{900 + i},50,10,28.5,63\n"
        for i in range(rows)
    ]
    path.write_text(HEADER + "".join(lines))
    return path


def entities(path, count=30):
    path.write_text(
        json.dumps(
            [
                {
                    "id": f"urn:ngsi-ld:ItemFlowObserved:{i}",
                    "type": "ItemFlowObserved",
                    "vehicleCount": {
                        "type": "Property",
                        "value": i,
                        "observedAt": f"2026-01-01T00:00:{i:02d}Z",
                    },
                }
                for i in range(count)
            ]
        )
    )
    return path


def play(path, context, tmp_path, **options):
    return replay(path, context, rejects=tmp_path / "rejects", **options)[0]


def lines(report):
    return [msgspec.json.decode(line) for line in report.rejects.read_bytes().splitlines()]


def test_rows_of_a_known_file_arrive_with_their_history(live, tmp_path):
    report = play(air(tmp_path / "air.csv"), live, tmp_path)
    assert (report.read, report.accepted, report.rejected, report.missing) == (50, 50, 0, 50)
    assert report.mapping == "air-quality-hcmc"
    assert report.finished
    series = live.series(ID, "pm25", 0, clock.us(clock.parse_iso("2030-01-01T00:00:00Z")))
    assert series.values.tolist() == list(range(50))
    assert series.unit == "GQ"


def test_the_entity_ends_as_the_last_row_says(live, tmp_path):
    play(air(tmp_path / "air.csv"), live, tmp_path)
    entity = live.entity(ID)
    assert entity["pm25"]["value"] == 49
    assert entity["pm25"]["observedAt"].startswith("2021-03-02T18:00:00")
    assert entity["location"]["value"]["coordinates"] == [106.7960143, 10.86994333]
    assert entity["relativeHumidity"]["value"] == pytest.approx(0.63)


@pytest.mark.parametrize("rate", ["max", "100000/s", "100000000x"])
def test_the_same_history_arrives_at_every_rate(live, tmp_path, rate):
    play(air(tmp_path / "air.csv"), live, tmp_path, rate=rate)
    series = live.series(ID, "tsp", 0, clock.us(clock.parse_iso("2030-01-01T00:00:00Z")))
    assert series.values.tolist() == [i + 0.5 for i in range(50)]


def test_refused_rows_are_counted_by_reason_and_kept_with_their_row(live, tmp_path):
    path = air(tmp_path / "air.csv", rows=3)
    path.write_text(
        path.read_text() + "31-02-2021 01:00,1,1,1,1,1,1,1,1,1\n01-03-2021 01:00,9,1,1,1,1,1,1,1,1\n"
    )
    report = play(path, live, tmp_path)
    assert (report.read, report.accepted, report.rejected) == (5, 3, 2)
    assert report.reasons == {"not a time": 1, "unknown station: Station_No": 1}
    assert [(line["record"], line["reason"]) for line in lines(report)] == [
        (4, "not a time"),
        (5, "unknown station: Station_No"),
    ]
    assert lines(report)[0]["data"][0] == "31-02-2021 01:00"


@pytest.mark.parametrize("rate", ["max", "100000/s"])
def test_cells_of_a_refused_row_are_counted_too(live, tmp_path, rate):
    path = tmp_path / "air.csv"
    path.write_text(HEADER + "01-03-2021 00:00,1,,,,,,,,\n" + "01-03-2021 01:00,1,x,,,,,,,\n")
    report = play(path, live, tmp_path, rate=rate)
    assert (report.rejected, report.missing, report.refused_readings) == (2, 15, 1)


def test_a_refused_cell_costs_its_row_nothing_else(live, tmp_path):
    path = air(tmp_path / "air.csv", rows=1)
    path.write_text(path.read_text() + "02-03-2021 01:00,1,oops,7,1,1,1,1,1,1\n")
    report = play(path, live, tmp_path)
    assert (report.accepted, report.rejected, report.refused_readings) == (2, 0, 1)
    assert live.entity(ID)["pm25"]["value"] == 7


def test_an_impossible_reading_is_kept_and_marked(live, tmp_path):
    path = air(tmp_path / "air.csv", rows=1)
    path.write_text(path.read_text() + "02-03-2021 01:00,1,1,99999,1,1,1,1,1,1\n")
    report = play(path, live, tmp_path)
    assert report.flagged == 1
    assert live.entity(ID)["pm25"]["validity"]["value"] == "out-of-range"


def test_old_readings_do_not_take_the_place_of_newer_ones(live, tmp_path):
    play(air(tmp_path / "air.csv"), live, tmp_path)
    older = tmp_path / "older.csv"
    older.write_text(HEADER + "01-01-2021 01:00,1,1,700,1,1,1,1,1,1\n")
    play(older, live, tmp_path)
    assert live.entity(ID)["pm25"]["value"] == 49
    series = live.series(ID, "pm25", 0, clock.us(clock.parse_iso("2030-01-01T00:00:00Z")))
    assert series.values.tolist() == [700, *range(50)]


def test_without_refusals_there_is_no_rejects_file(live, tmp_path):
    assert play(air(tmp_path / "air.csv"), live, tmp_path).rejects is None


class Interrupted(Exception):
    pass


class Cut:
    """A live city whose process dies after so many writes."""

    def __init__(self, inner, writes):
        self.inner, self.left = inner, writes

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def _count(self):
        self.left -= 1
        if self.left < 0:
            raise Interrupted

    def upsert(self, *given, **named):
        self._count()
        return self.inner.upsert(*given, **named)

    def append(self, *given, **named):
        self._count()
        return self.inner.append(*given, **named)


@pytest.mark.parametrize("writes", range(7))
def test_a_replay_killed_anywhere_goes_on_and_ends_the_same(live, tmp_path, monkeypatch, writes):
    monkeypatch.setattr(engine, "_GATHERED", 16)
    path = air(tmp_path / "air.csv")
    with pytest.raises(Interrupted):
        play(path, Cut(live, writes), tmp_path)
    report = play(path, live, tmp_path)
    assert (report.read, report.accepted, report.finished) == (50, 50, True)
    assert report.resumed_from == 16 * (writes // 2)
    series = live.series(ID, "pm25", 0, clock.us(clock.parse_iso("2030-01-01T00:00:00Z")))
    assert series.values.tolist() == list(range(50))


def test_rejects_are_not_written_twice_after_a_crash(live, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_GATHERED", 10)
    path = air(tmp_path / "air.csv", rows=15)
    text = path.read_text().splitlines(keepends=True)
    text.insert(3, "bad,1,1,1,1,1,1,1,1,1\n")
    path.write_text("".join([*text, "worse,1,1,1,1,1,1,1,1,1\n"]))
    with pytest.raises(Interrupted):
        play(path, Cut(live, 3), tmp_path)
    report = play(path, live, tmp_path)
    assert [line["data"][0] for line in lines(report)] == ["bad", "worse"]
    assert (report.read, report.accepted, report.rejected) == (17, 15, 2)


def test_a_stopped_replay_goes_on_where_it_stopped(live, tmp_path):
    path = entities(tmp_path / "flow.json")
    stop = threading.Event()

    def after_two(progress):
        if progress.read >= 2:
            stop.set()

    first = play(path, live, tmp_path, rate="400/s", stop=stop, progress=after_two)
    assert not first.finished
    second = play(path, live, tmp_path)
    assert second.finished
    assert second.resumed_from == first.read
    assert live.count("ItemFlowObserved") == 30


def test_a_finished_file_is_not_played_again_even_under_another_name(live, tmp_path):
    path = air(tmp_path / "air.csv")
    play(path, live, tmp_path)
    again = play(path.rename(tmp_path / "renamed.csv"), live, tmp_path)
    assert again.finished
    assert again.resumed_from == 50
    assert Replay.objects.count() == 1


def test_restart_plays_a_finished_file_again(live, tmp_path):
    path = air(tmp_path / "air.csv")
    play(path, live, tmp_path)
    assert play(path, live, tmp_path, restart=True).resumed_from == 0


def test_entities_are_passed_on_as_they_are(live, tmp_path):
    report = play(entities(tmp_path / "flow.json"), live, tmp_path)
    assert (report.read, report.accepted) == (30, 30)
    assert live.entity("urn:ngsi-ld:ItemFlowObserved:7")["vehicleCount"]["value"] == 7


def test_a_replay_can_mark_what_it_brings_as_simulated(live, tmp_path):
    play(entities(tmp_path / "flow.json"), live, tmp_path, provenance="simulated")
    assert live.entity("urn:ngsi-ld:ItemFlowObserved:7")["provenance"]["value"] == "simulated"


def test_an_entity_the_live_city_refuses_is_counted_and_the_rest_arrives(live, tmp_path):
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        '{"id": "urn:ngsi-ld:Device:1", "type": "Device"}\n'
        '{"id": "no urn", "type": "Device"}\n'
        '{"id": "urn:ngsi-ld:Device:2"}\n'
        '{"id": "urn:ngsi-ld:Device:3", "type": "Device", "level": {"type": "Property"}}\n'
        '{"id": "urn:ngsi-ld:Device:4", "type": "Device"}\n'
    )
    report = play(path, live, tmp_path)
    assert (report.read, report.accepted, report.rejected) == (5, 2, 3)
    assert [line["record"] for line in lines(report)] in ([2, 3, 4], [3, 2, 4])
    assert all(line["detail"] for line in lines(report))


def test_a_value_outside_the_packs_range_in_an_entity_is_reported_not_changed(live, tmp_path):
    path = tmp_path / "air.json"
    co = {"type": "Property", "value": 276.1, "unitCode": "GP"}  # mg/m³: a thousand times what was meant
    path.write_text(
        json.dumps({"id": "urn:ngsi-ld:AirQualityObserved:1", "type": "AirQualityObserved", "co": co})
    )
    report = play(path, live, tmp_path)
    assert (report.accepted, report.flagged) == (1, 1)
    assert live.entity("urn:ngsi-ld:AirQualityObserved:1")["co"]["value"] == 276.1


def test_plain_records_become_cameras_by_their_mapping(live, tmp_path):
    camera = {"id": "0", "name": "Trần Quang Khải", "code": "TTH 406", "latitude": 10.79, "longitude": 106.69,
              "ptz": "True", "image_url_x4": "https://example.test/1"}  # fmt: skip
    nameless = camera | {"id": "1", "name": "", "code": "", "ptz": None, "image_url_x4": ""}
    nowhere = camera | {"id": "2", "latitude": None}
    path = tmp_path / "cameras.json"
    path.write_text(json.dumps([camera, nameless, nowhere]))
    report = play(path, live, tmp_path)
    assert (report.mapping, report.accepted) == ("cameras-hcmc", 2)
    assert report.reasons == {"no position": 1}
    assert live.entity("urn:ngsi-ld:Camera:0")["cameraType"]["value"] == "PTZ"
    assert "name" not in live.entity("urn:ngsi-ld:Camera:1")


def test_a_file_nobody_knows_is_refused_with_the_mappings_there_are(live, tmp_path):
    (tmp_path / "what.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="air-quality-hcmc"):
        play(tmp_path / "what.csv", live, tmp_path)


def test_progress_tells_part_and_records(memory, tmp_path):
    air(tmp_path / "a.csv")
    air(tmp_path / "b.csv", station=2)
    told = []
    Player(memory, rejects=tmp_path / "rejects", progress=told.append).play(tmp_path)
    assert [(each.part, each.number, each.parts) for each in told] == [("a.csv", 1, 2), ("b.csv", 2, 2)]
    assert told[-1].accepted == 50
