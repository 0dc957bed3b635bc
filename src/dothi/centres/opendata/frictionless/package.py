"""A listing as a Tabular Data Package (Frictionless Data, version 1). Pure."""

from __future__ import annotations

from typing import Any, Final

from dothi.centres.opendata import vocab
from dothi.centres.opendata.catalogue.listing import Column, Listing
from dothi.kernel.warehouse.licences import Licence

TYPES: Final = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "geometry": "string",  # written as WKT
    "json": "string",
}


def package(listing: Listing, base: str, language: str) -> dict[str, Any]:
    """The descriptor; its one resource is the CSV file of the dataset."""
    licence = vocab.licence(listing.licence)
    made: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": listing.key,
        "id": str(listing.id),
        "title": listing.title.text(language),
        "description": listing.description.text(language),
        "version": str(listing.version),
        "created": listing.modified.isoformat().replace("+00:00", "Z"),
        "homepage": f"{base}/data/{listing.key}",
        "keywords": [word.text(language) for word in listing.keywords],
        "licenses": [_licence(licence, language)],
        "resources": [resource(listing, base, language)],
    }
    source = listing.source.text(language)
    if source:
        made["sources"] = [{"title": source} | ({"path": listing.source_url} if listing.source_url else {})]
    publisher = listing.publisher_label.text(language) or listing.publisher
    if publisher:
        made["contributors"] = [{"title": publisher, "role": "publisher"}]
    return {name: value for name, value in made.items() if value not in ("", [])}


def _licence(licence: Licence, language: str) -> dict[str, str]:
    made = {"name": licence.spdx or licence.key, "title": licence.label(language)}
    return made | ({"path": licence.url} if licence.url else {})


def resource(listing: Listing, base: str, language: str) -> dict[str, Any]:
    """The CSV file with its table schema."""
    schema: dict[str, Any] = {
        "fields": [field(each, language) for each in listing.columns],
        "missingValues": [""],
    }
    if listing.key_columns:
        schema["primaryKey"] = list(listing.key_columns)
    return {
        "profile": "tabular-data-resource",
        "name": listing.key,
        "path": f"{base}/data/v1/{listing.key}/versions/{listing.version}/download.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def field(column: Column, language: str) -> dict[str, Any]:
    """A column."""
    made: dict[str, Any] = {"name": column.name, "type": TYPES.get(column.type, "string")}
    label, about = column.label.text(language), column.description.text(language)
    more = {"title": label, "description": about, "unit": column.unit}
    return made | {name: text for name, text in more.items() if text}
