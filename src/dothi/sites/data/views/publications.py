"""The workshop: datasets on their way to the public, and the steps people take with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dothi.centres.opendata import queries
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.models import Publication
from dothi.centres.opendata.rules import Accepted
from dothi.core.errors import DothiError, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of, require
from dothi.kernel.warehouse import queries as warehouse
from dothi.sites.data.forms import ReasonForm, SubmitForm
from dothi.sites.data.reads import publications as reads
from dothi.sites.data.views.common import explains, page
from dothi.sites.ui.shell import language


@never_cache
@require_safe
@require()
@explains
def queue(request: HttpRequest) -> HttpResponseBase:
    """What waits for whom, and what is or was public, of the units this person works for."""
    actor, state = actor_of(request), request.GET.get("state", "")
    reads.may_enter(actor)
    found = reads.queue(actor, state)
    return page(request, "publications", {"part": "workshop", "section": "publications", "queue": found})


@never_cache
@require_safe
@require()
@explains
def publication(request: HttpRequest, key: str) -> HttpResponseBase:
    """One dataset on its way: what the screening found, what was done, what may be done now."""
    return _show(request, key)


def _show(request: HttpRequest, key: str, **forms: Any) -> HttpResponseBase:
    actor = actor_of(request)
    reads.may_enter(actor)
    view = reads.publication(key, actor)
    context = {
        "part": "workshop",
        "section": "publications",
        "view": view,
        "submit_form": forms.get("submit") or SubmitForm(auto_id="submit_%s"),
        "reason_form": forms.get("reason") or ReasonForm(auto_id="reason_%s"),
        "others": [
            (each.key, each.title.text(language())) for each in queries.published() if each.key != key
        ],
    }
    return page(request, "publication", context, status=400 if forms else 200)


@require_POST
@require()
@explains
def move(request: HttpRequest, key: str, move: str) -> HttpResponseBase:
    """Take one step. What needs a reason and has none is asked for it again."""
    actor, act = actor_of(request), MOVES.get(move)
    if act is None:
        raise Http404
    reason = ReasonForm(request.POST, auto_id="reason_%s")
    if move in REASONED and not reason.is_valid():
        return _show(request, key, reason=reason)
    try:
        told = act(key, request, actor)
    except DothiError as error:
        messages.error(request, error.text(language()))
    else:
        messages.success(request, told)
    return redirect("data:publication", key)


def _held(key: str) -> Publication:
    found = queries.publication(key)
    if found is None:
        raise NotFound(both("Chưa có đề nghị công bố.", "Nobody has asked to publish this dataset."))
    return found


def _submit(key: str, request: HttpRequest, actor: Actor) -> str:
    warehouse.needed(key)
    made = steps.prepare(key, by=actor)
    made = steps.submit(made, by=actor, accepted=_accepted(request), text=request.POST.get("text", "")[:2000])
    made = steps.screen(made, quasi=request.POST.getlist("quasi")[:8])
    if made.state == "draft":
        return _("The screening stopped it: look at what it found below.")
    return _("Submitted and screened. It waits for the owner's approval.")


def _accepted(request: HttpRequest) -> list[Accepted]:
    """The findings somebody lets pass, each with the reason written beside it."""
    found = []
    for name, value in request.POST.items():
        if name.startswith("accept:") and str(value).strip():
            _prefix, column, kind = name.split(":", 2)
            found.append(Accepted(column, kind, str(value).strip()[:500]))
    return found


def _simple(act: Callable[..., object], told: str) -> Callable[[str, HttpRequest, Actor], str]:
    def step(key: str, request: HttpRequest, actor: Actor) -> str:
        act(_held(key), by=actor)
        return _(told)

    return step


def _reasoned(act: Callable[..., object], told: str) -> Callable[[str, HttpRequest, Actor], str]:
    def step(key: str, request: HttpRequest, actor: Actor) -> str:
        act(_held(key), reason=request.POST.get("reason", ""), by=actor)
        return _(told)

    return step


def _supersede(key: str, request: HttpRequest, actor: Actor) -> str:
    successor = request.POST.get("successor", "")
    act = partial(steps.supersede, _held(key), successor=successor)
    act(reason=request.POST.get("reason", ""), by=actor)
    return _("Superseded. Its page leads to the dataset that follows it.")


REASONED = ("return", "withdraw", "supersede")
MOVES: dict[str, Callable[[str, HttpRequest, Actor], str]] = {
    "submit": _submit,
    "approve": _simple(steps.approve, gettext_noop("Approved. It can be published now.")),
    "publish": _simple(steps.publish, gettext_noop("Published. Everybody can find it now.")),
    "reopen": _simple(steps.reopen, gettext_noop("Opened again, as a draft.")),
    "return": _reasoned(steps.send_back, gettext_noop("Sent back, with your reason.")),
    "withdraw": _reasoned(steps.withdraw, gettext_noop("Withdrawn. The reason stands where it was.")),
    "supersede": _supersede,
}
