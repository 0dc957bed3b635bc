"""Kill -9 while cases are opened and moved: what was acknowledged is there exactly once, and every chain is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def environment(request, tmp_path):
    """A home of its own; on PostgreSQL a database of its own."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("DOTHI_")}
    plain |= {"DOTHI_HOME": str(tmp_path / "home"), "PYTHONPATH": os.pathsep.join(sys.path)}
    if request.param == "sqlite":
        yield plain
        return
    import psycopg

    url, name = os.environ["DOTHI_TEST_DATABASE_URL"], f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield plain | {"DOTHI_DATABASE_URL": f"{url.rsplit('/', 1)[0]}/{name}"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def killed(environment, folder, rounds, seed):
    script = str(Path(__file__).with_name("killed.py"))
    command = [sys.executable, script, str(folder), str(rounds), str(seed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]


def test_three_kills_lose_nothing_and_double_nothing(environment, tmp_path):
    killed(environment, tmp_path, rounds=3, seed=1)


@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_double_nothing(environment, tmp_path):
    killed(environment, tmp_path, rounds=20, seed=2)
