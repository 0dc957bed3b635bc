"""A platform that opens and moves cases until it is killed; run by test_killed with a home of its own.

killed.py FOLDER ROUNDS SEED: each round a child works with several callers at once and is killed at some moment. Every
answered command is written to the file ``acknowledged``.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

FOLDER, ROUNDS, SEED = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
os.environ["DJANGO_SETTINGS_MODULE"] = "dothi.serve.django_settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from dothi.core.calendar import vietnam  # noqa: E402
from dothi.engines import registry  # noqa: E402
from dothi.engines.bus.registry import open_bus  # noqa: E402
from dothi.engines.store.registry import open_store  # noqa: E402
from dothi.kernel.cases import actions, definitions  # noqa: E402
from dothi.kernel.cases.tests.conftest import REPORT, declared  # noqa: E402
from dothi.kernel.identity.access import SYSTEM  # noqa: E402
from dothi.serve import wiring  # noqa: E402

MOVES = ("touch", "dispatch", "hold", "go-on")


def wire():
    registry.use_store("city", open_store(wiring.city_url(wiring.current()), schema="public"))
    registry.use_bus(open_bus(""))
    definitions.use([declared(REPORT)])


def prepare():
    for app in ("events", "identity", "cases"):
        call_command("migrate", app, verbosity=0)


def work(number, acknowledged):
    while True:
        key = f"{number}-{time.time_ns()}"
        case = actions.open_case("test-report", data={"what": key}, by=SYSTEM, key=key)
        os.write(acknowledged, f"open {case.id} 1 {key}\n".encode())
        for move in MOVES:
            key = f"{number}-{time.time_ns()}"
            moved = actions.act(case.num, move, by=SYSTEM, key=key)
            os.write(acknowledged, f"{move} {case.id} {moved.rev} {key}\n".encode())


def run():
    wire()
    acknowledged = os.open(FOLDER / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    threads = [threading.Thread(target=work, args=(n, acknowledged), daemon=True) for n in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def forked(task):
    pid = os.fork()
    if pid:
        return pid
    try:
        task()
        connections.close_all()
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


vietnam()  # once, for all children
chance = random.Random(SEED)
(FOLDER / "acknowledged").touch()
assert os.waitpid(forked(prepare), 0)[1] == 0
for _ in range(ROUNDS):
    before = (FOLDER / "acknowledged").stat().st_size
    pid = forked(run)
    deadline = time.monotonic() + 30
    while (FOLDER / "acknowledged").stat().st_size == before and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(chance.uniform(0.0, 0.4))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def check():
    """Every acknowledged command is there exactly once, every chain is whole; the same keys give the same answers."""
    from dothi.kernel.cases import queries, verifying
    from dothi.kernel.cases.models import Case
    from dothi.kernel.cases.reading import reading

    wire()
    faults = [each for each in verifying.verify() if not isinstance(each, int)]
    assert not faults, faults[:3]
    lines = [line.split() for line in (FOLDER / "acknowledged").read_text().splitlines()]
    assert len(lines) > 5 * ROUNDS, len(lines)
    histories = {}
    for case in Case.objects.all():
        with reading() as (session, _):
            histories[case.id] = queries.entries(session, case.num)
    keys = [entry.key for entries in histories.values() for entry in entries if entry.key]
    assert len(keys) == len(set(keys))
    for action, id, rev, key in lines:
        entry = histories[id][int(rev) - 1]
        assert (entry.key, entry.action) == (key, action), (entry, key)
    for action, id, rev, key in lines[-20:]:
        if action != "open":
            again = actions.act(id, action, by=SYSTEM, key=key)
            assert again.rev == int(rev)
    assert Case.objects.count() == len(histories)


assert os.waitpid(forked(check), 0)[1] == 0
