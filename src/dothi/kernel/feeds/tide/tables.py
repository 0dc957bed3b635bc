"""The harmonic constants that ship with the platform, read from ``stations.json``.

TICON-4 through the Neaps tide database, CC BY 4.0; the attribution text is part of each station and travels
with every entity made from it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from dothi.core.errors import NotFound

DEFAULT = "vung-tau"


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """A place name in both languages."""

    vi: str
    en: str


class Epoch(Struct, frozen=True, forbid_unknown_fields=True):
    """First and last day of the gauge record the constants were fitted to."""

    start: str
    end: str


class Station(Struct, frozen=True, forbid_unknown_fields=True):
    """A tide station. ``constituents``: name → (amplitude in metres, Greenwich phase lag in degrees).

    ``datums`` are heights in metres on the gauge's own zero; ``chart_datum`` names the one heights are
    given above.
    """

    key: str
    name: Name
    source_id: str
    source: str
    source_url: str
    attribution: str
    licence: str
    licence_url: str
    longitude: float
    latitude: float
    chart_datum: Annotated[str, Meta(pattern="^(LAT|MSL)$")]
    datums: dict[str, float]
    epoch: Epoch
    constituents: dict[str, tuple[float, float]]

    @property
    def mean_level(self) -> float:
        """Mean sea level above the chart datum, in metres."""
        return round(self.datums["MSL"] - self.datums[self.chart_datum], 4)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    stations: tuple[Station, ...]


@cache
def stations() -> dict[str, Station]:
    """All shipped stations by key (``vung-tau``, ``quy-nhon``, ``hon-dau``)."""
    raw = Path(__file__).with_name("stations.json").read_bytes()
    return {each.key: each for each in msgspec.json.decode(raw, type=_File).stations}


def station(key: str) -> Station:
    """The station called ``key``; raises :class:`~dothi.core.errors.NotFound` naming those there are."""
    try:
        return stations()[key]
    except KeyError:
        raise NotFound(f"There is no tide station {key!r}. Stations: {', '.join(stations())}.") from None
