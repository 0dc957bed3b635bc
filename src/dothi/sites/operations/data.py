"""What the page's scripts fetch: units, layers, means, histories, the tide, search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from dothi.core import text
from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel import context
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.tickets import mint
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.sites.operations import entity, figures
from dothi.sites.operations import series as history
from dothi.sites.operations.answers import answer, explains
from dothi.sites.operations.layers import Layer, is_number, layer, shown_unit, visible_types
from dothi.sites.operations.rules import RANK, WINDOWS, choice, pair
from dothi.sites.operations.wards import means
from dothi.sites.operations.wards import wards as city_wards
from dothi.sites.ui.shell import language

MAX_FOUND = 12


def _types(request: HttpRequest) -> dict[str, EntityType]:
    return visible_types(actor_of(request))


def _type(request: HttpRequest, key: str) -> EntityType:
    found = _types(request).get(key)
    if found is None:
        raise NotFound(both(f"Không có lớp dữ liệu {key!r}.", f"There is no layer {key!r}."), where="type")
    return found


def _attribute(request: HttpRequest, name: str) -> tuple[EntityType, Attribute]:
    parts = pair("color", name)
    if parts is None:
        raise BadInput(both("Thiếu thuộc tính.", "The attribute is missing."), where="color")
    kind = _type(request, parts[0])
    attribute = packs.attribute(*parts)
    if attribute is None or attribute.value not in {"number", "integer"}:
        raise NotFound(
            both(f"{name!r} không phải là số đo.", f"{name!r} is not a measured number."), where="color"
        )
    return kind, attribute


@require_GET
@explains
def wards(request: HttpRequest) -> HttpResponse:
    """The city's units as GeoJSON; changes only when boundaries do, so a tagged address is kept for long."""
    found = city_wards()
    kept = 30 * 86400 if request.GET.get("v") == found.tag else 0
    return answer(request, found.geojson, kind="application/geo+json", max_age=kept)


def columns(each: Layer) -> dict[str, Any]:
    """A layer in columns: what the map draws and the list shows."""
    rows = each.rows
    attribute = each.attribute
    decimals = attribute.decimals if attribute else 0
    return {
        "type": each.type.key,
        "attribute": attribute.key if attribute else None,
        "unit": shown_unit(attribute),
        "ids": [row.id for row in rows],
        "names": [row.name for row in rows],
        "lon": [None if row.lon is None else round(row.lon, 6) for row in rows],
        "lat": [None if row.lat is None else round(row.lat, 6) for row in rows],
        "values": [round(row.value, decimals + 2) if is_number(row.value) else row.value for row in rows],
        "levels": [RANK[row.level] for row in rows],
        "bands": [row.band for row in rows],
        "at": [None if row.observed_us is None else row.observed_us // 1_000_000 for row in rows],
        "simulated": [int(row.simulated) for row in rows],
        "units": [row.unit for row in rows],
    }


@require_GET
@explains
def layer_data(request: HttpRequest, key: str) -> HttpResponse:
    """One layer in columns."""
    return answer(request, columns(layer(_type(request, key))))


@require_GET
@explains
def counts(request: HttpRequest) -> HttpResponse:
    """How many entities of each type there are."""
    found = context.current().type_counts()
    return answer(request, {key: found.get(key, 0) for key in _types(request)})


@require_GET
@explains
def choropleth(request: HttpRequest, name: str) -> HttpResponse:
    """The mean of one attribute in each unit, now."""
    kind, attribute = _attribute(request, name)
    about = {
        "label": attribute.label.text(language()),
        "layer": kind.plural.text(language()),
        "unit": shown_unit(attribute),
        "decimals": attribute.decimals,
        "bands": history.bands(attribute),
    }
    return answer(request, means(kind, attribute) | about)


@require_GET
@explains
def series(request: HttpRequest) -> HttpResponse:
    """The history of one attribute of one entity."""
    window = choice("window", request.GET.get("window", ""), tuple(WINDOWS))
    found = history.series(request.GET.get("id", ""), request.GET.get("attr", ""), window, _types(request))
    return answer(request, found)


@require_GET
@explains
def tide(request: HttpRequest) -> HttpResponse:
    """The curve of the sea level from a day ago to two days ahead."""
    found = figures.sea_level()
    return answer(request, {"t": found.times, "level": found.levels, "now": found.now})


@require_GET
@explains
def raw(request: HttpRequest, id: str) -> HttpResponse:
    """The entity as NGSI-LD has it."""
    return answer(request, entity.raw(id, _types(request)), kind="application/ld+json")


@require_GET
@explains
def ticket(request: HttpRequest) -> HttpResponse:
    """A short-lived proof for the event stream, where no session can be read."""
    actor = actor_of(request)
    scoped = mint(actor, scope=["context.read"]) if actor.kind == "account" else ""
    return answer(request, {"ticket": scoped})


def _unit_hits(q: str) -> list[dict[str, Any]]:
    lang = language()
    known = city_wards().names
    return [
        {
            "kind": "unit",
            "code": unit.code,
            "name": unit.label(lang),
            "lon": unit.centroid[0] if unit.centroid else None,
            "lat": unit.centroid[1] if unit.centroid else None,
            "url": reverse("operations:unit", args=[unit.code]),
        }
        for unit in directory.search(q, limit=60)
        if unit.code in known and unit.valid_to is None
    ][:5]


def _entity_hits(request: HttpRequest, q: str) -> list[dict[str, Any]]:
    folded, lang = text.fold(q), language()
    hits = []
    for kind in _types(request).values():
        for row in layer(kind).rows:
            at = text.fold(row.name).find(folded)
            if at >= 0:
                hits.append(((at > 0, len(row.name), row.name), row, kind))
    hits.sort(key=lambda hit: hit[0])
    return [
        {
            "kind": "entity",
            "id": row.id,
            "type": kind.key,
            "name": row.name,
            "label": kind.label.text(lang),
            "lon": row.lon,
            "lat": row.lat,
        }
        for _, row, kind in hits
    ]


@require_GET
@explains
def search(request: HttpRequest) -> HttpResponse:
    """Units and entities by name, with or without diacritics."""
    q = request.GET.get("q", "").strip()[:100]
    if len(q) < 2:
        return answer(request, {"results": []})
    units = _unit_hits(q)
    return answer(request, {"results": units + _entity_hits(request, q)[: MAX_FOUND - len(units)]})
