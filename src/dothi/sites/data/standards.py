"""The addresses of the standards the open data is served by. What is not mounted here is not listed."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Standard(NamedTuple):
    """One address: what it is, what it is good for, where the standard is written."""

    name: str | Promise
    path: str
    what: str | Promise
    spec: str
    hot: bool = False  # served beside Django, so Django cannot tell whether it is there
    post: bool = False  # nothing to look at: a question is sent to it


class Group(NamedTuple):
    """Standards for one purpose."""

    title: str | Promise
    rows: list[Standard]


def standards(base: str, example: str) -> list[Group]:
    """What is served, for programs; ``example`` is the key of a published dataset."""
    api = f"/data/v1/{example}"
    groups = [
        Group(
            _("Rows"),
            [
                Standard(_("Rows"), f"{api}/rows?limit=10", _("Filter, sort, choose columns, page by cursor"), "", True),
                Standard(_("Aggregate"), f"{api}/aggregate?measures=count", _("Groups and measures"), "", True),
                Standard(_("Download"), f"{api}/download.csv", _("CSV, JSON, NDJSON, Parquet, GeoJSON, XLSX; ranges, gzip, ETag"), "https://www.rfc-editor.org/rfc/rfc4180", True),
                Standard("SQL", "/api/warehouse/sql", _("One SELECT over several datasets, with a token"), "", post=True),
            ],
        ),
        Group(
            _("Catalogue"),
            [
                Standard("DCAT-AP 3.0.1", "/catalog.ttl", _("The catalogue in Turtle; also .rdf and .jsonld"), "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"),
                Standard("DCAT-AP 3.0.1", f"/data/{example}.jsonld", _("One dataset, as JSON-LD"), "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"),
                Standard("CKAN Action API", "/api/3/action/package_search?q=", _("For programs written for CKAN; datastore_search too"), "https://docs.ckan.org/en/2.11/api/"),
                Standard("Atom", "/catalog.atom", _("What was published and changed"), "https://www.rfc-editor.org/rfc/rfc4287"),
                Standard("Frictionless", f"/data/{example}/datapackage.json", _("Data Package of a dataset"), "https://datapackage.org/"),
                Standard("CSVW", f"/data/{example}/csv-metadata.json", _("What the columns of the CSV mean"), "https://www.w3.org/TR/tabular-data-model/"),
                Standard("SDMX", "/sdmx/dataflow", _("Statistics"), "https://sdmx.org/"),
            ],
        ),
        Group(
            _("Places"),
            [
                Standard("OGC API", "/ogc", _("Features, Records and vector tiles"), "https://ogcapi.ogc.org/", True),
                Standard("NGSI-LD", "/ngsi-ld/v1/types", _("The live city, with its history"), "https://www.etsi.org/committee/cim", True),
            ],
        ),
        Group(_("All of it"), [Standard("OpenAPI", "/api/docs", _("Every endpoint of the platform, to try out"), "https://spec.openapis.org/")]),
    ]  # fmt: skip
    return [
        Group(group.title, shown) for group in groups if (shown := [row for row in group.rows if _there(row)])
    ]


def _there(row: Standard) -> bool:
    if row.hot:
        return True
    path = row.path.partition("?")[0]
    for each in (path, f"{path}/"):
        try:
            if resolve(each).view_name != "data:dataset":
                return True
        except Resolver404:
            continue
    return False
