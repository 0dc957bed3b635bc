"""In which forms a published dataset can be had: formats, addresses, media types. No Django.

DCAT, CKAN, the portal and every other standard ask here. A part that serves one more form registers it with
:func:`register`; addresses are paths below the platform's own address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from dothi.centres.opendata import vocab
from dothi.centres.opendata.catalogue.listing import Listing, Words

XLSX_ROWS = 1_048_575  # a sheet's rows, less the heading
API = Words("API truy vấn theo dòng", "Rows by query (API)")


class Distribution(Struct, frozen=True):
    """One form of a dataset. ``path`` is where to get it; ``service`` when it is asked rather than downloaded."""

    key: str
    title: Words
    format: str
    media_type: str
    file_type: str
    path: str
    service: bool = False
    conforms_to: str = ""
    description: Words = Words()

    def url(self, base: str) -> str:
        """The whole address."""
        return self.path if "://" in self.path else f"{base}{self.path}"


Provider = Callable[[Listing], Iterable[Distribution]]


def file(listing: Listing, key: str) -> Distribution:
    """The download of a dataset in one of :data:`dothi.centres.opendata.vocab.FILE_TYPES`."""
    kind = vocab.FILE_TYPES[key]
    return Distribution(
        key,
        Words(f"Tải về dạng {kind.label}", f"Download as {kind.label}"),
        kind.label,
        kind.media_type,
        kind.code,
        f"/data/v1/{listing.key}/download.{key}",
    )


def _files(listing: Listing) -> Iterable[Distribution]:
    yield file(listing, "csv")
    yield file(listing, "json")
    yield file(listing, "ndjson")
    yield file(listing, "parquet")
    if listing.rows <= XLSX_ROWS:
        yield file(listing, "xlsx")
    if listing.has_places:
        yield file(listing, "geojson")


def _rows(listing: Listing) -> Iterable[Distribution]:
    path = f"/data/v1/{listing.key}/rows"
    yield Distribution("api", API, "API", "application/json", "JSON", path, service=True)


_seen: set[str] = set()
_providers: dict[str, Provider] = {"files": _files, "rows": _rows}


def register(name: str, provider: Provider) -> None:
    """Offer further forms: ``provider(listing)`` gives those of one dataset. The same name replaces."""
    _providers[name] = provider


def distributions(listing: Listing) -> list[Distribution]:
    """Every form ``listing`` can be had in: files first, then services, each key once."""
    found: dict[str, Distribution] = {}
    for provider in _providers.values():
        for each in provider(listing):
            found.setdefault(each.key, each)
    _seen.update(found)
    return sorted(found.values(), key=lambda each: each.service)


def keys() -> tuple[str, ...]:
    """Every key a distribution of this process ever had."""
    return tuple(_seen)


def formats(listing: Listing) -> tuple[str, ...]:
    """The names of its formats, each once: what people filter by."""
    return tuple(dict.fromkeys(each.format for each in distributions(listing)))
