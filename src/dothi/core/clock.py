"""The time, in one place, so that a test can set it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HCMC = ZoneInfo("Asia/Ho_Chi_Minh")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d(:?\d\d)?)")


class Frozen:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.us = us(at)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock on; the new time."""
        self.us += by // _MICROSECOND
        return from_us(self.us)

    def set(self, at: datetime) -> None:
        """Move the clock to ``at``."""
        self.us = us(at)


_frozen: list[Frozen] = []


def now_us() -> int:
    """Microseconds since 1970-01-01 UTC."""
    return _frozen[-1].us if _frozen else time.time_ns() // 1000


def now() -> datetime:
    """The time now, aware, in UTC."""
    return from_us(now_us())


@contextmanager
def frozen(at: datetime) -> Iterator[Frozen]:
    """For tests: the clock of the whole process (all its threads) stands at ``at`` inside the block."""
    clock = Frozen(at)
    _frozen.append(clock)
    try:
        yield clock
    finally:
        _frozen.remove(clock)


def us(dt: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware ``dt``, exactly."""
    if dt.tzinfo is None:
        raise ValueError(f"{dt.isoformat()} has no time zone")
    return (dt - EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    """The aware UTC time ``us`` microseconds after 1970-01-01."""
    return EPOCH + timedelta(microseconds=us)


def iso(dt: datetime) -> str:
    """``2026-11-22T07:00:00.000Z``: UTC with milliseconds, or microseconds where there are any."""
    utc = dt.astimezone(UTC) if dt.tzinfo is not None else from_us(us(dt))
    spec = "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return utc.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def parse_iso(text: str) -> datetime:
    """The aware time written in ``text`` (ISO 8601 with a zone); raises :class:`ValueError`."""
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text!r} is not a date and time with a zone, such as 2026-11-22T07:00:00Z")
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date and time: {error}") from None
