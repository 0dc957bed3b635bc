"""``flush`` empties a whole database, sealed audit included: for tests and for starting over."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as Flush
from django.db import connections

from dothi.kernel.identity.seal import break_seal, put_seal


class Command(Flush):
    """Django's own, with the audit's seal taken off meanwhile."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        break_seal(connection)
        try:
            super().handle(**options)
        finally:
            put_seal(connection)
