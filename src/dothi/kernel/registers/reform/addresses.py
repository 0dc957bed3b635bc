"""Written addresses of the old order, read from their end: province, district, ward. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dothi.core.text import fold

_COUNTRY: Final = {"viet nam", "vn"}
_CITY: Final = re.compile(r"(tp\.? ?)?(hcm|hochiminh)|sai gon|tphcm")
_SHORT: Final = (
    (re.compile(r"p(?:\. ?| )(?=\S)|p(?=\d)"), "phuong "),
    (re.compile(r"q(?:\. ?| )(?=\S)|q(?=\d)"), "quan "),
    (re.compile(r"tp(?:\. ?| )(?=\S)"), "thanh pho "),
    (re.compile(r"t\.?p(?:\. ?| )(?=\S)"), "thanh pho "),
    (re.compile(r"tx(?:\. ?| )(?=\S)"), "thi xa "),
    (re.compile(r"tt(?:\. ?| )(?=\S)"), "thi tran "),
    (re.compile(r"h(?:\. ?| )(?=\S)"), "huyen "),
    (re.compile(r"x(?:\. ?| )(?=\S)"), "xa "),
)
_TYPED: Final = re.compile(r"(phuong|quan|thanh pho|thi xa|thi tran|huyen|xa|tinh|dac khu) ")
_ZEROS: Final = re.compile(r"(?<= )0+(?=\d+$)")


def plain(part: str) -> str:
    """A part of an address for comparison: folded, its kind written out, numbers without zeros in front."""
    said = " ".join(fold(part).strip(" .").split())
    if _CITY.fullmatch(said):
        return "thanh pho ho chi minh"
    for short, full in _SHORT:
        found = short.match(said)
        if found is not None:
            said = full + said[found.end() :]
            break
    return _ZEROS.sub("", said)


class Named(NamedTuple):
    """A unit of the old order: its key, the key of the unit it lay in, its full Vietnamese name."""

    key: str
    parent: str
    name: str


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names of the old order. ``city``: the key of the province meant where none is written."""

    city: str
    provinces: dict[str, str] = field(default_factory=dict)
    within: dict[str, dict[str, str]] = field(default_factory=dict)  # key → name → key of a unit in it

    @classmethod
    def of(cls, city: str, provinces: Iterable[Named], others: Iterable[Named]) -> Gazetteer:
        """From the units of the old order."""
        made = cls(city)
        for each in provinces:
            _enter(made.provinces, each)
        for each in others:
            _enter(made.within.setdefault(each.parent, {}), each)
        return made


def _enter(names: dict[str, str], unit: Named) -> None:
    """By the full name, and by the name alone where that is not a number; a name two units have names neither."""
    full = plain(unit.name)
    short = _TYPED.sub("", full, count=1)
    names[full] = unit.key
    if not short.isdigit():
        names[short] = unit.key if names.get(short, unit.key) == unit.key else ""


@dataclass(frozen=True, slots=True)
class Read:
    """What an address names: ``before`` is all in front of its units, as written. ``ward`` empty: not understood."""

    before: tuple[str, ...]
    ward: str
    district: str
    province: bool  # whether the province is written too
    after: tuple[str, ...] = ()


def read(text: str, names: Gazetteer) -> Read | None:
    """The units an address names; None when it names no district, and so is not of the old order."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    after: tuple[str, ...] = ()
    if parts and fold(parts[-1]) in _COUNTRY:
        after = (parts.pop(),)
    province = names.provinces.get(plain(parts[-1]), "") if parts else ""
    if province:
        parts.pop()
    if not parts:
        return None
    said = plain(parts[-1])
    district = names.within.get(province or names.city, {}).get(said, "")
    if not district:
        return None
    ward = names.within.get(district, {}).get(plain(parts[-2]), "") if len(parts) > 1 else ""
    if not ward and not _TYPED.match(said):
        return None  # a word alone that only happens to be a district's name
    before = parts[:-2] if ward else parts[:-1]
    return Read(tuple(before), ward, district, bool(province), after)


def written(found: Read, ward: str, province: str) -> str:
    """The address with its units of today."""
    units = (ward, province) if found.province else (ward,)
    return ", ".join((*found.before, *units, *found.after))
