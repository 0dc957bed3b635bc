"""What readers bring: requests for data, reports of errors, things made with the data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dothi.centres.opendata import asked, queries
from dothi.centres.opendata.actions import asking as actions
from dothi.centres.opendata.casework import Sent
from dothi.centres.opendata.models import DataRequest
from dothi.kernel.identity.web import actor_of
from dothi.sites.data.access import who
from dothi.sites.data.forms import Honest, ReportForm, RequestForm, ReuseForm
from dothi.sites.data.reads import dataset as reads
from dothi.sites.data.views.common import explains, page, within_quota
from dothi.sites.ui.shell import language

PAGE = 20
T = TypeVar("T")


def sent(request: HttpRequest, form: Honest, act: Callable[[], T], thanks: str) -> T | None:
    """What came of what was filled in; None when it could not be done, and the reasons stand in the form."""
    if not form.is_valid():
        return None
    within_quota(request)
    made = form.attempt(act)
    if made is not None:
        messages.success(request, thanks)
    return made


def followed(made: Sent) -> HttpResponseRedirect:
    """To where its sender follows it: by account, else by the secret that is told now and never again."""
    given = {"k": made.secret, "new": "1"} if made.secret else {"new": "1"}
    return HttpResponseRedirect(f"{reverse('citizen:case', args=[made.code])}?{urlencode(given)}")


@require_http_methods(["GET", "HEAD", "POST"])
@explains
def requests(request: HttpRequest) -> HttpResponseBase:
    """What people asked for, with the answers; and a form to ask."""
    form = RequestForm(request.POST or None)
    if request.method == "POST":
        act = partial(_ask, request, form)
        thanks = _("Thank you. Your request is shown among the requests; the answer will stand there too.")
        if made := sent(request, form, act, thanks):
            return followed(made)
    q = request.GET.get("q", "")[:200]
    found = asked.requests(q=q, after=_after(request), limit=PAGE + 1)
    context = {
        "part": "requests", "form": form, "rows": found[:PAGE], "q": q,
        "next": str(found[PAGE - 1].pk) if len(found) > PAGE else "",
    }  # fmt: skip
    return page(request, "requests", context, status=400 if form.errors else 200)


def _after(request: HttpRequest) -> str:
    try:
        return str(UUID(request.GET["after"])) if request.GET.get("after") else ""
    except ValueError:
        return ""


def _ask(request: HttpRequest, form: Honest) -> Sent:
    return actions.ask_for_data(**form.given(), language=language(), by=who(request))


@require_safe
@explains
def request_page(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """One request and its answer."""
    found = asked.one(DataRequest, id)
    listing = queries.dataset(found.dataset) if found.dataset else None
    context = {
        "part": "requests",
        "row": found,
        "answered_with": listing.title.text(language()) if listing else "",
    }
    return page(request, "request", context)


@require_POST
@explains
def support(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Say that you want it as well."""
    found = asked.one(DataRequest, id)
    actions.support(found, by=actor_of(request))
    messages.success(request, _("Counted: you want this data too."))
    return redirect("data:request", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@explains
def report(request: HttpRequest, key: str) -> HttpResponseBase:
    """Tell whoever answers for a dataset that something in it is wrong."""
    head = reads.header(key, asked.open_reports(key))
    lang = language()
    columns = [(each.name, each.label.text(lang) or each.name) for each in head.listing.columns]
    given = {name: request.GET[name] for name in ("column", "row") if name in request.GET}
    form = ReportForm(request.POST or None, columns=columns, initial=given)
    if request.method == "POST":
        act = partial(_report, request, key, form)
        thanks = _("Thank you. The publisher has your report and will look into it.")
        if made := sent(request, form, act, thanks):
            return followed(made)
    context = {"part": "search", "tab": "report", "head": head, "form": form}
    return page(request, "report", context, status=400 if form.errors else 200)


def _report(request: HttpRequest, key: str, form: Honest) -> Sent:
    return actions.report_error(key, **form.given(), language=language(), by=who(request))


@require_safe
@explains
def reuses(request: HttpRequest) -> HttpResponseBase:
    """What people made with the city's data."""
    kind = request.GET.get("kind", "")
    found = asked.gallery(kind=kind if kind in actions.KINDS else "", after=_after(request), limit=PAGE + 1)
    lang = language()
    titles = {each.key: each.title.text(lang) for each in queries.published()} if found else {}
    cards: list[dict[str, Any]] = [
        {"reuse": each, "uses": [(key, titles[key]) for key in each.datasets if key in titles]}
        for each in found[:PAGE]
    ]
    context = {
        "part": "reuses", "cards": cards, "kinds": actions.KINDS, "kind": kind,
        "next": str(found[PAGE - 1].pk) if len(found) > PAGE else "",
    }  # fmt: skip
    return page(request, "reuses", context)


@require_http_methods(["GET", "HEAD", "POST"])
@explains
def new_reuse(request: HttpRequest) -> HttpResponseBase:
    """Tell what you made."""
    lang = language()
    datasets = [(each.key, each.title.text(lang)) for each in queries.published()]
    chosen = {"datasets": request.GET.getlist("dataset")}
    form = ReuseForm(request.POST or None, datasets=datasets, initial=chosen)
    if request.method == "POST":
        act = partial(_propose, request, form)
        if sent(
            request, form, act, _("Thank you. It appears in the gallery once somebody has looked at it.")
        ):
            return redirect("data:reuses")
    context = {"part": "reuses", "form": form}
    return page(request, "reuse_new", context, status=400 if form.errors else 200)


def _propose(request: HttpRequest, form: Honest) -> object:
    return actions.propose_reuse(**form.given(), by=who(request))
