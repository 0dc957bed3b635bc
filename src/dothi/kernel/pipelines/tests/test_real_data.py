"""Real files as sources: what their columns, dates, gaps and nested values become. Each has a twin of a few rows."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from dothi.core import config
from dothi.engines import registry
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.pipelines import actions, compute, queries
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.runner import work_off
from dothi.kernel.pipelines.tests.conftest import dataset, model, source
from dothi.kernel.warehouse import queries as warehouse

pytestmark = pytest.mark.usefixtures("lake")
SHARED = Path(os.environ.get("DOTHI_SHARED", "../shared")).absolute() / "data"
real = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared data is not here; a twin on small input runs"
)


def finished(key: str) -> Run:
    done = work_off(actions.run_source(key, by=SYSTEM))
    assert (done.state, done.error_en) == (Run.SUCCEEDED, ""), [line.en for line in done.lines.all()]
    return done


def ask(key: str, sql: str) -> list[tuple[object, ...]]:
    version = warehouse.published(warehouse.needed(key))
    assert version is not None
    return [tuple(row.values()) for row in compute.rows(sql, {"t": compute.table(version.ref)}).to_pylist()]


# -- air of Ho Chi Minh City: day first, gaps, names with dots

HCMC_AIR = dataset(
    "air-hcmc",
    {"observed_at": "datetime", "station": "integer", "tsp": "number", "pm25": "number", "o3": "number", "co": "number",
     "no2": "number", "so2": "number", "temperature": "number", "humidity": "number"},
    "key_columns: [station, observed_at]",
    "checks: [{not_null: [observed_at, station]}, {unique: [station, observed_at]}, {range: {column: humidity, min: 0, max: 100}, at_most: 0.01}, {not_null: [co], severity: warn}]",
)  # fmt: skip
DAILY = "SELECT station, CAST(observed_at AS DATE) AS day, avg(pm25) AS pm25, count(pm25) AS hours FROM air_hcmc GROUP BY station, CAST(observed_at AS DATE)"


def hcmc(install, path: str) -> None:
    install(
        datasets__air_hcmc=HCMC_AIR,
        datasets__air_daily=dataset(
            "air-daily", {"station": "integer", "day": "date", "pm25": "number", "hours": "integer"}
        ),
        sources__air=source(
            "air",
            "air-hcmc",
            'columns: {observed_at: date, station: Station_No, pm25: "PM2.5"}',
            f'files: {{path: "{path}"}}',
        ),
        pipelines__air_daily=model(
            "air-daily", "air-daily", DAILY, "tests: [{range: {column: hours, min: 0, max: 24}}]"
        ),
    )


def test_air_of_the_city_small(install, inbox) -> None:
    head = "date,Station_No,TSP,PM2.5,O3,CO,NO2,SO2,Temperature,Humidity\n"
    rows = "23-02-2021 21:00,1,32.9,15.6,55.4,1330.4,112.7,393,28.3,63.1\n23-02-2021 22:00,1,30.9,14.6,,,112.3,377.5,28.3,63.7\n"
    (inbox / "air.csv").write_text(head + rows)
    hcmc(install, "{home}/air.csv")
    finished("air")
    assert ask("air-hcmc", "SELECT CAST(min(observed_at) AS VARCHAR), count(*), count(co) FROM t") == [
        ("2021-02-23 14:00:00+00", 2, 1)
    ]
    (score,) = queries.scores("air-hcmc")
    assert score.dimensions["completeness"] < 100
    assert {edge["column"] for edge in queries.column_origins("air-hcmc", "pm25")} == {"PM2.5"}


@real
def test_air_of_the_city(install) -> None:
    hcmc(install, "{shared}/data/air_quality_hcmc/air_quality_hcmc.csv")
    done = finished("air")
    assert done.rows_written == 52_548
    assert ask(
        "air-hcmc",
        "SELECT count(DISTINCT station), min(observed_at) = TIMESTAMPTZ '2021-02-23 14:00:00Z' FROM t",
    ) == [(6, True)]
    assert work_off(actions.run_source("air", by=SYSTEM)).state == Run.UNCHANGED
    made = work_off(actions.run_pipeline("air-daily", by=SYSTEM))
    assert (made.state, made.error_en) == (Run.SUCCEEDED, "")
    ((hours, counted),) = ask("air-daily", "SELECT sum(hours), count(*) FROM t")
    assert counted > 1000
    assert hours == ask("air-hcmc", "SELECT count(pm25) FROM t")[0][0]


# -- air of Beijing: twelve files in a zip, NA for what is missing

BEIJING = {"no": "integer", "year": "integer", "month": "integer", "day": "integer", "hour": "integer", "pm2_5": "number",
           "pm10": "number", "so2": "number", "no2": "number", "co": "number", "o3": "number", "temp": "number", "pres": "number",
           "dewp": "number", "rain": "number", "wd": "string", "wspm": "number", "station": "string"}  # fmt: skip


def beijing(install, path: str) -> None:
    install(
        datasets__air_beijing=dataset(
            "air-beijing", BEIJING, "checks: [{unique: [station, year, month, day, hour]}]"
        ),
        sources__air=source("air", "air-beijing", f'files: {{path: "{path}", member: "*.csv"}}'),
    )


def test_air_of_another_city_small(install, inbox) -> None:
    head = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station\n"
    with zipfile.ZipFile(inbox / "air.zip", "w") as archive:
        for station in ("A", "B"):
            archive.writestr(
                f"{station}.csv",
                head
                + f"1,2013,3,1,0,4.0,NA,4.0,7.0,300.0,77.0,-0.7,1023.0,-18.8,0.0,NNW,4.4,{station}\n" * 1,
            )
    beijing(install, "{home}/air.zip")
    assert finished("air").rows_written == 2
    assert ask("air-beijing", "SELECT sum(pm2_5), count(pm10) FROM t") == [(8.0, 0)]


@real
@pytest.mark.slow
def test_air_of_another_city(install) -> None:
    beijing(install, "{shared}/data/air_quality_beijing/prsa_12_stations.zip")
    assert finished("air").rows_written == 420_768
    assert ask("air-beijing", "SELECT count(DISTINCT station), count(*) FROM t") == [(12, 420_768)]


# -- requests of Los Angeles: month first with AM and PM, another time zone

REQUESTS = {"sr_number": "string", "created": "datetime", "closed": "datetime", "kind": "string", "status": "string",
            "latitude": "number", "longitude": "number"}  # fmt: skip
TAKEN = "columns: {sr_number: SRNumber, created: CreatedDate, closed: ClosedDate, kind: RequestType, status: Status, latitude: Latitude, longitude: Longitude}"
FORMATS = "formats: {created: '%m/%d/%Y %I:%M:%S %p', closed: '%m/%d/%Y %I:%M:%S %p'}"


def requests(install, path: str) -> None:
    checks = "checks: [{holds: 'closed IS NULL OR closed >= created', severity: warn}, {not_null: [sr_number, created]}]"
    install(
        datasets__requests=dataset("requests", REQUESTS, "key_columns: [sr_number]", checks),
        sources__requests=source(
            "requests",
            "requests",
            "mode: upsert",
            "drift: ignore",
            "timezone: America/Los_Angeles",
            TAKEN,
            FORMATS,
            f'files: {{path: "{path}"}}',
        ),
    )


def test_requests_of_a_city_small(install, inbox) -> None:
    head = "SRNumber,CreatedDate,ClosedDate,RequestType,Status,Latitude,Longitude,Owner\n"
    row = "1-87,01/02/2018 12:05:43 AM,01/03/2018 02:14:42 PM,Bulky Items,Closed,34.1,-118.2,BOS\n"
    (inbox / "r.csv").write_text(head + row)
    requests(install, "{home}/r.csv")
    done = finished("requests")
    assert done.drift["added"] == [["owner", "string"]]
    assert ask("requests", "SELECT CAST(created AS VARCHAR), CAST(closed AS VARCHAR) FROM t") == [
        ("2018-01-02 08:05:43+00", "2018-01-03 22:14:42+00")
    ]


@real
def test_requests_of_a_city(install) -> None:
    requests(install, "{shared}/data/requests_la/myla311_2018_10k.csv")
    done = finished("requests")
    assert 9_000 < done.rows_written <= done.rows_read
    assert ask(
        "requests", "SELECT count(DISTINCT sr_number) = count(*), extract(year FROM min(created)) FROM t"
    ) == [(True, 2018)]


# -- cameras: nested JSON; procedures: a file each, names in Vietnamese


def test_cameras_small(install, inbox) -> None:
    (inbox / "c.json").write_text(
        json.dumps(
            [{"id": "0", "name": "Trần Quang Khải", "latitude": 10.79, "streets": ["a", "b"], "ptz": "True"}]
        )
    )
    cameras(install, "{home}/c.json")
    finished("cameras")
    assert ask("cameras", "SELECT id, ptz, streets FROM t") == [(0, True, '["a","b"]')]


def cameras(install, path: str) -> None:
    columns = {"id": "integer", "name": "string", "latitude": "number", "ptz": "boolean", "streets": "json"}
    install(
        datasets__cameras=dataset(
            "cameras", columns, "checks: [{unique: [id]}, {range: {column: latitude, min: 8, max: 24}}]"
        ),
        sources__cameras=source("cameras", "cameras", "drift: ignore", f'files: {{path: "{path}"}}'),
    )


@real
def test_cameras(install) -> None:
    cameras(install, "{shared}/data/hcm_cameras/cameras_2025_uip.json")
    assert finished("cameras").rows_written == 721


def procedures(install, path: str) -> None:
    columns = {"thu_tuc_id": "string", "source_file": "string", "metadata": "json", "content": "json"}
    install(
        datasets__procedures=dataset(
            "procedures", columns, "key_columns: [thu_tuc_id]", "checks: [{unique: [thu_tuc_id]}]"
        ),
        sources__procedures=source(
            "procedures", "procedures", "mode: upsert", "drift: ignore", f'files: {{path: "{path}"}}'
        ),
    )


def test_procedures_small(install, inbox) -> None:
    for code in ("1.013124", "1.013125"):
        (inbox / f"{code}.json").write_text(
            json.dumps(
                {
                    "thu_tuc_id": code,
                    "source_file": "x.doc",
                    "metadata": {"tên": "Thủ tục"},
                    "content": {},
                    "tables": {},
                }
            )
        )
    procedures(install, "{home}/*.json")
    assert finished("procedures").rows_written == 2
    assert ask("procedures", "SELECT json_extract_string(metadata, '$.tên') FROM t LIMIT 1") == [("Thủ tục",)]


@real
def test_procedures(install) -> None:
    procedures(install, "{shared}/data/procedures_vn/extracted_fixed/*.json")
    assert finished("procedures").rows_written == 207


def test_the_shared_folder_is_the_settings() -> None:
    assert registry.lake() is not None
    assert config.current().shared
