"""Public reports as everybody sees them: a page of a list with its map, and one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from dothi.centres.hotline import queries
from dothi.centres.hotline.following.areas import RADII_M, box, metres
from dothi.centres.hotline.models import PublicReport
from dothi.centres.hotline.taxonomy import catalogue
from dothi.kernel.directory import queries as directory
from dothi.kernel.fulfilment import naming

SIZE: Final = 30
FURTHEST: Final = 40  # pages; whoever wants more asks Open311
STATUSES: Final = (PublicReport.OPEN, PublicReport.CLOSED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor asked to see."""

    category: str = ""
    unit: str = ""
    status: str = ""
    at: tuple[float, float] | None = None
    radius_m: int = 1_000
    page: int = 1

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.category or self.unit or self.status or self.at)

    def address(self, **changed: Any) -> str:
        """The query of the same list with something changed."""
        lon, lat = self.at or ("", "")
        given = {
            "category": self.category, "unit": self.unit, "status": self.status, "lat": lat, "lon": lon,
            "radius": self.radius_m if self.at else "", "page": "",
        }  # fmt: skip
        return urlencode({name: value for name, value in (given | changed).items() if value != ""})


@dataclass(frozen=True, slots=True)
class Shown:
    """One public report."""

    code: str
    title: str
    words: str
    state: str
    open: bool
    unit: str
    opened: Any
    due: Any
    late: bool
    metres: float | None
    point: tuple[float, float] | None
    photo: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of them, and whether there are more."""

    rows: list[Shown] = field(default_factory=list)
    more: bool = False


def wanted(given: Mapping[str, str]) -> Wanted:
    """What an address asks for; what cannot be understood is left out."""
    category = given.get("category", "")
    radius = given.get("radius", "")
    number = given.get("page", "")
    return Wanted(
        category=category if category in catalogue.categories() else "",
        unit=given.get("unit", "") if given.get("unit", "").isalnum() else "",
        status=given.get("status", "") if given.get("status") in STATUSES else "",
        at=point(given),
        radius_m=int(radius) if radius.isdecimal() and int(radius) in RADII_M else 1_000,
        page=min(int(number), FURTHEST) if number.isdecimal() and int(number[:6]) > 0 else 1,
    )


def point(given: Mapping[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude; None where they are no place on the globe."""
    try:
        lon, lat = (float(given.get(name, "").replace(",", ".")) for name in ("lon", "lat"))
    except ValueError:
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def listed(asked: Wanted, now: Any, language: str) -> Page:
    """A page of public reports, the newest first."""
    found = queries.published(
        categories=[asked.category] if asked.category else (), status=[asked.status] if asked.status else (),
        unit=asked.unit, within=box(*asked.at, asked.radius_m) if asked.at else None,
    )  # fmt: skip
    first = (asked.page - 1) * SIZE
    if asked.at:
        centre = asked.at
        near = [
            each for each in found[: SIZE * FURTHEST]
            if metres(centre, (each.lon or 0.0, each.lat or 0.0)) <= asked.radius_m
        ]  # fmt: skip
        rows = near[first : first + SIZE + 1]
    else:
        rows = list(found[first : first + SIZE + 1])
    return Page(
        [shown(each, now, language, asked.at) for each in rows[:SIZE]],
        len(rows) > SIZE and asked.page < FURTHEST,
    )


def shown(report: PublicReport, now: Any, language: str, at: tuple[float, float] | None = None) -> Shown:
    """One of them in words."""
    category = catalogue.categories().get(report.category)
    there = (report.lon, report.lat) if report.lon is not None and report.lat is not None else None
    unit = directory.unit(report.unit) if report.unit else None
    return Shown(
        code=report.code, title=category.label.text(language) if category else report.category, words=report.text,
        state=report.label(language), open=report.status == PublicReport.OPEN,
        unit=unit.full_name[language] if unit else "", opened=report.opened_at, due=report.due_at,
        late=report.status == PublicReport.OPEN and report.due_at is not None and report.due_at < now,
        metres=metres(at, there) if at and there else None, point=there, photo=bool(report.photo),
        simulated=report.simulated,
    )  # fmt: skip


def handler(report: PublicReport, language: str) -> str:
    """Who answers it."""
    return naming.agency(report.organisation, language)


def categories(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds of reports in their groups, for a choice."""
    return [
        (group.label.text(language), [(each.key, each.label.text(language)) for each in group.categories])
        for group in catalogue.groups()
    ]
