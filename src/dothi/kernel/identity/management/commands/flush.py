"""``flush`` empties a whole database, sealed audit included: for tests and for starting over."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as Flush
from django.db import connections

from dothi.kernel.identity.seal import seals


class Command(Flush):
    """Django's own, with the seals of the audit and of other modules taken off meanwhile."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        for _, take_off in seals():
            take_off(connection)
        try:
            super().handle(**options)
        finally:
            for put, _ in seals():
                put(connection)
