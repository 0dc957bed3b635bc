"""Being told of changes: subscribe, see and end what one follows, and the pages behind the links in letters."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dothi.centres.opendata import asked, queries
from dothi.centres.opendata.actions import subscriptions as actions
from dothi.centres.opendata.models import Subscription
from dothi.core.errors import DothiError, NotFound, Unauthenticated, both
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.data.access import who
from dothi.sites.data.forms import FollowForm
from dothi.sites.data.reads import dataset as reads
from dothi.sites.data.views.common import explains, page, within_quota
from dothi.sites.ui.shell import language

_DONE: Final[dict[str, str | Promise]] = {
    "confirm": gettext_lazy("Confirmed. You will be told of changes."),
    "leave": gettext_lazy("Stopped. Your address was deleted."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@explains
def follow(request: HttpRequest, key: str) -> HttpResponseBase:
    """Follow one dataset."""
    head, form = reads.header(key), FollowForm(request.POST or None)
    made: Subscription | None = None
    if request.method == "POST" and form.is_valid():
        within_quota(request)
        made = form.attempt(partial(_subscribe, request, key, form))
    context = {"part": "search", "tab": "follow", "head": head, "form": form, "made": made}
    return page(request, "follow", context, status=400 if form.errors else 200)


def _subscribe(request: HttpRequest, key: str, form: FollowForm) -> Subscription | None:
    try:
        return actions.subscribe(**form.given(), by=who(request), dataset=key, language=language())
    except Unauthenticated as error:
        form.add_error("via", error.text(language()))
        return None


@never_cache
@require_safe
@require()
def mine(request: HttpRequest) -> HttpResponseBase:
    """What somebody signed in follows."""
    lang = language()
    titles = {each.key: each.title.text(lang) for each in queries.published()}
    lines = [
        (each, titles.get(each.dataset, each.dataset)) for each in asked.subscriptions(actor_of(request))
    ]
    return page(request, "following", {"part": "search", "lines": lines})


@require_POST
@require()
@explains
def end(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Stop following."""
    found = next((each for each in asked.subscriptions(actor_of(request)) if each.pk == id), None)
    if found is None:
        raise NotFound(both("Không có đăng ký này.", "There is no such subscription."))
    actions.unsubscribe(found, by=actor_of(request))
    messages.success(request, _("You no longer follow it."))
    return redirect("data:following")


# The token is the only credential, and mail programs that leave with one click (RFC 8058) bring no other.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, what: str) -> HttpResponseBase:
    """A link of a letter. GET asks, POST does: mail programs open links by themselves."""
    context: dict[str, Any] = {
        "part": "search",
        "what": what,
        "token": request.POST.get("token") or request.GET.get("token", ""),
    }
    status = 200
    if request.method == "POST":
        act = actions.confirm if what == "confirm" else actions.leave
        try:
            act(context["token"][:100], by=ANONYMOUS)
            context["done"] = _DONE[what]
        except DothiError as error:
            context["refused"], status = error.text(language()), error.status
    answer = page(request, "letter", context, status=status)
    answer["Referrer-Policy"] = "no-referrer"
    return answer
