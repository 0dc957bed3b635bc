"""The forms these standards add to what a dataset can be had in; imported once, when the platform starts."""

from __future__ import annotations

from collections.abc import Iterable

from dothi.centres.opendata.catalogue.listing import Listing, Words
from dothi.centres.opendata.distributions import Distribution, register
from dothi.centres.opendata.sdmx.flows import is_statistical, name_of

_GEOJSON, _MVT = "application/geo+json", "application/vnd.mapbox-vector-tile"


def _ogc(listing: Listing) -> Iterable[Distribution]:
    if not listing.has_places:
        return
    path = f"/ogc/collections/{listing.key}"
    features = Words("OGC API Features (bản đồ, GIS)", "OGC API Features (maps, GIS)")
    tiles = Words("Ô bản đồ vectơ", "Vector tiles")
    standard = "http://www.opengis.net/doc/IS/ogcapi-features-1/1.0"
    yield Distribution("ogc", features, "OGC API Features", _GEOJSON, "GEOJSON", path, True, standard)
    tile_path = f"{path}/tiles/WebMercatorQuad?f=tilejson"
    tiling = "http://www.opengis.net/doc/IS/ogcapi-tiles-1/1.0"
    yield Distribution("tiles", tiles, "MVT", _MVT, "OCTET", tile_path, True, tiling)


def _sdmx(listing: Listing) -> Iterable[Distribution]:
    if is_statistical(listing):
        media = "application/vnd.sdmx.genericdata+xml"
        title = Words("SDMX (thống kê)", "SDMX (statistics)")
        path = f"/sdmx/data/{name_of(listing.key)}"
        yield Distribution("sdmx", title, "SDMX", media, "XML", path, True, "https://sdmx.org/")


def _package(listing: Listing) -> Iterable[Distribution]:
    title = Words("Gói dữ liệu Frictionless", "Frictionless Data Package")
    path = f"/data/{listing.key}/datapackage.json"
    standard = "https://specs.frictionlessdata.io/tabular-data-package/"
    yield Distribution(
        "datapackage", title, "Data Package", "application/json", "JSON", path, False, standard
    )


register("ogc", _ogc)
register("sdmx", _sdmx)
register("datapackage", _package)
