"""What the map's address means, and how levels are ordered. Pure: no reading of anything."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dothi.core.errors import BadInput, both
from dothi.kernel.packs.declarations import Level

LEVELS: tuple[Level, ...] = ("normal", "info", "warn", "alert", "critical")
RANK: dict[str, int] = {level: rank for rank, level in enumerate(LEVELS)}
WINDOWS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
SORTS = ("level", "name", "value", "unit", "observed")
VIEWS = ("map", "list", "city")
SOURCES = ("all", "measured", "simulated")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
_UNIT = re.compile(r"\d{1,8}")
_DURATION = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
MAX_TEXT = 200
MAX_PAGE = 100_000


class Box(NamedTuple):
    """West, south, east, north, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point is inside, borders included."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


class Place(NamedTuple):
    """Where the map looks."""

    zoom: float
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Filters:
    """All that the address of map and list says. ``layers`` None: the ones shown by default."""

    layers: tuple[str, ...] | None = None
    colour: tuple[str, str] | None = None
    levels: frozenset[str] = frozenset()
    source: str = "all"
    q: str = ""
    unit: str = ""
    bbox: Box | None = None
    place: Place | None = None
    view: str = "map"
    selected: str = ""
    attribute: str = ""
    window: str = "24h"
    sort: str = "level"
    descending: bool = False
    page: int = 1


def _wrong(name: str, value: str, vi: str, en: str) -> BadInput:
    shown = value[:80]
    return BadInput(both(f"Tham số {name}={shown!r}: {vi}", f"Parameter {name}={shown!r}: {en}"), where=name)


def choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """``value`` when it is one of ``allowed`` (the first when empty); raises :class:`BadInput`."""
    if not value:
        return allowed[0]
    if value not in allowed:
        listed = ", ".join(allowed)
        raise _wrong(name, value, f"hãy dùng một trong các giá trị {listed}.", f"use one of {listed}.")
    return value


def _keys(name: str, value: str) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(part for part in value.split(",") if part))
    if bad := next((key for key in keys if not _KEY.fullmatch(key)), None):
        raise _wrong(name, bad, "không phải là một tên kiểu dữ liệu.", "this is not the name of a type.")
    return keys


def _levels(value: str) -> frozenset[str]:
    return frozenset(choice("level", part, LEVELS) for part in value.split(",") if part)


def pair(name: str, value: str) -> tuple[str, str] | None:
    """``Type.attribute`` as its two parts; None when empty or ``none``."""
    if value in {"", "none"}:
        return None
    kind, _, attribute = value.partition(".")
    if not (_KEY.fullmatch(kind) and _KEY.fullmatch(attribute)):
        raise _wrong(name, value, "hãy viết Kiểu.thuộctính.", "write it as Type.attribute.")
    return kind, attribute


def _numbers(name: str, value: str, count: int, separator: str) -> list[float]:
    try:
        numbers = [float(part) for part in value.split(separator)]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise _wrong(
            name,
            value,
            f"cần {count} số cách nhau bằng {separator!r}.",
            f"{count} numbers parted by {separator!r} are needed.",
        )
    return numbers


def box(value: str) -> Box | None:
    """``west,south,east,north`` in degrees; None when empty."""
    if not value:
        return None
    found = Box(*_numbers("bbox", value, 4, ","))
    if not (-180 <= found.west < found.east <= 180 and -90 <= found.south < found.north <= 90):
        raise _wrong(
            "bbox",
            value,
            "cần tây < đông và nam < bắc, tính bằng độ.",
            "west < east and south < north are needed, in degrees.",
        )
    return found


def _place(value: str) -> Place | None:
    if not value:
        return None
    found = Place(*_numbers("map", value, 3, "/"))
    if not (0 <= found.zoom <= 22 and -90 <= found.lat <= 90 and -180 <= found.lon <= 180):
        raise _wrong("map", value, "cần mức phóng/vĩ độ/kinh độ.", "zoom/latitude/longitude is needed.")
    return found


def _page(value: str) -> int:
    if not value:
        return 1
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= MAX_PAGE:
        raise _wrong("page", value, "số trang bắt đầu từ 1.", "pages are counted from 1.")
    return int(value)


def _unit(value: str) -> str:
    if value and not _UNIT.fullmatch(value):
        raise _wrong("unit", value, "mã đơn vị chỉ gồm chữ số.", "the code of a unit has digits only.")
    return value


def filters(query: Mapping[str, str]) -> Filters:
    """The filters in an address; raises :class:`BadInput` naming the first parameter that cannot be used."""
    sort = query.get("sort", "")
    return Filters(
        layers=_keys("layers", query["layers"]) if "layers" in query else None,
        colour=pair("color", query.get("color", "")),
        levels=_levels(query.get("level", "")),
        source=choice("source", query.get("source", ""), SOURCES),
        q=query.get("q", "").strip()[:MAX_TEXT],
        unit=_unit(query.get("unit", "")),
        bbox=box(query.get("bbox", "")),
        place=_place(query.get("map", "")),
        view=choice("view", query.get("view", ""), VIEWS),
        selected=query.get("id", "")[:500],
        attribute=query.get("attr", "")[:100],
        window=choice("window", query.get("window", ""), tuple(WINDOWS)),
        sort=choice("sort", sort.removeprefix("-"), SORTS),
        descending=sort.startswith("-"),
        page=_page(query.get("page", "")),
    )


def seconds(duration: str) -> int:
    """``15 minutes`` of a pack as seconds."""
    count, unit = duration.split()
    return int(count) * _DURATION[unit.rstrip("s")]
