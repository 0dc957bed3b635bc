"""The worker's part: new and changed records are looked at for duplicates."""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import DatabaseError, close_old_connections

from dothi.core.errors import DothiError
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers.linkage.actions import scan
from dothi.kernel.registers.linkage.models import Learned
from dothi.kernel.registers.models import Version
from dothi.kernel.registers.types import kinds

log = structlog.get_logger()
LOOK_EVERY_S: Final = 60.0


def run(stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Look at every type that declares how, until told to stop; nothing is done where nothing changed."""
    while not stop.wait(every_s):
        try:
            look(stop)
        except (DatabaseError, DothiError) as error:
            log.warning("duplicates.not_looked_at", error=str(error))
        finally:
            close_old_connections()


def look(stop: threading.Event) -> list[str]:
    """Scan the types with changes since they were looked at; which."""
    done = []
    for key, each in kinds().items():
        if each.declared.linkage is None or stop.is_set():
            continue
        learned = Learned.objects.filter(type=key).first()
        if Version.objects.filter(type=key, seq__gt=learned.seq if learned else 0).exists():
            found = scan(key, by=SYSTEM)
            done.append(key)
            log.info("duplicates.looked_at", type=key, records=found.records, new=found.new)
    return done
