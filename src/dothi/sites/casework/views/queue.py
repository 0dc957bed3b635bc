"""The queue: what is due first, with filters in the address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from dothi.kernel.cases import people, queries
from dothi.kernel.cases.access import BULK
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.reads.listing import Asked, procedures, row
from dothi.sites.casework.views.common import officer, page
from dothi.sites.ui.shell import language

PAGE = 50


@officer
def queue(request: HttpRequest) -> HttpResponseBase:
    """A list of cases by due time; words find open and closed ones."""
    by, lang = actor_of(request), language()
    asked = Asked.of(request.GET)
    wanted = asked.filter(by)
    if asked.given["q"]:
        found = queries.search(asked.given["q"], by=by, asked=wanted, limit=PAGE)
    else:
        found = queries.inbox(wanted, by=by, after=request.GET.get("after", ""), limit=PAGE)
    counts = queries.counts(wanted, by=by)
    tabs = [("", counts.total), ("late", counts.late), ("soon", counts.soon), ("nobody", counts.unassigned)]
    return page(
        request,
        "queue",
        {
            "asked": asked.given, "rows": [row(each, lang) for each in found.items], "counts": counts, "tabs": dict(tabs),
            "most": queries.COUNTED_AT_MOST, "next": f"{asked.address()}&after={found.next}" if found.next else "",
            "first": asked.address() if request.GET.get("after") else "", "more": found.more,
            "procedures": procedures(lang, asked.given["kind"]),
            "whens": [(key, asked.address(when=key, late="", phase="")) for key in ("late", "today", "soon", "paused")],
            "kept": [(each, Asked.kept(saved).address()) for each, saved in people.filters_of(by)],
            "bulk": by.may_somewhere(BULK),
            "views": [
                ("all", asked.address(mine="", late="", when="")), ("mine", asked.address(mine="me", late="", when="")),
                ("nobody", asked.address(mine="nobody", late="", when="")),
            ],
            "view": {"me": "mine", "nobody": "nobody"}.get(asked.given["mine"], "all"),
        },
    )  # fmt: skip
