"""What the public is told of a dataset: one plain struct that every standard and screen is made from. No Django."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

SPATIAL_ROLES = frozenset({"geometry", "longitude"})


class Words(Struct, frozen=True):
    """A text in both languages; an empty one falls back to the other."""

    vi: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        """The text in ``language`` (``vi`` or ``en``)."""
        return (self.en or self.vi) if language.startswith("en") else (self.vi or self.en)

    def facts(self) -> dict[str, str]:
        """As ``{"vi": …, "en": …}``."""
        return {"vi": self.text("vi"), "en": self.text("en")}


class Column(Struct, frozen=True):
    """A published column: its machine name, type, label, unit of measure (UN/CEFACT or UCUM) and role."""

    name: str
    type: str = "string"
    label: Words = Words()
    description: Words = Words()
    unit: str = ""
    role: str = ""
    codes: str = ""


class Listing(Struct, frozen=True, kw_only=True):
    """A published dataset as of one version. Times are aware UTC; ``spatial`` is (west, south, east, north)."""

    key: str
    id: UUID
    title: Words
    description: Words
    keywords: tuple[Words, ...] = ()
    themes: tuple[str, ...] = ()
    licence: str = "other"
    publisher: str = ""
    publisher_label: Words = Words()
    unit: str = ""
    contact_name: str = ""
    contact_email: str = ""
    frequency: str = "UNKNOWN"
    spatial: tuple[float, float, float, float] | None = None
    temporal_from: str = ""
    temporal_to: str = ""
    access: Literal["open", "shared"] = "open"
    provenance: Literal["real", "simulated", "mixed"] = "real"
    source: Words = Words()
    source_url: str = ""
    columns: tuple[Column, ...] = ()
    key_columns: tuple[str, ...] = ()
    version: int = 1
    version_label: str = ""
    rows: int = 0
    bytes: int = 0
    quality: float | None = None
    issued: datetime
    modified: datetime

    @property
    def has_places(self) -> bool:
        """Whether its rows can be drawn on a map."""
        return any(each.role in SPATIAL_ROLES or each.type == "geometry" for each in self.columns)


_decoder = msgspec.json.Decoder(Listing)


def decode(document: bytes | str) -> Listing:
    """The listing kept as JSON; raises :class:`msgspec.ValidationError`."""
    return _decoder.decode(document)


def encode(listing: Listing) -> bytes:
    """``listing`` as JSON."""
    return msgspec.json.encode(listing)


def facts(listing: Listing) -> dict[str, Any]:
    """``listing`` as plain JSON values."""
    plain: dict[str, Any] = msgspec.to_builtins(listing)
    return plain
