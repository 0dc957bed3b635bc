"""The OpenAPI 3.0 document of ``/ogc``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dothi import __version__
from dothi.centres.opendata.ogc import documents
from dothi.centres.opendata.ogc.params import LIMIT, MOST

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}


def document(base: str, language: str) -> dict[str, Any]:
    """The document for the service at ``base``."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": documents.TITLE[language],
            "description": documents.ABOUT[language],
            "version": __version__,
        },
        "servers": [{"url": base}],
        "paths": _paths(),
        "components": {"parameters": _parameters(), "responses": _responses(), "schemas": _schemas()},
    }


def outline(full: Mapping[str, Any]) -> dict[str, Any]:
    """The document as a list of addresses, for people."""
    told = {path: operations["get"]["summary"] for path, operations in full["paths"].items()}
    return {"description": full["info"]["description"], "GET": told, "links": []}


def _paths() -> dict[str, Any]:
    one = ["collectionId"]
    tile = ["collectionId", "tileMatrixSetId"]
    asked = ["limit", "bbox", "datetime", "after", "properties", "sortby", "skipGeometry"]
    return {
        "/": _get("Landing page", "landing", [], "Document"),
        "/conformance": _get("Conformance classes", "conformance", [], "Document"),
        "/api": _get("This document", "api", [], "Document"),
        "/collections": _get("Collections", "collections", [], "Document"),
        "/collections/{collectionId}": _get("One collection", "collection", one, "Document"),
        "/collections/{collectionId}/queryables": _get(
            "What may be asked for", "queryables", one, "Document"
        ),
        "/collections/{collectionId}/items": _get(
            "Features, or records", "items", [*one, *asked, "filters"], "Features"
        ),
        "/collections/{collectionId}/items/{featureId}": _get(
            "One feature, or record", "item", [*one, "featureId"], "Feature"
        ),
        "/collections/{collectionId}/tiles": _get("Sets of vector tiles", "tilesets", one, "Document"),
        "/collections/{collectionId}/tiles/{tileMatrixSetId}": _get(
            "One set of vector tiles", "tileset", tile, "Document"
        ),
        "/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": _get(
            "A vector tile", "tile", [*tile, "tileMatrix", "tileRow", "tileCol", "properties"], "Tile"
        ),
        "/tileMatrixSets": _get("Tile matrix sets", "tileMatrixSets", [], "Document"),
        "/tileMatrixSets/{tileMatrixSetId}": _get(
            "One tile matrix set", "tileMatrixSet", ["tileMatrixSetId"], "Document"
        ),
    }


def _get(summary: str, name: str, parameters: list[str], answer: str) -> dict[str, Any]:
    asked = parameters if answer == "Tile" else [*parameters, "f"]
    return {
        "get": {
            "summary": summary,
            "operationId": name,
            "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in asked],
            "responses": {
                "200": {"$ref": f"#/components/responses/{answer}"},
                "400": {"$ref": "#/components/responses/Problem"},
                "404": {"$ref": "#/components/responses/Problem"},
            },
        }
    }


def _parameters() -> dict[str, Any]:
    whole: Schema = {"type": "integer", "minimum": 0}
    box: Schema = {
        "type": "array",
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        "items": {"type": "number"},
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
    made = {name: _path(name) for name in ("collectionId", "featureId", "tileMatrixSetId", "tileMatrix")}
    made |= {name: _path(name, whole) for name in ("tileRow", "tileCol")}
    made |= {
        "limit": _query("limit", limit),
        "bbox": _query("bbox", box) | {"style": "form", "explode": False},
        "datetime": _query("datetime", _TEXT),
        "after": _query("after", _TEXT),
        "properties": _names("properties"),
        "sortby": _names("sortby"),
        "skipGeometry": _query("skipGeometry", {"type": "boolean", "default": False}),
        "filters": _query("filters", {"type": "object", "additionalProperties": _TEXT})
        | {"style": "form", "explode": True},
        "f": _query("f", {"type": "string", "enum": ["json", "html"]}),
    }
    return made


def _path(name: str, schema: Schema | None = None) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema or _TEXT}


def _query(name: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _names(name: str) -> dict[str, Any]:
    return _query(name, {"type": "array", "items": _TEXT}) | {"style": "form", "explode": False}


def _responses() -> dict[str, Any]:
    def told(media: str, schema: str) -> dict[str, Any]:
        content = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        return {"description": schema, "content": content | {"text/html": {"schema": _TEXT}}}

    binary = {"schema": {"type": "string", "format": "binary"}}
    return {
        "Document": told("application/json", "Document"),
        "Features": told(documents.GEOJSON, "Features"),
        "Feature": told(documents.GEOJSON, "Feature"),
        "Tile": {"description": "A Mapbox Vector Tile", "content": {documents.MVT: binary}},
        "Problem": {
            "description": "Why it was refused (RFC 9457)",
            "content": {"application/problem+json": {"schema": {"type": "object"}}},
        },
    }


def _schemas() -> dict[str, Any]:
    links = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
    geometry: Schema = {"type": "object", "nullable": True}
    return {
        "Link": {
            "type": "object",
            "required": ["href", "rel"],
            "properties": {"href": _TEXT, "rel": _TEXT, "type": _TEXT, "title": _TEXT},
        },
        "Document": {"type": "object"},
        "Feature": {
            "type": "object",
            "required": ["type", "geometry", "properties"],
            "properties": {
                "type": {"type": "string", "enum": ["Feature"]},
                "id": {"oneOf": [_TEXT, {"type": "integer"}]},
                "geometry": geometry,
                "properties": {"type": "object", "nullable": True},
                "links": links,
            },
        },
        "Features": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
                "links": links,
                "numberMatched": {"type": "integer"},
                "numberReturned": {"type": "integer"},
            },
        },
    }
