"""How fast NGSI-LD is read, rendered and queried on one core, beside a JSON-LD processor when one is installed.

    python bench/ld.py [entities]

CPU time of this process, best of five runs, over entities of eight attributes. The peer, PyLD, expands the same
entities (``pip install pyld``); it does neither the checks nor the stored form.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from dothi.kernel.context.ld import core_context
from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import entities_of, parse_entity
from dothi.kernel.context.ld.merge import create, update
from dothi.kernel.context.ld.model import dump, load
from dothi.kernel.context.ld.query import compile_query
from dothi.kernel.context.ld.render import Form, render
from dothi.kernel.context.ld.temporal import METHODS, Aggregation, period
from dothi.kernel.context.ld.temporal_render import Series, aggregate

try:
    from pyld import jsonld
except ImportError:
    jsonld = None

TERMS = Contexts().core
NOW = 1_795_330_800_000_000


def entity(number: int, *, concise: bool = False, deep: bool = False) -> dict[str, Any]:
    """A station: five readings, a name, a place, a device."""
    found: dict[str, Any] = {"id": f"urn:ngsi-ld:AirQualityObserved:{number}", "type": "AirQualityObserved"}
    for name in ("pm25", "pm10", "no2", "o3", "so2"):
        found[name] = {
            "type": "Property", "value": 20.5 + number % 7, "unitCode": "GQ", "observedAt": "2026-11-22T07:00:00Z"}  # fmt: skip
        if deep:
            found[name]["accuracy"] = {"type": "Property", "value": 0.5}
    found["name"] = "Bến Thành" if concise else {"type": "Property", "value": "Bến Thành"}
    point = {"type": "Point", "coordinates": [106.7, 10.77]}
    found["location"] = point if concise else {"type": "GeoProperty", "value": point}
    found["refDevice"] = {"type": "Relationship", "object": "urn:ngsi-ld:Device:1"}
    return found


def rate(what: str, count: int, work: Callable[[], object], unit: str = "entities") -> None:
    """Print how many a second of CPU time, the best of five."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    print(f"{what:<44}{count / max(best, 1e-9):>12,.0f} {unit}/s")


def main(count: int) -> None:
    """All measurements."""
    documents = [entity(i) for i in range(count)]
    body = json.dumps(documents).encode()
    rate("read, normalized", count, lambda: [parse_entity(raw, TERMS) for raw in entities_of(body)])
    mixed = json.dumps([entity(i, concise=True) for i in range(count)]).encode()
    rate("read, partly concise", count, lambda: [parse_entity(raw, TERMS) for raw in entities_of(mixed)])
    nested = json.dumps([entity(i, deep=True) for i in range(count)]).encode()
    rate(
        "read, five sub-attributes (careful path)",
        count,
        lambda: [parse_entity(raw, TERMS) for raw in entities_of(nested)],
    )
    stored = [create(parse_entity(raw, TERMS), NOW).entity for raw in entities_of(body)]
    rate(
        "read and update what is stored", count,
        lambda: [update(old, parse_entity(raw, TERMS), NOW) for old, raw in zip(stored, entities_of(body), strict=True)],
    )  # fmt: skip
    packed = [dump(each) for each in stored]
    rate("stored form to bytes", count, lambda: [dump(each) for each in stored])
    rate("bytes to stored form", count, lambda: [load(each) for each in packed])
    for form in (Form(), Form("concise"), Form("keyValues"), Form(sys_attrs=True)):
        label = f"render, {form.representation}{' with sysAttrs' if form.sys_attrs else ''}"
        rate(label, count, lambda form=form: [render(each, TERMS, form) for each in stored])  # type: ignore[misc]
    for q in ("pm25>22;pm10<25", 'name=="Bến Thành"', 'name~="^Bến"'):
        query = compile_query(q, TERMS)
        rate(f"query {q}", count, lambda query=query: [query(each) for each in stored])  # type: ignore[misc]
    wanted = Aggregation(METHODS, period("P1D"))
    for points in (10_000, 100_000):
        run = Series(np.arange(points, dtype=np.int64) * 60_000_000, np.random.default_rng(1).random(points))
        rate(
            f"eight aggregates a day over {points:,} points",
            1,
            lambda run=run: aggregate(run, wanted),
            "times",
        )  # type: ignore[misc]
    peer(documents[:200])


def peer(documents: list[dict[str, Any]]) -> None:
    """Expansion by PyLD with the same @context, already loaded."""
    if jsonld is None:
        print("PyLD is not installed: no comparison")
        return
    context = {key: value for key, value in core_context.CONTEXT.items() if key != "@protected"}
    rate(
        "PyLD: expand only",
        len(documents),
        lambda: [jsonld.expand(each | {"@context": context}) for each in documents],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
