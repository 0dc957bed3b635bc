"""Decisions about failed events, as pure functions."""

from __future__ import annotations

FIRST_REST_US = 500_000
LONGEST_REST_US = 3600 * 1_000_000
FACTOR = 4
JITTER = 0.25
OWN_EVENTS = "vn.dothi.events."


def rest_us(attempts: int, chance: float) -> int:
    """How long an event rests after its ``attempts``-th failure: 0.5 s, 2 s, 8 s … at most an hour.

    ``chance`` in [0, 1) moves it by a quarter either way: what failed together shall not return together.
    """
    exact = min(FIRST_REST_US * FACTOR ** min(attempts - 1, 20), LONGEST_REST_US)
    return int(exact * (1 - JITTER + 2 * JITTER * chance))


def is_given_up(attempts: int, allowed: int) -> bool:
    """Whether an event that has failed ``attempts`` times is left for a person."""
    return attempts >= allowed


def is_announced(type: str) -> bool:
    """Whether giving up an event of ``type`` is itself an event.

    Not for this module's own: a consumer that fails on every event would otherwise feed itself for ever.
    """
    return not type.startswith(OWN_EVENTS)


def wait_s(failures: int) -> float:
    """How long a consumer waits when what it needs is away, after ``failures`` tries in a row."""
    return float(min(0.2 * 2 ** min(failures - 1, 10), 10.0))
