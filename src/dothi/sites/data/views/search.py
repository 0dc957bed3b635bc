"""The portal's first page and the search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dothi.sites.data.asked import search
from dothi.sites.data.reads import search as reads
from dothi.sites.data.views.common import explains, page, pairs


@require_safe
@gzip_page
@explains
def portal(request: HttpRequest) -> HttpResponseBase:
    """Without parameters what there is as a whole, with any the search."""
    if not request.GET:
        return page(request, "front", {"part": "search", "front": reads.front()})
    wanted = search(pairs(request))
    context = {"part": "search", "wanted": wanted, "found": reads.results(wanted)}
    return page(request, "results", context)


@require_safe
@gzip_page
@explains
def by_place(request: HttpRequest) -> HttpResponseBase:
    """The same search, chosen by a box on a map, with the list beside it."""
    wanted = search(pairs(request))
    found = reads.results(wanted)
    context = {
        "part": "map",
        "wanted": wanted,
        "found": found,
        "own_box": True,
        "placed": [card for card in found.cards if card.listing.spatial],
        "sides": wanted.bbox or ("", "", "", ""),
        "configuration": reads.map_configuration(found, wanted),
    }
    return page(request, "by_place", context)
