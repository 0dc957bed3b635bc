"""Values that fit a property's schema, from a seeded source of chance."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.kernel.directory import queries as directory
from dothi.kernel.packs.record_types import UNIT, Link, Property
from dothi.kernel.registers.models import Identifier
from dothi.kernel.registers.samples import words
from dothi.kernel.registers.types import Kind

BOX: Final = (
    106.40,
    10.65,
    106.95,
    11.05,
)  # around the inner city: where samples lie when no unit says better
OTHERS: Final = 300  # simulated records of another register that links lead to: the first there are
_PART = re.compile(r"\[([^\]]+)\]|\\d|\(([^()]*)\)|(.)")
_TIMES = re.compile(r"\{(\d+)(?:,(\d+))?\}|([?*+])")
_FIRST_DAY: Final = date(1950, 1, 1)


class Maker:
    """Makes records of one type; the same seed makes the same ones."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.kind, self.chance = kind, Random(f"{kind.key}:{seed}")  # noqa: S311  samples, not secrets
        self.number = 0
        self._used: set[tuple[str, str]] = set()
        self._others: dict[tuple[str, str], list[str]] = {}
        self._units = [each for each in directory.children(current().city) if each.centroid]

    def record(self) -> dict[str, Any]:
        """The data of one more record; raises :class:`BadInput` when the schema asks for what is not known here."""
        self.number += 1
        unit = self.chance.choice(self._units) if self._units else None
        centre = unit.centroid if unit is not None else None
        data: dict[str, Any] = {}
        for each in self.kind.properties.values():
            if each.required or each.identifier is not None or self.chance.random() < 0.85:
                value = self._value(each, unit.code if unit is not None else current().city, centre)
                if value is not None:
                    data[each.key] = value
        return self._checked(data)

    def _checked(self, data: dict[str, Any]) -> dict[str, Any]:
        """Without what does not fit and is not needed: a schema may ask for more than a generator knows."""
        for fault in self.kind.faults(data):
            key = fault.where.partition(".")[0].partition("[")[0]
            if key not in self.kind.properties or self.kind.properties[key].required:
                said = both(
                    f"Không sinh được {key}: {fault.text['vi']}", f"Cannot make {key}: {fault.text['en']}"
                )
                raise BadInput(said, where=key)
            data.pop(key, None)
        return data

    def _value(self, each: Property, unit: str, centre: tuple[float, float] | None) -> Any:
        if each.identifier is not None:
            return self._identifier(each)
        if each.link is not None:
            return unit if each.link.register == UNIT else self._linked(each, each.link)
        codes = self.kind.codes(each.key)
        if codes is not None:
            return self.chance.choice([code.value for code in codes.codes])
        if "enum" in each.schema:
            return self.chance.choice(list(each.schema["enum"]))
        if each.kind == "geometry":
            return self._place(each, centre)
        makers: dict[str, Callable[[Property], Any]] = {
            "integer": self._whole, "number": self._real, "boolean": lambda _: self.chance.random() < 0.5,
            "date": lambda _: self._day(), "datetime": lambda _: f"{self._day()}T08:00:00+07:00", "text": self._text,
        }  # fmt: skip
        make = makers.get(each.kind)
        return None if make is None else make(each)

    def _linked(self, each: Property, link: Link) -> Any:
        """Simulated records of the other register, where there are some; of a list of objects, up to four."""
        if link.via is None:
            return self._other(link)
        items = each.schema.get("items", {}).get("properties", {})
        found: dict[str, dict[str, Any]] = {}
        for _ in range(1 + int(self.chance.random() * 4)):
            other = self._other(link)
            if other is not None and other not in found:
                words = {key: list(one["enum"]) for key, one in items.items() if "enum" in one}
                found[other] = {
                    link.via: other,
                    **{key: self.chance.choice(some) for key, some in words.items()},
                }
        return list(found.values()) or None

    def _other(self, link: Link) -> str | None:
        key = (link.register, link.by or "")
        if key not in self._others:
            named = Identifier.objects.filter(
                type=link.register, scheme=link.by or "", record__simulated=True
            )
            self._others[key] = list(named.order_by("id").values_list("value", flat=True)[:OTHERS])
        there, at = self._others[key], self.chance.random()
        return there[int(at * len(there))] if there else None

    def _identifier(self, each: Property) -> str:
        for _ in range(100):
            value = self._text(each, unique=True)
            if (each.key, value) not in self._used:
                self._used.add((each.key, value))
                return value
        raise BadInput(both(f"Hết mã {each.key}.", f"No more values for {each.key}."), where=each.key)

    def _text(self, each: Property, unique: bool = False) -> str:
        pattern = each.schema.get("pattern")
        if each.mask == "phone":
            return f"000 {self.chance.randrange(10**7):07}"
        if pattern:
            return matching(str(pattern), self.chance, self.number if unique else None)
        if unique:
            return f"{self.kind.key[:3].upper()}-SIM-{self.number:07}"
        if each.schema.get("format") == "email":
            return f"mau{self.number}@example.vn"
        longest = int(each.schema.get("maxLength", 200))
        return self._named(each.key)[:longest].strip()

    def _named(self, key: str) -> str:
        pick = self.chance.choice
        if "address" in key or key in ("seat", "residence"):
            return f"{self.chance.randint(1, 400)} {pick(words.STREETS)}"
        if "house_number" in key:
            return str(self.chance.randint(1, 400))
        if "street" in key:
            return pick(words.STREETS)
        if "title" in key or key in ("trade_name", "name", "investor"):
            return f"{self.kind.declared.label.vi} {pick(words.THINGS)} {self.number}"
        if key.endswith("name") or key in ("head", "father", "mother", "owner", "principal", "director"):
            return f"{pick(words.FAMILIES)} {pick(words.MIDDLES)} {pick(words.GIVEN)}"
        if key in ("sheet", "number", "page", "book", "floor"):
            return str(self.chance.randint(1, 300))
        return f"{pick(words.WORDS)} {pick(words.THINGS)}"

    def _whole(self, each: Property) -> int:
        low, high = self._limits(each)
        return self.chance.randint(int(low), int(high))

    def _real(self, each: Property) -> float:
        low, high = self._limits(each)
        return round(self.chance.uniform(low, high), 1) or 0.5

    def _limits(self, each: Property) -> tuple[float, float]:
        if each.key.startswith("year") or each.key.endswith("year"):
            return 2020, 2026
        low = float(each.schema.get("minimum", each.schema.get("exclusiveMinimum", 0)))
        high = float(each.schema.get("maximum", each.schema.get("exclusiveMaximum", max(low * 2, low + 500))))
        return low, high

    def _day(self) -> str:
        return (_FIRST_DAY + timedelta(days=self.chance.randrange(27_000))).isoformat()

    def _place(self, each: Property, centre: tuple[float, float] | None) -> dict[str, Any]:
        west, south, east, north = BOX
        lon, lat = centre or (self.chance.uniform(west, east), self.chance.uniform(south, north))
        lon = round(lon + self.chance.uniform(-0.006, 0.006), 6)
        lat = round(lat + self.chance.uniform(-0.006, 0.006), 6)
        size = 0.004 if "zone" in self.kind.key else 0.0002
        if each.key in ("outline", "footprint"):
            ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
            return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}
        if each.key == "line":
            return {
                "type": "LineString",
                "coordinates": [[lon, lat], [round(lon + 0.004, 6), round(lat + 0.002, 6)]],
            }
        return {"type": "Point", "coordinates": [lon, lat]}


def matching(pattern: str, chance: Random, number: int | None = None) -> str:
    """A text for a plain pattern (classes, counts, groups of alternatives); digits carry ``number`` at the end."""
    text = _expanded(pattern.removeprefix("^").removesuffix("$"), chance)
    if number is None:
        return text
    digits = sum(letter.isdigit() for letter in text)
    said = iter(f"{number:0{digits}}"[-digits:]) if digits else iter(())
    return "".join(next(said) if letter.isdigit() else letter for letter in text)


def _expanded(pattern: str, chance: Random) -> str:
    found, at = "", 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if part is None:
            break
        at = part.end()
        times = _TIMES.match(pattern, at)
        at = times.end() if times is not None else at
        found += "".join(_one(part, chance) for _ in range(_count(times)))
    return found


def _count(times: re.Match[str] | None) -> int:
    if times is None:
        return 1
    if times[3]:
        return 1 if times[3] == "+" else 0
    return int(times[2] or times[1])


def _one(part: re.Match[str], chance: Random) -> str:
    if part[2] is not None:
        return _expanded(part[2].removeprefix("?:").split("|")[0], chance)
    if part[1] is not None:
        letters = _letters(part[1])
        return "0" if "0" in letters else chance.choice(letters)
    return "0" if part[0] == "\\d" else str(part[3])


def _letters(inside: str) -> str:
    """The letters of a class like ``A-Z0-9``."""
    found, at = "", 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            found += "".join(map(chr, range(ord(inside[at]), ord(inside[at + 2]) + 1)))
            at += 3
        else:
            found += inside[at]
            at += 1
    return found
