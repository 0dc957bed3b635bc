"""A dataset's table, chart or map for other people's pages. Only these answers may stand in a frame elsewhere."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dothi.core.config import current
from dothi.core.errors import DothiError, NotFound, both
from dothi.kernel.identity.access import ANONYMOUS
from dothi.sites.data.reads import dataset as reads
from dothi.sites.data.reads import rows
from dothi.sites.data.table import Address
from dothi.sites.data.views.common import explains, pairs
from dothi.sites.data.views.dataset import chart_context, shown
from dothi.sites.data.views.places import map_context
from dothi.sites.ui.middleware import GROUNDS, LANGUAGES
from dothi.sites.ui.shell import language

KINDS = ("table", "chart", "map")
ROWS = 25


@require_safe
@explains
def advice(request: HttpRequest, key: str) -> HttpResponseBase:
    """The line of HTML that shows a chart, a table or a map of this dataset in another page, with a preview."""
    head = reads.header(key)
    kinds = [kind for kind in KINDS if kind != "map" or head.places]
    what = request.GET.get("embed.what", "")
    what = what if what in kinds else "chart"
    address = Address.of(pairs(request))
    query = address.query(drop=("embed.what",))
    query = f"{query}{'' if query == '?' else '&'}lang={language()}"
    path = f"/data/{key}/embed/{what}/{query}"
    context = {
        "head": head,
        "kinds": kinds,
        "what": what,
        "path": path,
        "url": f"{current().url}{path}",
        "height": {"table": 480, "chart": 440, "map": 480}[what],
        "others": [pair for pair in (*address.rows, *address.own) if pair[0] != "embed.what"],
    }
    return shown(request, key, "embed_help", context)


@require_safe
@gzip_page
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its types know no views with arguments
def embed(request: HttpRequest, key: str, what: str) -> HttpResponseBase:
    """The frame itself: open data only, whoever looks; no cookies are read, the language is in the address."""
    asked = request.GET.get("lang", "")
    with translation.override(asked if asked in LANGUAGES else language()):
        return _framed(request, key, what)


def _framed(request: HttpRequest, key: str, what: str) -> HttpResponseBase:
    request._dothi_actor = ANONYMOUS  # type: ignore[attr-defined]  # a frame never shows more than anybody may see
    ground = request.GET.get("embed.ground", "")
    context: dict[str, Any] = {
        "embedded": True,
        "ground": ground if ground in GROUNDS else "paper",
        "what": what,
        "language": language(),
    }
    try:
        if what not in KINDS:
            raise NotFound(both("Không có kiểu nhúng này.", "There is no such frame."))
        context |= {"head": reads.header(key)} | _content(request, key, what)
    except DothiError as error:
        context |= {"error": error.text(language()), "error_status": error.status}
        return render(request, "data/embed.html", context, status=error.status)
    return render(request, "data/embed.html", context)


def _content(request: HttpRequest, key: str, what: str) -> dict[str, Any]:
    if what == "chart":
        return chart_context(request, key)
    if what == "map":
        return map_context(request, key)
    address = Address.of(pairs(request))
    asked = rows.call(key, ANONYMOUS, address.rows)
    return {
        "table": rows.table(asked, address, limit=ROWS),
        "published_at": asked.found.published_at,
        "number": asked.found.ref.number,
    }
