"""What the directory knows of the old order: codes, successors, names, and the unit at a place."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final

from dothi.core.config import current
from dothi.core.geometry import GeometryError
from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.names import COMMUNE, DISTRICT, PROVINCE
from dothi.kernel.directory.source import OLD, REFORM
from dothi.kernel.registers import places
from dothi.kernel.registers.reform.addresses import Gazetteer, Named

BEFORE: Final = REFORM - timedelta(days=1)


class Knowledge:
    """Asked once for each unit while a conversion runs."""

    def __init__(self) -> None:
        self.became = cache(self._became)
        self.was = cache(lambda code: directory.unit(code, BEFORE) is not None)
        self.is_now = cache(lambda code: directory.unit(code) is not None)
        self.full_name = cache(self._full_name)

    @staticmethod
    def _became(key: str) -> tuple[str, ...]:
        """The codes of the units that the old unit ``key`` became."""
        return tuple(each.unit.code for each in directory.successors(key))

    @staticmethod
    def _full_name(code: str) -> tuple[str, str]:
        """A unit of today and the province it lies in, as addresses write them."""
        unit = directory.unit(code)
        above = None if unit is None or unit.parent is None else directory.unit(unit.parent)
        return ("" if unit is None else unit.label("vi")), ("" if above is None else above.label("vi"))

    @staticmethod
    def key(code: str) -> str:
        """The key of the unit that had ``code`` before the reform."""
        return f"{OLD}:{code}"

    @staticmethod
    def gazetteer() -> Gazetteer:
        """The names of the old order; the city's own province is meant where none is written."""
        provinces = directory.units(PROVINCE, at=BEFORE)
        others = [*directory.units(DISTRICT, at=BEFORE), *directory.units(COMMUNE, at=BEFORE)]
        return Gazetteer.of(
            Knowledge.key(current().city),
            [Named(each.key, "", each.full_name["vi"]) for each in provinces],
            [Named(each.key, Knowledge.key(each.parent or ""), each.full_name["vi"]) for each in others],
        )


def unit_at(geometry: Any) -> tuple[str, bool]:
    """The code of today's unit at the middle of a geometry, and whether a boundary says so; empty where none is."""
    if not isinstance(geometry, dict):
        return "", False
    try:
        west, south, east, north = places.box(geometry)
    except GeometryError:
        return "", False
    found = directory.unit_at((west + east) / 2, (south + north) / 2)
    return ("", False) if found is None else (found.code, not found.approximate)
