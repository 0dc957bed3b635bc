"""What a provider of collections answers to, and what is asked of it. No Django here.

A provider tells which collections a reader may see and opens one of them for that reader; what the reader may not
see (rows, properties, places) never leaves the provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from dothi.core.errors import Text, both
from dothi.kernel.identity.access import Actor

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Box = tuple[float, float, float, float]
Interval = tuple[datetime | None, datetime | None]
EMPTY: Text = both("", "")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, for which purpose, in which language."""

    actor: Actor
    purpose: str = ""
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of features: its JSON Schema type and format, what people call it, its unit."""

    name: str
    type: str = "string"
    format: str = ""
    title: Text = field(default_factory=lambda: EMPTY)
    unit: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """What is told of a collection. ``time``: the property that ``datetime`` asks about; ``bbox``: CRS84."""

    id: str
    title: Text
    description: Text = field(default_factory=lambda: EMPTY)
    properties: tuple[Property, ...] = ()
    queryables: tuple[Property, ...] = ()
    time: str = ""
    bbox: Box | None = None
    interval: tuple[str, str] = ("", "")
    item_type: str = "feature"
    licence: str = ""
    keywords: tuple[str, ...] = ()
    tiles: bool = False
    updated: datetime | None = None
    links: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One property condition, as text: ``op`` is one of eq ne lt le gt ge in contains isnull."""

    property: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a collection's features. ``boxes``: lie in any of them (two across the 180th meridian)."""

    limit: int = 100
    boxes: tuple[Box, ...] = ()
    interval: Interval | None = None
    where: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    properties: tuple[str, ...] | None = None
    geometry: bool = True
    after: str = ""
    text: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Features:
    """GeoJSON features in order; ``next`` is given back as ``after``; ``matched`` where it is known cheaply."""

    features: list[dict[str, Any]]
    next: str = ""
    matched: int | None = None


class Opened(Protocol):
    """A collection as one reader sees it."""

    @property
    def about(self) -> Collection:
        """What answering questions needs of it."""
        ...

    @property
    def whole(self) -> Collection:
        """Everything that is told of it."""
        ...

    @property
    def tag(self) -> Sequence[Any]:
        """What decides an answer besides the parameters; empty: it must not be kept."""
        ...

    @property
    def modified(self) -> datetime | None: ...

    @property
    def public(self) -> bool:
        """Whether anybody gets the same answer."""
        ...

    def features(self, question: Question) -> Features: ...

    def feature(self, id: str) -> dict[str, Any] | None: ...


class Tiled(Opened, Protocol):
    """A collection of which there are vector tiles."""

    def tile(self, zoom: int, column: int, row: int, properties: Sequence[str] | None) -> bytes:
        """The Mapbox Vector Tile, empty where there is nothing."""
        ...


class Provider(Protocol):
    """Knows some of the collections."""

    def collections(self, reader: Reader) -> Sequence[Collection]:
        """Those the reader may see, in the order of their ids."""
        ...

    def open(self, id: str, reader: Reader, after: str = "") -> Opened | None:
        """The collection for this reader; None: it is not one of ours. Raises what the reader is refused with.

        ``after``: the cursor of the page that is asked for; a version it belongs to is opened.
        """
        ...
