"""Several writers at once lose nothing; a killed one leaves the last good snapshot and may be started again."""

import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dothi.engines.lake.tests import writer
from dothi.engines.lake.tests.conftest import numbers, rows_of

# Importing the lake takes longer than these tests: it is imported once, in the server that all processes are forks of.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["dothi.engines.lake.iceberg.lake", "dothi.engines.lake.tests.writer"])


class Writer:
    """A process that writes, and the numbers it has said."""

    def __init__(self, *arguments):
        self.said, say = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=writer.write, args=(*arguments, say))
        self.process.start()
        say.close()

    def rest(self):
        """What it says until its end, whichever that is."""
        heard = []
        try:
            while True:
                heard.append(self.said.recv())
        except EOFError:
            self.process.join(60)
        return heard


@pytest.fixture
def start(urls):
    """Starts a writing process; whatever still runs at the end of the test is ended."""
    running = []

    def run(table, mode, first, count):
        running.append(Writer(urls, table, mode, first, count))
        return running[-1]

    yield run
    for each in running:
        each.process.kill()
        each.process.join()


def everything(lake, table):
    return [row[0] for row in rows_of(lake, table)]


def write_together(lake, table, start, commits, modes):
    lake.ensure(table, numbers().schema)
    writers = [start(table, mode, i * 1000, commits) for i, mode in enumerate(modes)]
    said = [n for each in writers for n in each.rest()]
    assert [each.process.exitcode for each in writers] == [0] * len(modes)
    assert len(said) == commits * len(modes)
    assert sorted(everything(lake, table)) == sorted(said)
    assert len({each.key for each in lake.snapshots(table)} - {""}) == len(said)


def test_writers_in_several_processes_lose_nothing(lake, table, start):
    write_together(lake, table, start, 10, ["append", "append", "mixed", "upsert"])


@pytest.mark.slow
def test_four_writers_of_a_hundred_commits_lose_nothing(lake, table, start):
    write_together(lake, table, start, 100, ["append"] * 4)


def test_tables_are_made_by_several_threads_at_once(opened, table):
    lakes = [opened() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda lake: lake.ensure(table, numbers().schema), lakes))
        list(pool.map(lambda lake: lake.append(table, numbers(1)), lakes))
    assert everything(lakes[0], table) == [1] * 4


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["append", "compact", "upsert"])
def test_a_killed_writer_leaves_the_last_good_snapshot(lake, table, start, mode):
    lake.ensure(table, numbers().schema)
    first = 0
    for wait in (0.0, 0.012, 0.03, 0.05):
        running = start(table, mode, first, 1000)
        said = [running.said.recv() for _ in range(3)]
        time.sleep(wait)
        os.kill(running.process.pid, signal.SIGKILL)
        said += running.rest()
        kept = everything(lake, table)
        assert len(kept) == len(set(kept)), "a row is there twice"
        assert set(range(max(said) + 1)) <= set(kept), "a row that was acknowledged is missing"
        assert max(kept) <= max(said) + 1
        # The next run repeats what the killed one may or may not have finished.
        first = max(said)
    assert lake.compact(table) is None or everything(lake, table) == kept
    assert lake.sweep(older_than=datetime.now(UTC) + timedelta(minutes=5)) >= 0
    assert everything(lake, table) == kept


def killed_before_its_commit(urls, table, work):
    process = FORKS.Process(target=writer.die_before_the_commit, args=(urls, table, work))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def files_of(table, urls):
    return {each for each in Path(urls[0]).rglob("*.parquet") if table.split(".")[1] in str(each)}


def test_a_writer_killed_before_its_commit_is_run_again(lake, table, urls):
    """The data file was written, the commit never came: the same key then makes the commit."""
    lake.ensure(table, numbers().schema)
    killed_before_its_commit(urls, table, "append")
    assert everything(lake, table) == []
    (stray,) = files_of(table, urls)
    lake.append(table, numbers(1), key="k")
    assert everything(lake, table) == [1]
    lake.sweep(older_than=datetime.now(UTC) + timedelta(minutes=5))
    assert not stray.exists()
    assert everything(lake, table) == [1]


def test_a_compaction_killed_before_its_commit_changes_nothing_and_is_run_again(lake, table, urls):
    lake.ensure(table, numbers().schema)
    for n in range(3):
        lake.append(table, numbers(n))
    before, snapshots = files_of(table, urls), lake.snapshots(table)
    killed_before_its_commit(urls, table, "compact")
    assert (everything(lake, table), lake.snapshots(table)) == ([0, 1, 2], snapshots)
    (stray,) = files_of(table, urls) - before
    assert lake.compact(table).rows == 3
    assert lake.sweep(older_than=datetime.now(UTC) + timedelta(minutes=5)) == 1
    assert not stray.exists()
    assert everything(lake, table) == [0, 1, 2]
