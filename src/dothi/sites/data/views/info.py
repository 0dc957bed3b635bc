"""Pages that explain: a licence, and the addresses of every standard for those who build."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from dothi.centres.opendata import queries, vocab
from dothi.core.config import current
from dothi.core.errors import NotFound, both
from dothi.sites.data.reads.search import card
from dothi.sites.data.standards import standards
from dothi.sites.data.views.common import explains, page
from dothi.sites.ui.shell import language


@require_safe
@explains
def licence(request: HttpRequest, key: str) -> HttpResponseBase:
    """What a licence allows and asks for, and the datasets under it."""
    found = vocab.LICENCES.get(key)
    if found is None:
        raise NotFound(both(f"Không có giấy phép “{key}”.", f"There is no licence '{key}'."))
    shown = queries.find(facets={"licence": [key]}, order="title", limit=50)
    context = {
        "part": "search",
        "licence": found,
        "title": found.label(language()),
        "cards": [card(each) for each in shown.listings],
        "matched": shown.matched,
    }
    return page(request, "licence", context)


@require_safe
@explains
def developers(request: HttpRequest) -> HttpResponseBase:
    """Every address a program can use, with its standard and its limits."""
    config = current()
    first = queries.page("", 1)
    context = {
        "part": "developers",
        "base": config.url,
        "groups": standards(config.url, first[0].key if first else "dataset"),
        "anonymous": config.open_anonymous,
        "keyed": config.open_keyed,
        "sql_seconds": config.sql_seconds,
        "sql_rows": config.sql_rows,
    }
    return page(request, "developers", context)
