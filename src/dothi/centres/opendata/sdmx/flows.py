"""Which datasets are statistical, and how their columns are told in SDMX. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dothi.centres.opendata.catalogue.listing import Column, Listing
from dothi.core.text import fold

AGENCY: Final = "DOTHI"
VERSION: Final = "1.0"
TIME: Final = "TIME_PERIOD"
MEASURE: Final = "MEASURE"
_NUMBERS: Final = ("integer", "number")
_KEYS: Final = ("string", "integer", "boolean", "date", "datetime")
_NOT_ID: Final = re.compile(r"[^A-Z0-9_]+")
CODE: Final = re.compile(r"[A-Za-z0-9_@$-]+")


@dataclass(frozen=True, slots=True)
class Component:
    """A column in SDMX: its id there, the column."""

    id: str
    column: Column


@dataclass(frozen=True, slots=True)
class Flow:
    """A dataset as a dataflow: dimensions, time (if any), measures, attributes."""

    id: str
    listing: Listing
    dimensions: tuple[Component, ...]
    time: Component | None
    measures: tuple[Component, ...]
    attributes: tuple[Component, ...]

    @property
    def components(self) -> tuple[Component, ...]:
        """All columns that are concepts of their own."""
        timed = () if self.time is None else (self.time,)
        return (*self.dimensions, *timed, *self.measures, *self.attributes)


def name_of(key: str) -> str:
    """The id of a dataset's dataflow: ``AIR_QUALITY``; the way back is :func:`key_of`."""
    return key.upper().replace("-", "_")


def key_of(id: str) -> str:
    """The dataset of a dataflow."""
    return id.lower().replace("_", "-")


def is_statistical(listing: Listing) -> bool:
    """Whether a dataset has measures of what its keys name; shared data is not for everybody."""
    keys = set(listing.key_columns)
    if not keys or listing.access != "open":
        return False
    kinds = {each.name: each.type for each in listing.columns}
    return all(kinds.get(name) in _KEYS for name in keys) and bool(_measures(listing))


def _measures(listing: Listing) -> list[Column]:
    return [
        each
        for each in listing.columns
        if each.role == "measure" and each.type in _NUMBERS and each.name not in listing.key_columns
    ]


def flow(listing: Listing) -> Flow | None:
    """The dataflow of a dataset; None when it is not statistical."""
    if not is_statistical(listing):
        return None
    ids = _ids(listing)
    keys = [each for each in listing.columns if each.name in listing.key_columns]
    timed = next((each for each in keys if each.role == "time"), None)
    timed = timed or next((each for each in keys if each.type in ("date", "datetime")), None)
    measured = _measures(listing)
    used = {each.name for each in (*keys, *measured)}
    others = [
        each for each in listing.columns if each.name not in used and each.type not in ("geometry", "json")
    ]

    def made(columns: list[Column]) -> tuple[Component, ...]:
        return tuple(Component(ids[each.name], each) for each in columns)

    return Flow(
        name_of(listing.key),
        listing,
        made([each for each in keys if each is not timed]),
        None if timed is None else Component(TIME, timed),
        made(measured),
        made(others),
    )


def _ids(listing: Listing) -> dict[str, str]:
    """Each column's id: capital letters without diacritics, each once."""
    taken, found = {TIME, MEASURE, "OBS_VALUE", "DATAFLOW"}, {}
    for each in listing.columns:
        plain = _NOT_ID.sub("_", fold(each.name).upper()).strip("_") or "COLUMN"
        id = plain = plain if plain[0].isalpha() else f"C_{plain}"
        number = 1
        while id in taken:
            number += 1
            id = f"{plain}_{number}"
        taken.add(id)
        found[each.name] = id
    return found
