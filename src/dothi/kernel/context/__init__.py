"""The live city: NGSI-LD entities, now and over time."""

from __future__ import annotations

from dothi.engines.registry import NotWired
from dothi.kernel.context.service import Context

_current: list[Context] = []


def use(context: Context) -> None:
    """Make ``context`` the live city of this process (by whoever composes it, or a test)."""
    _current[:] = [context]


def current() -> Context:
    """The live city of this process."""
    if not _current:
        raise NotWired("no live city: call dothi.serve.wiring.configure() first")
    return _current[0]
