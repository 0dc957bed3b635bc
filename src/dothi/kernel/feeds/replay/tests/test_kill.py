"""A replay killed with kill -9 in the middle goes on in the next process and ends complete."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from dothi.core import clock
from dothi.engines.store.registry import open_store
from dothi.kernel.context.service import Context
from dothi.kernel.feeds.models import Replay

ROWS = 30_000
SCRIPT = """
import django; django.setup()
import sys
from pathlib import Path
from django.core.management import call_command
call_command("migrate", "feeds", verbosity=0)
from dothi.engines.store.registry import open_store
from dothi.kernel.context.service import Context
from dothi.kernel.feeds.replay import engine
engine._GATHERED = 1000
home = Path(sys.argv[1])
store = open_store(f"sqlite:///{home / 'context.sqlite3'}", schema="context")
context = Context(store)
report, = engine.replay(home / "air.csv", context, rejects=home / "rejects")
assert report.finished and report.accepted == int(sys.argv[2]), report
context.close(); store.close()
"""


@pytest.fixture
def home(tmp_path):
    header = "date,Station_No,TSP,PM2.5,O3,CO,NO2,SO2,Temperature,Humidity\n"
    first = clock.us(clock.parse_iso("2010-01-01T00:00:00Z"))
    with (tmp_path / "air.csv").open("w") as file:
        file.write(header)
        for i in range(ROWS):
            at = clock.from_us(first + i * 3_600_000_000).strftime("%d-%m-%Y %H:%M")
            file.write(f"{at},1,{i % 97},{i % 89},1,2,3,4,28,60\n")
    return tmp_path


def start(home):
    environ = os.environ | {"DOTHI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dothi.serve.django_settings"}
    environ.pop("DOTHI_DATABASE_URL", None)  # always in files of its own
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(home), str(ROWS)], env=environ)


def position(home):
    """How far the replay says it is, in its own database."""
    try:
        with sqlite3.connect(f"file:{home / 'city.sqlite3'}?mode=ro", uri=True) as database:
            row = database.execute(f"SELECT max(position) FROM {Replay._meta.db_table}").fetchone()
    except sqlite3.OperationalError:
        return 0
    return row[0] or 0


def test_a_replay_killed_in_the_middle_ends_complete_and_without_doubles(home):
    process = start(home)
    while position(home) == 0 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < position(home) < ROWS
    assert start(home).wait(timeout=60) == 0
    store = open_store(f"sqlite:///{home / 'context.sqlite3'}", schema="context")
    context = Context(store)
    series = context.series("urn:ngsi-ld:AirQualityObserved:healthyair-1", "tsp", 0, clock.now())
    context.close()
    store.close()
    assert series.values.tolist() == [i % 97 for i in range(ROWS)]
