"""What it costs to answer strangers' SQL: the guard, the sandbox cold and warm, and how late a query is ended.

    python bench/sql.py [queries]

Beside each warm figure: the same text in a DuckDB of one thread within the process, as unsafe as it is fast.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from dothi.kernel.warehouse.sandbox.client import Sandbox, Stopped
from dothi.kernel.warehouse.sandbox.engine import SCHEMA
from dothi.kernel.warehouse.sandbox.limits import Limits
from dothi.kernel.warehouse.sandbox.shared import share
from dothi.kernel.warehouse.sql import allowed
from dothi.kernel.warehouse.sql.errors import SqlRefused
from dothi.kernel.warehouse.sql.guard import guard
from dothi.kernel.warehouse.sql.parse import parse_sql
from dothi.kernel.warehouse.sql.rewrite import place_in_schema
from dothi.kernel.warehouse.sql.tests.hostile import ALL
from dothi.kernel.warehouse.sql.transpile import transpile

QUERIES = {
    "one row": "SELECT 1 AS one",
    "filter 1e6 rows, 100 answered": "SELECT id, pm25 FROM air WHERE station = 's7' AND pm25 > 99 LIMIT 100",
    "group 1e6 rows by 100": "SELECT station, avg(pm25) AS mean, count(*) AS n FROM air GROUP BY station ORDER BY mean DESC",
    "10,000 rows of three columns": "SELECT id, station, pm25 FROM air LIMIT 10000",
}
ENDLESS = f"SELECT sum(a.pm25 * b.pm25 + c.id) FROM {SCHEMA}.air a, {SCHEMA}.air b, {SCHEMA}.air c"


def air(rows: int) -> pa.Table:
    """Readings of a hundred stations, with a seed."""
    chance = np.random.default_rng(7)
    stations = pa.array([f"s{n}" for n in range(100)]).take(pa.array(chance.integers(0, 100, rows)))
    return pa.table({"id": np.arange(rows), "station": stations, "pm25": chance.random(rows) * 100})


def rewritten(sql: str) -> str:
    """What the asking process does with a text before it hands it over."""
    checked = guard(parse_sql(sql), lambda name: name == "air")
    return transpile(place_in_schema(checked.tree, {"air": "air"}, SCHEMA))


def times(work: Callable[[], object], count: int) -> list[float]:
    """Milliseconds of each of ``count`` runs."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def line(what: str, taken: Sequence[float], beside: str = "") -> None:
    p50, p99 = statistics.median(taken), sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.99))]
    print(f"{what:<44}{p50:>9.2f}{p99:>9.2f} ms   {beside}")


def main(count: int) -> None:
    """All measurements."""
    began = time.perf_counter()
    allowed.nodes()
    print(
        f"lists of what is allowed, once: {(time.perf_counter() - began) * 1000:.0f} ms\n{'':<44}{'p50':>9}{'p99':>9}"
    )
    for what, sql in QUERIES.items():
        line(f"guard: {what}", times(lambda sql=sql: rewritten(sql), count))  # type: ignore[misc]
    hostile = sorted({sql for texts in ALL.values() for sql in texts})
    line(
        f"guard: {len(hostile)} hostile texts",
        [t for sql in hostile for t in times(lambda sql=sql: refuse(sql), 1)],
    )  # type: ignore[misc]
    cold(5)
    table = air(1_000_000)
    began = time.perf_counter()
    descriptor = share(table.schema, table.to_batches(), most_bytes=1 << 30)
    print(f"materialise 1e6 rows of three columns: {(time.perf_counter() - began) * 1000:.0f} ms")
    box = Sandbox(workers=2)
    warm(box, descriptor, table, count)
    late(box, descriptor)
    leaks(box, hostile)
    box.close()
    os.close(descriptor)


def refuse(sql: str) -> None:
    try:
        rewritten(sql)
    except (SqlRefused, KeyError):  # KeyError: a table that is not the asker's
        return


def cold(count: int) -> None:
    """From nothing to the first answer: a process that loads the engine."""
    taken = []
    for _ in range(count):
        box = Sandbox()
        taken += times(lambda box=box: box.run("SELECT 1 AS one", {}, Limits()), 1)  # type: ignore[misc]
        box.close()
    line("sandbox, cold: first answer", taken)


def warm(box: Sandbox, descriptor: int, table: pa.Table, count: int) -> None:
    with duckdb.connect(config={"threads": "1"}) as plain:
        plain.register("r", table)
        plain.execute(f"CREATE SCHEMA {SCHEMA}; CREATE VIEW {SCHEMA}.air AS SELECT * FROM temp.main.r")
        box.run("SELECT 1", {}, Limits())
        for what, sql in QUERIES.items():
            text = rewritten(sql)
            taken = times(lambda sql=sql: box.run(rewritten(sql), {"air": descriptor}, Limits()), count)  # type: ignore[misc]
            unsafe = times(lambda text=text: plain.sql(text).to_arrow_table(), count)  # type: ignore[misc]
            spent = -processor(box)
            for _ in range(count):
                box.run(text, {"air": descriptor}, Limits())
            spent = (spent + processor(box)) / count
            beside = f"in process {statistics.median(unsafe):.2f}, processor {spent:.1f}"
            line(f"guard + sandbox: {what}", taken, beside)
    began, each = time.perf_counter(), max(count // 4, 10)
    text = rewritten(QUERIES["one row"])
    asking = [
        threading.Thread(target=times, args=(lambda: box.run(text, {"air": descriptor}, Limits()), each))
        for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    print(f"four askers, two workers: {4 * each / (time.perf_counter() - began):.0f} queries a second")


def processor(box: Sandbox) -> float:
    """Milliseconds of processor time of this process, the zygote and the workers it has waited for."""
    process = box._process
    assert process is not None
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = sum(map(int, fields[11:15]))
    return time.process_time() * 1000 + ticks * 1000 / os.sysconf("SC_CLK_TCK")


def late(box: Sandbox, descriptor: int) -> None:
    """How long after its limit an endless query is over."""
    over = []
    for seconds in (0.2, 0.5, 1.0) * 5:
        began = time.perf_counter()
        try:
            box.run(ENDLESS, {"air": descriptor}, Limits(seconds=seconds))
        except Stopped as end:
            if end.kind != "timeout":
                raise
        over.append((time.perf_counter() - began - seconds) * 1000)
    line("ended after its limit (15 endless queries)", over)
    print(f"   the latest: {max(over):.0f} ms")


def leaks(box: Sandbox, hostile: Sequence[str]) -> None:
    """Hostile texts straight to a worker, as if there were no guard: what kinds of end they met."""
    ends: dict[str, int] = {}
    descriptor = share(pa.schema([("a", pa.int64())]), [], most_bytes=1 << 20)
    for sql in hostile:
        try:
            box.run(sql, {"t": descriptor}, Limits(seconds=0.5, memory_mb=96, rows=100))
            kind = "answered, over nothing but what was given"
        except Stopped as end:
            kind = end.kind
        ends[kind] = ends.get(kind, 0) + 1
    os.close(descriptor)
    print(f"hostile texts without the guard: {ends}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
