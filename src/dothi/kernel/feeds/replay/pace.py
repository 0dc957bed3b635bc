"""How fast a replay goes: as fast as it can, so many records a second, or by the records' own times."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dothi.core.errors import BadInput, both

_LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Rate:
    """``max``; ``per-second`` (records); ``times`` (so many times faster than the records' own times)."""

    kind: Literal["max", "per-second", "times"]
    value: float = 0.0

    @property
    def batch(self) -> int:
        """How many records go together: few when they are to arrive evenly."""
        if self.kind == "max":
            return 1000
        return max(1, min(1000, int(self.value / 4))) if self.kind == "per-second" else 50


def parse(text: str) -> Rate:
    """``max``, ``60x``, ``1x``, ``500`` or ``500/s``."""
    given = text.strip().lower()
    if given == "max":
        return Rate("max")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(x|/s)?", given)
    if not found or float(found[1]) <= 0:
        raise BadInput(
            both(
                f"Tốc độ {text!r} không hợp lệ: ghi max, 1x, 60x hoặc 500/s.",
                f"{text!r} is not a rate: write max, 1x, 60x or 500/s.",
            )
        )
    return Rate("times" if found[2] == "x" else "per-second", float(found[1]))


class Pacer:
    """Waits until the next record is due; ``stop`` ends the wait at once."""

    def __init__(
        self, rate: Rate, stop: threading.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._stop, self._clock = rate, stop, clock
        self._began = clock()
        self._sent = 0
        self._first_us: int | None = None

    def due_in(self, observed_us: int | None) -> float:
        """Seconds until a record observed then is due (0: now)."""
        rate, now = self._rate, self._clock()
        if rate.kind == "per-second":
            self._sent += 1
            return max(0.0, self._began + (self._sent - 1) / rate.value - now)
        if rate.kind == "max" or observed_us is None:
            return 0.0
        if (
            self._first_us is None or observed_us < self._first_us
        ):  # files follow each other: start their clock anew
            self._first_us, self._began = observed_us, now
        wait = self._began + (observed_us - self._first_us) / 1e6 / rate.value - now
        if wait > _LONGEST_PAUSE:  # a gap of years is not waited for
            self._first_us, self._began, wait = observed_us, now, 0.0
        return max(0.0, wait)

    def wait(self, seconds: float) -> None:
        """Sleep so long, or until stopped."""
        self._stop.wait(seconds)
