"""Reads a collection of an OGC API Features service, page by page along its ``next`` links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pyarrow as pa
import shapely

from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import OgcSource, SourceDeclaration
from dothi.kernel.pipelines import records
from dothi.kernel.pipelines.sources.base import Portion, Position, Task
from dothi.kernel.pipelines.sources.http.client import Client


class OgcExtractor:
    """A portion a page; geometries as well-known binary in WGS 84."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.ogc
        assert spec is not None
        client = Client(spec.url)
        url: str | None = f"{spec.url.rstrip('/')}/collections/{spec.collection}/items"
        params = _params(spec)
        if "resume" in position:
            url, params = position["resume"]["next"], {}
        while url is not None:
            task.check()
            document = client.get(url, params, headers={"Accept": "application/geo+json"}).document()
            features = document.get("features") if isinstance(document, Mapping) else None
            if not isinstance(features, list):
                raise BadInput(
                    both(f"{url} không trả FeatureCollection.", f"{url} answers no FeatureCollection.")
                )
            link = _next(document)
            url, params = (None if link is None or not features else client.following(url, link)), {}
            if features:
                yield Portion(
                    table(features, spec.geometry),
                    {"resume": {"next": url}},
                    total=document.get("numberMatched"),
                )
        yield Portion(None, {})


def _params(spec: OgcSource) -> dict[str, str]:
    given = {"limit": str(spec.page), "f": "json"}
    return given | ({"bbox": ",".join(f"{each:g}" for each in spec.bbox)} if spec.bbox else {})


def _next(document: Mapping[str, Any]) -> str | None:
    links = document.get("links") or []
    found = (link.get("href") for link in links if isinstance(link, Mapping) and link.get("rel") == "next")
    return next((str(href) for href in found if href), None)


def table(features: list[Any], geometry: str) -> pa.Table:
    """GeoJSON features as columns: ``id`` when they have one, their properties, the geometry."""
    rows = []
    for feature in features:
        given = {"id": feature["id"]} if feature.get("id") is not None else {}
        rows.append(given | dict(feature.get("properties") or {}))
    made = records.table(rows)
    shapes = pa.array([_wkb(feature.get("geometry")) for feature in features], pa.binary())
    return made.append_column(geometry, shapes)


def _wkb(geometry: Any) -> bytes | None:
    if geometry is None:
        return None
    try:
        shape = shapely.from_geojson(msgspec.json.encode(geometry))
    except shapely.errors.GEOSException as error:
        raise BadInput(
            both(f"Hình học sai: {error}", f"A geometry is wrong: {error}"), where="geometry"
        ) from None
    return bytes(shapely.to_wkb(shapely.force_2d(shape)))


EXTRACTOR = OgcExtractor()
