"""package_*, resource_*: datasets and their distributions."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from dothi.centres.opendata import queries, vocab
from dothi.centres.opendata.catalogue import find as finding
from dothi.centres.opendata.catalogue.find import Order, Question
from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.catalogue.rendered import Rendered
from dothi.centres.opendata.ckan import shapes, solr
from dothi.centres.opendata.ckan.params import Params
from dothi.centres.opendata.ckan.registry import Caller, action
from dothi.centres.opendata.distributions import distributions
from dothi.core.errors import BadInput, NotFound, both

ORDERS: Final[dict[str, Order]] = {
    "score": "relevance",
    "relevance": "relevance",
    "metadata_modified": "modified",
    "last_modified": "modified",
    "metadata_created": "issued",
    "title_string": "title",
    "title": "title",
    "name": "key",
    "id": "key",
}
MOST_ROWS = 1000
_rendered = {language: Rendered(partial(shapes.package, language=language)) for language in ("vi", "en")}


def found(key: str) -> Listing:
    """The dataset with this name or id."""
    listing = queries.dataset(key)
    if listing is None:
        try:
            listing = queries.by_id(UUID(key))
        except ValueError:
            listing = None
    return listing or queries.needed(key)


@action("package_list")
def package_list(params: Params, caller: Caller) -> list[str]:
    """The names of all datasets (``limit``, ``offset``)."""
    names = [each.key for each in queries.published()]
    start = params.number("offset", 0, len(names))
    return names[start : start + params.number("limit", len(names), len(names))]


@action("package_show")
def package_show(params: Params, caller: Caller) -> dict[str, Any]:
    """One dataset with its resources (``id``: name or id)."""
    return shapes.package(found(params.needed("id", "name_or_id")), caller.language)


@action("package_autocomplete")
def package_autocomplete(params: Params, caller: Caller) -> list[dict[str, str]]:
    """Datasets whose title has words that begin like ``q``."""
    page = queries.find(params.needed("q"), limit=params.number("limit", 10, 100, 1))
    return [
        {
            "name": each.key,
            "title": each.title.text(caller.language),
            "match_field": "title",
            "match_displayed": each.key,
        }
        for each in page.listings
    ]


@action("current_package_list_with_resources")
def current_package_list_with_resources(params: Params, caller: Caller) -> list[Any]:
    """Datasets with their resources, the newest first (``limit``, ``offset``)."""
    limit = params.number("limit", 100, MOST_ROWS, 1)
    skip = params.number("offset", 0, 1_000_000)
    page = queries.find(order="modified", limit=limit, skip=skip)
    return [_rendered[caller.language](each) for each in page.listings]


@action("package_search", cost=2)
def package_search(params: Params, caller: Caller) -> dict[str, Any]:
    """Datasets by words and fields: ``q``, ``fq``, ``fq_list``, ``rows``, ``start``, ``sort``, ``facet.field``."""
    limit = params.number("rows", 10, MOST_ROWS)
    page = finding.find(
        memory.get().parts, _question(params), limit=max(limit, 1), skip=params.number("start", 0, 10_000_000)
    )
    fields = params.many("facet.field") if params.flag("facet", True) else []
    counted = _counted(page.facets, fields, params.number("facet.limit", 50, 10_000, -1), caller)
    return {
        "count": page.matched,
        "sort": params.text("sort") or "score desc, metadata_modified desc",
        "results": [_rendered[caller.language](each) for each in page.listings[:limit]],
        "facets": {
            name: {item["name"]: item["count"] for item in each["items"]} for name, each in counted.items()
        },
        "search_facets": counted,
    }


def _question(params: Params) -> Question:
    asked = solr.parse([params.text("q"), params.text("fq"), *params.many("fq_list")])
    known = _known()
    names = None if asked.names is None else frozenset(asked.names)
    box = params.text("ext_bbox")
    return Question(
        " ".join(asked.words),
        solr.resolve(asked.wanted, known),
        _box(box) if box else None,
        _order(params.text("sort")),
        solr.resolve(asked.unwanted, known),
        names,
    )


def _known() -> dict[str, dict[str, str]]:
    """CKAN's names (in small letters) → our values, for each facet whose names differ."""
    publishers = {shapes.name_of(code): code for code in queries.publishers()}
    publishers |= {shapes.named("organization", code): code for code in queries.publishers()}
    themes = {shapes.name_of(code): code for code in vocab.THEMES}
    formats = {kind.label.lower(): kind.label for kind in vocab.FILE_TYPES.values()} | {"api": "API"}
    licences = {vocab.ckan_licence(key): key for key in vocab.LICENCES}
    return {"publisher": publishers, "theme": themes, "format": formats, "licence": licences}


def _box(text: str) -> finding.Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(
            both("Khung là tây,nam,đông,bắc.", "A box is west,south,east,north."), where="ext_bbox"
        ) from None
    return west, south, east, north


def _order(text: str) -> Order | None:
    """The first sort key decides; the house has one direction for each."""
    if not text:
        return None
    name = text.split(",")[0].split()[0]
    if name not in ORDERS:
        known = ", ".join(ORDERS)
        raise solr.SearchQueryError(
            both(
                f"Không sắp được theo “{name}”; có: {known}.", f"Cannot sort by '{name}'; there are: {known}."
            ),
            where="sort",
        )
    return ORDERS[name]


def _counted(
    facets: dict[str, dict[str, int]], fields: list[str], limit: int, caller: Caller
) -> dict[str, Any]:
    made = {}
    for field in fields:
        facet = solr.FIELDS.get(field)
        values = list(facets.get(facet, {}).items()) if facet else []
        values = values if limit < 0 else values[:limit]
        items = [
            {
                "name": _ckan_name(facet or "", value),
                "display_name": queries.label(facet or "", value)[caller.language],
                "count": n,
            }
            for value, n in values
        ]
        made[field] = {"title": field, "items": items}
    return made


def _ckan_name(facet: str, value: str) -> str:
    if facet in ("publisher", "theme"):
        return shapes.name_of(value)
    return vocab.ckan_licence(value) if facet == "licence" else value


def resource_found(rid: str) -> tuple[Listing, Any]:
    """A resource by its id."""
    pair = shapes.resource(rid)
    if pair is None:
        raise NotFound(both(f"Không có tài nguyên “{rid}”.", f"Resource '{rid}' was not found."))
    return pair


@action("resource_show")
def resource_show(params: Params, caller: Caller) -> dict[str, Any]:
    """One resource (``id``)."""
    listing, each = resource_found(params.needed("id"))
    place = [other.key for other in distributions(listing)].index(each.key)
    return shapes.resource_dict(listing, each, place, caller.language)


@action("resource_search", cost=2)
def resource_search(params: Params, caller: Caller) -> dict[str, Any]:
    """Resources whose fields have a text: ``query`` = ``name:csv`` or ``format:json`` (or a list of them)."""
    terms = [each.partition(":") for each in params.many("query")]
    if not terms or any(not colon for _, colon, _ in terms):
        raise BadInput(both("Cần trường:giá trị.", "Must be field:value"), where="query")
    start, limit = params.number("offset", 0, 10_000_000), params.number("limit", 100, MOST_ROWS)
    every = (
        shapes.resource_dict(listing, each, place, caller.language)
        for listing in queries.published()
        for place, each in enumerate(distributions(listing))
        if all(_has(listing, each, name, value, caller) for name, _, value in terms)
    )
    found_all = list(every)
    return {"count": len(found_all), "results": found_all[start : start + limit]}


def _has(listing: Listing, each: Any, name: str, value: str, caller: Caller) -> bool:
    told = {
        "name": f"{listing.title.text(caller.language)} {each.title.text(caller.language)}",
        "description": listing.description.text(caller.language),
        "format": each.format,
        "mimetype": each.media_type,
        "url": each.path,
    }
    return value.strip().lower() in told.get(name.strip(), "").lower()


@action("resource_view_list")
def resource_view_list(params: Params, caller: Caller) -> list[dict[str, Any]]:
    """Views of a resource: the portal draws them itself, so there are none."""
    resource_found(params.needed("id"))
    return []
