"""Loads and compactions killed with ``kill -9`` at every step: what was published serves, and they go on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from dothi.kernel.warehouse.tests.killed import COMPACTING, STEPS

pytestmark = pytest.mark.slow


def run(home, key, step):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOTHI_")}
    return subprocess.run(
        [sys.executable, "-m", "dothi.kernel.warehouse.tests.killed", key, step],
        env=environment | {"DOTHI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def published(home):
    with sqlite3.connect(home / "city.sqlite3") as city:
        return city.execute(
            "SELECT number, rows FROM warehouse_datasetversion WHERE state = 'published'"
        ).fetchall()


@pytest.mark.parametrize("step", STEPS[:-1])
def test_the_last_good_version_serves_and_the_load_goes_on(tmp_path, step):
    killed = run(tmp_path, "k", step)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert published(tmp_path) == [(1, 1)]
    resumed = run(tmp_path, "k", "none")
    assert resumed.stdout.splitlines()[-1:] == ["2 published [('a', 1), ('b', 2)]"], resumed.stderr
    left = [path.name for path in (tmp_path / "serving").rglob(".*") if not path.name.endswith(".lock")]
    assert left == []
    later = run(tmp_path, "k2", "none")
    assert later.stdout.splitlines()[-1:] == ["3 published [('a', 1), ('b', 2), ('b', 2)]"], later.stderr


@pytest.mark.parametrize("step", COMPACTING[:-1])
def test_a_compaction_leaves_the_version_as_it_was_and_is_done_the_next_time(tmp_path, step):
    killed = run(tmp_path, "k", step)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert published(tmp_path) == [(2, 2)]
    resumed = run(tmp_path, "k", "compact")
    assert resumed.stdout.splitlines()[-2:] == ["1 file", "2 published [('a', 1), ('b', 2)]"], resumed.stderr
    later = run(tmp_path, "k2", "none")
    assert later.stdout.splitlines()[-1:] == ["3 published [('a', 1), ('b', 2), ('b', 2)]"], later.stderr
