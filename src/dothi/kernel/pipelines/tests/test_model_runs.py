"""SQL models: what they read, when they run, what they leave, and where their columns come from."""

from __future__ import annotations

import pyarrow as pa
import pytest

from dothi.engines import registry
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.pipelines import actions, builders, queries, scheduling
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.runner import work_off
from dothi.kernel.pipelines.tests.conftest import dataset, model, source
from dothi.kernel.warehouse import queries as warehouse

pytestmark = pytest.mark.usefixtures("lake")
DAILY = "SELECT station, day, avg(pm25) AS pm25, count(*) AS readings FROM air_hourly WHERE pm25 IS NOT NULL GROUP BY station, day"
MADE: dict[str, pa.Table] = {}


@builders.builder("test-air")
def air(building: builders.Building) -> pa.Table:
    return MADE["air"]


def hours(*rows: tuple[str, str, float | None]) -> pa.Table:
    return pa.table(
        {
            "station": [row[0] for row in rows],
            "day": pa.array([row[1] for row in rows]),
            "pm25": pa.array([row[2] for row in rows], pa.float64()),
        }
    )


def rows_of(key: str) -> list[dict[str, object]]:
    version = warehouse.published(warehouse.needed(key))
    assert version is not None
    return registry.lake().read(version.dataset.table, snapshot=version.snapshot).read_all().to_pylist()


def daily(*more: str, sql: str = DAILY, schedule: str = "manual") -> str:
    return model("air-daily", "air-daily", sql, f"schedule: {schedule}", *more)


HOURLY = dataset("air-hourly", {"station": "string", "day": "date", "pm25": "number"})
PER_DAY = {"station": "string", "day": "date", "pm25": "number", "readings": "integer"}


@pytest.fixture
def flows(install):
    def write(pipeline: str | None = None, **more: str) -> None:
        files = {
            "datasets__air_hourly": HOURLY,
            "datasets__air_daily": dataset("air-daily", PER_DAY, "key_columns: [station, day]"),
            "sources__air": source("air", "air-hourly", "builder: {name: test-air}"),
            "pipelines__air_daily": pipeline or daily(),
        }
        install(**(files | more))

    MADE["air"] = hours(
        ("a", "2026-01-01", 10.0),
        ("a", "2026-01-01", 20.0),
        ("b", "2026-01-01", None),
        ("b", "2026-01-02", 5.0),
    )
    return write


def ingest() -> Run:
    return work_off(actions.run_source("air", by=SYSTEM))


def transform(**how: bool) -> Run:
    return work_off(actions.run_pipeline("air-daily", by=SYSTEM, **how))


def test_a_model_makes_its_dataset_from_what_it_reads(flows) -> None:
    flows()
    ingest()
    done = transform()
    assert (done.state, done.error_en, done.rows_written) == (Run.SUCCEEDED, "", 2)
    assert done.inputs == [{"dataset": "air-hourly", "version": 1}]
    assert sorted((row["station"], row["pm25"], row["readings"]) for row in rows_of("air-daily")) == [
        ("a", 15.0, 2),
        ("b", 5.0, 1),
    ]


def test_the_same_sql_over_the_same_versions_is_unchanged(flows) -> None:
    flows()
    ingest()
    transform()
    assert transform().state == Run.UNCHANGED
    assert transform(full=True).state == Run.SUCCEEDED
    flows(daily(sql=DAILY.replace("avg", "max")))
    assert transform().state == Run.SUCCEEDED
    assert max(row["pm25"] for row in rows_of("air-daily")) == 20.0


def test_a_model_waits_for_what_it_reads(flows) -> None:
    flows()
    done = transform()
    assert (done.state, done.error_code) == (Run.FAILED, "conflict")
    assert "air-hourly has no published version yet" in done.error_en


def test_lineage_leads_from_each_column_to_its_origin(flows) -> None:
    flows()
    ingest()
    transform()
    origins = queries.column_origins("air-daily", "pm25")
    assert [(each["origin"], each["column"], each["how"], each["kind"]) for each in origins] == [
        ("air-hourly", "pm25", "aggregation", "dataset"),
        ("air", "pm25", "identity", "source"),
    ]
    (station,) = [
        each for each in queries.column_origins("air-daily", "station") if each["kind"] == "dataset"
    ]
    assert station["how"] == "identity"
    assert [each["how"] for each in queries.column_origins("air-daily", "readings")] == []


def test_the_graph_leads_from_sources_to_what_is_made(flows) -> None:
    flows()
    before = queries.graph()
    assert [(link.origin, link.target) for link in before.links] == [
        ("source:air", "dataset:air-hourly"), ("dataset:air-hourly", "dataset:air-daily"),
    ]  # fmt: skip
    ingest()
    transform()
    found = queries.graph("air-daily", columns=True)
    assert [node.id for node in found.nodes] == ["dataset:air-daily", "source:air", "dataset:air-hourly"]
    last = next(link for link in found.links if link.target == "dataset:air-daily")
    assert ("pm25", "pm25", "aggregation") in last.columns
    assert ("pm25", "", "condition") in last.columns
    assert {node.label["vi"] for node in found.nodes} == {"Bộ air-daily", "Nguồn air", "Bộ air-hourly"}
    assert queries.graph("air-hourly", only=["air-hourly"]).links[0].origin == "source:air"


def test_models_run_when_what_they_read_has_changed(flows) -> None:
    flows(daily(schedule="on-change"))
    assert scheduling.enqueue_due() == []
    ingest()
    (queued,) = scheduling.enqueue_due()
    assert (queued.key, queued.trigger) == ("air-daily", "change")
    assert work_off(queued).state == Run.SUCCEEDED
    assert scheduling.enqueue_due() == []
    MADE["air"] = hours(("c", "2026-01-03", 1.0))
    ingest()
    (again,) = scheduling.enqueue_due()
    work_off(again)
    assert [row["station"] for row in rows_of("air-daily")] == ["c"]


def test_a_model_whose_sql_changed_runs_again(flows) -> None:
    flows(daily(schedule="on-change"))
    ingest()
    work_off(scheduling.enqueue_due()[0])
    flows(daily(schedule="on-change", sql=DAILY.replace("avg", "min")))
    (queued,) = scheduling.enqueue_due()
    assert queued.trigger == "schedule"


def test_what_is_made_from_a_source_follows_it(flows) -> None:
    flows()
    work_off(actions.run_source("air", by=SYSTEM, downstream=True))
    (queued,) = Run.objects.filter(state=Run.QUEUED)
    assert (queued.key, queued.trigger) == ("air-daily", "upstream")


def test_an_incremental_model_works_on_what_is_new(flows) -> None:
    sql = DAILY.replace("WHERE", "WHERE day >= :since AND")
    flows(daily("mode: upsert", "incremental: {column: day, lookback: 1 day}", sql=sql))
    ingest()
    transform()
    MADE["air"] = hours(("a", "2025-01-01", 99.0), ("b", "2026-01-01", 7.0), ("b", "2026-01-03", 8.0))
    ingest()
    assert transform().state == Run.SUCCEEDED
    found = {(row["station"], str(row["day"])): row["pm25"] for row in rows_of("air-daily")}
    assert found == {
        ("a", "2026-01-01"): 15.0,
        ("b", "2026-01-01"): 7.0,
        ("b", "2026-01-02"): 5.0,
        ("b", "2026-01-03"): 8.0,
    }


def test_a_models_own_tests_stand_before_publication(flows) -> None:
    flows(daily("tests: [{holds: 'pm25 < 15'}]"))
    ingest()
    done = transform()
    assert (done.state, done.error_code) == (Run.FAILED, "gate")


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT nothing FROM air_hourly", "nothing"),
        ("SELECT station, day, pm25 FROM air_hourly", "Gone: readings"),
        ("SELECT station, day, pm25, 1 AS readings, 2 AS more FROM air_hourly", "New: more"),
        ("SELECT station, day, pm25 AS pm25, 'x' AS readings FROM air_hourly", "cannot be read as integer"),
        ("SELECT a.station, b.station, a.day, a.pm25 FROM air_hourly a, air_hourly b", "two columns of one name|New"),
        ("SELECT * FROM read_csv('/etc/passwd')", "cannot|disabled|refused"),
        ("SELECT station, day, pm25, (SELECT count(*) FROM range(100000000000)) AS readings FROM air_hourly", "too long|memory"),
    ],
)  # fmt: skip
def test_a_model_that_is_wrong_says_why_and_leaves_what_was_there(sql, why, flows) -> None:
    flows(daily("timeout: 1 second", sql=sql))
    ingest()
    done = transform()
    assert done.state == Run.FAILED
    import re

    assert re.search(why, done.error_en), done.error_en
    assert warehouse.published(warehouse.needed("air-daily")) is None
