"""A source from its declaration to a published version."""

from __future__ import annotations

import json

import pytest

from dothi.engines import registry
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.pipelines import actions, life
from dothi.kernel.pipelines.models import LineageEdge, Run
from dothi.kernel.pipelines.runner import work_off
from dothi.kernel.pipelines.tests.conftest import dataset, source
from dothi.kernel.warehouse import queries as warehouse
from dothi.kernel.warehouse.models import DatasetVersion

pytestmark = pytest.mark.usefixtures("lake")
COLUMNS = {"code": "string", "name": "string", "value": "number", "day": "date"}


def rows_of(key: str) -> list[dict[str, object]]:
    version = warehouse.published(warehouse.needed(key))
    assert version is not None
    return registry.lake().read(version.dataset.table, snapshot=version.snapshot).read_all().to_pylist()


def run(key: str, **how: bool) -> Run:
    return work_off(actions.run_source(key, by=SYSTEM, **how))


@pytest.fixture
def places(install, inbox):
    def write(*more: str, checks: str = "", mode: str = "replace") -> None:
        install(
            datasets__places=dataset("places", COLUMNS, "key_columns: [code]", *([checks] if checks else [])),
            sources__places_file=source(
                "places-file",
                "places",
                f"mode: {mode}",
                *more,
                'files: {path: "{home}/*.json", records: data}',
            ),
        )

    return write


def put(inbox, name: str, rows: list[dict[str, object]]) -> None:
    (inbox / name).write_text(json.dumps({"data": rows}), encoding="utf-8")


A = {"code": "a", "name": "Bến Thành", "value": "1.234,5", "day": "21/02/2021"}
B = {"code": "b", "name": "Thủ Đức", "value": 2, "day": "2021-02-22"}


def test_rows_arrive_typed_and_published(places, inbox) -> None:
    places()
    put(inbox, "one.json", [A, B])
    done = run("places-file")
    assert (done.state, done.error_en, done.rows_read, done.rows_written) == (Run.SUCCEEDED, "", 2, 2)
    assert [(row["code"], row["value"], str(row["day"])) for row in rows_of("places")] == [
        ("a", 1234.5, "2021-02-21"),
        ("b", 2.0, "2021-02-22"),
    ]
    assert [(step.name, step.state) for step in done.steps.all()] == [("read", "done"), ("load", "done")]


def test_the_same_file_again_is_nothing_new(places, inbox) -> None:
    places()
    put(inbox, "one.json", [A])
    run("places-file")
    again = run("places-file")
    assert again.state == Run.UNCHANGED
    assert DatasetVersion.objects.count() == 1
    assert run("places-file", full=True).state == Run.SUCCEEDED


def put_more(inbox, *rows: dict[str, object]) -> None:
    put(inbox, f"{len(list(inbox.iterdir()))}.json", list(rows))


def test_append_reads_new_files_only(places, inbox) -> None:
    places(mode="append")
    put_more(inbox, A)
    run("places-file")
    put_more(inbox, B)
    assert run("places-file").rows_read == 1
    assert [row["code"] for row in rows_of("places")] == ["a", "b"]


def test_upsert_takes_the_newest_of_each_key(places, inbox) -> None:
    places(mode="upsert")
    put_more(inbox, A, B)
    run("places-file")
    put_more(inbox, A | {"name": "Bến Thành mới"})
    run("places-file")
    assert {row["code"]: row["name"] for row in rows_of("places")} == {"a": "Bến Thành mới", "b": "Thủ Đức"}


def test_a_failed_check_keeps_the_last_good_version_serving_and_says_why(places, inbox) -> None:
    places(
        checks="checks: [{range: {column: value, max: 2000}, label: {vi: Giá trị, en: The value}}, {not_null: [name]}]"
    )
    put_more(inbox, A)
    run("places-file")
    put_more(inbox, B | {"value": 5000})
    done = run("places-file")
    assert (done.state, done.error_code) == (Run.FAILED, "gate")
    assert "The value: 1 of 2 rows (50.00 %)" in done.error_en
    assert "Giá trị: 1 trên 2 dòng" in done.error_vi
    assert [row["code"] for row in rows_of("places")] == ["a"]
    states = list(DatasetVersion.objects.order_by("number").values_list("state", flat=True))
    assert states == ["published", "failed"]


def test_what_a_gate_held_back_is_read_again_when_it_was_mended(places, inbox) -> None:
    places(mode="append", checks="checks: [{range: {column: value, max: 2000}}]")
    put(inbox, "0.json", [A])
    run("places-file")
    put(inbox, "1.json", [B | {"value": 5000}])
    assert run("places-file").state == Run.FAILED
    put(inbox, "1.json", [B | {"value": 50}])
    assert run("places-file").state == Run.SUCCEEDED
    assert [row["value"] for row in rows_of("places")] == [1234.5, 50.0]


def test_a_new_column_stops_a_run_whose_rule_is_to_fail(places, inbox) -> None:
    places()
    put_more(inbox, A | {"extra": 1})
    done = run("places-file")
    assert (done.state, done.error_code) == (Run.FAILED, "drift")
    assert "New: extra (integer)" in done.error_en
    assert done.drift["added"] == [["extra", "integer"]]
    assert not DatasetVersion.objects.exists()


def test_a_new_column_is_added_by_the_rule_add_and_stays(places, inbox) -> None:
    places("drift: add", mode="append")
    put_more(inbox, A | {"Ghi chú": "mới"})
    done = run("places-file")
    assert done.state == Run.SUCCEEDED
    assert rows_of("places")[0]["ghi_chu"] == "mới"
    column = next(each for each in warehouse.needed("places").columns if each["name"] == "ghi_chu")
    assert column["sensitivity"] == "internal"
    put_more(inbox, B)
    assert run("places-file").state == Run.SUCCEEDED
    assert [row["ghi_chu"] for row in rows_of("places")] == ["mới", None]


def test_a_new_column_is_left_out_by_the_rule_ignore_and_told(places, inbox) -> None:
    places("drift: ignore")
    put_more(inbox, A | {"extra": 1})
    done = run("places-file")
    assert done.state == Run.SUCCEEDED
    assert "extra" not in rows_of("places")[0]
    assert any("New: extra" in line.en for line in done.lines.all())


def test_a_run_waits_for_a_person_by_the_rule_ask(places, inbox) -> None:
    places("drift: ask")
    put_more(inbox, A | {"extra": 1})
    waiting = run("places-file")
    assert waiting.state == Run.WAITING
    assert actions.run_source("places-file", by=SYSTEM).pk == waiting.pk
    (inbox / "0.json").unlink()  # what was read is kept: the source is not asked again
    done = work_off(actions.decide(waiting, "add", by=SYSTEM, reason="wanted"))
    assert (done.state, done.error_en) == (Run.SUCCEEDED, "")
    assert rows_of("places")[0]["extra"] == 1


@pytest.mark.parametrize("rule", ["add", "ignore"])
def test_a_key_that_is_gone_stops_every_run(rule, places, inbox) -> None:
    places(f"drift: {rule}")
    put_more(inbox, {name: value for name, value in A.items() if name != "code"})
    assert run("places-file").error_code == "drift"


def test_a_value_that_cannot_be_read_stops_a_run_or_is_counted(places, inbox) -> None:
    places()
    put_more(inbox, A, B | {"value": "nhiều"})
    done = run("places-file")
    assert done.state == Run.FAILED
    assert "cannot be read as number: nhiều" in done.error_en
    places("bad_values: 'null'")
    done = run("places-file")
    assert done.state == Run.SUCCEEDED
    assert done.report["bad_values"] == {"value": {"count": 1, "sample": "nhiều"}}
    assert rows_of("places")[1]["value"] is None


def test_columns_are_renamed_as_declared(install, inbox) -> None:
    install(
        datasets__places=dataset("places", {"code": "string", "pm25": "number"}),
        sources__places_file=source(
            "places-file", "places", 'columns: {pm25: "PM2.5"}', 'files: {path: "{home}/*.json"}'
        ),
    )
    (inbox / "x.json").write_text('[{"Code": "a", "PM2.5": "12,5"}]')
    done = run("places-file")
    assert rows_of("places") == [{"code": "a", "pm25": 12.5}]
    edges = LineageEdge.objects.values_list("target_column", "origin_column", "origin", "via")
    assert set(edges) == {
        ("code", "Code", "places-file", "source:places-file"),
        ("pm25", "PM2.5", "places-file", "source:places-file"),
    }
    assert done.version == 1


def test_every_run_is_told_as_an_openlineage_event(places, inbox) -> None:
    places(checks="checks: [{not_null: [name]}]")
    put_more(inbox, A)
    done = run("places-file")
    told = [
        json.loads(data)
        for data in OutboxEvent.objects.filter(type__startswith="vn.dothi.pipelines.run-")
        .order_by("seq")
        .values_list("data", flat=True)
    ]
    assert [each["eventType"] for each in told] == ["START", "COMPLETE"]
    assert {each["run"]["runId"] for each in told} == {str(done.pk)}
    last = told[-1]
    assert last["job"]["name"] == "source.places-file"
    assert last["inputs"] == [{"namespace": "file", "name": "{home}/*.json", "facets": {}}]
    facets = last["outputs"][0]["facets"]
    assert last["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 1
    assert facets["dataQualityAssertions"]["assertions"] == [
        {"assertion": "not_null.name", "success": True, "severity": "error", "column": "name"}
    ]
    assert set(facets["columnLineage"]["fields"]) == set(COLUMNS)


def test_a_run_is_done_once_by_one_process(places, inbox) -> None:
    places()
    put_more(inbox, A)
    asked = actions.run_source("places-file", by=SYSTEM)
    taken = life.take("one", asked)
    assert taken is not None
    assert life.take("two", asked) is None
    with pytest.raises(life.RunLost):
        life.succeed(asked, position={})


def test_a_queued_run_is_cancelled_at_once(places) -> None:
    places()
    asked = actions.run_source("places-file", by=SYSTEM)
    assert actions.cancel(asked, by=SYSTEM).state == Run.CANCELLED
    assert actions.retry(Run.objects.get(pk=asked.pk), by=SYSTEM).state == Run.QUEUED


def test_a_source_that_is_not_there_says_what_is_missing(places, inbox) -> None:
    places()
    done = run("places-file")
    assert (done.state, done.error_en) == (Run.FAILED, "There is no file at {home}/*.json.")
