"""The workshop: take the descriptions of another catalogue in as drafts."""

from __future__ import annotations

import yaml
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dothi.centres.opendata.harvest import actions
from dothi.centres.opendata.harvest.rules import HARVEST
from dothi.core.errors import DothiError
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.house_forms import told
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.data.forms import HarvestForm
from dothi.sites.data.views.common import explains, page

LISTED = 200
WORDS = {
    "added": _("New drafts"),
    "changed": _("Drafts described anew"),
    "same": _("As before"),
    "kept": _("Not touched: people took them further"),
    "gone": _("No longer there"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require(HARVEST, somewhere=True)
@explains
def harvest(request: HttpRequest) -> HttpResponseBase:
    """A form for the catalogue; below it what came of the harvest just made."""
    form, report = HarvestForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        report = _harvested(form, actor_of(request))
    context = {"part": "workshop", "section": "harvest", "form": form}
    if report is not None:
        context |= {
            "groups": [(key, word, getattr(report, key)[:LISTED], len(getattr(report, key))) for key, word in WORDS.items()],
            "refused": report.refused[:LISTED],
            "sources": _declarations(report),
        }  # fmt: skip
    return page(request, "harvest", context, status=400 if form.errors else 200)


def _harvested(form: HarvestForm, actor: Actor) -> actions.Report | None:
    """What came of it; a catalogue that is away or cannot be read is told beside its address."""
    try:
        given = form.cleaned_data
        catalogue = actions.Catalogue(given["kind"], given["url"], given["beginning"], given["label"])
        return actions.harvest(catalogue, by=actor)
    except DothiError as error:
        form.add_error("beginning" if error.where == "prefix" else "url", told(error))
        return None


def _declarations(report: actions.Report) -> str:
    """As they stand in files of a pack, one document each."""
    return str(yaml.safe_dump_all(report.sources[:LISTED], allow_unicode=True, sort_keys=False))
