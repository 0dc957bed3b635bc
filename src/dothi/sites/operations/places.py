"""Units as pages show them: all of them, and one with what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dothi.core import text
from dothi.core.errors import NotFound, both
from dothi.core.geometry import from_geojson
from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.views import Successor, UnitView
from dothi.kernel.packs.declarations import EntityType
from dothi.sites.operations.layers import Row, headline, is_number, is_stale, layer, shown_unit
from dothi.sites.operations.lines import lines
from dothi.sites.operations.page import Line, address, counts_by_type
from dothi.sites.operations.rules import RANK, SORTS, Filters
from dothi.sites.operations.wards import wards
from dothi.sites.ui.shell import language

_MINI = 320.0
MAX_LINES = 200


def order(name: str) -> str:
    """The key by which names of units are sorted."""
    return text.collation_key(name)


@dataclass(frozen=True, slots=True)
class Column:
    """One heading of the list: its words, where a click leads, how it is sorted now."""

    key: str
    label: str
    href: str
    sorted: str = ""


def columns(filters: Filters) -> list[Column]:
    """The headings, each a link that sorts by it (again: the other way round)."""
    labels = {
        "level": _("Level"),
        "name": _("Name"),
        "value": _("Value"),
        "unit": _("Ward or commune"),
        "observed": _("Observed"),
    }
    found = []
    for key in SORTS:
        now = filters.sort == key
        turned = f"-{key}" if now and not filters.descending else key
        href = address(filters, sort="" if turned == "level" else turned, page="")
        found.append(
            Column(
                key, labels[key], href, ("descending" if filters.descending else "ascending") if now else ""
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Summary:
    """One unit in the list of all."""

    unit: UnitView
    count: int
    worst: str
    layers: list[tuple[EntityType, int]]


def _everything(types: Mapping[str, EntityType]) -> list[Row]:
    counts = counts_by_type()
    return [row for key, kind in types.items() if counts.get(key) for row in layer(kind).rows]


def overview(types: Mapping[str, EntityType], query: str) -> list[Summary]:
    """All current units (or those a search finds), in dictionary order."""
    here: dict[str, Counter[str]] = {}
    worst: dict[str, str] = {}
    for row in _everything(types):
        if row.unit:
            here.setdefault(row.unit, Counter())[row.type] += 1
            if RANK[row.level] > RANK[worst.get(row.unit, "normal")]:
                worst[row.unit] = row.level
    folded = text.fold(query)
    found = []
    for code in wards().names:
        unit = directory.unit(code)
        if unit is None or (folded and folded not in text.fold(unit.label("vi")) and folded != code):
            continue
        kinds = [(types[key], n) for key, n in here.get(code, Counter()).most_common()]
        found.append(Summary(unit, sum(n for _kind, n in kinds), worst.get(code, "normal"), kinds))
    return sorted(found, key=lambda each: order(each.unit.name["vi"]))


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a type's headline over the fresh entities of a unit."""

    label: str
    value: str
    unit: str
    count: int
    simulated: bool
    at_us: int | None


@dataclass(frozen=True)
class MiniMap:
    """A drawing of one unit: its outline as an SVG path, and where its entities are."""

    view: str
    path: str
    dots: list[tuple[float, float, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """One unit, ready to be shown."""

    unit: UnitView
    predecessors: list[Successor]
    counts: list[tuple[EntityType, int]]
    means: list[Mean]
    lines: list[Line]
    total: int
    mini: MiniMap | None
    approximate: bool
    moved: bool = False


def _means(rows: list[Row], types: Mapping[str, EntityType]) -> list[Mean]:
    found = []
    for key, kind in types.items():
        attribute = headline(kind)
        stale_us = layer(kind).stale_us if attribute else 0
        fresh = [r for r in rows if r.type == key and is_number(r.value) and not is_stale(r, stale_us)]
        if attribute is None or not fresh:
            continue
        mean = sum(r.value for r in fresh if is_number(r.value)) / len(fresh)
        found.append(
            Mean(
                attribute.label.text(language()),
                text.format_number(mean, attribute.decimals, language()),
                shown_unit(attribute),
                len(fresh),
                any(r.simulated for r in fresh),
                max(r.observed_us or 0 for r in fresh),
            )
        )
    return found


def _mini(code: str, rows: list[Row]) -> MiniMap | None:
    features = directory.geojson()["features"]
    source = next((f for f in features if f["properties"]["code"] == code), None)
    if source is None:
        return None
    geometry = from_geojson(source["geometry"], valid=False)
    west, south, east, north = geometry.bounds
    scale = _MINI / max(east - west, north - south)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * scale, 1), round((north - lat) * scale, 1)

    rings = [
        ring for part in getattr(geometry, "geoms", [geometry]) for ring in (part.exterior, *part.interiors)
    ]
    path = " ".join(
        "M" + "L".join("{} {}".format(*at(*point[:2])) for point in ring.coords) + "Z" for ring in rings
    )
    dots = [(*at(row.lon, row.lat), row.level) for row in rows if row.lon is not None and row.lat is not None]
    width, height = at(east, south)
    return MiniMap(f"-6 -6 {width + 12:g} {height + 12:g}", path, dots)


def _unknown(code: str) -> NotFound:
    return NotFound(
        both(
            f"Không có phường, xã nào của thành phố mang mã {code!r}.",
            f"No ward or commune of the city has the code {code!r}.",
        ),
        where="code",
    )


def place(code: str, types: Mapping[str, EntityType]) -> Place:
    """What is in a unit now; an old code leads to the unit it became. Raises :class:`NotFound`."""
    units = wards()
    unit = directory.unit(code)
    moved = unit is None or code not in units.names
    if moved:
        became = [each for each in directory.successors(code) if each.unit.code in units.names]
        if not became:
            raise _unknown(code)
        unit = became[0].unit
    assert unit is not None
    rows = [row for row in _everything(types) if row.unit == unit.code]
    rows.sort(key=lambda row: (-RANK[row.level], order(row.name)))
    names = {unit.code: unit.name[language()]}
    return Place(
        unit=unit,
        predecessors=directory.predecessors(unit.code),
        counts=[(types[key], n) for key, n in Counter(row.type for row in rows).most_common()],
        means=_means(rows, types),
        lines=lines(rows[:MAX_LINES], types, names),
        total=len(rows),
        mini=_mini(unit.code, rows),
        approximate=units.approximate and not unit.has_boundary,
        moved=moved,
    )
