"""The process that reads ahead for an import: ``reading_process JOB SKIP BATCH DATABASE``, chunks on its standard output.

It ends when nobody reads what it writes any more.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from uuid import UUID

import django
from django.db import connections


def main(job: str, skip: str, batch: str, database: str) -> None:
    """Send the rows of the import after the first ``skip``."""
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # whatever else is said goes where errors go
    django.setup()
    connections["default"].settings_dict["NAME"] = database
    from dothi.kernel.registers.imports import wire
    from dothi.kernel.registers.imports.models import ImportJob
    from dothi.kernel.registers.imports.sifting import Sifting

    gc.disable()  # all it makes is sent
    sifting = Sifting(ImportJob.objects.get(pk=UUID(job)), int(batch))
    with contextlib.suppress(BrokenPipeError):
        wire.send(sifting.chunks(int(skip)), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
