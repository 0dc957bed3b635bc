"""What payments do in the background: orders run out, and providers are asked about attempts without a word."""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections, transaction

from dothi.kernel.payments import orders, outgoing

log = structlog.get_logger()
LOOK_EVERY_S: Final = 30.0


def once() -> tuple[int, int]:
    """Orders that ran out, questions that are due."""
    expired = orders.expire_due()
    with transaction.atomic():
        asked = outgoing.questions_due()
    return expired, asked


def run(stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """For as long as the process runs; two workers doing it do no harm."""
    while not stop.is_set():
        close_old_connections()
        try:
            once()
        except OperationalError as error:
            log.warning("payments.background", error=str(error))
        finally:
            close_old_connections()
        stop.wait(every_s)
