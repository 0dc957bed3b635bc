"""Kill -9 at any moment: what was acknowledged is there, every event takes effect, none twice."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest

from dothi.engines.store.registry import open_store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def place(request, tmp_path):
    """A database of its own: its URL and schema."""
    schema = f"t_{uuid.uuid4().hex[:12]}"
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/city.sqlite3", schema
        return
    url = os.environ["DOTHI_TEST_DATABASE_URL"]
    yield url, schema
    store = open_store(url, schema=schema)
    with store.write() as session:
        session.execute(f"DROP SCHEMA {schema} CASCADE")
    store.close()


def killed(place, folder, rounds, seed):
    """What is in the database after so many kills: acknowledged, changes, events, effects."""
    url, schema = place
    command = [
        sys.executable,
        str(Path(__file__).with_name("killed.py")),
        url,
        schema,
        str(folder),
        str(rounds),
        str(seed),
    ]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    acknowledged = (folder / "acknowledged").read_text().split("\n")[:-1]
    store = open_store(url, schema=schema)
    with store.read() as session:
        changes = [subject for (subject,) in session.query("SELECT subject FROM change")]
        events = dict(session.query("SELECT event_id, subject FROM events_outbox"))
        effects = Counter(id for (id,) in session.query("SELECT event_id FROM effect"))
    store.close()
    return acknowledged, changes, events, effects


def check(acknowledged, changes, events, effects):
    assert len(acknowledged) > 20
    assert set(acknowledged) <= set(events.values())
    assert sorted(changes) == sorted(events.values())
    assert set(effects) == set(events)
    assert max(effects.values()) == 1


def test_ten_kills_lose_nothing_and_double_nothing(place, tmp_path):
    check(*killed(place, tmp_path, rounds=10, seed=1))


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_double_nothing(place, tmp_path):
    check(*killed(place, tmp_path, rounds=50, seed=2))
