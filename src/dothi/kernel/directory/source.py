"""Reads the units of Viet Nam from the package ``vietnamadminunits`` (pure: a file in, plain rows out).

Its SQLite file holds the 34 provinces and 3,321 communes since 1 July 2025, and the 63 provinces,
696 districts and 10,035 communes until then; a JSON file beside it says what became of each.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from dothi.kernel.directory.names import COMMUNE, DISTRICT, PROVINCE, Named, named

REFORM = date(2025, 7, 1)
"""The day the units of today began (Resolution 202/2025/QH15): two levels, no districts."""

NEW, OLD = "vn34", "vn63"
"""Eras: Viet Nam of 34 provinces (since the reform) and of 63 (until it)."""

Bounds = tuple[float, float, float, float]
_NEW_COLUMNS = """province, provinceCode, provinceKey, provinceLon, provinceLat,
    ward, wardCode, wardKey, wardLon, wardLat, wardAreaKm2"""
_OLD_COLUMNS = ", ".join(
    f"{level}, {level}Code, {level}Key, {level}Lon, {level}Lat, {level}Bounds"
    for level in ("province", "district", "ward")
)
_VERSION = b"1"  # raise it when the same files must be read into other rows


def key(era: str, code: str) -> str:
    """The key of a unit: codes were used again in the reform, so the era is part of it."""
    return f"{era}:{code}"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the source tells it."""

    era: str
    code: str
    level: str
    named: Named
    parent: str | None  # key
    lon: float | None
    lat: float | None
    area_km2: float | None
    bounds: Bounds | None = None

    @property
    def key(self) -> str:
        return key(self.era, self.code)


class SuccessionRow(NamedTuple):
    """That an old unit became (part of) a new one. ``main``: the unit to assume by default."""

    old: str
    new: str
    whole: bool
    main: bool


def _package() -> Path:
    """The folder of the package, found without importing it: that would build its address parser (1 s)."""
    spec = find_spec("vietnamadminunits")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


class Source:
    """The files of the package, read when asked for."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _package() / "data"

    @property
    def _database(self) -> Path:
        return self._folder / "dataset.db"

    @property
    def _conversions(self) -> Path:
        return self._folder / "converter_2025.json"

    def fingerprint(self) -> str:
        """Changes when the files do."""
        digest = hashlib.sha256(_VERSION)
        for path in (self._database, self._conversions):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _rows(self, table: str, columns: str) -> list[sqlite3.Row]:
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608 - our own words
        finally:
            connection.close()

    @cached_property
    def _new(self) -> list[sqlite3.Row]:
        return self._rows("admin_units", _NEW_COLUMNS)

    @cached_property
    def _old(self) -> list[sqlite3.Row]:
        return self._rows("admin_units_legacy", _OLD_COLUMNS)

    def units(self) -> list[UnitRow]:
        """All units of both eras, every parent before its children."""
        return [*self._new_provinces(), *_old_parents(self._old), *self._communes()]

    def _new_provinces(self) -> Iterator[UnitRow]:
        areas: dict[str, float] = {}
        complete: dict[str, bool] = {}
        for row in self._new:
            code, area = row["provinceCode"], row["wardAreaKm2"]
            areas[code] = areas.get(code, 0.0) + (area or 0.0)
            complete[code] = complete.get(code, True) and area is not None
        for row in {row["provinceCode"]: row for row in self._new}.values():
            code = row["provinceCode"]
            area = round(areas[code], 2) if complete[code] else None
            called = named(row["province"], PROVINCE)
            yield UnitRow(NEW, code, PROVINCE, called, None, row["provinceLon"], row["provinceLat"], area)

    def _communes(self) -> Iterator[UnitRow]:
        for row in self._new:
            called, parent = named(row["ward"], COMMUNE), key(NEW, row["provinceCode"])
            place = row["wardLon"], row["wardLat"], row["wardAreaKm2"]
            yield UnitRow(NEW, row["wardCode"], COMMUNE, called, parent, *place)
        for row in self._old:
            if row["wardCode"] is not None:
                yield _old_unit(row, "ward", COMMUNE, key(OLD, row["districtCode"]))

    def successions(self) -> list[SuccessionRow]:
        """What became of every old commune, the five island districts without any, and every province."""
        tables = json.loads(self._conversions.read_bytes())
        new = {(row["provinceKey"], row["wardKey"]): key(NEW, row["wardCode"]) for row in self._new}
        old = {_old_name(row): key(OLD, row["wardCode"] or row["districtCode"]) for row in self._old}
        return [
            *self._merged_provinces(tables["DICT_PROVINCE"]),
            *_whole(tables["DICT_PROVINCE_WARD_NO_DIVIDED"], old, new),
            *_divided(tables["DICT_PROVINCE_WARD_DIVIDED"], old, new),
        ]

    def _merged_provinces(self, table: dict[str, list[str]]) -> Iterator[SuccessionRow]:
        new = {row["provinceKey"]: key(NEW, row["provinceCode"]) for row in self._new}
        old = {row["provinceKey"]: key(OLD, row["provinceCode"]) for row in self._old}
        for into, parts in table.items():
            for part in parts:
                yield SuccessionRow(old[part], new[into], whole=True, main=True)


def _old_parents(rows: list[sqlite3.Row]) -> Iterator[UnitRow]:
    for row in {row["provinceCode"]: row for row in rows}.values():
        yield _old_unit(row, "province", PROVINCE, None)
    for row in {row["districtCode"]: row for row in rows}.values():
        yield _old_unit(row, "district", DISTRICT, key(OLD, row["provinceCode"]))


def _old_unit(row: sqlite3.Row, prefix: str, level: str, parent: str | None) -> UnitRow:
    called, bounds = named(row[prefix], level), _bounds(row[f"{prefix}Bounds"])
    return UnitRow(
        OLD,
        row[f"{prefix}Code"],
        level,
        called,
        parent,
        row[f"{prefix}Lon"],
        row[f"{prefix}Lat"],
        None,
        bounds,
    )


def _bounds(text: str | None) -> Bounds | None:
    """``south,west – north,east`` as west, south, east, north."""
    if not text:
        return None
    (south, west), (north, east) = (map(float, corner.split(",")) for corner in text.split("–"))
    return west, south, east, north


def _old_name(row: sqlite3.Row) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


_Keys = dict[str, str]
_NewKeys = dict[tuple[str, str], str]


def _whole(table: dict[str, dict[str, list[str]]], old: _Keys, new: _NewKeys) -> Iterator[SuccessionRow]:
    for province, communes in table.items():
        for commune, parts in communes.items():
            for part in parts:
                yield SuccessionRow(old[part], new[province, commune], whole=True, main=True)


def _divided(
    table: dict[str, dict[str, list[dict[str, Any]]]], old: _Keys, new: _NewKeys
) -> Iterator[SuccessionRow]:
    for province, divided in table.items():
        for part, targets in divided.items():
            for target in targets:
                into = new[province, target["newWardKey"]]
                yield SuccessionRow(old[part], into, whole=False, main=bool(target["isDefaultNewWard"]))
