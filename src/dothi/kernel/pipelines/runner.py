"""The worker's part: one process in the installation queues what is due, several may work runs off."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog
from django.db import DatabaseError, close_old_connections, connection

from dothi.core import clock
from dothi.kernel.events import leases
from dothi.kernel.feeds import lease
from dothi.kernel.pipelines import life, scheduling
from dothi.kernel.pipelines.models import Run

log = structlog.get_logger()
_NAME: Final = "pipelines"
_LOOK_EVERY_S: Final = 1.0
_SCHEDULE_EVERY_S: Final = 5.0
AT_ONCE: Final = 2


class PipelineRunner:
    """``run()`` returns when ``stop`` is set, after the runs at work were ended or laid down."""

    def __init__(self, stop: threading.Event, *, at_once: int = AT_ONCE) -> None:
        self._stop = stop
        self._at_once = at_once
        self._holder = lease.new_holder()
        self._owner = leases.new_owner()

    def run(self) -> None:
        """Schedule and work until told to stop."""
        looked = 0.0
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="pipeline") as pool:
            busy: set[str] = set()
            try:
                while not self._stop.is_set():
                    looked = self._look(looked)
                    self._start(pool, busy)
                    self._stop.wait(_LOOK_EVERY_S)
            finally:
                lease.give_back(_NAME, self._holder)
        leases.forget_owner(self._owner)

    def _look(self, looked: float) -> float:
        """Queue what is due, when it is this process's turn and some seconds have passed."""
        at = clock.now().timestamp()
        if at - looked < _SCHEDULE_EVERY_S:
            return looked
        try:
            if lease.take(_NAME, self._holder, clock.now()):
                life.put_back()
                scheduling.enqueue_due()
        except DatabaseError as error:
            log.warning("pipelines.database_away", error=str(error))
            close_old_connections()
        except Exception:
            log.exception("pipelines.scheduling_failed")
        return at

    def _start(self, pool: ThreadPoolExecutor, busy: set[str]) -> None:
        try:
            while len(busy) < self._at_once and (run := life.take(self._owner)) is not None:
                busy.add(str(run.pk))
                pool.submit(self._work, run, busy)
        except DatabaseError as error:
            log.warning("pipelines.database_away", error=str(error))
            close_old_connections()

    def _work(self, run: Run, busy: set[str]) -> None:
        # Arrow and the engine come in with the first run, not with the process.
        from dothi.kernel.pipelines.running import execute

        try:
            done = execute(run, self._stop)
            log.info("pipelines.run", kind=run.kind, key=run.key, state=done.state, rows=done.rows_written)
        except Exception:
            log.exception("pipelines.run_broke", run=str(run.pk))
        finally:
            busy.discard(str(run.pk))
            connection.close()


def work_off(run: Run, ending: threading.Event | None = None) -> Run:
    """Work off one run here and now (a command, a test); the run as it ended."""
    from dothi.kernel.pipelines.running import execute  # brings Arrow with it

    owner = leases.new_owner()
    try:
        taken = life.take(owner, run)
        return Run.objects.get(pk=run.pk) if taken is None else execute(taken, ending)
    finally:
        leases.forget_owner(owner)
