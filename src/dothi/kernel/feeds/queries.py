"""What the feeds page and ``dothi status`` show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dothi.kernel.feeds.base import Feed, Label
from dothi.kernel.feeds.models import DeadLetter, FeedRun, FeedState, Lease
from dothi.kernel.feeds.registry import feeds


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed and how it is doing; ``interval_s`` is None for a stream, ``error`` empty while all is well."""

    key: str
    label: Label
    provenance: str
    interval_s: float | None
    enabled: bool
    last_success: datetime | None
    last_start: datetime | None
    next_run: datetime | None
    written: int
    rejected: int
    failures: int
    error: str
    dead_letters: int


def status() -> list[FeedView]:
    """Every registered feed, whether it has run yet or not."""
    states = {state.key: state for state in FeedState.objects.all()}
    return [_view(feed, states.get(key) or FeedState(key=key)) for key, feed in feeds().items()]


def _view(feed: object, state: FeedState) -> FeedView:
    label: Label = feed.label  # type: ignore[attr-defined]
    return FeedView(
        key=state.key,
        label=label,
        provenance=feed.provenance,  # type: ignore[attr-defined]
        interval_s=feed.interval.total_seconds() if isinstance(feed, Feed) else None,
        enabled=state.enabled,
        last_success=state.succeeded_at,
        last_start=state.started_at,
        next_run=state.next_run_at,
        written=state.written,
        rejected=state.rejected,
        failures=state.failures,
        error=state.error,
        dead_letters=DeadLetter.objects.filter(feed=state.key).count(),
    )


def recent_runs(key: str, limit: int = 20) -> list[FeedRun]:
    """The newest runs of a feed, newest first."""
    return list(FeedRun.objects.filter(feed_id=key)[:limit])


def enabled(key: str) -> bool:
    """Whether a feed is switched on (a feed nobody switched yet is)."""
    return FeedState.objects.filter(key=key, enabled=False).first() is None


def runner_holder() -> str | None:
    """The process that runs the feeds now, if one does."""
    lease = Lease.objects.filter(name="feeds").first()
    return lease.holder if lease else None
