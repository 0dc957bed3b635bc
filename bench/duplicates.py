"""Duplicates among real requests: weights from one half's labelled pairs, precision and recall on the other's; speed.

    DOTHI_SHARED=… python bench/duplicates.py [--tune] [--reports 100000]

The pairs were drawn from all pairs of one type within 100 m, evenly over types and distances, and labelled by reading
both requests: address, place, hours, channel, status and when each was closed. Each labelled pair stands for the pairs
of its type and distance, so that precision and recall are estimates for all of them. Only pairs whose earlier request
was still open count: a closed one is no longer in the index. The requests have no words; what words add is not measured.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dothi.centres.hotline.duplicates import scoring
from dothi.centres.hotline.duplicates.index import DuplicateIndex
from dothi.centres.hotline.duplicates.reports import Report, compare, metres, prepare
from dothi.centres.hotline.duplicates.scoring import Weights
from dothi.centres.hotline.duplicates.tuned import TUNED
from dothi.centres.hotline.routing import seed
from dothi.centres.hotline.taxonomy import catalogue
from dothi.kernel.packs.reports import DuplicateSettings

HALVES = {"tune": "myla311_2018_10k.csv", "test": "myla311_seed_10k.csv"}
LABELS = Path(catalogue.__file__).parents[1] / "duplicates" / "labels" / "los_angeles_pairs.csv"
PREMISES = DuplicateSettings(radius_m=60, days=7, place="premises")
SETTINGS = defaultdict(
    lambda: PREMISES,
    {
        "Homeless Encampment": DuplicateSettings(radius_m=100, days=7, place="area"),
        "Illegal Dumping Pickup": DuplicateSettings(radius_m=60, days=7),
        "Dead Animal Removal": DuplicateSettings(radius_m=60, days=7),
        "Single Streetlight Issue": DuplicateSettings(radius_m=60, days=7),
        "Multiple Streetlight Issue": DuplicateSettings(radius_m=60, days=7, place="area"),
    },
)
BINS = (3, 15, 30, 60, 100)
TYPES = {"Bulky Items": "bulky", "Graffiti Removal": "graffiti", "Homeless Encampment": "camp"}
REACH = 100


@dataclass(frozen=True)
class Request:
    report: Report
    closed: datetime | None


def moment(text: str) -> datetime | None:
    if not text:
        return None
    form = "%m/%d/%Y %I:%M:%S %p" if text.endswith("M") else "%m/%d/%y %H:%M"
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def load(folder: Path, half: str) -> dict[str, Request]:
    found = {}
    with (folder / HALVES[half]).open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            each = {key.lower(): value for key, value in row.items()}
            if not each["latitude"]:
                continue
            at = moment(each["createddate"])
            assert at is not None
            place = float(each["longitude"]), float(each["latitude"])
            report = Report(each["srnumber"], *place, at, each["requesttype"], "", each["address"])
            found[report.id] = Request(report, moment(each["closeddate"]))
    return dict(sorted(found.items(), key=lambda item: (item[1].report.at, item[0])))


def stratum(a: Report, b: Report) -> tuple[str, int]:
    far = metres(a, b)
    return TYPES.get(a.category, "other"), next(place for place, edge in enumerate(BINS) if far <= edge)


def open_pairs(requests: dict[str, Request]) -> Iterator[tuple[Report, Report]]:
    """Every pair of one type within 100 m whose earlier request was open when the later one came."""
    cells: dict[tuple[str, int, int], list[Request]] = defaultdict(list)
    for request in requests.values():
        new = request.report
        x, y = math.floor(new.lon * 800), math.floor(new.lat * 1000)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for old in cells[(new.category, x + dx, y + dy)]:
                    still = old.closed is None or old.closed > new.at
                    if still and metres(old.report, new) <= REACH:
                        yield old.report, new
        cells[(new.category, x, y)].append(request)


@dataclass(frozen=True)
class Pair:
    earlier: Report
    later: Report
    same: bool
    stands_for: float


def labelled(half: str, requests: dict[str, Request]) -> list[Pair]:
    everywhere = Counter(stratum(a, b) for a, b in open_pairs(requests))
    with LABELS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == half]
    kept = []
    for row in rows:
        a, b = requests[row["earlier"]], requests[row["later"]]
        if a.closed is None or a.closed > b.report.at:
            kept.append((a.report, b.report, row["same"] == "1"))
    drawn = Counter(stratum(a, b) for a, b, _ in kept)
    return [Pair(a, b, same, everywhere[stratum(a, b)] / drawn[stratum(a, b)]) for a, b, same in kept]


def probabilities(pairs: list[Pair], weights: Weights) -> list[float]:
    found = []
    for pair in pairs:
        settings = SETTINGS[pair.later.category]
        seen = compare(prepare(pair.later), prepare(pair.earlier), lambda _: 1.0)
        found.append(weights.probability(seen, settings) if seen.distance_m <= settings.radius_m else 0.0)
    return found


def tune(pairs: list[Pair]) -> Weights:
    near = [
        pair for pair in pairs if metres(pair.earlier, pair.later) <= SETTINGS[pair.later.category].radius_m
    ]
    vectors = [
        compare(prepare(p.later), prepare(p.earlier), lambda _: 1.0).vector(SETTINGS[p.later.category])
        for p in near
    ]
    learned = scoring.fit(vectors, [pair.same for pair in near], ridge=0.3)
    shares = probabilities(pairs, learned)
    best = scoring.choose(shares, [p.same for p in pairs], [p.stands_for for p in pairs])
    return Weights(
        weights=learned.weights, threshold=best.threshold, note=f"{len(pairs)} pairs of the tuning half"
    )


def rule_of_thumb(pair: Pair, metres_most: float) -> float:
    return float(metres(pair.earlier, pair.later) <= metres_most)


def show(name: str, shares: list[float], pairs: list[Pair], threshold: float) -> None:
    same, stand = [p.same for p in pairs], [p.stands_for for p in pairs]
    all_, even = (
        scoring.quality(shares, same, stand, threshold),
        scoring.quality(shares, same, [1.0] * len(same), threshold),
    )
    print(
        f"  {name:34} precision {all_.precision:.3f} recall {all_.recall:.3f}"
        f"   (each labelled pair once: {even.precision:.3f} / {even.recall:.3f})"
    )


def by_type(shares: list[float], pairs: list[Pair], threshold: float) -> None:
    for kind in ("bulky", "graffiti", "camp", "other"):
        own = [place for place, pair in enumerate(pairs) if TYPES.get(pair.later.category, "other") == kind]
        part = [pairs[place] for place in own]
        found = scoring.quality(
            [shares[i] for i in own], [p.same for p in part], [p.stands_for for p in part], threshold
        )
        print(
            f"    {kind:9} {len(part):3} pairs, {sum(p.same for p in part):3} the same: {found.precision:.3f} / {found.recall:.3f}"
        )


def judge(folder: Path, again: bool) -> None:
    pairs = {half: labelled(half, load(folder, half)) for half in HALVES}
    weights = tune(pairs["tune"]) if again else TUNED
    if again:
        print(f"weights={weights.weights}, threshold={weights.threshold}")
    for half, part in pairs.items():
        print(
            f"\n{half}: {len(part)} labelled pairs, {sum(p.same for p in part)} the same, for {sum(p.stands_for for p in part):.0f}"
        )
        shares = probabilities(part, weights)
        show("our model", shares, part, weights.threshold)
        by_type(shares, part, weights.threshold)
        for limit in (50, 15, 3):
            show(f"rule: one type within {limit} m", [rule_of_thumb(pair, limit) for pair in part], part, 0.5)


def speed(count: int) -> None:
    """A city of open reports with words: streets that are reported often, and all the others."""
    chance = random.Random(7)
    categories = catalogue.categories()
    texts: dict[str, list[str]] = defaultdict(list)
    for row in seed.composed():
        texts[row.category].append(row.text)
    keys = [key for key in categories if texts[key]]
    centres = [(chance.gauss(106.69, 0.06), chance.gauss(10.79, 0.05)) for _ in range(2_000)]
    now = datetime(2026, 11, 22, tzinfo=UTC)

    def one(number: int) -> Report:
        hot = chance.random() < 0.3  # spots that are reported again and again
        lon, lat = chance.choice(centres[:200] if hot else centres)
        key = chance.choice(keys[:5] if hot else keys)
        wide = 0.0003 if hot else 0.002
        return Report(
            str(number), lon + chance.gauss(0, wide), lat + chance.gauss(0, wide),
            now - timedelta(hours=chance.uniform(0, 240)), key, chance.choice(texts[key]),
        )  # fmt: skip

    settings = {key: each.duplicates for key, each in categories.items()}
    near = {
        key: [other for other in categories if catalogue.same_matter(key, other, categories)]
        for key in categories
    }
    index = DuplicateIndex(settings, neighbours=near.__getitem__)
    began = time.perf_counter()
    index.rebuild(one(number) for number in range(count))
    built = time.perf_counter() - began
    took, busy, found = [], [], 0
    for number in range(2_000):
        asked = one(count + number)
        began, worked = time.perf_counter(), time.thread_time()
        found += len(index.query(asked))
        took.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.thread_time() - worked))
    took.sort()
    busy.sort()
    began = time.perf_counter()
    for number in range(2_000):
        index.add(one(count + number))
        index.close(str(number))
    kept = 1e6 * (time.perf_counter() - began) / 4_000
    print(f"\n{count:,} open reports in {len(keys)} categories: built in {built:.1f} s")
    print(
        f"  a query: median {statistics.median(took):.2f} ms, p99 {took[int(len(took) * 0.99)]:.2f} ms, longest {took[-1]:.2f} ms;"
        f" {found / 2_000:.1f} candidates"
    )
    print(
        f"  of processor time: median {statistics.median(busy):.2f} ms, p99 {busy[int(len(busy) * 0.99)]:.2f} ms, longest {busy[-1]:.2f} ms"
    )
    print(f"  one added or closed: {kept:.0f} µs")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tune", action="store_true", help="learn the weights again and print them")
    parser.add_argument("--reports", type=int, default=100_000)
    args = parser.parse_args()
    shared = os.environ.get("DOTHI_SHARED")
    folder = Path(shared or "") / "data" / "requests_la"
    if shared and folder.is_dir():
        judge(folder, args.tune)
    else:
        print("DOTHI_SHARED names no folder with data/requests_la: only the speed is measured.")
    speed(args.reports)


if __name__ == "__main__":
    main()
