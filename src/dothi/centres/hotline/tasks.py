"""Background work of the hotline: daily messages to those who follow an area, photos nobody sent are forgotten."""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections

from dothi.centres.hotline.following import digests
from dothi.centres.hotline.images import waiting
from dothi.core.errors import Unavailable

log = structlog.get_logger()
EVERY_S: Final = 600.0


def run(stop: threading.Event, every_s: float = EVERY_S) -> None:
    """Every ten minutes, for as long as the process runs; each is told once a day."""
    while not stop.is_set():
        close_old_connections()
        try:
            if count := digests.send_due():
                log.info("hotline.digests_sent", count=count)
            if count := waiting.forget_old():
                log.info("hotline.photos_forgotten", count=count)
        except (OperationalError, Unavailable) as error:
            log.warning("hotline.digests_wait", error=str(error)[:200])
        finally:
            close_old_connections()
        stop.wait(every_s)
