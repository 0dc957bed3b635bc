"""How fast the live city is, against a hand-written SQLite upsert of the same JSON in the same run.

    python bench/context.py                     # a million entities for the spatial query; minutes
    python bench/context.py --quick             # 20,000 entities; under a minute
    python bench/context.py --store postgresql://…

Every write is durable (flushed to disk) before it counts, and every change is kept as history. "in process"
calls the application without a socket; "http" is a granian process with one worker, its client another process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pickle
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from rich.console import Console
from rich.table import Table as Grid

from dothi.engines.store.base import Store
from dothi.engines.store.registry import open_store
from dothi.kernel.context import asgi
from dothi.kernel.context.history.append import Run
from dothi.kernel.context.service import Context
from dothi.kernel.context.testing import Client
from dothi.kernel.identity.access import SYSTEM

HERE = Path(__file__).parent
BATCH, CONNECTIONS = 100, 32
ATTRIBUTES = ("pm25", "pm10", "no2", "o3", "temperature")
LINK = '<https://smartdatamodels.org/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
HOUR = 3_600_000_000
console = Console()

# What others publish of themselves; see docs/adr/0037. Not measured here.
PEERS = {
    "batch upsert": "Scorpio ~130/s; Orion-LD 1,400–2,800 updates/s with history (2+16 CPU)",
    "PATCH": "Orion-LD 3,500/s (2+16 CPU); Antares 4,492/s",
    "query by type, 20": "Antares 6,050/s; Stellio 30–36/s (8 CPU)",
    "temporal aggregate": "Scorpio > 60 s; Stellio p95 321 ms",
}


def station(number: int, at: int = 0) -> dict[str, Any]:
    """An air-quality station as senders write it: about 900 bytes."""
    where = [106.3 + number % 1000 / 1000, 10.3 + number // 1000 % 1000 / 1000]
    observed = f"2026-01-01T{at // 60 % 24:02d}:{at % 60:02d}:00Z"
    readings = {
        name: {
            "type": "Property",
            "value": round((number * 7 + at + place) % 997 / 10, 1),
            "unitCode": "GQ",
            "observedAt": observed,
        }
        for place, name in enumerate(ATTRIBUTES)
    }
    return {
        "id": f"urn:ngsi-ld:AirQualityObserved:{number}",
        "type": "AirQualityObserved",
        "name": {"type": "Property", "value": f"Trạm {number}"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": where}},
    } | readings


def batches(count: int, at: int, *, of: int = 20_000) -> list[bytes]:
    """JSON arrays of BATCH entities each, in no particular order."""
    chance = random.Random(at)
    numbers = [chance.randrange(of) for _ in range(count)] if at else list(range(count))
    return [
        json.dumps([station(number, at) for number in numbers[start : start + BATCH]]).encode()
        for start in range(0, count, BATCH)
    ]


class Results:
    """The rows of the table."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str]] = []

    def rate(self, what: str, how: str, count: int, seconds: float, note: str = "") -> None:
        self.add(what, how, f"{count / seconds:,.0f}/s", note)

    def time(self, what: str, how: str, work: Callable[[], Any], repeat: int = 20) -> None:
        taken = []
        for _ in range(repeat):
            start = time.perf_counter()
            work()
            taken.append((time.perf_counter() - start) * 1000)
        taken.sort()
        self.add(what, how, f"{taken[len(taken) // 2]:.1f} ms", f"best {taken[0]:.1f}, worst {taken[-1]:.1f}")

    def add(self, *row: str) -> None:
        self.rows.append(row)  # type: ignore[arg-type]
        console.print("  ".join(row), style="dim")

    def show(self) -> None:
        grid = Grid("what", "how", "measured", "note")
        last = ""
        for what, how, measured, note in self.rows:
            grid.add_row("" if what == last else what, how, measured, note)
            last = what
        console.print(grid)
        console.print("Published by others of themselves, not measured here:")
        for what, text in PEERS.items():
            console.print(f"  {what}: {text}")


def raw_sqlite(folder: Path, results: Results, count: int) -> None:
    """The least that keeps the same: the entity as text by its id, and each version of it with its time."""
    connection = sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE entity (id TEXT PRIMARY KEY, body TEXT)")
    connection.execute("CREATE TABLE history (seq INTEGER PRIMARY KEY, id TEXT, at REAL, body TEXT)")
    connection.execute("CREATE INDEX history_id ON history (id, at)")
    upsert = "INSERT INTO entity VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    for at, what in ((0, "create"), (1, "update")):
        sent = batches(count, at, of=count)
        start = time.perf_counter()
        for batch in sent:
            rows = [(each["id"], json.dumps(each)) for each in json.loads(batch)]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(upsert, rows)
            now = time.time()
            connection.executemany(
                "INSERT INTO history (id, at, body) VALUES (?, ?, ?)", [(i, now, b) for i, b in rows]
            )
            connection.execute("COMMIT")
        results.rate(f"batch upsert, {what}", "raw sqlite3, json", count, time.perf_counter() - start)
    connection.close()


def upserts(context: Context, results: Results, count: int) -> None:
    """Batches through the Python API, from one caller and from four at once."""
    for at, what, callers in ((0, "create", 1), (2, "update", 1), (3, "update", 4)):
        sent = batches(count, at, of=count)
        start = time.perf_counter()
        with ThreadPoolExecutor(callers) as pool:
            for result in pool.map(lambda body: context.upsert(split(body), by=SYSTEM), sent):
                assert not result.errors
        results.rate(
            f"batch upsert, {what}", f"in process, {callers} caller(s)", count, time.perf_counter() - start
        )


def split(body: bytes) -> list[bytes]:
    from dothi.kernel.context.ld.entity import entities_of

    return [bytes(raw) for raw in entities_of(body)]


def requests(count: int, at: int, of: int) -> dict[str, list[tuple[str, str, bytes | None]]]:
    """(method, path, body) of each measure."""
    chance = random.Random(at)
    names = [quote(station(chance.randrange(of))["id"], safe=":") for _ in range(count)]
    patch = [json.dumps({"pm25": station(n, at)["pm25"]}).encode() for n in range(100)]
    return {
        "PATCH": [("PATCH", f"entities/{name}/attrs", patch[n % 100]) for n, name in enumerate(names)],
        "get one": [("GET", f"entities/{name}", None) for name in names],
        "query by type, 20": [("GET", "entities?type=AirQualityObserved&limit=20", None)] * count,
    }


def in_process(client: Client, results: Results, count: int, of: int) -> None:
    async def drive(work: list[tuple[str, str, bytes | None]]) -> None:
        pending = iter(work)

        async def one() -> None:
            for method, path, body in pending:
                reply = await client.send(method, path, body, link=LINK)
                assert reply.status in (200, 204), reply.body

        await asyncio.gather(*(one() for _ in range(CONNECTIONS)))

    for what, work in requests(count, 4, of).items():
        start = time.perf_counter()
        asyncio.run(drive(work))
        results.rate(what, f"in process, {CONNECTIONS} at once", count, time.perf_counter() - start)


def raw_request(port: int, method: str, path: str, body: bytes | None) -> bytes:
    head = f"{method} /ngsi-ld/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nLink: {LINK}\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


def over_http(url: str, schema: str, results: Results, count: int, of: int) -> None:
    with server(url, schema) as port:
        for at, what in ((5, "update"),):
            work = [
                raw_request(port, "POST", "entityOperations/upsert?options=update", b)
                for b in batches(count, at, of=of)
            ]
            found = load(port, work, connections=8)
            results.rate(
                f"batch upsert, {what}", "http, 8 connections", count, found["seconds"], note_of(found)
            )
        for what, each in requests(max(count // 4, 1000), 6, of).items():
            found = load(port, [raw_request(port, *request) for request in each], connections=CONNECTIONS)
            results.rate(
                what, f"http, {CONNECTIONS} connections", len(each), found["seconds"], note_of(found)
            )


def note_of(found: dict[str, Any]) -> str:
    late = found["latencies_ms"]
    bad = {status: n for status, n in found["statuses"].items() if status not in ("200", "201", "204")}
    return f"p50 {late['p50']:.1f} ms, p99 {late['p99']:.1f} ms" + (f", FAILED {bad}" if bad else "")


def load(port: int, work: list[bytes], connections: int) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "context_load.py"), str(port), str(connections)]
    done = subprocess.run(command, input=pickle.dumps(work), capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def server(url: str, schema: str) -> Iterator[int]:
    """A granian process with one worker; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--runtime-mode", "st", "--no-ws", "--log-level", "error", "--workers-kill-timeout", "2",
        "--working-dir", str(HERE), "context_server:application",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=dict(os.environ) | {"BENCH_STORE": url, "BENCH_SCHEMA": schema}, cwd=HERE
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/ngsi-ld/v1/types", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def spatial(context: Context, client: Client, results: Results, count: int, have: int) -> None:
    """bbox and q at many entities."""
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        parts = (
            [station(n) for n in range(first, min(first + 1000, count))] for first in range(have, count, 1000)
        )
        for result in pool.map(lambda part: context.upsert(part, by=SYSTEM), parts):
            assert not result.errors
    if count > have:
        results.rate("filling", "in process, batches of 1000", count - have, time.perf_counter() - start)
    base = "entities?type=AirQualityObserved&georel=within&geometry=Polygon&options=keyValues&coordinates="
    for side, name in ((0.02, "2 km"), (0.07, "8 km")):
        west, south, east, north = 106.5, 10.305, 106.5 + side, 10.305 + side
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        path = f"{base}{json.dumps(ring).join('[]')}&q=pm25>90&limit=100"
        inside = client("GET", path + "&count=true", link=LINK).headers["ngsild-results-count"]
        what = f"bbox + q at {count:,} entities"
        results.time(
            what, f"in process, {name}, {inside} match", lambda path=path: client("GET", path, link=LINK)
        )


def temporal(context: Context, client: Client, results: Results) -> None:
    """Aggregates over long histories of one attribute."""
    for points in (10_000, 100_000):
        name = f"urn:ngsi-ld:AirQualityObserved:long-{points}"
        context.upsert([station(0) | {"id": name}], by=SYSTEM)
        times = np.arange(points, dtype=np.int64) * 60_000_000
        context.append(
            [Run(name, "pm25", "GQ", times, np.random.default_rng(1).normal(30, 9, points))], by=SYSTEM
        )
        path = (
            f"temporal/entities/{name}?attrs=pm25&options=aggregatedValues&aggrMethods=avg,min,max&aggrPeriodDuration=P1D"
            "&timerel=between&timeAt=1970-01-01T00:00:00Z&endTimeAt=1971-01-01T00:00:00Z"
        )
        assert len(client("GET", path, link=LINK).json()["pm25"]["avg"]) == -(-points // 1440)
        what = f"temporal aggregate, {points:,} points"
        results.time(what, "in process, by day", lambda path=path: client("GET", path, link=LINK))
        results.time(
            what,
            "Python API, 48 buckets",
            lambda n=name, p=points: context.series(n, "pm25", 0, p * 60_000_000, buckets=48),
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entities", type=int, default=1_000_000, help="how many for the spatial query")
    parser.add_argument("--quick", action="store_true", help="20,000 entities, short measures")
    parser.add_argument("--store", help="a store URL (default: SQLite in a temporary folder)")
    given = parser.parse_args()
    entities, count = (20_000, 10_000) if given.quick else (given.entities, 40_000)
    folder, schema = Path(tempfile.mkdtemp(prefix="dothi-bench-")), f"bench_{uuid.uuid4().hex[:8]}"
    url = given.store or f"sqlite://{folder}/context.sqlite3"
    results = Results()
    store = open_store(url, schema=schema)
    try:
        measure(store, url, schema, folder, results, entities, count)
    finally:
        store.close()
        tidy(url, schema, folder)
    results.show()


def measure(
    store: Store, url: str, schema: str, folder: Path, results: Results, entities: int, count: int
) -> None:
    raw_sqlite(folder, results, count)
    context = Context(store)
    client = Client(asgi.build(context, lambda headers, query_string=b"": SYSTEM, open_access=True))
    upserts(context, results, count)
    in_process(client, results, count // 2, count)
    over_http(url, schema, results, count, count)
    temporal(context, client, results)
    moved, start = 0, time.perf_counter()
    while step := context.compact_once(20_000, settle_s=0):
        moved += step
    results.rate("compaction of changes into columns", "in process", moved, time.perf_counter() - start)
    spatial(context, client, results, entities, count)
    context.close()


def tidy(url: str, schema: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if url.startswith("postgres"):
        store = open_store(url, schema="public")
        with store.write() as session:
            session.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        store.close()


if __name__ == "__main__":
    main()
