"""The live city as the map and the list see it: one layer for each type of entity, in columns."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from dothi.core import clock, text, units
from dothi.kernel import context
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.access import ANONYMOUS, Actor
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.sites.operations.rules import RANK, Filters, seconds

FRESH_S = 1.0  # how long a layer that was read is served again before the live city is asked


class Row(NamedTuple):
    """One entity of a layer. ``value`` is as people read it; ``raw`` as it was sent."""

    id: str
    name: str
    lon: float | None
    lat: float | None
    raw: Any
    value: float | str | None
    level: str
    band: int
    observed_us: int | None
    simulated: bool
    unit: str | None
    type: str


@dataclass(frozen=True)
class Layer:
    """The entities of one type. ``order`` keys are computed once: sorting thousands must not fold names again."""

    type: EntityType
    attribute: Attribute | None
    rows: list[Row]
    read_at: float = field(default_factory=time.monotonic)

    @property
    def stale_us(self) -> int:
        """After how many microseconds without a reading an entity of this type is greyed."""
        return seconds(self.type.stale_after) * 1_000_000


def shown_unit(attribute: Attribute | None) -> str:
    """The symbol of the unit people read an attribute in; empty for a plain number or a text."""
    if attribute is None:
        return ""
    code = attribute.shown_in or attribute.unit
    return units.symbol(code) if code else ""


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a usable number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def visible_types(actor: Actor = ANONYMOUS) -> dict[str, EntityType]:
    """The types this actor may see: the open ones, and all with the right to read the context."""
    everything = actor.may("context.read")
    return {key: kind for key, kind in packs.entity_types().items() if everything or kind.access == "open"}


def headline(kind: EntityType) -> Attribute | None:
    """The attribute a type's symbol shows."""
    return packs.attribute(kind.key, kind.headline) if kind.headline else None


def _band(attribute: Attribute, value: object) -> tuple[str, int]:
    """Level and place of the band a value falls in; ("normal", -1) when none is declared."""
    found = packs.level_of(attribute, value)
    if found is None:
        return "normal", -1
    bands = attribute.thresholds
    place = next((i for i, band in enumerate(bands) if band is found or band == found), -1)
    return found.level, place


def _shown(attribute: Attribute, value: Any) -> float | str | None:
    if is_number(value):
        return packs.shown(attribute, value)[0]
    return str(value) if isinstance(value, str) else None


def located(points: Sequence[tuple[float | None, float | None]]) -> list[str | None]:
    """The current unit of every point, in order; None outside the city and for a point that is not known."""
    known = [i for i, (lon, lat) in enumerate(points) if lon is not None and lat is not None]
    found: list[str | None] = [None] * len(points)
    if known:
        pairs = np.array([points[i] for i in known], dtype=float)
        for i, code in zip(known, directory.locate_many(pairs[:, 0], pairs[:, 1]), strict=True):
            found[i] = code
    return found


def _rows(kind: EntityType, attribute: Attribute | None, found: Iterable[Any]) -> list[Row]:
    entries = list(found)
    places = located([(entry[2], entry[3]) for entry in entries])
    rows = []
    for (id_, name, lon, lat, values, observed, simulated), unit in zip(entries, places, strict=True):
        raw = values.get(attribute.key) if attribute else None
        level, band = _band(attribute, raw) if attribute and raw is not None else ("normal", -1)
        value = _shown(attribute, raw) if attribute else None
        rows.append(
            Row(
                id_, name or id_, lon, lat, raw, value, level, band, observed, bool(simulated), unit, kind.key
            )
        )
    return rows


class Fresh(NamedTuple):
    """A number somebody measured lately, as people read it."""

    lon: float
    lat: float
    value: float
    observed_us: int
    simulated: bool


def fresh(kind: EntityType, attribute: Attribute) -> tuple[list[Fresh], int]:
    """The newest number of every entity of a type that is not stale, and of how many entities in all."""
    oldest = clock.now_us() - seconds(kind.stale_after) * 1_000_000
    found = context.current().layer(kind.key, [attribute.key])
    readings = []
    for _id, _name, lon, lat, values, observed, simulated in found:
        raw = values.get(attribute.key)
        if observed is not None and observed >= oldest and is_number(raw):
            readings.append(Fresh(lon, lat, packs.shown(attribute, float(raw))[0], observed, simulated))
    return readings, len(found)


_cache: dict[str, Layer] = {}
_lock = threading.Lock()


def layer(kind: EntityType) -> Layer:
    """The layer of a type, at most a second old."""
    known = _cache.get(kind.key)
    if known is not None and time.monotonic() - known.read_at < FRESH_S:
        return known
    with _lock:
        known = _cache.get(kind.key)
        if known is not None and time.monotonic() - known.read_at < FRESH_S:
            return known
        attribute = headline(kind)
        found = context.current().layer(kind.key, [attribute.key] if attribute else [])
        _cache[kind.key] = fresh = Layer(kind, attribute, _rows(kind, attribute, found))
    return fresh


def forget() -> None:
    """Drop what was read; for tests."""
    _cache.clear()


def default_keys(types: dict[str, EntityType], counts: dict[str, int]) -> tuple[str, ...]:
    """The layers a first visit shows: every type that has entities."""
    return tuple(key for key in types if counts.get(key))


def chosen(filters: Filters, types: dict[str, EntityType], counts: dict[str, int]) -> list[EntityType]:
    """The types whose layers the address asks for."""
    keys = filters.layers if filters.layers is not None else default_keys(types, counts)
    return [types[key] for key in keys if key in types]


def matches(row: Row, filters: Filters, folded: str) -> bool:
    """Whether a row passes every filter but the layers."""
    if filters.levels and row.level not in filters.levels:
        return False
    if filters.source != "all" and row.simulated != (filters.source == "simulated"):
        return False
    if filters.unit and row.unit != filters.unit:
        return False
    if filters.bbox and (row.lon is None or row.lat is None or not filters.bbox.holds(row.lon, row.lat)):
        return False
    return not folded or folded in text.fold(row.name) or folded in row.id.lower()


def is_stale(row: Row, stale_us: int, now_us: int | None = None) -> bool:
    """Whether the newest reading is older than its type allows.

    What was never measured is stale only where its type has something to measure: an inventory of cameras without
    readings is not old, it has no time.
    """
    if row.observed_us is None:
        return packs.entity_types()[row.type].headline is not None
    return (now_us or clock.now_us()) - row.observed_us > stale_us


def _order(row: Row, sort: str, names: dict[str, str], stale: bool) -> tuple[Any, ...]:
    name = text.collation_key(row.name)
    if sort == "level":
        return (stale, -RANK[row.level], name)
    if sort == "value":
        number = is_number(row.value)
        return (0 if number else 1, row.value if number else 0.0, name)
    if sort == "unit":
        return (row.unit is None, text.collation_key(names.get(row.unit or "", "")), name)
    if sort == "observed":
        return (-(row.observed_us or 0), name)
    return (name,)


def listed(filters: Filters, layers: Iterable[Layer], unit_names: dict[str, str]) -> list[Row]:
    """The rows of the list: filtered and in the order the address asks for."""
    folded, now_us = text.fold(filters.q), clock.now_us()
    found = [
        (_order(row, filters.sort, unit_names, is_stale(row, each.stale_us, now_us)), row)
        for each in layers
        for row in each.rows
        if matches(row, filters, folded)
    ]
    found.sort(key=lambda pair: pair[0], reverse=filters.descending)
    return [row for _, row in found]
