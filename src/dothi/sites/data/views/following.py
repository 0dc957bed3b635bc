"""Being told of changes: subscribe, see and end what one follows. Links in letters are the centre's."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dothi.centres.opendata import asked, queries
from dothi.centres.opendata.actions import subscriptions as actions
from dothi.centres.opendata.models import Subscription
from dothi.core.errors import NotFound, Unauthenticated, both
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.data.access import who
from dothi.sites.data.forms import FollowForm
from dothi.sites.data.reads import dataset as reads
from dothi.sites.data.views.common import explains, page, within_quota
from dothi.sites.ui.shell import language


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
