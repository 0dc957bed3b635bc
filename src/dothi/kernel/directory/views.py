"""What others see of a unit: plain, frozen, free of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from dothi.core.errors import Text
from dothi.kernel.directory.source import Bounds


@dataclass(frozen=True, slots=True)
class UnitView:
    """An administrative unit. ``parent`` is a code of the same time; ``centroid`` is (lon, lat).

    Valid on every day from ``valid_from`` (None: longer than we know) up to, not including, ``valid_to``.
    ``approximate`` is set on an answer to *where* that came from a cell or a box, not from a boundary.
    """

    code: str
    name: Text
    full_name: Text
    kind: str
    level: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    centroid: tuple[float, float] | None
    area_km2: float | None
    has_boundary: bool
    key: str
    bounds: Bounds | None = None
    approximate: bool = False

    @property
    def era(self) -> str:
        """The time its code belongs to: ``vn34`` (since July 2025) or ``vn63`` (before)."""
        return self.key.partition(":")[0]

    def valid_on(self, day: date) -> bool:
        """Whether it was a unit on that day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)

    def label(self, language: str = "vi") -> str:
        """Its full name in ``language``."""
        return self.full_name["en" if language.startswith("en") else "vi"]

    def facts(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "code": self.code,
            "name": dict(self.name),
            "full_name": dict(self.full_name),
            "kind": self.kind,
            "level": self.level,
            "parent": self.parent,
            "valid_from": self.valid_from and self.valid_from.isoformat(),
            "valid_to": self.valid_to and self.valid_to.isoformat(),
            "centroid": self.centroid and list(self.centroid),
            "area_km2": self.area_km2,
            "has_boundary": self.has_boundary,
            "approximate": self.approximate,
        }


class Successor(NamedTuple):
    """A unit that an old one became: ``share`` of it (1.0 whole, None not known), what to tell a person."""

    unit: UnitView
    share: float | None
    note: Text
