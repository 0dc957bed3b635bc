"""The documents of OGC API: landing page, conformance, collections, queryables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dothi.centres.opendata.ogc.base import CRS84, Collection, Property
from dothi.core.errors import Text, both
from dothi.kernel.warehouse.licences import LICENCES

_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_COMMON: Final = "http://www.opengis.net/spec/ogcapi-common"
_RECORDS: Final = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf"
_TILES: Final = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
CONFORMANCE: Final = (
    f"{_COMMON}-1/1.0/conf/core",
    f"{_COMMON}-2/1.0/conf/collections",
    f"{_FEATURES}/core",
    f"{_FEATURES}/oas30",
    f"{_FEATURES}/html",
    f"{_FEATURES}/geojson",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    f"{_RECORDS}/record-core",
    f"{_RECORDS}/record-collection",
    f"{_RECORDS}/record-core-query-parameters",
    f"{_RECORDS}/json",
    f"{_TILES}/core",
    f"{_TILES}/tileset",
    f"{_TILES}/tilesets-list",
    f"{_TILES}/geodata-tilesets",
    f"{_TILES}/mvt",
)
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
MVT: Final = "application/vnd.mapbox-vector-tile"
TITLE: Final = both("Dữ liệu mở: OGC API", "Open data: OGC API")
ABOUT: Final = both(
    "Dữ liệu có vị trí dưới dạng đối tượng và ô bản đồ vectơ, và danh mục dữ liệu dưới dạng hồ sơ.",
    "Data with places as features and vector tiles, and the catalogue of data as records.",
)
Links = list[dict[str, str]]


def link(rel: str, href: str, media: str = "application/json", title: str = "") -> dict[str, str]:
    """A link; the title is left out when there is none."""
    made = {"rel": rel, "type": media, "href": href}
    return made | {"title": title} if title else made


def here(url: str, media: str = "application/json", *, html: bool = True) -> Links:
    """The links of a document to itself, as JSON and as a page."""
    made = [link("self", url, media)]
    if html:
        made.append(link("alternate", with_form(url, "html"), "text/html"))
    return made


def with_form(url: str, form: str) -> str:
    """An address that asks for one form."""
    return f"{url}{'&' if '?' in url else '?'}f={form}"


def landing(base: str, language: str) -> dict[str, Any]:
    """The landing page at ``base``."""
    return {
        "title": TITLE[language],
        "description": ABOUT[language],
        "links": [
            *here(f"{base}/"),
            link("service-desc", f"{base}/api", OPENAPI, "OpenAPI 3.0"),
            link("service-doc", f"{base}/api?f=html", "text/html"),
            link("conformance", f"{base}/conformance"),
            link("data", f"{base}/collections"),
            link("http://www.opengis.net/def/rel/ogc/1.0/conformance", f"{base}/conformance"),
            link("http://www.opengis.net/def/rel/ogc/1.0/data", f"{base}/collections"),
            link("http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", f"{base}/tileMatrixSets"),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog", f"{base}/collections/catalogue.datasets"
            ),
        ],
    }


def conformance() -> dict[str, Any]:
    """The conformance classes."""
    return {"conformsTo": list(CONFORMANCE)}


def collections(base: str, found: Iterable[Collection], language: str, following: str = "") -> dict[str, Any]:
    """The collections the reader may see."""
    links = here(f"{base}/collections")
    if following:
        links.append(link("next", following))
    return {"links": links, "collections": [collection(base, each, language) for each in found]}


def collection(base: str, about: Collection, language: str) -> dict[str, Any]:
    """One collection."""
    url = f"{base}/collections/{about.id}"
    made: dict[str, Any] = {
        "id": about.id,
        "title": said(about.title, language),
        "description": said(about.description, language),
        "itemType": about.item_type,
        "crs": [CRS84],
        "storageCrs": CRS84,
        "extent": _extent(about),
        "links": _links(url, about, language),
    }
    if about.keywords:
        made["keywords"] = list(about.keywords)
    if about.licence:
        made["license"] = LICENCES[about.licence].spdx or about.licence if about.licence in LICENCES else ""
    if about.updated is not None:
        made["updated"] = about.updated
    return made


def _extent(about: Collection) -> dict[str, Any]:
    made: dict[str, Any] = {"spatial": {"bbox": [list(about.bbox or (-180, -90, 180, 90))], "crs": CRS84}}
    begin, end = (_moment(each) for each in about.interval)
    if begin or end:
        gregorian = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
        made["temporal"] = {"interval": [[begin, end]], "trs": gregorian}
    return made


def _moment(text: str) -> str | None:
    if not text:
        return None
    return text if "T" in text else f"{text}T00:00:00Z"


def _links(url: str, about: Collection, language: str) -> Links:
    made = [
        *here(url),
        link("items", f"{url}/items", GEOJSON, said(about.title, language)),
        link("items", f"{url}/items?f=html", "text/html", said(about.title, language)),
        link("http://www.opengis.net/def/rel/ogc/1.0/queryables", f"{url}/queryables", SCHEMA),
    ]
    if about.tiles:
        made.append(link("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", f"{url}/tiles"))
    licence = LICENCES.get(about.licence)
    if licence is not None and licence.url:
        made.append(link("license", licence.url, "text/html", licence.label(language)))
    return made + [dict(each) for each in about.links]


def said(text: Text, language: str) -> str:
    """``text`` in the language, else in the other."""
    return text.get(language) or text.get("vi") or text.get("en") or ""


def queryables(base: str, about: Collection, language: str) -> dict[str, Any]:
    """The properties that may be asked for, as JSON Schema (Features, part 3)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base}/collections/{about.id}/queryables",
        "type": "object",
        "title": said(about.title, language),
        "properties": {each.name: schema(each, language) for each in about.queryables},
        "additionalProperties": False,
    }


def schema(each: Property, language: str) -> dict[str, Any]:
    """The JSON Schema of a property."""
    made: dict[str, Any] = {"type": each.type, "title": said(each.title, language) or each.name}
    if each.format:
        made["format"] = each.format
    if each.unit:
        made["x-ogc-unit"] = each.unit
    return made


def features(
    base: str,
    about: Collection,
    found: Sequence[Mapping[str, Any]],
    url: str,
    following: str,
    matched: int | None,
) -> dict[str, Any]:
    """A page of features."""
    links = here(url, GEOJSON)
    if following:
        links.append(link("next", following, GEOJSON))
    links.append(link("collection", f"{base}/collections/{about.id}"))
    made: dict[str, Any] = {"type": "FeatureCollection", "features": found, "links": links}
    if matched is not None:
        made["numberMatched"] = matched
    return made | {"numberReturned": len(found)}


def feature(base: str, about: Collection, found: Mapping[str, Any], url: str) -> dict[str, Any]:
    """One feature; what links it has already are kept."""
    more = found.get("links", [])
    links = [*here(url, GEOJSON), link("collection", f"{base}/collections/{about.id}"), *more]
    return {**found, "links": links}
