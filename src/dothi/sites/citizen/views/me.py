"""One's own things: dossiers, drafts, who looked at one's data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from dothi.centres.services import drafts, prefill
from dothi.kernel.identity.web import actor_of
from dothi.sites.citizen.reads import mine
from dothi.sites.citizen.views.common import CASES, citizen, page
from dothi.sites.ui.shell import language


@citizen
def me(request: HttpRequest) -> HttpResponseBase:
    """Everything of mine."""
    by, lang = actor_of(request), language()
    things = mine.cases(by, request.session.get(CASES, {}), lang)
    return page(
        request,
        "me",
        {
            "by": by, "open": [each for each in things if each.open], "done": [each for each in things if not each.open],
            "drafts": mine.drafts(drafts.unfinished(by), lang), "person": prefill.known(by), "readings": mine.readings(by),
        },
    )  # fmt: skip
