"""What the registers do in the background: after midnight, lists follow what holds on the new day."""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections

from dothi.kernel.directory.snapshot import today
from dothi.kernel.registers.rolling import roll_forward

log = structlog.get_logger()
LOOK_EVERY_S: Final = 60.0


def run(stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Roll the registers forward once a day, for as long as the process runs; two workers doing it do no harm."""
    done = None
    while not stop.is_set():
        day = today()
        if day != done:
            done = day if _rolled() else done
        stop.wait(every_s)


def _rolled() -> bool:
    close_old_connections()
    try:
        roll_forward()
    except OperationalError as error:
        log.warning("registers not rolled forward", error=str(error))
        return False
    finally:
        close_old_connections()
    return True
