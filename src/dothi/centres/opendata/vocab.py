"""The IRIs and labels that a description refers to: EU authority tables, media types, licences. No Django here.

Keys are the codes of the EU Publications Office's authority tables, as DCAT-AP 3.0.1 asks for them. Themes,
frequencies and licences themselves are the warehouse's; here is what only publishing needs of them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from dothi.core.errors import Text, both
from dothi.kernel.warehouse.licences import LICENCES, Licence
from dothi.kernel.warehouse.vocabularies import ACCESS, FREQUENCIES, PROVENANCE, THEMES

__all__ = ["ACCESS", "FREQUENCIES", "LICENCES", "PROVENANCE", "THEMES"]

AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
IANA: Final = "http://www.iana.org/assignments/media-types/"


class FileType(NamedTuple):
    """A file format: the EU code, the IANA media type and the name people know."""

    code: str
    media_type: str
    label: str


LANGUAGES: Final[dict[str, Text]] = {
    "VIE": both("Tiếng Việt", "Vietnamese"),
    "ENG": both("Tiếng Anh", "English"),
}
ACCESS_RIGHTS: Final = {"open": "PUBLIC", "shared": "RESTRICTED", "internal": "NON_PUBLIC"}
RIGHTS: Final[dict[str, Text]] = {
    "PUBLIC": both("Công khai", "Public"),
    "RESTRICTED": both("Hạn chế", "Restricted"),
    "NON_PUBLIC": both("Không công khai", "Non-public"),
}
FILE_TYPES: Final[dict[str, FileType]] = {
    "csv": FileType("CSV", "text/csv", "CSV"),
    "json": FileType("JSON", "application/json", "JSON"),
    "ndjson": FileType("JSON", "application/x-ndjson", "NDJSON"),
    "parquet": FileType("PARQUET", "application/vnd.apache.parquet", "Parquet"),
    "geojson": FileType("GEOJSON", "application/geo+json", "GeoJSON"),
    "xlsx": FileType("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    "ttl": FileType("RDF_TURTLE", "text/turtle", "Turtle"),
    "rdf": FileType("RDF_XML", "application/rdf+xml", "RDF/XML"),
    "jsonld": FileType("JSON_LD", "application/ld+json", "JSON-LD"),
    "zip": FileType("ZIP", "application/zip", "ZIP"),
    "xml": FileType("XML", "application/xml", "XML"),
    "html": FileType("HTML", "text/html", "HTML"),
    "mvt": FileType("OCTET", "application/vnd.mapbox-vector-tile", "MVT"),
}
# What CKAN's own licence list calls them, where it has them.
_CKAN: Final = {
    "cc-by-4.0": "cc-by",
    "cc-by-sa-4.0": "cc-by-sa",
    "cc0-1.0": "cc-zero",
    "odc-by-1.0": "odc-by",
    "odbl-1.0": "odc-odbl",
    "pddl-1.0": "odc-pddl",
    "cc-by-nc-4.0": "cc-nc",
    "other": "notspecified",
}


def theme_iri(code: str) -> str:
    """The IRI of a data theme."""
    return f"{AUTHORITY}data-theme/{code}"


def licence(key: str) -> Licence:
    """The licence with this key; ``other`` for one that is not known (any more)."""
    return LICENCES.get(key, LICENCES["other"])


def ckan_licence(key: str) -> str:
    """The licence's id in CKAN."""
    return _CKAN.get(key, key)


def label(table: dict[str, Text], code: str) -> Text:
    """What people call ``code``; the code itself when the table does not have it."""
    return table.get(code) or both(code, code)
