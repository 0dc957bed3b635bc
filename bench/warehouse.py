"""The warehouse: a CSV file to a published version, and its rows over HTTP, beside others in the same run.

python bench/warehouse.py                        # 1e6 rows
python bench/warehouse.py --rows 10000000        # 1e7 rows: ten minutes with the file's writing
    [--home FOLDER] [--keep] [--peers BIN --postgres URL]

``--peers`` is the bin folder of an environment with datasette, gunicorn and pygeoapi 0.21; ``--postgres`` a database
with PostGIS. Peers get at most a million rows. Wall and processor seconds are of this process and what it started.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
REQUESTS = 200
PEER_ROWS = 1_000_000
GOALS = {"filter": 20, "page": 5, "aggregate": 500, "bbox": 15}


def load(csv: Path, home: Path, rows: int) -> None:
    """Print how long the file takes to be queryable: typed, checked, in the lake, indexed, published."""
    os.environ["DOTHI_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dothi.serve.django_settings")
    import django

    django.setup()
    from django.core.management import call_command

    from dothi.serve import wiring

    wiring.configure()
    call_command("migrate", verbosity=0)
    import warehouse_data
    from dothi.engines.registry import lake
    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.warehouse import actions, serving, steps
    from dothi.kernel.warehouse.models import Dataset

    declared = {
        "key": "requests", "title": {"vi": "Phản ánh", "en": "Requests"}, "access": "open", "key_columns": ["id"],
        "columns": warehouse_data.COLUMNS,
    }  # fmt: skip
    dataset = actions.declare(declared, by=SYSTEM)
    Dataset.objects.filter(pk=dataset.pk).update(state="published")
    lake().tables(), steps, serving
    began, cpu = time.perf_counter(), time.process_time()
    version = actions.load(dataset, csv, by=SYSTEM, gate=checks)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert version.state == "published"
    assert version.rows == rows
    size = csv.stat().st_size / 1e6
    print(
        f"  CSV ({size:,.0f} MB) to published: {wall:6.1f} s wall, {cpu:6.1f} s of processors, load {os.getloadavg()[0]:.1f}"
    )


def checks(candidate: Any) -> Any:
    """A gate of the usual kind: a unique key, no empty status, places and hours in range."""
    import duckdb

    from dothi.kernel.warehouse.gates import GateReport

    paths = ", ".join(f"'{path}'" for path in candidate.paths)
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT count(*) - count(DISTINCT id), count(*) FILTER (status IS NULL), count(*) FILTER (hours < 0),"
            f" count(*) FILTER (lon NOT BETWEEN 105 AND 109), count(*) FILTER (category IS NULL) FROM read_parquet([{paths}])"
        ).fetchone()
    return GateReport(passed=found == (0, 0, 0, 0, 0), score=100.0)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, path: str, **environment: str) -> Iterator[None]:
    """A server process, once it answers."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        cwd=HERE.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), path)
                break
            except (OSError, http.client.HTTPException, AssertionError):
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


def get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status, body[:300])
    return body


def measure(
    name: str, make: Callable[[int], Callable[[], Any]], times: int = REQUESTS, warm: int = 5
) -> dict[str, float]:
    """p50 and p95 in milliseconds of what ``make(n)`` gives, each one called once."""
    for number in range(warm):
        make(-1 - number)()
    taken = []
    for number in range(times):
        call = make(number)
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {"p50": statistics.median(taken), "p95": taken[int(len(taken) * 0.95) - 1]}


def questions(rows: int) -> dict[str, Callable[[random.Random], dict[str, Any]]]:
    """What is asked, with other values each time."""

    def box(chance: random.Random) -> dict[str, Any]:
        west, south = 106.70 + chance.gauss(0, 0.06), 10.78 + chance.gauss(0, 0.06)
        return {"west": west, "south": south, "east": west + 0.02, "north": south + 0.02}

    return {
        "filter": lambda chance: {
            "ward": f"P{chance.randrange(168):05d}",
            "hours": round(chance.uniform(20, 200), 2),
        },
        "page": lambda chance: {
            "from": f"202{chance.randrange(6)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        },
        "aggregate": lambda chance: {"hours": round(chance.uniform(0, 50), 3)},
        "bbox": box,
        "row": lambda chance: {"id": chance.randrange(1, rows + 1)},
    }


def ours(rows: int, home: Path) -> dict[str, dict[str, float]]:
    """The questions over HTTP: one granian worker, one keep-alive connection, an answer of 100 rows."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--port",
        str(port),
        "--workers",
        "1",
        "--no-ws",
        "bench.warehouse_server:application",
    ]
    base, asked = "/data/v1/requests", questions(rows)
    with served(command, port, base, DOTHI_HOME=str(home)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        cursor: list[str] = []

        def page(values: dict[str, Any]) -> Callable[[], Any]:
            # Every tenth page begins somewhere else; the others follow the cursor of the one before.
            query = {"order": "created_at", "created_at__ge": values["from"]}
            if cursor:
                query["after"] = cursor.pop()

            def call() -> None:
                following = json.loads(get(connection, f"{base}/rows?{urlencode(query)}"))["next"]
                if following:
                    cursor.append(following)

            return call

        forms: dict[str, Callable[[dict[str, Any]], str]] = {
            "filter": lambda v: (
                f"/rows?{urlencode({'ward': v['ward'], 'status': 'đóng', 'hours__ge': v['hours']})}"
            ),
            "aggregate": lambda v: (
                f"/aggregate?{urlencode({'by': 'category', 'measures': 'count,avg(hours),sum(cost)', 'hours__ge': v['hours']})}"
            ),
            "bbox": lambda v: f"/rows?bbox={v['west']:.5f},{v['south']:.5f},{v['east']:.5f},{v['north']:.5f}",
            "row": lambda v: f"/rows/{v['id']}",
        }

        def maker(name: str) -> Callable[[int], Callable[[], Any]]:
            def make(number: int) -> Callable[[], Any]:
                values = asked[name](random.Random(f"{name}{number if name != 'page' else number // 10}"))
                if name == "page":
                    if number % 10 == 0:
                        cursor.clear()
                    held["page"] = values
                    return page(values)
                return lambda: get(connection, base + forms[name](values))

            return make

        held: dict[str, Any] = {}
        return {name: measure(name, maker(name), REQUESTS if name != "aggregate" else 40) for name in asked}


def show(what: str, found: dict[str, dict[str, float]], goals: dict[str, int] | None = None) -> None:
    for name, values in found.items():
        goal = f"  (goal {goals[name]})" if goals and name in goals else ""
        print(f"  {what:<28} {name:<10} p50 {values['p50']:8.2f} ms   p95 {values['p95']:8.2f} ms{goal}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, help="keep data here, and use what is there")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--postgres", default="")
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="dothi-bench-"))
    sys.path.insert(0, str(HERE))
    import warehouse_data
    import warehouse_peers

    csv = home / f"requests-{given.rows}.csv"
    home.mkdir(parents=True, exist_ok=True)
    if not csv.exists():
        warehouse_data.write_csv(csv, given.rows)
    print(f"{given.rows:,} rows, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    data = home / f"dothi-{given.rows}"
    if not data.exists():
        load(csv, data, given.rows)
    show("dothi over HTTP", ours(given.rows, data), GOALS if given.rows > PEER_ROWS else None)
    if given.peers and given.rows <= PEER_ROWS:
        show("datasette over HTTP", warehouse_peers.datasette(given.peers, home, given.rows))
    if given.postgres and given.rows <= PEER_ROWS:
        show("PostgreSQL, in process", warehouse_peers.postgresql(given.postgres, given.rows))
        if given.peers:
            show(
                "pygeoapi over HTTP", warehouse_peers.pygeoapi(given.peers, home, given.postgres, given.rows)
            )
    if given.home is None:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
