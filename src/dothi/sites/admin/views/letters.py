"""Events that could not be handled: the list, one of them, sending again, giving up."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dothi.core.errors import NotFound
from dothi.kernel.events import queries
from dothi.kernel.events.models import DeadLetter
from dothi.kernel.identity.pages.paging import position, without_position
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.admin import actions
from dothi.sites.admin.access import DISCARD, LETTERS, RESEND
from dothi.sites.admin.forms import DiscardForm
from dothi.sites.admin.reads import letters as reads
from dothi.sites.admin.views.common import PAGE, attempt, page


@never_cache
@require_GET
@require(LETTERS)
def letter_list(request: HttpRequest) -> HttpResponseBase:
    """The newest first; the filter is in the address."""
    wanted = reads.Wanted.asked(request.GET.dict())
    found = reads.lines(wanted, position(request), PAGE + 1)
    context = {
        "lines": found[:PAGE],
        "next": found[PAGE - 1].letter.pk if len(found) > PAGE else None,
        "wanted": wanted,
        "consumers": reads.consumers(),
        "query": without_position(request),
        "may_resend": actor_of(request).may(RESEND),
    }
    return page(request, "letters", "events", context)


def _letter(key: int) -> DeadLetter:
    try:
        return queries.dead_letter(key)
    except NotFound:
        raise Http404 from None


@never_cache
@require_GET
@require(LETTERS)
def letter(request: HttpRequest, key: int) -> HttpResponseBase:
    """One failed event: the event itself, what went wrong, what can be done."""
    return _show(request, key, DiscardForm())


def _show(request: HttpRequest, key: int, form: DiscardForm) -> HttpResponse:
    line, actor = reads.line(_letter(key)), actor_of(request)
    context = {
        "line": line,
        "cloudevent": reads.pretty(line.event),
        "form": form,
        "may_resend": actor.may(RESEND),
        "may_discard": actor.may(DISCARD),
    }
    return page(request, "letter", "events", context)


@require_POST
@require(RESEND)
def resend(request: HttpRequest, key: int) -> HttpResponseBase:
    """Let the consumer try it again."""
    done = gettext("The event was given back to its consumer.")
    attempt(request, partial(actions.resend, _letter(key), by=actor_of(request)), done)
    return redirect("administration:letters")


@require_POST
@require(RESEND)
def resend_all(request: HttpRequest) -> HttpResponseBase:
    """Let one consumer try again all that it gave up."""
    consumer = request.POST.get("consumer", "")
    if consumer not in reads.consumers():
        raise Http404
    attempt(request, partial(actions.resend_all, consumer, by=actor_of(request)), _resent)
    return redirect("administration:letters")


def _resent(count: int) -> str:
    told = ngettext("%(count)d event was given back.", "%(count)d events were given back.", count)
    return told % {"count": count}


@require_http_methods(["GET", "POST"])
@require(DISCARD)
def discard(request: HttpRequest, key: int) -> HttpResponseBase:
    """Give it up, with the reason. Asked for by GET (a refused form opened again), it is the event's page."""
    if request.method == "GET":
        return redirect("administration:letter", key)
    found, form = _letter(key), DiscardForm(request.POST)
    if not form.is_valid():
        return _show(request, key, form)
    act = partial(actions.discard, found, reason=form.cleaned_data["reason"], by=actor_of(request))
    if attempt(request, act, gettext("The event was discarded. It stays in the log.")):
        return redirect(f"{reverse('administration:letters')}")
    return redirect("administration:letter", key)
