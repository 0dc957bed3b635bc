"""Many small files become few large ones below the version that serves."""

from __future__ import annotations

import json

import pytest

from dothi.engines import registry
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions, compacting, queries, serving, steps, tasks
from dothi.kernel.warehouse.gates import GateReport
from dothi.kernel.warehouse.tests.conftest import actor
from dothi.kernel.warehouse.tests.test_loading import TWO, contents, rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
FILES = 3


@pytest.fixture
def trees(dataset, monkeypatch):
    """A dataset to which one ward was added at a time, as an hourly source does."""
    monkeypatch.setattr(compacting, "MANY_FILES", FILES)
    made = dataset(**TWO)
    for n in range(FILES):
        actions.load(made, rows(**{f"w{n}": n}), by=SYSTEM, mode="append")
    return made


ALL = [(f"w{n}", n) for n in range(FILES)]


def files(version):
    return registry.lake().files(version.dataset.table, version.snapshot)


def in_lake(version):
    table = registry.lake().read(version.dataset.table, snapshot=version.snapshot).read_all()
    return sorted(tuple(row.values()) for row in table.to_pylist())


def test_the_version_keeps_its_number_and_rows_in_fewer_files(trees):
    before = queries.published(trees)
    assert len(files(before)) == FILES
    done = actions.compact(trees, by=SYSTEM)
    assert (done.number, done.rows, len(files(done))) == (before.number, FILES, 1)
    assert in_lake(done) == contents(done) == ALL
    assert in_lake(before) == ALL, "who still reads the files it had is not disturbed"
    event = OutboxEvent.objects.filter(type="vn.dothi.warehouse.version-compacted").get()
    assert json.loads(event.data)["snapshot"] == done.snapshot


def test_older_versions_stay_as_they_were(trees):
    actions.compact(trees, by=SYSTEM)
    assert in_lake(queries.version(trees, 2)) == ALL[:2]


def test_a_copy_is_built_again_from_the_compacted_rows(trees):
    done = actions.compact(trees, by=SYSTEM)
    serving.forget(done, remove=True)
    assert contents(queries.published(trees)) == ALL


def test_few_files_are_left_alone(dataset):
    made = dataset(**TWO)
    assert actions.compact(made, by=SYSTEM) is None
    actions.load(made, rows(a=1), by=SYSTEM)
    assert actions.compact(made, by=SYSTEM) is None


def test_what_is_added_afterwards_follows_without_writing_all_again(trees):
    actions.compact(trees, by=SYSTEM)
    later = actions.load(trees, rows(z=9), by=SYSTEM, mode="append")
    assert contents(later) == [*ALL, ("z", 9)]
    operations = [each.operation for each in registry.lake().snapshots(trees.table)]
    assert operations == [*["append"] * FILES, "compact", "append"]


def test_rows_that_a_gate_refused_are_not_put_into_the_version(trees):
    actions.load(trees, rows(bad=-1), by=SYSTEM, mode="append", gate=lambda _: GateReport(False))
    assert actions.compact(trees, by=SYSTEM) is None
    assert in_lake(queries.published(trees)) == ALL


@pytest.mark.parametrize("added", [True, False])
def test_cut_off_before_it_was_noted_nothing_is_lost_and_the_next_time_notes_it(trees, monkeypatch, added):
    def cut(*given, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(compacting, "move", cut)
        with pytest.raises(KeyboardInterrupt):
            actions.compact(trees, by=SYSTEM)
    assert in_lake(queries.published(trees)) == ALL
    if added:
        assert contents(actions.load(trees, rows(z=9), by=SYSTEM, mode="append")) == [*ALL, ("z", 9)]
        assert "replace" not in {each.operation for each in registry.lake().snapshots(trees.table)}
    else:
        assert len(files(actions.compact(trees, by=SYSTEM))) == 1


def test_a_version_published_meanwhile_is_not_moved_to_other_rows(trees):
    before = queries.published(trees)
    found = steps.compacted(before.ref, FILES)
    actions.load(trees, rows(z=9), by=SYSTEM)
    moved = compacting.move(before, found, by=SYSTEM)
    assert moved is None or moved.state == "superseded"
    assert contents(queries.published(trees)) == [("z", 9)]


def test_only_who_may_load_compacts(trees):
    from dothi.core.errors import Forbidden

    with pytest.raises(Forbidden):
        actions.compact(trees, by=actor("warehouse.read"))


def test_the_hourly_tidying_compacts_and_keeps_what_versions_name(trees):
    tasks.tidy()
    assert len(files(queries.published(trees))) == 1
    assert in_lake(queries.version(trees, 1)) == ALL[:1]
