"""A listing as CSV on the Web metadata of its CSV file. Pure."""

from __future__ import annotations

from typing import Any, Final

from dothi.centres.opendata import vocab
from dothi.centres.opendata.catalogue.listing import Column, Listing, Words

TYPES: Final[dict[str, Any]] = {
    "integer": "integer",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "datetime": "dateTimeStamp",
    "json": "json",
}
_WKT: Final = {"base": "string", "@id": "http://www.opengis.net/ont/geosparql#wktLiteral"}


def metadata(listing: Listing, base: str, language: str) -> dict[str, Any]:
    """The table description."""
    own = f"{base}/data/{listing.key}"
    schema: dict[str, Any] = {"columns": [column(each) for each in listing.columns]}
    if listing.key_columns:
        schema["primaryKey"] = list(listing.key_columns)
        if len(listing.key_columns) == 1 and listing.key_columns[0].isascii():
            schema["aboutUrl"] = f"{base}/data/v1/{listing.key}/rows/{{{listing.key_columns[0]}}}"
    made: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "@id": own,
        "url": f"{base}/data/v1/{listing.key}/download.csv",
        "dc:title": _told(listing.title),
        "dc:description": _told(listing.description),
        "dc:modified": {"@value": listing.modified.isoformat(), "@type": "xsd:dateTime"},
        "dcat:keyword": [word.text(language) for word in listing.keywords],
        "dialect": {"encoding": "utf-8", "header": True},
        "tableSchema": schema,
    }
    licence = vocab.licence(listing.licence)
    if licence.url:
        made["dc:license"] = {"@id": licence.url}
    publisher = listing.publisher_label.text(language) or listing.publisher
    if publisher:
        made["dc:publisher"] = publisher
    return made


def column(each: Column) -> dict[str, Any]:
    """A column: the heading is its name, what people call it is its label."""
    kind = _WKT if each.type == "geometry" else TYPES.get(each.type, "string")
    made: dict[str, Any] = {"name": each.name, "titles": [each.name], "datatype": kind}
    if each.label.text("vi"):
        made["rdfs:label"] = _told(each.label)
    if each.description.text("vi"):
        made["dc:description"] = _told(each.description)
    if each.unit:
        made["schema:unitText"] = each.unit
    return made


def _told(words: Words) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in words.facts().items() if text]
