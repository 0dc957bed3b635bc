"""What the addresses of vector tiles answer."""

from __future__ import annotations

import zlib
from typing import Any, cast

from dothi.centres.opendata.ogc import documents, params, registry
from dothi.centres.opendata.ogc.base import Box, Collection, Tiled
from dothi.centres.opendata.ogc.call import Call, kept
from dothi.centres.opendata.ogc.documents import link
from dothi.centres.opendata.ogc.tiles import matrix
from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.warehouse.http.answers import Answer, header

MOST_ZOOM = 18
_WORLD: Box = (-180.0, -85.0511, 180.0, 85.0511)


def matrices(call: Call) -> Answer:
    """The tile matrix sets there are."""
    params.only(call.pairs)
    document = {"links": documents.here(call.url), "tileMatrixSets": [matrix.summary(call.base)]}
    return call.answer(document, "application/json", title="Tile matrix sets")


def matrix_set(call: Call, id: str) -> Answer:
    """One of them."""
    params.only(call.pairs)
    _known(id)
    return call.answer(matrix.document(call.base), "application/json")


def tilesets(call: Call, id: str) -> Answer:
    """The sets of tiles of a collection."""
    params.only(call.pairs)
    about = _tiled(call, id).whole
    made = {"links": documents.here(call.url), "tilesets": [_tileset(call, about)]}
    return call.answer(made, "application/json", title=documents.said(about.title, call.language))


def tileset(call: Call, id: str, tms: str) -> Answer:
    """One set; ``f=tilejson``: as map libraries read it (TileJSON 3.0.0)."""
    params.only(call.pairs)
    _known(tms)
    about = _tiled(call, id).whole
    if call.form == "tilejson":
        call.form = "json"
        return call.answer(_tilejson(call, about), "application/json")
    if call.form not in ("json", "html"):
        raise BadInput(both("Có: json, html, tilejson.", "There are: json, html, tilejson."), where="f")
    return call.answer(_tileset(call, about), "application/json")


def tile(call: Call, id: str, tms: str, zoom: str, row: str, column: str) -> Answer:
    """One tile: zoom, row, column, as the standard orders them."""
    plain = params.only(call.pairs, frozenset({"properties"}))
    _known(tms)
    if plain.get("f", "mvt") not in ("mvt", "pbf"):
        raise BadInput(both("Ô chỉ có dạng mvt.", "Tiles are mvt."), where="f")
    opened, place = _tiled(call, id), matrix.place(zoom, row, column)
    asked = [name for name in plain["properties"].split(",") if name] if "properties" in plain else None
    packed = "gzip" in (header(call.headers, b"accept-encoding") or "")

    def make() -> Answer:
        body = opened.tile(*place, asked)
        headers = [(b"vary", b"authorization, x-dothi-ticket, accept-encoding")]
        if not body:
            return Answer(204, headers)
        headers.append((b"content-type", documents.MVT.encode()))
        if packed:
            packer = zlib.compressobj(1, zlib.DEFLATED, 31)
            body = packer.compress(body) + packer.flush()
            headers.append((b"content-encoding", b"gzip"))
        return Answer(200, headers, body)

    return kept(call, opened, make, packed)


def _known(tms: str) -> None:
    if tms != matrix.ID:
        raise NotFound(both(f"Chỉ có lưới {matrix.ID}.", f"There is only {matrix.ID}."))


def _tiled(call: Call, id: str) -> Tiled:
    opened = registry.opened(id, call.reader)
    if not opened.about.tiles:
        raise NotFound(both("Bộ này không có ô bản đồ.", "There are no tiles of this collection."))
    return cast(Tiled, opened)


def _template(call: Call, about: Collection) -> str:
    return (
        f"{call.base}/collections/{about.id}/tiles/{matrix.ID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt"
    )


def _tileset(call: Call, about: Collection) -> dict[str, Any]:
    url = f"{call.base}/collections/{about.id}/tiles/{matrix.ID}"
    item = link("item", _template(call, about), documents.MVT) | {"templated": True}
    return {
        "title": documents.said(about.title, call.language),
        "dataType": "vector",
        "crs": matrix.CRS,
        "tileMatrixSetId": matrix.ID,
        "tileMatrixSetURI": matrix.URI,
        "links": [
            *documents.here(url),
            link("alternate", f"{url}?f=tilejson", "application/json", "TileJSON"),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                f"{call.base}/tileMatrixSets/{matrix.ID}",
            ),
            item,
        ],
    }


def _tilejson(call: Call, about: Collection) -> dict[str, Any]:
    template = _template(call, about)
    for name, short in (("tileMatrix", "z"), ("tileRow", "y"), ("tileCol", "x")):
        template = template.replace(f"{{{name}}}", f"{{{short}}}")
    fields = {each.name: documents.said(each.title, call.language) for each in about.properties}
    west, south, east, north = about.bbox or _WORLD
    return {
        "tilejson": "3.0.0",
        "name": documents.said(about.title, call.language),
        "description": documents.said(about.description, call.language),
        "scheme": "xyz",
        "tiles": [template],
        "minzoom": 0,
        "maxzoom": MOST_ZOOM,
        "bounds": [west, south, east, north],
        "vector_layers": [{"id": about.id, "fields": fields}],
    }
