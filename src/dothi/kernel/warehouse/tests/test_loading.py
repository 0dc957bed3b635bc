"""From rows to a published version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from django.db import connection

from dothi.core.errors import BadInput, Forbidden, Unauthenticated
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.warehouse import actions, loading, queries, serving, steps, tasks
from dothi.kernel.warehouse.gates import GateReport
from dothi.kernel.warehouse.models import Dataset, DatasetVersion
from dothi.kernel.warehouse.serving import Filter, copies
from dothi.kernel.warehouse.tests.conftest import actor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
COUNTED = [
    {"name": "ward", "type": "string", "role": "key"},
    {"name": "trees", "type": "integer", "role": "measure"},
]
TWO = {"columns": COUNTED, "key_columns": ["ward"]}


def rows(**counts):
    return pa.table({"ward": pa.array(counts, pa.string()), "trees": pa.array(counts.values(), pa.int64())})


def contents(version):
    return sorted(serving.page(version, limit=1000).rows)


def happened(kind):
    return OutboxEvent.objects.filter(type=f"vn.dothi.warehouse.{kind}").count()


@pytest.fixture
def trees(dataset):
    """A dataset of wards and their trees, without versions."""
    return dataset(**TWO)


def test_a_loaded_table_is_published_and_read(trees):
    version = actions.load(trees, rows(a=1, b=5, c=3), by=SYSTEM)
    assert (version.number, version.state, version.rows) == (1, "published", 3)
    page = serving.page(version, where=[Filter("trees", "ge", 3)], order=[("trees", True)])
    assert page.rows == [("b", 5), ("c", 3)]
    assert serving.row(version, "a") == ("a", 1)
    assert serving.aggregate(version, measures=[("sum", "trees")]).rows == [(9,)]


def test_each_way_to_load_makes_the_rows_it_says(trees):
    actions.load(trees, rows(a=1, b=2), by=SYSTEM)
    appended = actions.load(trees, rows(c=3), by=SYSTEM, mode="append")
    assert contents(appended) == [("a", 1), ("b", 2), ("c", 3)]
    merged = actions.load(trees, rows(b=20, d=4), by=SYSTEM, mode="upsert")
    assert contents(merged) == [("a", 1), ("b", 20), ("c", 3), ("d", 4)]
    replaced = actions.load(trees, rows(z=9), by=SYSTEM)
    assert contents(replaced) == [("z", 9)]
    assert contents(appended) == [("a", 1), ("b", 2), ("c", 3)]


def test_a_version_says_what_changed(trees):
    actions.load(trees, rows(a=1, b=2, c=3), by=SYSTEM)
    second = actions.load(trees, rows(b=2, c=30, d=4, e=5), by=SYSTEM)
    counted = {name: second.changes[name] for name in ("added", "removed", "changed", "rows")}
    assert counted == {"added": 2, "removed": 1, "changed": 1, "rows": 1}
    first = queries.version(trees, 1)
    assert queries.differences(second, first)["added"] == 1


def test_without_a_key_a_row_that_differs_is_one_gone_and_one_new(dataset):
    made = dataset(columns=COUNTED, key_columns=[])
    actions.load(made, rows(a=1, b=2), by=SYSTEM)
    second = actions.load(made, rows(a=1, b=3), by=SYSTEM)
    assert (second.changes["added"], second.changes["removed"], second.changes["changed"]) == (1, 1, None)


def test_a_failed_gate_keeps_the_last_good_version_serving(trees):
    good = actions.load(trees, rows(a=1), by=SYSTEM)
    why = {"check": "positive", "passed": False, "failed_rows": 1}
    bad = actions.load(trees, rows(a=-1), by=SYSTEM, gate=lambda _: GateReport(False, 10.0, (why,)))
    assert (bad.state, bad.quality_score, bad.quality) == ("failed", 10.0, [why])
    assert queries.published(trees).number == good.number
    assert happened("version-failed") == 1


def test_what_a_gate_refused_is_not_part_of_what_is_added_later(trees):
    actions.load(trees, rows(a=1), by=SYSTEM)
    actions.load(trees, rows(bad=-1), by=SYSTEM, mode="append", gate=lambda _: GateReport(False))
    later = actions.load(trees, rows(b=2), by=SYSTEM, mode="append")
    assert contents(later) == [("a", 1), ("b", 2)]


def test_what_a_gate_refused_at_first_is_not_part_of_the_first_version(trees):
    actions.load(trees, rows(bad=-1), by=SYSTEM, mode="append", gate=lambda _: GateReport(False))
    first = actions.load(trees, rows(a=1), by=SYSTEM, mode="append")
    assert contents(first) == [("a", 1)]


def test_rows_of_a_withdrawn_only_version_are_not_part_of_what_is_added_later(trees):
    only = actions.load(trees, rows(wrong=1), by=SYSTEM)
    actions.withdraw_version(only, reason="Sai", by=SYSTEM)
    assert contents(actions.load(trees, rows(a=1), by=SYSTEM, mode="append")) == [("a", 1)]


def test_a_gate_sees_the_candidate_and_the_version_before(trees):
    seen = []
    actions.load(trees, rows(a=1), by=SYSTEM)

    def gate(candidate):
        seen.append(
            (candidate.rows, candidate.previous.number, pa.parquet.read_table(candidate.paths[0]).num_rows)
        )
        return GateReport(True, 99.0)

    assert actions.load(trees, rows(a=1, b=2), by=SYSTEM, gate=gate).quality_score == 99.0
    assert seen == [(2, 1, 2)]


def test_the_same_load_twice_is_one_version(trees):
    first = actions.load(trees, rows(a=1), by=SYSTEM, key="run-7")
    again = actions.load(trees, rows(a=1), by=SYSTEM, key="run-7")
    assert again.pk == first.pk
    assert trees.versions.count() == 1


def test_a_load_that_failed_may_be_tried_again(trees):
    failed = actions.load(trees, rows(a=1), by=SYSTEM, key="run-7", gate=lambda _: GateReport(False))
    again = actions.load(trees, rows(a=1), by=SYSTEM, key="run-7")
    assert (failed.number, again.number, again.state) == (1, 2, "published")


@pytest.mark.parametrize(
    ("table", "where"),
    [
        (pa.table({"ward": ["a"], "birds": [1]}), "columns.birds"),
        (pa.table({"ward": ["a"], "trees": ["many"]}), "columns.trees"),
    ],
)
def test_rows_that_do_not_fit_the_columns_are_refused_and_nothing_serves(trees, table, where):
    with pytest.raises(BadInput) as refused:
        actions.load(trees, table, by=SYSTEM)
    assert refused.value.where == where
    assert queries.published(trees) is None
    assert [version.state for version in queries.versions(trees, every=True)] == ["failed"]


def test_a_column_that_is_missing_is_empty_and_one_that_is_undeclared_is_found(dataset):
    made = dataset(columns=COUNTED, key_columns=["ward"])
    version = actions.load(made, pa.table({"ward": ["a"]}), by=SYSTEM)
    assert contents(version) == [("a", None)]
    free = dataset(columns=[], key_columns=[])
    actions.load(free, pa.table({"n": [1], "d": pa.array([0], pa.date32())}), by=SYSTEM)
    assert [(column["name"], column["type"]) for column in Dataset.objects.get(pk=free.pk).columns] == [
        ("n", "integer"), ("d", "date"),
    ]  # fmt: skip


def test_a_file_is_loaded_under_the_declared_names(dataset, tmp_path):
    columns = [
        {"name": "ward", "type": "string", "label": {"vi": "Phường/Xã", "en": "Ward"}},
        {"name": "trees", "type": "integer", "label": {"vi": "Số cây", "en": "Trees"}},
    ]
    made = dataset(columns=columns, key_columns=["ward"])
    path = tmp_path / "a.csv"
    path.write_text("Phường/Xã;Số cây\n26734;1.234\n26740;7\n", encoding="utf-16")
    version = actions.load(made, path, by=SYSTEM)
    assert contents(version) == [("26734", 1234), ("26740", 7)]
    assert (version.report["encoding"], version.report["rows"], len(version.input_hash)) == ("utf-16", 2, 64)


@pytest.mark.parametrize(("mode", "where"), [("merge", "mode"), ("upsert", "key_columns")])
def test_a_way_that_is_none_is_refused(dataset, mode, where):
    with pytest.raises(BadInput) as refused:
        actions.load(dataset(columns=COUNTED, key_columns=[]), rows(a=1), by=SYSTEM, mode=mode)
    assert refused.value.where == where


def test_only_who_may_load_loads(dataset):
    made = dataset(**TWO, unit="26734")
    with pytest.raises(Unauthenticated):
        actions.load(made, rows(a=1), by=ANONYMOUS)
    with pytest.raises(Forbidden):
        actions.load(made, rows(a=1), by=actor("warehouse.load", unit="26740"))
    assert actions.load(made, rows(a=1), by=actor("warehouse.load", unit="26734")).state == "published"


def test_a_withdrawn_version_gives_its_place_back(trees):
    first = actions.load(trees, rows(a=1), by=SYSTEM)
    second = actions.load(trees, rows(a=2), by=SYSTEM)
    with pytest.raises(BadInput):
        actions.withdraw_version(second, reason=" ", by=SYSTEM)
    actions.withdraw_version(second, reason="Sai số", by=SYSTEM)
    assert queries.published(trees).number == first.number
    assert contents(queries.published(trees)) == [("a", 1)]
    assert queries.version(trees, 2).withdrawn_reason == "Sai số"
    later = actions.load(trees, rows(b=3), by=SYSTEM, mode="append")
    assert contents(later) == [("a", 1), ("b", 3)]


def test_the_past_is_asked_by_number_or_by_time(trees):
    first = actions.load(trees, rows(a=1), by=SYSTEM)
    second = actions.load(trees, rows(a=2), by=SYSTEM)
    assert queries.version(trees, at=first.published_at).number == 1
    assert queries.version(trees, at=second.published_at).number == 2
    assert queries.version(trees).number == 2
    assert queries.version(trees, 9) is None


def test_old_versions_are_let_go_and_the_newest_stays(dataset):
    made = dataset(**TWO, retention={"versions": 2})
    versions = [actions.load(made, rows(a=n), by=SYSTEM) for n in range(4)]
    assert (
        actions.apply_retention(made, by=SYSTEM) == [1, 2] or actions.apply_retention(made, by=SYSTEM) == []
    )
    states = dict(made.versions.values_list("number", "state"))
    assert states == {1: "expired", 2: "expired", 3: "superseded", 4: "published"}
    assert not copies.folder_of(versions[0].ref).exists()
    tasks.tidy()
    assert contents(queries.published(made)) == [("a", 3)]


def test_a_serving_copy_that_is_missing_or_damaged_is_made_again(trees):
    version = actions.load(trees, rows(a=1, b=2), by=SYSTEM)
    folder = copies.folder_of(version.ref)
    for harm in (
        lambda: (folder / "1.values").write_bytes(b"x"),
        lambda: (folder / "manifest.json").write_text("{"),
    ):
        serving.forget(version)
        harm()
        assert contents(version) == [("a", 1), ("b", 2)]
    serving.forget(version, remove=True)
    assert contents(version) == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("stop", ["write", "prepare", "publish"])
@pytest.mark.parametrize("mode", ["replace", "append", "upsert"])
def test_a_load_that_was_cut_off_goes_on_with_its_key(trees, monkeypatch, stop, mode):
    actions.load(trees, rows(a=1), by=SYSTEM)
    place = loading if stop == "publish" else steps
    whole = getattr(place, stop)

    def cut(*given, **named):
        if stop == "write":
            whole(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(place, stop, cut)
    with pytest.raises(KeyboardInterrupt):
        actions.load(trees, rows(b=2), by=SYSTEM, mode=mode, key="k")
    assert contents(queries.published(trees)) == [("a", 1)]
    monkeypatch.setattr(place, stop, whole)
    version = actions.load(trees, rows(b=2), by=SYSTEM, mode=mode, key="k")
    assert (version.number, version.state) == (2, "published")
    assert contents(version) == ([("b", 2)] if mode == "replace" else [("a", 1), ("b", 2)])


@pytest.mark.parametrize("mode", ["append", "upsert"])
def test_a_load_that_was_cut_off_and_overtaken_adds_its_rows_to_the_newer_version(trees, monkeypatch, mode):
    def cut(*given, **named):
        raise KeyboardInterrupt

    actions.load(trees, rows(a=1), by=SYSTEM)
    with monkeypatch.context() as patched:
        patched.setattr(loading, "publish", cut)
        with pytest.raises(KeyboardInterrupt):
            actions.load(trees, rows(b=2), by=SYSTEM, mode=mode, key="k")
    actions.load(trees, rows(c=3), by=SYSTEM, mode=mode)
    resumed = actions.load(trees, rows(b=2), by=SYSTEM, mode=mode, key="k")
    assert (resumed.number, resumed.state) == (4, "published")
    assert contents(resumed) == [("a", 1), ("b", 2), ("c", 3)]
    assert queries.version(trees, 2).report == {"error": loading.OVERTAKEN}


def test_writers_at_once_lose_no_rows_and_see_no_error(trees):
    def write(writer):
        try:
            for n in range(2):
                actions.load(trees, rows(**{f"{writer}-{n}": n}), by=SYSTEM, mode="append")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, "abc"))
    assert [row[0] for row in contents(queries.published(trees))] == sorted(
        f"{w}-{n}" for w in "abc" for n in range(2)
    )
    assert set(trees.versions.values_list("state", flat=True)) == {"published", "superseded"}


def test_a_slow_load_that_ends_after_a_newer_one_does_not_take_its_place(trees):
    slow = loading.begin(trees, key="", run="", label="", by=SYSTEM)
    newer = actions.load(trees, rows(b=2), by=SYSTEM)
    steps.write(slow, rows(a=1), "replace")
    steps.prepare(slow)
    loading.publish(slow, GateReport(True), by=SYSTEM)
    assert queries.published(trees).number == newer.number
    assert DatasetVersion.objects.get(pk=slow.pk).state == "superseded"
