"""The sandbox alone, as if the guard had a hole: every hostile text goes straight to a worker, nothing leaks."""

import os
import socket
import time

import pytest

from dothi.kernel.warehouse.sandbox.client import Sandbox, Stopped
from dothi.kernel.warehouse.sandbox.limits import Limits, Outcome
from dothi.kernel.warehouse.sandbox.wire import Broken, receive_outcome, send_outcome
from dothi.kernel.warehouse.sql.tests.hostile import ALL

CANARY = "canary-7b1f"
SHORT = Limits(seconds=0.7, memory_mb=96, rows=200, answer_bytes=1 << 20)
TEXTS = sorted({sql for texts in ALL.values() for sql in texts})


@pytest.fixture(scope="module")
def secrets_around(tmp_path_factory):
    """A file anybody may read, an environment of the asking process, and a table of somebody else's rows."""
    folder = tmp_path_factory.mktemp("open")
    folder.chmod(0o755)
    path = folder / "canary.csv"
    path.write_text(f"name\n{CANARY}\n")
    path.chmod(0o644)
    os.environ["CANARY"] = CANARY
    yield path
    del os.environ["CANARY"]


def leaked(box, sql, tables):
    try:
        answer = box.run(sql, tables, SHORT)
    except Stopped as end:
        return CANARY in end.message or "root:" in end.message
    text = str(answer.table.to_pydict())
    return CANARY in text or "root:x:" in text


@pytest.mark.parametrize("start", range(0, len(TEXTS), 60))
def test_no_hostile_text_gets_at_anything(box, secrets_around, shared, t, start):
    tables = {"t": t, "u": shared(a=[1], b=["y"])}
    found = []
    for sql in TEXTS[start : start + 60]:
        here = sql.replace("/etc/passwd", str(secrets_around)).replace("PATH", "CANARY")
        if any(leaked(box, text, tables) for text in {sql, here}):
            found.append(sql)
    assert found == []


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{path}.out'",
        "ATTACH '{path}.db' AS x",
        "SELECT * FROM read_csv('{path}')",
        "SELECT * FROM read_text('{path}')",
        "SELECT * FROM '{path}'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "INSTALL httpfs",
        "SELECT 1; SELECT 2",
    ],
)
def test_the_engine_opens_and_changes_nothing(box, t, secrets_around, sql):
    with pytest.raises(Stopped):
        box.run(sql.format(path=secrets_around), {"t": t}, SHORT)
    assert sorted(each.name for each in secrets_around.parent.iterdir()) == ["canary.csv"]


def test_two_queries_see_nothing_of_each_other(box, shared, t):
    box.run("SELECT * FROM city.mine", {"mine": shared(a=[CANARY])}, SHORT)
    with pytest.raises(Stopped):
        box.run("SELECT * FROM city.mine", {"t": t}, SHORT)


def test_what_is_sent_back_is_not_taken_on_trust():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_outcome(theirs, Outcome(), b"x" * 100)
        with pytest.raises(Broken):
            receive_outcome(ours, until=time.monotonic() + 5, largest=50)


def test_the_sandbox_comes_back_after_its_zygote_was_killed(t):
    box = Sandbox()
    try:
        assert box.run("SELECT 1 AS a", {}, Limits()).table.to_pydict() == {"a": [1]}
        box._process.kill()
        box._process.wait()
        assert box.run("SELECT max(a) AS a FROM city.t", {"t": t}, Limits()).table.to_pydict() == {"a": [999]}
    finally:
        box.close()
