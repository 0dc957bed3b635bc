"""What is kept for a time only: answers to idempotency keys, done effects, withdrawn secrets, ended rosters."""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections

from dothi.core.clock import now_us
from dothi.kernel.cases.models import Capability, Delegation, DutyRoster, Effect, Idempotency

log = structlog.get_logger()
DAY_US: Final = 86_400_000_000
KEYS_US: Final = 30 * DAY_US
EFFECTS_US: Final = 90 * DAY_US
PAST_US: Final = 2 * 365 * DAY_US
LOOK_EVERY_S: Final = 3600.0


def trim() -> int:
    """Forget what is old enough; how many rows. Cases and their histories are never among them."""
    now = now_us()
    gone = [
        Idempotency.objects.filter(at_us__lt=now - KEYS_US).delete()[0],
        Effect.objects.filter(state=Effect.DONE, at_us__lt=now - EFFECTS_US).delete()[0],
        Capability.objects.filter(withdrawn_us__lt=now - KEYS_US).delete()[0],
        Delegation.objects.filter(until_us__lt=now - PAST_US).delete()[0],
        DutyRoster.objects.filter(until_us__lt=now - PAST_US).delete()[0],
    ]
    return sum(gone)


def run(stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Once an hour, for as long as the process runs."""
    while not stop.is_set():
        close_old_connections()
        try:
            trim()
        except OperationalError as error:
            log.warning("cases.retention_waits", error=str(error)[:200])
        finally:
            close_old_connections()
        stop.wait(every_s)
