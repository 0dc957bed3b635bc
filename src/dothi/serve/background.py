"""What a worker process runs beside the web process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from dothi.centres.hotline import tasks as hotline
from dothi.centres.hotline.inbound import tasks as mailbox
from dothi.centres.services import tasks as services
from dothi.core.clock import now
from dothi.core.config import current
from dothi.engines.store.sqlite.checkpoint import keep_moving
from dothi.kernel import context as live
from dothi.kernel.cases import tasks as cases
from dothi.kernel.events import actions as events
from dothi.kernel.events.consumers import ConsumerRunner
from dothi.kernel.feeds.runner import FeedRunner
from dothi.kernel.payments import tasks as payments
from dothi.kernel.pipelines import forwarding
from dothi.kernel.pipelines.runner import PipelineRunner
from dothi.kernel.registers import tasks as registers
from dothi.kernel.registers.imports import tasks as imports
from dothi.kernel.registers.linkage import tasks as duplicates
from dothi.kernel.warehouse import tasks as warehouse
from dothi.serve import sources

COMPACT_EVERY_S = 2.0
COMPACT_ROWS = 20_000
TRIM_EVERY_S = 3600.0


def compact(stop: threading.Event) -> None:
    """Move change rows into columnar history for as long as the process runs."""
    while not stop.is_set():
        moved = live.current().compact_once(COMPACT_ROWS)
        stop.wait(0.05 if moved >= COMPACT_ROWS else COMPACT_EVERY_S)


def trim(stop: threading.Event) -> None:
    """Forget events of the city's log that are older than the installation keeps them."""
    while not stop.wait(TRIM_EVERY_S):
        events.trim(now() - timedelta(days=current().log_days))


def parts(stop: threading.Event, *, feeds: bool) -> list[tuple[str, Callable[[], None]]]:
    """The named background parts of a worker; each returns once ``stop`` is set."""
    forwarding.declare(current().openlineage_url)
    running: list[tuple[str, Callable[[], None]]] = [
        ("consumers", ConsumerRunner(stop).run),
        ("compaction", lambda: compact(stop)),
        ("trimming", lambda: trim(stop)),
        ("pipelines", PipelineRunner(stop).run),
        ("warehouse", lambda: warehouse.run(stop)),
        ("registers", lambda: registers.run(stop)),
        ("imports", lambda: imports.run(stop)),
        ("payments", lambda: payments.run(stop)),
        ("drafts", lambda: services.run(stop)),
        ("hotline-digests", lambda: hotline.run(stop)),
        ("hotline-mailbox", lambda: mailbox.run(stop)),
        ("duplicates", lambda: duplicates.run(stop)),
        *cases.parts(stop),
    ]
    config = current()
    if not config.database_url:
        city = config.home / "city.sqlite3"
        running.append(("checkpoints", lambda: keep_moving(city, stop)))
    if feeds:
        running.append(("feeds", FeedRunner(stop, live.current(), off=sources.register()).run))
    return running
