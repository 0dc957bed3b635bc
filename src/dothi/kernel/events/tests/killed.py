"""A process that writes events and runs a consumer, and is killed again and again (run by test_killed.py).

Usage: killed.py DATABASE_URL SCHEMA FOLDER ROUNDS SEED. It forks a child for each round: importing once keeps
the rounds short. What the children say they wrote is in FOLDER/acknowledged.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings

URL, SCHEMA, FOLDER, ROUNDS, SEED = (
    sys.argv[1],
    sys.argv[2],
    Path(sys.argv[3]),
    int(sys.argv[4]),
    int(sys.argv[5]),
)
TABLES = ("CREATE TABLE change (subject varchar(50))", "CREATE TABLE effect (event_id varchar(50))")


def database():
    if URL.startswith("sqlite"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": URL.removeprefix("sqlite://"),
            "OPTIONS": options,
        }
    parts = urlsplit(URL)
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username,
        "HOST": parts.hostname, "PORT": parts.port, "PASSWORD": parts.password,
        "OPTIONS": {"options": f"-c search_path={SCHEMA}"},
    }  # fmt: skip


settings.configure(DATABASES={"default": database()}, INSTALLED_APPS=["dothi.kernel.events"], USE_TZ=True)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402

from dothi.core.ids import uuid7_str  # noqa: E402
from dothi.engines import registry  # noqa: E402
from dothi.engines.bus.registry import open_bus  # noqa: E402
from dothi.engines.store.registry import open_store  # noqa: E402
from dothi.kernel.events import log as logs  # noqa: E402
from dothi.kernel.events import rules  # noqa: E402
from dothi.kernel.events.actions import record  # noqa: E402
from dothi.kernel.events.consumers import ConsumerRunner, consumer  # noqa: E402

rules.FIRST_REST_US, rules.LONGEST_REST_US = 20_000, 200_000  # so that the end need not be waited for


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


@consumer("effects", types=("vn.dothi.test.*",), attempts=1000)
def take_effect(event):
    run("INSERT INTO effect VALUES (%s)", event.id)
    if random.random() < 0.05:  # after its write: the write must be undone with it
        raise ValueError("now and then it fails")


def write(acknowledged):
    while True:
        subject = uuid7_str()
        with transaction.atomic():
            run("INSERT INTO change VALUES (%s)", subject)
            record("vn.dothi.test.changed", subject=subject, data={})
        os.write(acknowledged, f"{subject}\n".encode())


def wire():
    registry.use_store("city", open_store(URL, schema=SCHEMA))
    registry.use_bus(open_bus(""))
    logs.register(logs.CityLog(registry.store("city")))


def prepare():
    wire()
    registry.store("city").migrate([])
    call_command("migrate", verbosity=0, run_syncdb=True)
    for table in TABLES:
        run(table)


def work():
    wire()
    acknowledged = os.open(FOLDER / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for _ in range(2):
        threading.Thread(target=write, args=(acknowledged,), daemon=True).start()
    ConsumerRunner(threading.Event()).run()


def drain():
    wire()
    stop = threading.Event()
    running = threading.Thread(target=ConsumerRunner(stop).run)
    running.start()
    waiting = "SELECT (SELECT count(*) FROM events_outbox) - (SELECT count(*) FROM effect)"
    deadline = time.monotonic() + 60
    while run(waiting) != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)  # time for a doubled effect to show
    stop.set()
    running.join()


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


def finished(task):
    status = os.waitpid(forked(task), 0)[1]
    if status:
        sys.exit(f"{task.__name__} failed with status {status}")


def size():
    return (FOLDER / "acknowledged").stat().st_size


def until_it_writes(before):
    deadline = time.monotonic() + 20
    while size() == before and time.monotonic() < deadline:
        time.sleep(0.005)


chance = random.Random(SEED)
(FOLDER / "acknowledged").touch()
finished(prepare)
for number in range(ROUNDS):
    before = size()
    pid = forked(work)
    if number % 4:  # every fourth is killed while it starts
        until_it_writes(before)
    time.sleep(chance.uniform(0.0, 0.3))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
finished(drain)
