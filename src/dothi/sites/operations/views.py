"""The pages of the operations surface: map, list, one entity, units and one unit."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from dothi.core.errors import BadInput, DothiError
from dothi.kernel.identity.web import actor_of
from dothi.sites.operations import entity as entities
from dothi.sites.operations import figures, page, places
from dothi.sites.operations.layers import chosen, default_keys, listed, visible_types
from dothi.sites.operations.lines import lines
from dothi.sites.operations.rules import LEVELS, WINDOWS, choice, filters
from dothi.sites.operations.wards import wards
from dothi.sites.operations.words import level_names, signs
from dothi.sites.ui.shell import language
from dothi.sites.ui.views import fault

View = Callable[..., HttpResponse]
SURFACE = {"surface_ground": "night"}  # the console's own; a visitor's choice goes before it


def _asked(request: HttpRequest) -> dict[str, str]:
    """The address's parameters; a form that sends a list as several of one name means all of them."""
    listed = {key: ",".join(request.GET.getlist(key)) for key in ("layers", "level") if key in request.GET}
    return request.GET.dict() | listed


def _signs() -> dict[str, Any]:
    legend = signs()
    return {"signs": legend, "signs_by_level": {sign["level"]: sign["shape"] for sign in legend}}


def explains(view: View) -> View:
    """Errors of ours become a page that says what to mend."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DothiError as error:
            advice = _("Correct the address, or start again from the map.")
            if not isinstance(error, BadInput):
                advice = _("The map and the search still work.")
            return fault(request, error.status, error.title[language()], advice, error.text(language()))

    return wrapped


@require_GET
@gzip_page
@explains
def live_map(request: HttpRequest) -> HttpResponse:
    """The live map, with its pulse, layers and list."""
    actor = actor_of(request)
    wanted = filters(_asked(request))
    types, counts = visible_types(actor), page.counts_by_type()
    kinds = chosen(wanted, types, counts)
    units = wards()
    names = {code: name[language()] for code, name in units.names.items()}
    rows = listed(wanted, page.all_layers(kinds), names)
    shown = set(wanted.layers) if wanted.layers is not None else set(default_keys(types, counts))
    return render(
        request,
        "operations/map.html",
        SURFACE
        | {
            "nav": "map",
            "filters": wanted,
            "levels_down": [(level, level_names()[level]) for level in reversed(LEVELS)],
            "counted": any(counts.get(key) for key in types),
            "layers": page.layer_choices(types, counts, shown),
            "colourings": page.colourings(types, counts),
            "colour": ".".join(wanted.colour)
            if wanted.colour
            else page.default_colour(counts)
            if "color" not in request.GET
            else "",
            "lines": lines(rows[: page.PAGE_SIZE], types, names),
            "total": len(rows),
            "list_query": page.address(wanted),
            "figures": figures.figures(),
            "tide": figures.sea_level(),
            "approximate": units.approximate,
            "configuration": page.configuration(types, counts, units, actor),
        }
        | _signs(),
    )


@require_GET
@gzip_page
@explains
def entity_list(request: HttpRequest) -> HttpResponse:
    """The list: the same data as the map, without scripts, to be printed too."""
    wanted = filters(_asked(request))
    types, counts = visible_types(actor_of(request)), page.counts_by_type()
    kinds = chosen(wanted, types, counts)
    names = {code: name[language()] for code, name in wards().names.items()}
    rows = listed(wanted, page.all_layers(kinds), names)
    pages = max(1, -(-len(rows) // page.PAGE_SIZE))
    number = min(wanted.page, pages)
    first = (number - 1) * page.PAGE_SIZE
    keys = {kind.key for kind in kinds}
    return render(
        request,
        "operations/list.html",
        SURFACE
        | {
            "nav": "list",
            "filters": wanted,
            "all_levels": [(level, level_names()[level]) for level in LEVELS],
            "layers": page.layer_choices(types, counts, keys),
            "units": sorted(names.items(), key=lambda pair: places.order(pair[1])),
            "lines": lines(rows[first : first + page.PAGE_SIZE], types, names),
            "total": len(rows),
            "columns": places.columns(wanted),
            "number": number,
            "pages": pages,
            "previous": page.address(wanted, page=number - 1) if number > 1 else "",
            "next": page.address(wanted, page=number + 1) if number < pages else "",
            "map_query": page.address(wanted, page=""),
            "sort_param": ("-" if wanted.descending else "") + wanted.sort if wanted.sort != "level" else "",
        }
        | _signs(),
    )


@require_GET
@gzip_page
@explains
def entity_page(request: HttpRequest, id: str) -> HttpResponse:
    """One entity: a fragment for the map's panel, a page of its own otherwise."""
    shown = entities.panel(id, visible_types(actor_of(request)))
    window = choice("window", request.GET.get("window", ""), tuple(WINDOWS))
    asked = request.GET.get("attr", "")
    attribute = next(
        (v for v in shown.numbers if v.key == asked), shown.numbers[0] if shown.numbers else None
    )
    context = SURFACE | {
        "nav": "map",
        "panel": shown,
        "main": attribute,
        "window": window,
        "windows": [("24h", _("24 hours")), ("7d", _("7 days")), ("30d", _("30 days"))],
        "map_query": "?" + urlencode({"id": shown.id}),
        "configuration": page.chart_configuration(),
    }
    fragment = request.headers.get("HX-Request") == "true"
    response = render(request, "operations/panel.html" if fragment else "operations/entity.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_GET
def pulse(request: HttpRequest) -> HttpResponse:
    """The figures of the city, as a fragment."""
    context = {"figures": figures.figures(), "tide": figures.sea_level()}
    return render(request, "operations/pulse.html", context)


@require_GET
@gzip_page
@explains
def unit_list(request: HttpRequest) -> HttpResponse:
    """All wards, communes and the special zone, with what is measured in each."""
    query = request.GET.get("q", "").strip()[:100]
    types = visible_types(actor_of(request))
    found = places.overview(types, query)
    return render(
        request, "operations/units.html", SURFACE | {"nav": "units", "q": query, "places": found} | _signs()
    )


@require_GET
@gzip_page
@explains
def unit_page(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: what is here now, and what it was before July 2025."""
    types = visible_types(actor_of(request))
    found = places.place(code, types)
    if found.moved:
        return redirect("operations:unit", code=found.unit.code)
    return render(request, "operations/unit.html", SURFACE | {"nav": "units", "place": found})
