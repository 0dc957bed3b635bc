"""The first page: what do you need?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from dothi.centres.services import catalogue, drafts
from dothi.kernel.identity.web import actor_of
from dothi.sites.citizen.reads import mine
from dothi.sites.citizen.views.common import CASES, citizen, page
from dothi.sites.operations.figures import figures
from dothi.sites.ui.shell import language


@citizen
def home(request: HttpRequest) -> HttpResponseBase:
    """Search, report, near you, your things, life events."""
    by = actor_of(request)
    lang = language()
    events = catalogue.counts("life_event")
    return page(
        request,
        "home",
        {
            "figures": [each for each in figures() if each.key != "cameras"],
            "cases": mine.cases(by, request.session.get(CASES, {}), lang)[:4],
            "drafts": mine.drafts(drafts.unfinished(by, 3), lang),
            "events": [
                (key, label[lang], events[key])
                for key, label in catalogue.labels(catalogue.LIFE_EVENTS).items()
                if key in events
            ],
            "services": len(catalogue.entries()),
        },
    )
