"""The feeds: how they are doing, switching them, taking the simulated city away."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dothi.core.clock import now
from dothi.kernel import context as live
from dothi.kernel.feeds import actions
from dothi.kernel.feeds.generator import actions as generator
from dothi.kernel.identity.pages.paging import position
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.admin.access import FEEDS
from dothi.sites.admin.reads import feeds as reads
from dothi.sites.admin.reads.feeds import FeedLine
from dothi.sites.admin.views.common import PAGE, attempt, page
from dothi.sites.ui.shell import language


def _line(key: str) -> FeedLine:
    line = reads.line(key, now())
    if line is None:
        raise Http404
    return line


@never_cache
@require_GET
@require(FEEDS)
def feed_list(request: HttpRequest) -> HttpResponseBase:
    """Every feed of this installation."""
    at = now()
    return page(request, "feeds", "feeds", {"lines": reads.lines(at), "at": at, "live": True})


@never_cache
@require_GET
@require(FEEDS)
def feed(request: HttpRequest, key: str) -> HttpResponseBase:
    """One feed: its state, its last runs, the messages it could not take."""
    letters = reads.letters(key, position(request), PAGE + 1)
    context = {
        "line": _line(key),
        "runs": reads.runs(key),
        "letters": [(each, _text(bytes(each.payload))) for each in letters[:PAGE]],
        "next": letters[PAGE - 1].pk if len(letters) > PAGE else None,
        "at": now(),
    }
    return page(request, "feed", "feeds", context)


def _text(payload: bytes, most: int = 2000) -> str:
    return payload[:most].decode(errors="replace") + ("…" if len(payload) > most else "")


@require_POST
@require(FEEDS)
def switch(request: HttpRequest, key: str) -> HttpResponseBase:
    """Switch a feed on or off."""
    line, on = _line(key), request.POST.get("on") == "true"
    name = {"feed": line.view.label.text(language())}
    done = gettext("“%(feed)s” is on.") if on else gettext("“%(feed)s” is off.")
    attempt(request, partial(actions.switch, key, on=on, by=actor_of(request)), done % name)
    back = "administration:feed" if request.POST.get("back") == "feed" else "administration:feeds"
    return redirect(back, key) if back.endswith("feed") else redirect(back)


@never_cache
@require_http_methods(["GET", "POST"])
@require(FEEDS)
def reset(request: HttpRequest, key: str) -> HttpResponseBase:
    """Ask, then delete everything the generator made."""
    line = _line(key)
    if not line.resettable:
        raise Http404
    if request.method == "POST":
        attempt(request, partial(generator.reset, live.current(), by=actor_of(request)), _deleted)
        return redirect("administration:feed", key)
    return page(request, "reset", "feeds", {"line": line})


def _deleted(count: int) -> str:
    told = ngettext(
        "%(count)d simulated entity was deleted.", "%(count)d simulated entities were deleted.", count
    )
    return told % {"count": count}
