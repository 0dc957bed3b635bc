"""Several writers at once lose nothing; a killed one leaves the last good snapshot and may be started again."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dothi.engines.lake.tests.conftest import numbers, rows_of

WRITER = Path(__file__).with_name("writer.py")


@pytest.fixture
def start(urls):
    """Starts a writing process; whatever still runs at the end of the test is ended."""
    running = []

    def run(table, mode, first, count):
        command = [sys.executable, str(WRITER), *urls, table, mode, str(first), str(count)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield run
    for each in running:
        if each.poll() is None:
            each.kill()
        each.communicate()


def finished(process):
    """What a process has said; fails with its error if it did not end well."""
    said, complaint = process.communicate(timeout=300)
    assert process.returncode == 0, complaint
    return said.split()


def everything(lake, table):
    return [row[0] for row in rows_of(lake, table)]


def write_together(lake, table, start, commits, modes):
    lake.ensure(table, numbers().schema)
    writers = [start(table, mode, i * 1000, commits) for i, mode in enumerate(modes)]
    said = [n for writer in writers for n in finished(writer)]
    assert len(said) == commits * len(modes)
    assert sorted(everything(lake, table)) == sorted(map(int, said))
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
        writer = start(table, mode, first, 1000)
        said = [int(writer.stdout.readline()) for _ in range(3)]
        time.sleep(wait)
        os.kill(writer.pid, signal.SIGKILL)
        said += [int(n) for n in writer.communicate()[0].split()]
        kept = everything(lake, table)
        assert len(kept) == len(set(kept)), "a row is there twice"
        assert set(range(max(said) + 1)) <= set(kept), "a row that was acknowledged is missing"
        assert max(kept) <= max(said) + 1
        # The next run repeats what the killed one may or may not have finished.
        first = max(said)
    assert lake.compact(table) is None or everything(lake, table) == kept
    assert lake.sweep(older_than=datetime.now(UTC) + timedelta(minutes=5)) >= 0
    assert everything(lake, table) == kept


def test_a_writer_killed_before_its_commit_is_run_again(lake, table, urls):
    """The data file was written, the commit never came: the same key then makes the commit."""
    script = (
        "import os, sys; sys.path.insert(0, '')\n"
        "from dothi.engines.lake.iceberg import committing\n"
        "committing.commit = lambda *_: os.kill(os.getpid(), 9)\n"
        "from dothi.engines.lake.registry import open_lake\n"
        "import pyarrow as pa\n"
        "open_lake(sys.argv[1], sys.argv[2]).append(sys.argv[3], pa.table({'n': [1]}), key='k')\n"
    )
    lake.ensure(table, numbers().schema)
    done = subprocess.run([sys.executable, "-c", script, *urls, table], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert everything(lake, table) == []
    strays = list(Path(urls[0]).rglob(f"{table.split('.')[1]}*/data/*.parquet"))
    assert len(strays) == 1
    lake.append(table, numbers(1), key="k")
    assert everything(lake, table) == [1]
    lake.sweep(older_than=datetime.now(UTC) + timedelta(minutes=5))
    assert not strays[0].exists()
    assert everything(lake, table) == [1]
