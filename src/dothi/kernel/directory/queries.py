"""Questions about units, answered from memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypedDict

from numpy.typing import ArrayLike

from dothi.core.clock import HCMC
from dothi.core.config import current
from dothi.core.text import fold, nfc
from dothi.kernel.directory import rules
from dothi.kernel.directory.names import COMMUNE, DISTRICT, PROVINCE
from dothi.kernel.directory.shapes import MapFile, atlas
from dothi.kernel.directory.snapshot import Entry, Snapshot, memory, today
from dothi.kernel.directory.source import REFORM
from dothi.kernel.directory.views import Successor, UnitView

Day = date | datetime

# A search of one or two letters fits thousands: this many are weighed, today's and the city's before others.
_CANDIDATES = 1000


class BoundariesStatus(TypedDict):
    """How many of the city's units have an imported boundary, and whether any is only approximate."""

    matched: int
    total: int
    approximate: bool


def _day(at: Day | None) -> date:
    if at is None:
        return today()
    return at.astimezone(HCMC).date() if isinstance(at, datetime) else at


def unit(code: str, at: Day | None = None) -> UnitView | None:
    """The unit with this code today, or on the day ``at``; ``vn63:26734`` names one of a time for certain."""
    snapshot = memory.get()
    if ":" in code:
        return snapshot.units.get(code)
    day = _day(at)
    return next((found for found in snapshot.by_code.get(code, ()) if found.valid_on(day)), None)


def units(
    level: str | None = None, parent: str | None = None, at: Day | None = None, q: str | None = None
) -> list[UnitView]:
    """Units in dictionary order, of a level, directly below a parent, valid on a day, matching a search."""
    snapshot, day = memory.get(), _day(at)
    wanted = None if q is None else {found.key for found in _ranked(snapshot, q)}
    return [
        found
        for found in snapshot.ordered
        if (level is None or found.level == level)
        and (parent is None or found.parent == parent)
        and found.valid_on(day)
        and (wanted is None or found.key in wanted)
    ]


def children(code: str, at: Day | None = None) -> list[UnitView]:
    """The units directly below the one with this code."""
    return units(parent=code, at=at)


def covers(outer: str, inner: str) -> bool:
    """Whether today's unit ``inner`` is ``outer`` or lies within it."""
    return outer == inner or memory.get().covers(outer, inner)


def successors(old_code: str) -> list[Successor]:
    """What a unit of before July 2025 is now: each unit, the share it got (None: not known) and a note.

    For a divided ward the unit to assume by default comes first; for a district, all units its wards went to.
    """
    snapshot = memory.get()
    old = _old(snapshot, old_code)
    if old is None:
        return []
    direct = snapshot.successors(old.key)
    return direct if direct or old.level != DISTRICT else _of_district(snapshot, old)


def _old(snapshot: Snapshot, code: str) -> UnitView | None:
    if ":" in code:
        return snapshot.units.get(code)
    return next((found for found in snapshot.by_code.get(code, ()) if found.valid_to is not None), None)


def _of_district(snapshot: Snapshot, district: UnitView) -> list[Successor]:
    wards = [u for u in snapshot.ordered if u.era == district.era and u.parent == district.code]
    found: dict[str, UnitView] = {}
    for ward in wards:
        if ward.level == COMMUNE:
            found |= {each.unit.key: each.unit for each in snapshot.successors(ward.key)}
    targets = sorted(found.values(), key=lambda each: each.code)
    return [
        Successor(
            each,
            None,
            rules.succession_note(district, each, whole=len(targets) == 1, alternatives=len(targets)),
        )
        for each in targets
    ]


def predecessors(code: str) -> list[Successor]:
    """What today's unit was made of: each old unit, the share that came here (None: not known), a note."""
    snapshot, new = memory.get(), unit(code)
    if new is None:
        return []
    parts = [old for old, rows in snapshot.successions.items() if any(row[0] == new.key for row in rows)]
    answer = []
    for old in sorted(parts):
        here = next(each for each in snapshot.successors(old) if each.unit.key == new.key)
        answer.append(Successor(snapshot.units[old], here.share, here.note))
    return answer


def unit_at(lon: float, lat: float, at: Day | None = None) -> UnitView | None:
    """The city's unit at a point today; before the reform only a likely one (``approximate``)."""
    day = _day(at)
    shapes = atlas.city()
    position = shapes.index.locate(lon, lat)
    if position is not None and shapes.units[position].valid_on(day):
        found = shapes.units[position]
        return found if found.has_boundary else replace(found, approximate=True)
    return _old_unit_at(lon, lat, day) if day < REFORM else None


def _old_unit_at(lon: float, lat: float, day: date) -> UnitView | None:
    """Of the old communes whose box holds the point, the one whose centroid is nearest for its size."""
    best: tuple[float, UnitView] | None = None
    for found in memory.get().units.values():
        if found.level != COMMUNE or found.bounds is None or not found.valid_on(day) or not found.centroid:
            continue
        west, south, east, north = found.bounds
        if west <= lon <= east and south <= lat <= north:
            size = max(east - west, north - south) or 1.0
            away = ((lon - found.centroid[0]) ** 2 + (lat - found.centroid[1]) ** 2) ** 0.5 / size
            if best is None or away < best[0]:
                best = away, found
    return None if best is None else replace(best[1], approximate=True)


def locate_many(lons: ArrayLike, lats: ArrayLike) -> list[str | None]:
    """The codes of the city's units of today at many points; None outside the city."""
    shapes = atlas.city()
    codes = [found.code for found in shapes.units]
    return [
        None if position is None else codes[position] for position in shapes.index.locate_many(lons, lats)
    ]


def geojson(level: str = COMMUNE, parent: str | None = None, simplified: bool = True) -> dict[str, Any]:
    """Today's units as a FeatureCollection; ``approximate`` on each. ``parent``: the city."""
    return atlas.get(level, _scope(level, parent)).collection(simplified=simplified)


def geojson_file(level: str = COMMUNE, parent: str | None = None) -> MapFile:
    """The simplified map as ready bytes (plain, packed, entity tag), kept until units change."""
    return atlas.get(level, _scope(level, parent)).file


def revision() -> str:
    """Another one whenever a unit or a boundary is; empty while nothing was loaded."""
    return memory.get().revision


def _scope(level: str, parent: str | None) -> str | None:
    return None if level == PROVINCE else parent or current().city


def boundaries_status() -> BoundariesStatus:
    """How many of the city's units are drawn from an imported boundary."""
    shown = atlas.city().units
    matched = sum(found.has_boundary for found in shown)
    return {"matched": matched, "total": len(shown), "approximate": matched < len(shown)}


def search(text: str, limit: int = 20) -> list[UnitView]:
    """Units by name or code, typed with or without diacritics, old ones too; the likeliest first."""
    return _ranked(memory.get(), text, _CANDIDATES)[:limit]


def _with_words(entries: list[Entry], words: list[str]) -> list[Entry]:
    """The entries with a word that begins with each of ``words``: nothing else can match."""
    for word in words:
        start = f" {word}"
        entries = [entry for entry in entries if start in entry.haystack]
    return entries


def _ranked(snapshot: Snapshot, text: str, most: int | None = None) -> list[UnitView]:
    """The units found, best first; of more than ``most`` candidates those first in the search order."""
    typed = nfc(" ".join(text.split())).lower()
    query = fold(typed)
    if not query:
        return []
    accented, city = typed != query, current().city
    found: list[tuple[tuple[int, bool, bool, bool], Entry]] = []
    for entry in _with_words(snapshot.entries, query.split())[:most]:
        fit = rules.match(query, entry.haystack, entry.name, entry.full_name, entry.unit.code)
        if fit is not None:
            exact = not accented or typed in entry.exact
            found.append(((fit, not exact, entry.unit.valid_to is not None, entry.province != city), entry))
    # The entries are in order already; sorting keeps it among equals.
    return [entry.unit for _, entry in sorted(found, key=lambda pair: pair[0])]
