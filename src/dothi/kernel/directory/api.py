"""The directory over HTTP: units, where a point is, what an old unit became, organisations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from ninja import Router, Schema
from pydantic import Field

from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.directory import organisations, queries
from dothi.kernel.directory.views import Successor, UnitView

router = Router()
Limit = Annotated[int, Field(ge=1, le=20_000)]
Few = Annotated[int, Field(ge=1, le=200)]
Offset = Annotated[int, Field(ge=0)]
# PostgreSQL takes no NUL in a text.
Word = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
_GEOJSON = "application/geo+json"


class Label(Schema):
    """A text in both languages."""

    vi: str
    en: str


class Unit(Schema):
    """An administrative unit; valid on every day from ``valid_from`` up to, not including, ``valid_to``."""

    code: str
    name: Label
    full_name: Label
    kind: str
    level: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    centroid: tuple[float, float] | None
    area_km2: float | None
    has_boundary: bool
    approximate: bool


class Succession(Schema):
    """A unit that an old one became, the share it got (null: not known) and what to tell a person."""

    unit: Unit
    share: float | None
    note: Label


class Body(Schema):
    """An organisation of today or of the past, with its codes in the old and the new order."""

    id: UUID
    name: Label
    kind: str
    code_old: str | None
    code_new: str | None
    parent: UUID | None
    unit: str | None
    valid_from: date | None
    valid_to: date | None


def _found(unit: UnitView | None) -> UnitView:
    if unit is None:
        raise NotFound(both("Không có đơn vị hành chính này.", "There is no such administrative unit."))
    return unit


@router.get("/units", response=list[Unit], summary="Units of a level, below a parent, on a day")
def list_units(
    request: HttpRequest,
    level: str | None = None,
    parent: str | None = None,
    at: date | None = None,
    limit: Limit = 500,
    offset: Offset = 0,
) -> list[UnitView]:
    """Units in Vietnamese dictionary order."""
    return queries.units(level, parent, at)[offset : offset + limit]


@router.get("/search", response=list[Unit], summary="Units by name or code, with or without diacritics")
def search(request: HttpRequest, q: str, limit: Few = 20) -> list[UnitView]:
    """The likeliest first; units of the past are found too."""
    return queries.search(q, limit)


@router.get("/at", response=Unit, summary="The unit at a point")
def at_point(request: HttpRequest, lon: float, lat: float, at: date | None = None) -> UnitView:
    """The city's unit there, today or on a day; ``approximate`` when no boundary decided it."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        swapped = both(
            "Kinh độ trong ±180, vĩ độ trong ±90.", "Longitude is within ±180, latitude within ±90."
        )
        raise BadInput(swapped, where="lon")
    return _found(queries.unit_at(lon, lat, at))


@router.get("/units.geojson", summary="The map of today's units")
def geojson(request: HttpRequest, level: str = "commune", parent: str | None = None) -> HttpResponse:
    """A GeoJSON FeatureCollection, simplified to about 50 m; each feature says whether it is approximate."""
    file = queries.geojson_file(level, parent)
    if file.tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        answer = HttpResponse(file.packed, content_type=_GEOJSON, headers={"Content-Encoding": "gzip"})
    else:
        answer = HttpResponse(file.body, content_type=_GEOJSON)
    answer["ETag"], answer["Cache-Control"], answer["Vary"] = file.tag, "no-cache", "Accept-Encoding"
    return answer


@router.get("/units/{code}", response=Unit, summary="One unit")
def get_unit(request: HttpRequest, code: str, at: date | None = None) -> UnitView:
    """The unit with this code today, or on the day ``at``."""
    return _found(queries.unit(code, at))


@router.get("/units/{code}/successors", response=list[Succession], summary="What an old unit is now")
def get_successors(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """The units of today that a unit of before July 2025 became."""
    found = queries.successors(code)
    if not found:
        raise NotFound(
            both("Không có đơn vị cũ nào mang mã này.", "No unit of before July 2025 has this code.")
        )
    return [_succession(each) for each in found]


@router.get("/units/{code}/predecessors", response=list[Succession], summary="What a unit was made of")
def get_predecessors(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """The units of before July 2025 that came to this one."""
    _found(queries.unit(code))
    return [_succession(each) for each in queries.predecessors(code)]


def _succession(each: Successor) -> dict[str, Any]:
    return {"unit": each.unit, "share": each.share, "note": each.note}


@router.get("/organisations", response=list[Body], summary="Organisations")
def list_organisations(
    request: HttpRequest,
    q: str | None = None,
    unit: Word | None = None,
    kind: Word | None = None,
    at: date | None = None,
    limit: Limit = 500,
    offset: Offset = 0,
) -> list[organisations.OrganisationView]:
    """Organisations on a day (today), in Vietnamese dictionary order."""
    return organisations.find(q=q, unit=unit, kind=kind, at=at)[offset : offset + limit]


@router.get("/organisations/{key}", response=Body, summary="One organisation, by id or code")
def get_organisation(request: HttpRequest, key: Word) -> organisations.OrganisationView:
    """By id, or by its code in the old or the new order."""
    found = organisations.get(key)
    if found is None:
        raise NotFound(both("Không có tổ chức này.", "There is no such organisation."))
    return found
