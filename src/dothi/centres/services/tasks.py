"""Background work of the service: drafts that nobody came back to are emptied."""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections

from dothi.centres.services.actions import drafting
from dothi.core.errors import Unavailable

log = structlog.get_logger()
EVERY_S: Final = 3600.0


def run(stop: threading.Event, every_s: float = EVERY_S) -> None:
    """Once an hour, for as long as the process runs."""
    while not stop.is_set():
        close_old_connections()
        try:
            if count := drafting.forget_old():
                log.info("services.drafts_emptied", count=count)
        except (OperationalError, Unavailable) as error:
            log.warning("services.drafts_wait", error=str(error)[:200])
        finally:
            close_old_connections()
        stop.wait(every_s)
