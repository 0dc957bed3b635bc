"""A run that is cut off goes on where it was, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dothi.engines import registry
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.pipelines import actions, ingest, life
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.runner import work_off
from dothi.kernel.pipelines.sources.http import client
from dothi.kernel.pipelines.spool import Spool
from dothi.kernel.pipelines.task import spool_folder
from dothi.kernel.pipelines.tests.conftest import dataset, source
from dothi.kernel.pipelines.tests.servers import Asked, Reply, serving
from dothi.kernel.warehouse import queries as warehouse

pytestmark = pytest.mark.usefixtures("lake")
TOTAL = 40


class Killed(BaseException):
    """Stands for the process's sudden end: nothing below may catch it."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BACKOFF_S", 0.01)
    monkeypatch.setattr(ingest, "HOLD_S", 0.0)


def pages(asked: Asked) -> Reply:
    page = int(asked.params["page"])
    return Reply([{"id": n, "name": f"số {n}"} for n in range((page - 1) * 4, min(page * 4, TOTAL))])


@pytest.fixture
def readings(install, quick):
    with serving(pages) as server:
        paging = "paging: {kind: page, param: page, size_param: size, size: 4}"
        install(
            datasets__readings=dataset(
                "readings", {"id": "integer", "name": "string"}, "checks: [{unique: [id]}]"
            ),
            sources__readings_http=source(
                "readings-http", "readings", "mode: append", f'http: {{url: "{server.url}/x", {paging}}}'
            ),
        )
        yield server


def ids() -> list[int]:
    version = warehouse.published(warehouse.needed("readings"))
    assert version is not None
    table = registry.lake().read(version.dataset.table, snapshot=version.snapshot).read_all()
    return sorted(table.column("id").to_pylist())


def cut_then_finish(monkeypatch, where, name) -> Run:
    """Run until ``where.name`` is about to be called (or has just been), die there, and go on with another process."""
    asked = actions.run_source("readings-http", by=SYSTEM)
    taken = life.take("gone:1:x", asked)
    original = getattr(where, name)

    def dies(*args, **kwargs):
        original(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(where, name, dies)
    from dothi.kernel.pipelines.running import execute

    with pytest.raises(Killed):
        execute(taken)
    monkeypatch.setattr(where, name, original)
    Run.objects.filter(pk=asked.pk).update(leased_until=asked.created_at)
    assert life.put_back() == 1
    return work_off(Run.objects.get(pk=asked.pk))


@pytest.mark.parametrize(
    ("where", "name"),
    [(Spool, "add"), (Spool, "end"), (ingest, "agree"), (ingest, "load"), (ingest.lineage, "of_source")],
)
def test_cut_off_after_any_step_nothing_is_lost_and_nothing_is_there_twice(
    where, name, readings, monkeypatch
) -> None:
    done = cut_then_finish(monkeypatch, where, name)
    assert (done.state, done.attempt, done.error_en) == (Run.SUCCEEDED, 2, "")
    assert ids() == list(range(TOTAL))
    assert warehouse.needed("readings").version_count == 1
    assert not spool_folder(done).exists()


def test_pages_that_were_read_are_not_asked_for_again(readings, monkeypatch) -> None:
    cut_then_finish(monkeypatch, Spool, "end")
    numbers = [asked.params["page"] for asked in readings.asked]
    assert len(numbers) == len(set(numbers))


def test_a_service_that_is_away_is_asked_again_later(readings, monkeypatch) -> None:
    away = [True]
    original = client.Client.get

    def get(self, *args, **kwargs):
        if away and args[1].get("page") == "5":
            away.clear()
            raise client.SourceAway("x", "gone")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(client.Client, "get", get)
    first = work_off(actions.run_source("readings-http", by=SYSTEM))
    assert (first.state, first.error_code) == (Run.QUEUED, "away")
    assert first.due_at > first.created_at
    assert work_off(actions.retry(first, by=SYSTEM)).state == Run.SUCCEEDED
    assert ids() == list(range(TOTAL))


def test_a_run_that_kills_its_process_every_time_is_given_up(readings) -> None:
    asked = actions.run_source("readings-http", by=SYSTEM)
    for _ in range(life.MOST_DEATHS):
        assert life.take("gone:1:x", asked) is not None
        Run.objects.filter(pk=asked.pk).update(leased_until=asked.created_at)
        life.put_back()
    ended = Run.objects.get(pk=asked.pk)
    assert (ended.state, ended.error_code) == (Run.FAILED, "died")
    assert "10 times" in ended.error_en


def test_retries_end(readings, monkeypatch) -> None:
    def get(self, *args, **kwargs):
        raise client.SourceAway("x", "gone")

    monkeypatch.setattr(client.Client, "get", get)
    run = actions.run_source("readings-http", by=SYSTEM)
    states = [work_off(run).state for _ in range(6)]
    assert states == ["queued"] * 5 + ["failed"]


def test_a_run_whose_process_ends_is_laid_down_for_another(readings) -> None:
    import threading

    ending = threading.Event()
    ending.set()
    run = work_off(actions.run_source("readings-http", by=SYSTEM), ending)
    assert (run.state, run.attempt) == (Run.QUEUED, 0)
    assert work_off(run).state == Run.SUCCEEDED
    assert ids() == list(range(TOTAL))


def test_a_run_that_is_asked_to_stop_stops_between_pages(readings, monkeypatch) -> None:
    from dothi.kernel.pipelines import task

    monkeypatch.setattr(task, "_TELL_EVERY_S", 0.0)
    asked = actions.run_source("readings-http", by=SYSTEM)
    original = Spool.add

    def add(self, rows, position):
        original(self, rows, position)
        Run.objects.filter(pk=asked.pk).update(cancel_asked=True)

    monkeypatch.setattr(Spool, "add", add)
    done = work_off(asked)
    assert done.state == Run.CANCELLED
    assert not spool_folder(done).exists()
    assert len(readings.asked) <= 3


def test_reading_everything_again_replaces_nothing_that_was_appended_twice(readings) -> None:
    """A second ordinary run of an appending source without a growing column doubles rows: the check stops it."""
    work_off(actions.run_source("readings-http", by=SYSTEM))
    assert work_off(actions.run_source("readings-http", by=SYSTEM)).error_code == "gate"
    assert ids() == list(range(TOTAL))


WORKER = """
import sys
from dothi.cli.session import platform
with platform():
    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.pipelines import actions, life
    from dothi.kernel.pipelines.runner import work_off
    life.put_back()
    done = work_off(actions.run_source("readings-http", by=SYSTEM))
    from dothi.engines import registry
    from dothi.kernel.warehouse import queries
    version = queries.published(queries.needed("readings"))
    table = registry.lake().read(version.dataset.table, snapshot=version.snapshot).read_all()
    ids = table.column("id").to_pylist()
    print("DONE", done.state, done.attempt, len(ids), len(set(ids)), queries.needed("readings").version_count)
"""


def reached(stage: str, home: Path, since: str, asked: int) -> bool:
    """Whether the process has come to a stage: so many pages since it began, or the step of loading."""
    if stage.startswith("pages"):
        return asked >= int(stage.split()[1])
    path = home / "city.sqlite3"
    if not path.is_file():
        return False
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1) as city:
            sql = "SELECT 1 FROM pipelines_runstep WHERE name = ? AND started_at > ?"
            return bool(city.execute(sql, (stage, since)).fetchall())
    except sqlite3.OperationalError:  # not made yet, or busy
        return False


STAGES = [("pages 3", 0.0), ("pages 8", 0.3), ("load", 0.0), ("load", 0.1), ("load", 0.3), ("load", 0.6)]


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing_and_doubles_nothing(install, tmp_path) -> None:
    """A real process, killed again and again while it reads, loads and publishes."""
    home = tmp_path / "home"
    given = dict(os.environ) | {
        "DOTHI_HOME": str(home),
        "DOTHI_PACKS": "",
        "DOTHI_PACK_FOLDER": str(tmp_path / "packs"),
    }
    given.pop("DOTHI_DATABASE_URL", None)
    with serving(pages) as server:
        paging = "pause_ms: 200, paging: {kind: page, param: page, size_param: size, size: 4}"
        install(
            datasets__readings=dataset(
                "readings", {"id": "integer", "name": "string"}, "checks: [{unique: [id]}]"
            ),
            sources__readings_http=source(
                "readings-http", "readings", "mode: append", f'http: {{url: "{server.url}/x", {paging}}}'
            ),
        )
        killed = 0
        for stage, delay in STAGES:
            before, since = len(server.asked), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
            process = subprocess.Popen(
                [sys.executable, "-c", WORKER],
                env=given,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            until = time.monotonic() + 90
            while process.poll() is None and time.monotonic() < until:
                if reached(stage, home, since, len(server.asked) - before):
                    time.sleep(delay)
                    process.send_signal(signal.SIGKILL)
                    killed += process.wait() == -signal.SIGKILL
                time.sleep(0.01)
            process.kill()
            process.wait()
        out = subprocess.run(
            [sys.executable, "-c", WORKER], env=given, capture_output=True, text=True, timeout=180
        )
    words = out.stdout.split()
    assert words[:1] == ["DONE"], out.stderr[-2000:]
    assert killed >= 3
    assert words[3] == words[4] == str(TOTAL), words
