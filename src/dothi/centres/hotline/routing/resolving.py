"""What a place means for who answers: its ward, the street and who keeps it, the organisation of a kind there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from shapely import Point, from_geojson
from shapely.errors import GEOSException

from dothi.centres.hotline.routing.suggesting import Place, Position, Resolved
from dothi.core.config import current
from dothi.core.errors import both
from dothi.kernel.directory import organisations
from dothi.kernel.directory import queries as directory
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs.reports import PlaceKind, Responder, RoadOwner
from dothi.kernel.registers import finding
from dothi.kernel.registers.types import kinds

STREETS: Final = "street"
KEPT_WITHIN_M: Final = 25.0  # from the centre line: half of a wide road
_KINDS: Final[dict[str, PlaceKind]] = {"ward": "ward", "commune": "commune", "special-zone": "special-zone"}
_NATIONAL: Final = frozenset({"expressway", "national"})
_WARD: Final = frozenset({"alley", "rural"})
_DEGREE_M: Final = 111_195.0


def locate(position: Position) -> Place:
    """The ward, commune or special zone a position lies in; the street there and its keeper, where recorded."""
    found = directory.unit_at(*position)
    street = nearest(position, _streets(position))
    unit, kind = (found.code, _KINDS.get(found.kind)) if found else (None, None)
    if street is None:
        return Place(unit, kind)
    keeper = str(street.get("keeper") or "")
    return Place(unit, kind, owner(street), str(street.get("title") or ""), keeper)


def _streets(position: Position) -> list[Mapping[str, Any]]:
    if STREETS not in kinds():
        return []
    lon, lat = position
    high = KEPT_WITHIN_M / _DEGREE_M
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    box = (lon - wide, lat - high, lon + wide, lat + high)
    return [each.data for each in finding.page(STREETS, by=SYSTEM, bbox=box, limit=20).items]


def nearest(position: Position, streets: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The street whose centre line is nearest, no farther than :data:`KEPT_WITHIN_M` metres."""
    best, most = None, KEPT_WITHIN_M
    for each in streets:
        away = _metres(position, each.get("line"))
        if away <= most:
            best, most = each, away
    return best


def _metres(position: Position, line: Any) -> float:
    try:
        shape = from_geojson(msgspec.json.encode(line))
    except (GEOSException, TypeError):
        return math.inf
    lon, lat = position
    squeeze = math.cos(math.radians(lat))
    here, there = Point(lon, lat), shape.interpolate(shape.project(Point(lon, lat)))
    return math.hypot((there.x - here.x) * squeeze, there.y - here.y) * _DEGREE_M


def owner(street: Mapping[str, Any]) -> RoadOwner | None:
    """Who keeps a street of the register: its keeper decides, then its class; None: nothing was recorded."""
    keeper, rank = str(street.get("keeper") or ""), street.get("class")
    if rank in _NATIONAL:
        return "national"
    found = organisations.get(keeper) if keeper else None
    if found is not None and found.unit not in (None, current().city):
        return "ward"
    if keeper:
        return "city"
    return "ward" if rank in _WARD else None


def resolve(responder: Responder, place: Place) -> Resolved:
    """Which organisation a responder is at a place, and how that is known."""
    if responder.organisation:
        return _named(responder.organisation, place)
    if responder.level == "city":
        return _of(responder.kind, current().city)
    if place.unit is None:
        return Resolved(
            None,
            both(
                "Chưa biết phường, xã của vị trí nên chưa biết cơ quan; tổng đài viên chọn.",
                "The ward of the place is not known, so neither is the organisation: the operator chooses.",
            ),
        )
    return _of(responder.kind, place.unit)


def _named(key: str, place: Place) -> Resolved:
    vi, en = naming.agency(key, "vi"), naming.agency(key, "en")
    street = place.street and place.road_owner is not None
    tail_vi = (
        f" Đường {place.street}: {naming.agency(place.keeper, 'vi') or 'theo cấp đường'}." if street else ""
    )
    tail_en = (
        f" Street {place.street}: {naming.agency(place.keeper, 'en') or 'by the class of the street'}."
        if street
        else " No keeper of a road is recorded here: the category's own table decides."
        if place.unit
        else ""
    )
    if not street and place.unit:
        tail_vi = " Chưa ghi nhận cơ quan quản lý đường tại đây: theo bảng của lĩnh vực."
    return Resolved(
        key, both(f"Theo bảng phân tuyến: {vi}.{tail_vi}", f"By the routing table: {en}.{tail_en}")
    )


def _of(kind: str, unit: str) -> Resolved:
    """The organisation of a kind that belongs to a unit; without one in the directory, the unit's own by its name."""
    found = organisations.find(unit=unit, kind=kind)
    if found:
        key = found[0].code_new or found[0].code_old or str(found[0].id)
        return Resolved(
            key,
            both(
                f"{found[0].name['vi']}: cơ quan của nơi xảy ra trong danh bạ.",
                f"{found[0].name['en']}: the organisation of the place in the directory.",
            ),
        )
    key = naming.of_unit(kind, unit)
    return Resolved(
        key,
        both(
            f"{naming.agency(key, 'vi')}: nơi xảy ra; danh bạ chưa có mã của cơ quan này.",
            f"{naming.agency(key, 'en')}: of the place; the directory has no code of it yet.",
        ),
    )
