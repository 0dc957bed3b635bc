"""The workshop: take the descriptions of another catalogue in as drafts, in the background."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import yaml
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dothi.centres.opendata.harvest import runs
from dothi.centres.opendata.harvest.actions import Catalogue
from dothi.centres.opendata.harvest.rules import HARVEST
from dothi.centres.opendata.models import HarvestRun
from dothi.core.errors import DothiError
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.house_forms import told
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.data.forms import HarvestForm
from dothi.sites.data.views.common import explains, page
from dothi.sites.data.words import HARVEST_STATES
from dothi.sites.ui.shell import language

LISTED = 200
WORDS = {
    "added": gettext_lazy("New drafts"),
    "changed": gettext_lazy("Drafts described anew"),
    "same": gettext_lazy("As before"),
    "kept": gettext_lazy("Not touched: people took them further"),
    "gone": gettext_lazy("No longer there"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require(HARVEST, somewhere=True)
@explains
def harvest(request: HttpRequest) -> HttpResponseBase:
    """A form for the catalogue, beside the harvests that were asked for lately."""
    actor, form = actor_of(request), HarvestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = _asked(form, actor)
        if asked is not None:
            return redirect("data:harvest-run", asked.pk)
    lines = [_line(each) for each in runs.runs(actor)]
    context = {"part": "workshop", "section": "harvest", "form": form, "lines": lines}
    return page(request, "harvest", context, status=400 if form.errors else 200)


def _asked(form: HarvestForm, actor: Actor) -> HarvestRun | None:
    """The harvest; an address that cannot be is told beside it."""
    given = form.cleaned_data
    try:
        return runs.ask(Catalogue(given["kind"], given["url"], given["beginning"], given["label"]), by=actor)
    except DothiError as error:
        form.add_error("beginning" if error.where == "prefix" else "url", told(error))
        return None


def _line(run: HarvestRun) -> dict[str, Any]:
    word, level, shape = HARVEST_STATES[run.state]
    return {
        "run": run, "word": word, "level": level, "shape": shape,
        "error": run.error_vi if language() == "vi" else run.error_en,
    }  # fmt: skip


@never_cache
@require_safe
@require(HARVEST, somewhere=True)
@explains
def run(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """One harvest: how far it is, what came of it, or why not."""
    found = runs.needed(id, by=actor_of(request))
    report = found.report
    context = {
        "part": "workshop", "section": "harvest", "line": _line(found), "refresh": found.under_way,
        "groups": [(key, word, report[key][:LISTED], len(report[key])) for key, word in WORDS.items()] if report else None,
        "refused": report.get("refused", [])[:LISTED], "refused_count": len(report.get("refused", [])),
        "sources": yaml.safe_dump_all(report.get("sources", [])[:LISTED], allow_unicode=True, sort_keys=False),
    }  # fmt: skip
    return page(request, "harvest_run", context)


@require_POST
@require(HARVEST, somewhere=True)
@explains
def again(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Try one that failed anew."""
    actor = actor_of(request)
    runs.again(runs.needed(id, by=actor), by=actor)
    messages.success(request, _("It is tried again."))
    return redirect("data:harvest-run", id)
