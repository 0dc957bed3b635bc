"""The feeds this installation runs, registered once by whoever composes the process."""

from __future__ import annotations

from dothi.kernel.feeds.base import Feed, Stream

_feeds: dict[str, Feed | Stream] = {}


def register(feed: Feed | Stream) -> None:
    """Make ``feed`` one of those the runner runs; a later one of the same key takes its place."""
    _feeds[feed.key] = feed


def feeds() -> dict[str, Feed | Stream]:
    """All registered feeds by key, in the order they were registered."""
    return dict(_feeds)


def forget() -> None:
    """Leave no feed registered (for tests, and for a process that is composed again)."""
    _feeds.clear()
