"""How fast the event log is: appended, consumed, and from a commit to a browser.

    python bench/events.py                      # on SQLite, in a temporary folder
    DOTHI_TEST_DATABASE_URL=postgresql://… python bench/events.py    # and on PostgreSQL

Every append is durable before it counts. The latency is from the return of the commit to the moment the
event's bytes are handed to the server, on an otherwise idle system.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from rich.console import Console
from rich.table import Table

SINGLES_S, BATCH, BATCHES, LISTENERS, PROBES = 2.0, 100, 60, 50, 150


def database(url: str, schema: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite://"),
            "OPTIONS": options,
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "PASSWORD": parts.password,
        "HOST": parts.hostname,
        "PORT": parts.port,
        "OPTIONS": {"options": f"-c search_path={schema}"},
    }


def append(count: int, name: str = "x") -> None:
    """One transaction with so many events."""
    from django.db import transaction

    from dothi.kernel.events.actions import record

    with transaction.atomic():
        for n in range(count):
            record("vn.dothi.bench.happened", subject=f"{name}:{n}", data={"value": n, "name": "Bến Thành"})


def appends() -> dict[str, float]:
    """Events a second: one a transaction, and many a transaction."""
    done, until = 0, time.perf_counter() + SINGLES_S
    while time.perf_counter() < until:
        append(1)
        done += 1
    start = time.perf_counter()
    for _ in range(BATCHES):
        append(BATCH)
    return {"single": done / SINGLES_S, "batch": BATCH * BATCHES / (time.perf_counter() - start)}


def consume() -> float:
    """Events a second through a consumer with a handler that does nothing; its place is durable."""
    from dothi.kernel.events.declared import Consumer
    from dothi.kernel.events.leases import new_owner
    from dothi.kernel.events.log import logs
    from dothi.kernel.events.reader import Reader

    seen: list[object] = []
    reader = Reader(Consumer("bench", "city", ("*",), seen.append), logs()["city"], new_owner())
    reader.begin()
    start = time.perf_counter()
    while reader.step():
        pass
    return len(seen) / (time.perf_counter() - start)


async def latencies() -> list[float]:
    """Milliseconds from commit to each of the listeners, in the worst of them for each event."""
    from dothi.kernel.events import asgi
    from dothi.kernel.events.log import logs

    app = asgi.build(logs(), lambda scope: "anyone")
    arrived: dict[int, asyncio.Queue[float]] = {n: asyncio.Queue() for n in range(LISTENERS)}
    gone = asyncio.Event()
    tasks = [asyncio.ensure_future(listen(app, arrived[n], gone)) for n in range(LISTENERS)]
    await asyncio.sleep(1)
    found = []
    for n in range(PROBES):
        committed = await asyncio.to_thread(timed_append, n)
        times = [await queue.get() for queue in arrived.values()]
        found.append((max(times) - committed) * 1000)
        await asyncio.sleep(0.01)
    gone.set()
    await asyncio.gather(*tasks)
    return found


def timed_append(n: int) -> float:
    append(1, f"probe{n}")
    return time.perf_counter()


async def listen(app: Callable[..., Any], arrived: asyncio.Queue[float], gone: asyncio.Event) -> None:
    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if b"data:" in message.get("body", b""):
            arrived.put_nowait(time.perf_counter())

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/events/stream",
        "query_string": b"log=city",
        "headers": [],
    }
    await app(scope, receive, send)


def measure(url: str, schema: str) -> None:
    """One engine, in this process; prints its figures as ``key=value``."""
    settings.configure(
        DATABASES={"default": database(url, schema)}, INSTALLED_APPS=["dothi.kernel.events"], USE_TZ=True
    )
    django.setup()
    from django.core.management import call_command

    from dothi.engines import registry
    from dothi.engines.bus.registry import open_bus
    from dothi.engines.store.registry import open_store
    from dothi.kernel.events import log

    store = open_store(url, schema=schema)
    registry.use_store("city", store)
    store.migrate([])
    log.register(log.CityLog(store))
    call_command("migrate", verbosity=0)
    found = appends() | {"consumed": consume()}
    found |= percentiles(
        "polled", asyncio.run(latencies())
    )  # no bus: found by polling, as in another process
    registry.use_bus(open_bus(""))
    found |= percentiles("rung", asyncio.run(latencies()))
    for key, value in found.items():
        sys.stdout.write(f"{key}={value}\n")
    if store.dialect == "postgresql":
        with store.write() as session:
            session.execute(f"DROP SCHEMA {schema} CASCADE")


def percentiles(name: str, values: list[float]) -> dict[str, float]:
    return {f"{name} p50": statistics.median(values), f"{name} p99": statistics.quantiles(values, n=100)[98]}


def in_child(url: str, schema: str) -> dict[str, float]:
    """Django is set up once a process, so each engine has its own."""
    command = [sys.executable, __file__, url, schema]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.split("=") for line in done.stdout.splitlines() if "=" in line]
    return {key: float(value) for key, value in lines}


def main() -> None:
    grid = Table("", title="The event log")
    grid.add_column("SQLite", justify="right")
    with tempfile.TemporaryDirectory(prefix="dothi-bench-", dir=os.environ.get("BENCH_DIR")) as folder:
        measured = [in_child(f"sqlite://{folder}/city.sqlite3", "")]
    if url := os.environ.get("DOTHI_TEST_DATABASE_URL"):
        grid.add_column("PostgreSQL", justify="right")
        measured.append(in_child(url, f"bench_{uuid.uuid4().hex[:8]}"))
    for key, label in (
        ("single", "events/s, one a transaction"),
        ("batch", f"events/s, {BATCH} a transaction"),
        ("consumed", "events/s through a consumer"),
        ("rung p50", f"ms from commit to {LISTENERS} browsers, median"),
        ("rung p99", "  99th percentile"),
        ("polled p50", "ms the same from another process (polling), median"),
        ("polled p99", "  99th percentile"),
    ):
        grid.add_row(label, *(f"{each[key]:,.1f}" for each in measured))
    Console(width=110).print(grid)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(sys.argv[1], sys.argv[2])
        for thread in threading.enumerate():
            assert thread.daemon or thread is threading.main_thread(), thread
    else:
        main()
