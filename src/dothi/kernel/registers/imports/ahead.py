"""A second process reads and checks the next rows of a large file while this one keeps those before them.

Checking takes about as long as keeping, and Python does one thing at a time in a process. Should the other process
end early, for whatever reason, this one goes on by itself from the same row, and meets the reason itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from typing import Final

import structlog
from django.conf import settings
from django.db import connection

from dothi.kernel.registers.imports import wire
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.sifting import Chunk, Sifting

log = structlog.get_logger()
WORTH_IT: Final = 50_000  # rows left; a process needs about a second before it is of use


def pays(rows: int) -> bool:
    """Whether so many rows, and this machine, are worth a second process."""
    return rows >= WORTH_IT and len(os.sched_getaffinity(0)) > 1


def chunks(job: ImportJob, sifting: Sifting, skip: int) -> Generator[Chunk, None, None]:
    """The rows of the import after the first ``skip``, by a second process where there is a processor for it."""
    if pays(job.total - skip):
        try:
            for each in _by_another(job, sifting, skip):
                skip = each.start + len(each.rows)
                yield each
        except wire.Cut:
            log.warning("imports.reader_ended_early", job=str(job.pk), row=skip)
        else:
            return
    yield from sifting.chunks(skip)


def _by_another(job: ImportJob, sifting: Sifting, skip: int) -> Iterator[Chunk]:
    place = [str(job.pk), str(skip), str(sifting.batch), str(connection.settings_dict["NAME"])]
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "dothi.kernel.registers.imports.reading_process", *place],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        bufsize=1 << 20,
    )
    try:
        assert process.stdout is not None
        with process.stdout as source:
            yield from wire.receive(source, sifting)
    finally:
        process.kill()
        process.wait()
