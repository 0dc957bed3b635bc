"""What the cases do in the background: timers, the calendar, quarantine, what is kept for a time only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections

from dothi.core.errors import Unavailable
from dothi.kernel.cases import calendar_days, documents, retention, timers

log = structlog.get_logger()
SCAN_EVERY_S: Final = 30.0


def parts(stop: threading.Event) -> list[tuple[str, Callable[[], None]]]:
    """The named background parts; each returns once ``stop`` is set."""
    return [
        ("case-timers", lambda: timers.run(stop)),
        ("case-calendar", lambda: calendar_days.run(stop)),
        ("case-quarantine", lambda: scan(stop)),
        ("case-retention", lambda: retention.run(stop)),
    ]


def scan(stop: threading.Event, every_s: float = SCAN_EVERY_S) -> None:
    """Let the scanner look at what is in quarantine, for as long as the process runs."""
    while not stop.is_set():
        close_old_connections()
        try:
            documents.scan_waiting()
        except (OperationalError, Unavailable) as error:
            log.warning("cases.quarantine_waits", error=str(error)[:200])
        finally:
            close_old_connections()
        stop.wait(every_s)
