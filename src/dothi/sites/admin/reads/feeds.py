"""How each feed is doing, in a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.kernel.feeds import queries
from dothi.kernel.feeds.generator.feed import KEY as GENERATOR
from dothi.kernel.feeds.models import DeadLetter, FeedRun
from dothi.kernel.feeds.queries import FeedView
from dothi.sites.admin.reads.signs import Sign

# A run may take a while; only then is it late.
PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed with its state in a word."""

    view: FeedView
    sign: Sign
    rhythm: str
    resettable: bool


def is_late(view: FeedView, at: datetime) -> bool:
    """Whether a feed with a rhythm should have run by now. A stream has none."""
    if view.interval_s is None or view.next_run is None or not view.enabled:
        return False
    return view.next_run + max(PATIENCE, timedelta(seconds=view.interval_s)) < at


def sign_of(view: FeedView, at: datetime) -> Sign:
    """Off, failing, not run yet, late, or at work."""
    if not view.enabled:
        return Sign("normal", _("switched off"))
    if view.error:
        return Sign("alert", _("failing"))
    if view.last_start is None:
        return Sign("info", _("has not run yet"))
    return Sign("warn", _("late")) if is_late(view, at) else Sign("normal", _("working"))


def rhythm(seconds: float | None) -> str:
    """How often it runs, in words."""
    if seconds is None:
        return _("is sent to, all the time")
    whole = round(seconds)
    if whole % 3600 == 0:
        hours = whole // 3600
        return ngettext("every hour", "every %(count)d hours", hours) % {"count": hours}
    if whole % 60 == 0:
        minutes = whole // 60
        return ngettext("every minute", "every %(count)d minutes", minutes) % {"count": minutes}
    return ngettext("every second", "every %(count)d seconds", whole) % {"count": whole}


def lines(at: datetime) -> list[FeedLine]:
    """Every feed of this installation."""
    return [_line(view, at) for view in queries.status()]


def line(key: str, at: datetime) -> FeedLine | None:
    """One of them."""
    return next((_line(view, at) for view in queries.status() if view.key == key), None)


def _line(view: FeedView, at: datetime) -> FeedLine:
    return FeedLine(view, sign_of(view, at), rhythm(view.interval_s), view.key == GENERATOR)


def runs(key: str, limit: int = 20) -> list[tuple[FeedRun, float]]:
    """The newest runs, each with how many seconds it took."""
    return [(run, (run.ended_at - run.started_at).total_seconds()) for run in queries.recent_runs(key, limit)]


def letters(key: str, before: int | None, limit: int) -> list[DeadLetter]:
    """Messages from outside that this feed could not take, the newest first."""
    found = DeadLetter.objects.filter(feed=key).order_by("-id")
    found = found if before is None else found.filter(pk__lt=before)
    return list(found[:limit])
