"""What a harvester gives: the remote catalogue, dataset by dataset, in our words. No Django."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, Protocol

from dothi.core.text import fold
from dothi.kernel.warehouse.licences import LICENCES
from dothi.kernel.warehouse.vocabularies import THEMES

_NOT_KEY: Final = re.compile(r"[^a-z0-9]+")
_TAG: Final = re.compile(r"<[^>]{0,1000}>")
_LONGEST_KEY: Final = 100
READABLE: Final = ("csv", "json", "geojson", "xlsx", "parquet")


@dataclass(frozen=True, slots=True)
class Remote:
    """A dataset elsewhere. ``id`` is the other's own; ``source`` the part of a source declaration that reads its rows."""

    id: str
    title: str
    description: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    licence: str = "other"
    publisher: str = ""
    email: str = ""
    spatial: tuple[float, float, float, float] | None = None
    english: bool = False
    source: Mapping[str, Any] = field(default_factory=dict)


class Getter(Protocol):
    """What asks the other for documents (the client of kernel/pipelines; a fake in tests)."""

    def get(
        self, url: str, params: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Any: ...

    def following(self, here: str, link: str) -> str: ...


class Harvester(Protocol):
    """One kind of catalogue."""

    def read(self, client: Getter, url: str) -> Iterator[Remote]:
        """Every dataset; raises :class:`BadInput` or ``SourceAway`` when the catalogue cannot be read."""
        ...


def key_of(prefix: str, id: str) -> str:
    """Our key for a remote dataset: the same id always gives the same key, different ids different ones."""
    slug = _NOT_KEY.sub("-", fold(id)).strip("-")
    mark = blake2b(id.encode(), digest_size=4).hexdigest()
    room = _LONGEST_KEY - len(prefix) - len(mark) - 2
    plain = f"{prefix}-{slug}"
    if slug == id and len(plain) <= _LONGEST_KEY:
        return plain
    return f"{prefix}-{slug[:room].strip('-') or 'x'}-{mark}"


def plain(text: Any, most: int = 5000) -> str:
    """Text without markup; others' descriptions are often HTML."""
    return _TAG.sub(" ", str(text or "")).replace("\x00", "").strip()[:most]


def licence(*given: Any) -> str:
    """Our key for a licence named by id, SPDX name or address; ``other`` when it is none we know."""
    for each in given:
        name = str(each or "").lower().rstrip("/").replace("http://", "https://")
        for key, known in LICENCES.items():
            names = {key, known.spdx.lower(), known.url.lower().rstrip("/"), known.eu.lower()} - {""}
            if name and (name in names or name.rpartition("/")[2].upper() == known.eu != ""):
                return key
        if name in _CKAN:
            return _CKAN[name]
    return "other"


_CKAN: Final = {
    "cc-by": "cc-by-4.0",
    "cc-by-sa": "cc-by-sa-4.0",
    "cc-zero": "cc0-1.0",
    "odc-by": "odc-by-1.0",
    "odc-odbl": "odbl-1.0",
    "odc-pddl": "pddl-1.0",
}


def themes(given: Any) -> tuple[str, ...]:
    """EU data themes among codes and addresses."""
    codes = (str(each).rstrip("/").rpartition("/")[2].upper() for each in given)
    return tuple(dict.fromkeys(code for code in codes if code in THEMES))


def box(given: Any) -> tuple[float, float, float, float] | None:
    """West, south, east, north when it is a box on this earth."""
    try:
        west, south, east, north = (float(each) for each in given)
    except (TypeError, ValueError):
        return None
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if inside else None
