"""What a leader looks at: who is late and will be, where, and the figures of Decision 766 by month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from dothi.core.clock import HCMC, now, now_us, us
from dothi.core.config import current
from dothi.core.text import collation_key
from dothi.kernel.cases import lateness, queries
from dothi.kernel.cases.access import READ
from dothi.kernel.cases.facts766 import Totals
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.lateness import Chance
from dothi.kernel.cases.queries import Load
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.access import Actor
from dothi.sites.casework.reads.listing import Row, row

LOOKED_AT: Final = 100
SOON_US: Final = 3 * 86_400_000_000
WIDTH, HEIGHT = 520, 520


@dataclass(frozen=True, slots=True)
class Risk:
    """An open case with what is known of how it may end; ``chance`` is None without enough data."""

    row: Row
    chance: Chance | None
    percent: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A ward on the map and in the list: its open and late work, and where its circle stands."""

    code: str
    name: str
    load: Load
    x: float
    y: float
    r: float


def units(by: Actor, language: str) -> list[tuple[str, str]]:
    """The units whose cases one reads: the whole city first where one may."""
    city = current().city
    found = [
        (each.code, each.full_name[language])
        for each in directory.children(city)
        if by.may(READ, unit=each.code)
    ]
    found.sort(key=lambda pair: collation_key(pair[1]))
    whole = directory.unit(city)
    return [("", whole.full_name[language]), *found] if whole and by.may(READ) else found


def at_risk(by: Actor, unit: str, language: str) -> tuple[list[Row], list[Risk]]:
    """The late cases, and those that are due within three days or likely to be late, the likeliest first."""
    late = queries.inbox(
        Filter(kinds=("dossier",), unit=unit, phases=("open",), late=True), by=by, limit=LOOKED_AT
    ).items
    coming = queries.inbox(
        Filter(kinds=("dossier",), unit=unit, phases=("open",), late=False), by=by, limit=LOOKED_AT
    ).items
    known = lateness.predicted(coming)
    soon = now_us() + SOON_US
    risks = [
        Risk(row(each, language), chance := known.get(each.num), round(100 * chance.late) if chance else 0)
        for each in coming
        if (each.due_us or 0) < soon or (each.num in known and known[each.num].late >= 0.5)
    ]
    risks.sort(key=lambda each: -(each.chance.late if each.chance else -1))
    return [row(each, language) for each in late], risks


def wards(loads: Sequence[Load], language: str) -> list[Spot]:
    """The wards with open work, as circles whose area is the work, the most late first."""
    placed = []
    for each in loads:
        found = directory.unit(each.key)
        if found is not None and found.centroid and found.code != current().city:
            placed.append((each, found.full_name[language], found.centroid))
    if not placed:
        return []
    lons, lats = [c[0] for _, _, c in placed], [c[1] for _, _, c in placed]
    squeeze = math.cos(math.radians(sum(lats) / len(lats)))
    span = max((max(lons) - min(lons)) * squeeze, max(lats) - min(lats), 0.02)
    most = max(each.open for each, _, _ in placed)
    made = [
        Spot(
            each.key, name, each,
            round(30 + (lon - min(lons)) * squeeze / span * (WIDTH - 60), 1),
            round(HEIGHT - 30 - (lat - min(lats)) / span * (HEIGHT - 60), 1),
            round(4 + 20 * math.sqrt(each.open / most), 1),
        )
        for each, name, (lon, lat) in placed
    ]  # fmt: skip
    return sorted(made, key=lambda spot: (-spot.load.late, -spot.load.open))


def month_of(text: str) -> date:
    """The first day of the month ``2026-11``; of this month where it is not one."""
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return now().astimezone(HCMC).date().replace(day=1)


def after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def period(month: date) -> tuple[int, int]:
    """A month in the city's zone, in microseconds."""
    return us(datetime.combine(month, time(), HCMC)), us(datetime.combine(after(month), time(), HCMC))


def months(until: date, count: int = 6) -> list[date]:
    """The months up to one, the latest first."""
    made = [until]
    while len(made) < count:
        last = made[-1]
        made.append(date(last.year - (last.month == 1), (last.month - 2) % 12 + 1, 1))
    return made


def by_month(by: Actor, unit: str, until: date, *, simulated: bool) -> list[tuple[date, Totals]]:
    """The figures of Decision 766 of the last months, the latest first."""
    nothing = Totals("", *([0] * 10))
    return [
        (month, next(iter(queries.facts_766(period(month), by=by, unit=unit, simulated=simulated)), nothing))
        for month in months(until)
    ]


def by_unit(by: Actor, month: date, language: str, *, simulated: bool) -> list[tuple[str, Totals]]:
    """The figures of one month by unit, by name. Needs ``cases.read`` for the whole city."""
    found = queries.facts_766(period(month), by=by, of="unit", simulated=simulated)
    named = []
    for each in found:
        unit = directory.unit(each.key) if each.key else None
        named.append((unit.full_name[language] if unit else each.key or "–", each))
    return sorted(named, key=lambda pair: collation_key(pair[0]))
