"""The workshop: requests and reports to answer, and things made with data to look at."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dothi.centres.opendata import asked, casework, queries, rules
from dothi.centres.opendata.actions import asking as actions
from dothi.centres.opendata.models import DataRequest, ErrorReport, Reuse
from dothi.core.errors import DothiError
from dothi.kernel.cases import queries as cases
from dothi.kernel.cases.access import READ
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.data.forms import AnswerForm, ReasonForm
from dothi.sites.data.views.common import explains, page
from dothi.sites.ui.shell import language

KINDS: dict[str, type[DataRequest] | type[ErrorReport] | type[Reuse]] = {
    "request": DataRequest, "report": ErrorReport, "reuse": Reuse,
}  # fmt: skip
OPEN = ("received", "accepted", "in-review", "confirmed")


def _may_enter(actor: Actor) -> None:
    if not (actor.may_somewhere(rules.ANSWER) or actor.may_somewhere(rules.GALLERY)):
        raise PermissionDenied(rules.ANSWER)


@never_cache
@require_safe
@require()
@explains
def inbox(request: HttpRequest) -> HttpResponseBase:
    """What readers brought and nobody has finished yet."""
    actor = actor_of(request)
    _may_enter(actor)
    answers = actor.may_somewhere(rules.ANSWER)
    requests = [each for each in asked.requests(states=OPEN) if _answers(actor, each)] if answers else []
    context = {
        "part": "workshop",
        "section": "inbox",
        "requests": requests,
        "reports": asked.reports(actor, states=OPEN) if answers else [],
        "reuses": asked.proposed() if actor.may(rules.GALLERY) else [],
    }
    return page(request, "inbox", context)


def _answers(actor: Actor, row: DataRequest | ErrorReport) -> bool:
    return actor.may(rules.ANSWER, unit=row.unit or None, organisation=row.organisation or None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require()
@explains
def answer(request: HttpRequest, kind: str, id: UUID) -> HttpResponseBase:
    """One of them, with a form to answer it."""
    actor = actor_of(request)
    _may_enter(actor)
    if kind not in KINDS:
        raise Http404
    row = asked.one(KINDS[kind], id)
    if isinstance(row, Reuse):
        return _judge(request, row, actor)
    if not _answers(actor, row):
        raise PermissionDenied(rules.ANSWER)
    lang = language()
    states = [(str(each.to), each.label[lang]) for each in casework.offers(row, actor)]
    datasets = [(each.key, each.title.text(lang)) for each in queries.published()]
    form = AnswerForm(request.POST or None, kind=kind, states=states, datasets=datasets)
    done = request.method == "POST" and form.is_valid()
    if done and form.attempt(partial(_answered, row, form, actor)) is not None:
        messages.success(request, _("Answered."))
        return redirect("data:inbox")
    return _page(request, kind, row, form if states else None)


def _answered(row: DataRequest | ErrorReport, form: AnswerForm, actor: Actor) -> object:
    given: dict[str, Any] = form.cleaned_data
    if isinstance(row, DataRequest):
        return actions.answer_request(
            row, state=given["state"], answer=given["answer"], dataset=given["dataset"], by=actor
        )
    return actions.answer_report(
        row, state=given["state"], answer=given["answer"], mended_in=given["mended_in"] or 0, by=actor
    )


def _judge(request: HttpRequest, row: Reuse, actor: Actor) -> HttpResponseBase:
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = False
    if request.method == "POST" and form.is_valid():
        show = request.POST.get("verdict") == "show"
        try:
            actions.judge_reuse(row, show=show, reason=form.cleaned_data["reason"], by=actor)
        except DothiError as error:
            form.add_error("reason", error.text(language()))
        else:
            messages.success(
                request, _("Shown in the gallery.") if show else _("Not shown; your reason is kept.")
            )
            return redirect("data:inbox")
    return _page(request, "reuse", row, form)


def _page(request: HttpRequest, kind: str, row: object, form: Any) -> HttpResponseBase:
    context = {"part": "workshop", "section": "inbox", "kind": kind, "row": row, "form": form}
    if isinstance(row, DataRequest | ErrorReport):
        context |= {"case": cases.get(row.case, by=SYSTEM), "from": contacts.of(row.case)}
        context["desk"] = actor_of(request).may(READ, unit=row.unit, organisation=row.organisation or None)
    return page(request, "answer", context, status=400 if form is not None and form.errors else 200)
