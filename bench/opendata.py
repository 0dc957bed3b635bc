"""Open data: search over 10,000 datasets, the catalogue as DCAT-AP, and whether it is valid by the official shapes.

python bench/opendata.py [--datasets 10000] [--shapes FOLDER [--all]] [--no-http]

``--shapes`` is the folder html/shacl of DCAT-AP 3.0.1 (https://github.com/SEMICeu/DCAT-AP, releases/3.0.1); without
``--all`` a sample of 500 datasets is checked. Everything is made with a seed, in a temporary installation.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

QUESTIONS = 2000
REQUESTS = 600
SAMPLE, CHUNK = 500, 125
SHAPES = ("shapes", "range", "mdr-vocabularies.shape", "deprecateduris")
SUBJECTS = """dân số|population;đất đai|land;giao thông|traffic;ngập nước|flooding;chất lượng không khí|air quality;
trường học|schools;bệnh viện|hospitals;doanh nghiệp|enterprises;hộ kinh doanh|household businesses;quy hoạch|planning;
ngân sách|budget;đầu tư công|public investment;thửa đất|parcels;giấy phép xây dựng|building permits;
triều cường|spring tides;lượng mưa|rainfall;tiếng ồn|noise;bãi đỗ xe|parking;đèn đường|street lights;rác thải|waste;
thủ tục hành chính|procedures;phản ánh 1022|1022 reports;xe buýt|buses;cây xanh|trees;nước sạch|clean water;
tai nạn|accidents;du lịch|tourism;thương mại điện tử|e-commerce;an sinh xã hội|social protection;hộ tịch|civil registry"""
FORMS = "số liệu theo tháng|monthly figures;danh mục|list;bản đồ|map;thống kê năm|yearly statistics;chỉ tiêu|targets"
THEMES = [
    "AGRI",
    "ECON",
    "EDUC",
    "ENER",
    "ENVI",
    "GOVE",
    "HEAL",
    "INTR",
    "JUST",
    "REGI",
    "SOCI",
    "TECH",
    "TRAN",
]
FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "ANNUAL", "IRREG"]
LICENCES = ["cc-by-4.0", "cc0-1.0", "odc-by-1.0", "other"]


def pairs(text: str) -> list[tuple[str, str]]:
    """Words in both languages."""
    made = (each.strip().partition("|") for each in text.replace("\n", "").split(";"))
    return [(vi, en) for vi, _, en in made]


def listings(count: int) -> Iterator[Any]:
    """Described datasets: ten columns, four keywords, a box for two in three."""
    from dothi.centres.opendata.catalogue.listing import Column, Listing, Words

    dice, subjects, forms = random.Random(7), pairs(SUBJECTS), pairs(FORMS)
    for n in range(count):
        about, form, other = dice.choice(subjects), dice.choice(forms), dice.choice(subjects)
        ward, year = 26_700 + n % 168, 2015 + n % 12
        west, south = 106.3 + dice.random() * 0.6, 10.3 + dice.random() * 0.8
        at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(900_000))
        yield Listing(
            key=f"dataset-{n:05}",
            id=UUID(int=dice.getrandbits(128) & ~(0xF << 76) | 0x7 << 76),
            title=Words(
                f"{about[0].capitalize()}: {form[0]} phường {ward}, {year}",
                f"{about[1]}: {form[1]}, {ward}, {year}",
            ),
            description=Words(
                f"Số liệu về {about[0]} và {other[0]} của đơn vị {ward} năm {year}, cập nhật từ hệ thống nghiệp vụ.",
                f"Figures about {about[1]} and {other[1]} of unit {ward} in {year}, from the systems of the departments.",
            ),
            keywords=tuple(Words(*dice.choice(subjects)) for _ in range(4)),
            themes=tuple(sorted(set(dice.choices(THEMES, k=2)))),
            licence=dice.choice(LICENCES),
            publisher=f"H29.{n % 45}",
            publisher_label=Words(f"Cơ quan số {n % 45}", f"Agency {n % 45}"),
            unit=str(ward),
            contact_name="Phòng dữ liệu",
            contact_email="data@example.vn",
            frequency=dice.choice(FREQUENCIES),
            spatial=(west, south, west + 0.05, south + 0.05) if n % 3 else None,
            temporal_from=f"{year}-01-01",
            temporal_to=f"{year}-12-31",
            provenance="simulated",
            source=Words("Dựng để đo", "Made to be measured"),
            columns=tuple(Column(f"column_{i}", label=Words(*dice.choice(subjects))) for i in range(10)),
            rows=dice.randrange(100, 3_000_000),
            issued=at,
            modified=at,
        )


def questions(count: int) -> list[dict[str, Any]]:
    """What people ask: one to three words with or without diacritics, a facet now and then, a box, deep pages."""
    from dothi.core.text import fold

    dice, subjects = random.Random(11), pairs(SUBJECTS)
    made = []
    for n in range(count):
        words = " ".join(dice.choice(subjects)[n % 2] for _ in range(dice.randrange(3)))
        asked: dict[str, Any] = {"q": fold(words) if n % 3 else words, "limit": 20}
        if n % 4 == 0:
            asked["theme"] = dice.choice(THEMES)
        if n % 6 == 0:
            asked["licence"] = dice.choice(LICENCES)
        if n % 10 == 0:
            west, south = 106.3 + dice.random() * 0.5, 10.3 + dice.random() * 0.7
            asked["bbox"] = f"{west:.3f},{south:.3f},{west + 0.1:.3f},{south + 0.1:.3f}"
        if n % 7 == 0:
            asked["order"] = dice.choice(["title", "modified", "issued"])
        made.append(asked)
    return made


def spread(times: Sequence[float]) -> str:
    """``p50 / p99`` of seconds, in ms."""
    cuts = statistics.quantiles(times, n=100)
    return f"{cuts[49] * 1e3:.1f} / {cuts[98] * 1e3:.1f} ms"


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    begin = time.perf_counter()
    made = run()
    return time.perf_counter() - begin, made


def worked(run: Callable[[], Any]) -> str:
    """Seconds by the clock, and of the processor: the difference is what else the machine did."""
    begin = time.process_time()
    seconds, _ = timed(run)
    return f"{seconds:.1f} s ({time.process_time() - begin:.1f} s of processor)"


def install(home: Path) -> None:
    """An installation with schema and units, in this process."""
    os.environ |= {
        "DOTHI_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "dothi.serve.django_settings",
        "DOTHI_OPEN_ANONYMOUS": "0",
    }
    import django

    django.setup()
    from dothi.core.config import current
    from dothi.serve import prepare, wiring

    wiring.configure()
    for step in prepare.steps():
        step.run(lambda *_, **__: None)
    prepare.mark_ready(current())


def fill(count: int) -> None:
    """Put the datasets into the catalogue, and say how long it and the first search take."""
    from dothi.centres.opendata import queries
    from dothi.centres.opendata.catalogue import writing
    from dothi.centres.opendata.catalogue.memory import memory

    many = list(listings(count))
    print(f"| {count:,} descriptions written | {timed(lambda: writing.put_many(many))[0]:.1f} s |")
    memory.due()
    print(f"| index read and built (once a process) | {worked(queries.find)} |")
    changed = listings(1)
    seconds, _ = timed(lambda: (writing.put(next(changed), "updated"), memory.due(), queries.find(limit=1)))
    print(f"| one dataset described anew and found | {seconds * 1e3:.0f} ms |")


def in_process() -> None:
    """Search through the module's own question."""
    from dothi.centres.opendata import queries
    from dothi.centres.opendata.api import box
    from dothi.centres.opendata.catalogue.segment import FACETS

    def search(asked: dict[str, Any], after: str | None = None) -> Any:
        facets = {name: [asked[name]] for name in FACETS if name in asked}
        return queries.find(
            asked["q"], facets, box(asked.get("bbox", "")), order=asked.get("order"), after=after
        )

    times, pages = [], []
    for asked in questions(QUESTIONS):
        begin = time.perf_counter()
        found = search(asked)
        times.append(time.perf_counter() - begin)
        if found.next:
            begin = time.perf_counter()
            search(asked, found.next)
            pages.append(time.perf_counter() - begin)
    print(f"| search with all facets counted, in process, p50 / p99 | {spread(times)} |")
    print(f"| the page after it, p50 / p99 | {spread(pages)} |")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def over_http(home: Path) -> None:
    """The same questions to a web process of its own, one connection."""
    port = free_port()
    command = [sys.executable, "-m", "dothi", "up", "--role", "web", "--port", str(port)]
    with (home / "web.log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | {"DOTHI_PORT": str(port)}, stdout=log, stderr=log)
    try:
        connection = until_up(port, server)
        ask(connection, "/api/opendata/datasets?limit=1")
        search = [f"/api/opendata/datasets?{urlencode(asked)}" for asked in questions(REQUESTS)]
        ckan = [
            f"/api/3/action/package_search?{urlencode({'q': asked['q'], 'rows': 20})}"
            for asked in questions(REQUESTS)
        ]
        for name, paths in (
            ("search over HTTP, 20 datasets with facets", search),
            ("CKAN package_search over HTTP, 20 packages", ckan),
        ):
            print(
                f"| {name}, p50 / p99 | {spread([timed(lambda path=path: ask(connection, path))[0] for path in paths])} |"
            )  # type: ignore[misc]
        for form in ("ttl", "rdf", "jsonld"):
            seconds, size = timed(lambda form=form: len(ask(connection, f"/catalog.{form}?limit=all")))  # type: ignore[misc]
            print(f"| the whole catalogue as .{form} over HTTP | {seconds:.1f} s, {size / 1e6:.0f} MB |")
        seconds, _ = timed(lambda: ask(connection, "/catalog.ttl"))
        print(f"| a page of 100 datasets as .ttl over HTTP | {seconds * 1e3:.0f} ms |")
    finally:
        server.terminate()
        server.wait(timeout=20)


def until_up(port: int, server: subprocess.Popen[bytes]) -> http.client.HTTPConnection:
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            ask(connection, "/health/live")
            return connection
        except (OSError, http.client.HTTPException):
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit("the web process did not start")


def ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: HTTP {answer.status} {body[:300]!r}")
    return body


def export() -> None:
    """The catalogue as documents, in process."""
    from dothi.centres.opendata import queries
    from dothi.centres.opendata.dcat import describe, views

    every, about = queries.published(), views.about(queries.stamp())
    for form, (write, _) in views.FORMS.items():
        nodes = describe.whole(about, every, [each.key for each in every])
        took = worked(lambda write=write, nodes=nodes: sum(len(piece) for piece in write(nodes)))  # type: ignore[misc]
        print(f"| the whole catalogue as .{form}, in process | {took} |")


def checked(job: tuple[str, str]) -> Counter[tuple[str, str]]:
    """What the official shapes say of one document: severity and path, counted."""
    import pyshacl
    import rdflib

    folder, text = job
    shacl, found = rdflib.Namespace("http://www.w3.org/ns/shacl#"), Counter[tuple[str, str]]()
    data = rdflib.Graph().parse(data=text, format="turtle")
    for name in SHAPES:
        shapes = rdflib.Graph().parse(Path(folder) / f"{name}.ttl", format="turtle")
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
        for each in report.objects(None, shacl.result):
            severity = str(report.value(each, shacl.resultSeverity)).rpartition("#")[2]
            found[severity, str(report.value(each, shacl.resultPath)).rpartition("/")[2]] += 1
    return found


def validate(folder: Path, *, every: bool) -> None:
    """Check documents of 125 datasets each, two at a time."""
    from dothi.centres.opendata import queries
    from dothi.centres.opendata.dcat import describe, turtle, views

    shown, about = queries.published(), views.about(queries.stamp())
    shown = shown if every else random.Random(3).sample(shown, min(SAMPLE, len(shown)))
    chunks = [shown[at : at + CHUNK] for at in range(0, len(shown), CHUNK)]
    jobs = (
        (str(folder), "".join(turtle.document(describe.whole(about, chunk, [each.key for each in chunk]))))
        for chunk in chunks
    )
    begin, total = time.perf_counter(), Counter[tuple[str, str]]()
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(checked, jobs):
            total += found
    violations = sum(count for (severity, _), count in total.items() if severity == "Violation")
    warnings = Counter({path: count for (severity, path), count in total.items() if severity == "Warning"})
    print(
        f"| SHACL ({', '.join(SHAPES)}) over {len(shown):,} datasets | {violations} violations; {time.perf_counter() - begin:.0f} s |"
    )
    print(f"| warnings | {json.dumps(dict(warnings.most_common()))} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--shapes", type=Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--no-http", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dothi-bench-") as folder:
        install(Path(folder))
        print(f"| what | {options.datasets:,} datasets |\n|---|---|")
        fill(options.datasets)
        in_process()
        export()
        if not options.no_http:
            over_http(Path(folder))
        if options.shapes:
            validate(options.shapes, every=options.all)


if __name__ == "__main__":
    main()
