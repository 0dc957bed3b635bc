"""The Beijing air-quality set end to end: zip → live city with history on SQLite, rows a second, peak memory.

    python bench/ingest.py [--rows 420768]

Beside it in the same run: the same numbers into one plain SQLite table, already parsed, one transaction a batch (what no
platform can beat). Finds the set by DOTHI_SHARED; without it a set of the same shape is generated, and said so.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import sys
import tempfile
import time
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

ROWS, STATIONS, GOAL_ROWS, GOAL_MB = 420_768, 12, 10_000, 500
MEANS = (80, 105, 16, 50, 1230, 57, 13.5, 1010, 2.5, 0.06, 1.7)  # of the real channels, in its order
SPREADS = (80, 92, 22, 35, 1160, 57, 8, 10, 13, 0.8, 1.2)
HEADER = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station"


def peak_mb() -> int:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def find(folder: Path, rows: int) -> tuple[Path, str]:
    """The real set, else a generated one of the same shape."""
    real = Path(os.environ.get("DOTHI_SHARED", "../shared")) / "data/air_quality_beijing/prsa_12_stations.zip"
    if real.is_file() and rows == ROWS:
        return real, "real (UCI Beijing Multi-Site Air Quality, CC BY 4.0)"
    return generate(folder / "generated.zip", rows), "GENERATED, of the same shape"


def generate(path: Path, rows: int) -> Path:
    """Twelve stations, hourly, eleven channels, a fiftieth of the cells missing."""
    from dothi.kernel.feeds.replay.mapping import shipped

    stations = list(shipped()["air-quality-beijing"].stations.table)  # type: ignore[union-attr]
    random, start = np.random.default_rng(1), datetime(2013, 3, 1)  # noqa: DTZ001
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for station in stations:
            values = np.abs(random.normal(MEANS, SPREADS, (rows // STATIONS, 11))).round(1)
            values[random.random(values.shape) < 0.02] = np.nan
            lines = [HEADER]
            for number, row in enumerate(values.tolist()):
                at = start + timedelta(hours=number)
                cells = ["NA" if value != value else str(value) for value in row]
                cells.insert(10, "NE")
                lines.append(
                    f"{number + 1},{at.year},{at.month},{at.day},{at.hour},{','.join(cells)},{station}"
                )
            archive.writestr(f"PRSA_Data_{station}.csv", "\n".join(lines) + "\n")
    return path


def platform(path: Path, home: Path) -> tuple[int, int, float]:
    """Rows, readings and seconds of a replay into the live city."""
    from dothi.engines.store.registry import open_store
    from dothi.kernel.context.service import Context
    from dothi.kernel.feeds.replay.engine import replay

    store = open_store(f"sqlite:///{home / 'context.sqlite3'}", schema="context")
    context = Context(store)
    began = time.perf_counter()
    reports = replay(path, context, rejects=home / "rejects")
    seconds = time.perf_counter() - began
    context.close()
    store.close()
    if any(report.rejected for report in reports):
        print("  rejected:", {report.name: dict(report.reasons) for report in reports if report.rejected})
    return sum(r.read for r in reports), sum(r.readings for r in reports), seconds


def raw(path: Path, home: Path) -> tuple[int, float]:
    """Rows and seconds of parsed rows into one plain table, 16,384 rows a durable transaction."""
    import csv
    import io

    database = sqlite3.connect(home / "raw.sqlite3", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    database.execute(
        f"CREATE TABLE reading ({', '.join(f'c{i}' for i in range(18))}, PRIMARY KEY (c17, c0)) WITHOUT ROWID"
    )
    total, seconds = 0, 0.0
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            with archive.open(member) as file:
                rows = list(csv.reader(io.TextIOWrapper(file)))[1:]
            for start in range(0, len(rows), 16_384):
                batch = [tuple(row) for row in rows[start : start + 16_384]]
                began = time.perf_counter()
                database.execute("BEGIN IMMEDIATE")
                database.executemany(f"INSERT INTO reading VALUES ({','.join('?' * 18)})", batch)
                database.execute("COMMIT")
                seconds += time.perf_counter() - began
                total += len(batch)
    return total, seconds


def main() -> int:
    """Run both and print a table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=ROWS, help="fewer rows: a generated set")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="dothi-bench-") as folder:
        home = Path(folder)
        os.environ["DOTHI_HOME"] = str(home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "dothi.serve.django_settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", "feeds", verbosity=0)
        path, label = find(home, rows)
        print(f"set: {label}")
        count, readings, seconds = platform(path, home)
        memory = peak_mb()
        size = sum(file.stat().st_size for file in home.glob("context.sqlite3*")) >> 20
        raw_count, raw_seconds = raw(path, home)
        print(f"{'':24}{'rows':>10}{'seconds':>10}{'rows/s':>12}{'readings/s':>14}")
        print(
            f"{'live city, with history':24}{count:>10,}{seconds:>10.1f}{count / seconds:>12,.0f}{readings / seconds:>14,.0f}"
        )
        print(
            f"{'raw sqlite3 insert':24}{raw_count:>10,}{raw_seconds:>10.1f}{raw_count / raw_seconds:>12,.0f}"
        )
        print(f"peak memory {memory} MB (goal < {GOAL_MB}), database {size} MB, goal ≥ {GOAL_ROWS:,} rows/s")
        return 0 if count / seconds >= GOAL_ROWS and memory < GOAL_MB else 1


if __name__ == "__main__":
    sys.exit(main())
