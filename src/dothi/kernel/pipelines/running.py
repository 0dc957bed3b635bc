"""Works off one run, whatever it is of, and writes down how it ended."""

from __future__ import annotations

import threading

import structlog

from dothi.core.errors import DothiError, NotFound, Unavailable, both
from dothi.kernel.events.away import is_away
from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.pipelines import declared, life
from dothi.kernel.pipelines.ingest import Drifted, Refused, Waiting, run_source
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.spool import Spool
from dothi.kernel.pipelines.task import Interrupted, RunTask, Stopped, spool_folder
from dothi.kernel.pipelines.transform import run_pipeline

log = structlog.get_logger()


def execute(run: Run, ending: threading.Event | None = None) -> Run:
    """Work off a run that this process has taken; back when it has ended, waits, or was put back."""
    task = RunTask(run, ending)
    try:
        flow = declared.flow(run.kind, run.key)
    except NotFound as gone:
        life.fail(run, gone, code="gone", retries=0, transient=False)
        return _again(run)
    try:
        with task.beating():
            _say_begin(run, task)
            if isinstance(flow, SourceDeclaration):
                run_source(flow, run, task)
            else:
                run_pipeline(flow, run, task)
    except Exception as error:
        _ended(run, flow, error)
    done = _again(run)
    if done.state in (Run.SUCCEEDED, Run.UNCHANGED) and run.downstream:
        start_downstream(done)
    return done


def _say_begin(run: Run, task: RunTask) -> None:
    if run.attempt > 1:
        task.say(f"Lần thử {run.attempt}.", f"Attempt {run.attempt}.")


def _again(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def _ended(run: Run, flow: declared.Flow, error: Exception) -> None:
    try:
        _write_end(run, flow, error)
    except life.RunLost:
        log.warning("pipelines.run_lost", run=str(run.pk), key=run.key)


def _write_end(run: Run, flow: declared.Flow, error: Exception) -> None:
    if isinstance(error, life.RunLost):
        raise error
    if isinstance(error, Interrupted):
        life.lay_down(run)
    elif isinstance(error, Stopped):
        life.stop(run)
        Spool(spool_folder(run)).remove()
    elif isinstance(error, Waiting):
        life.wait(run, error.drift.plain(), error.why)
    else:
        _failed(run, flow, error)


def _failed(run: Run, flow: declared.Flow, error: Exception) -> None:
    transient = is_away(error) or isinstance(error, Unavailable)
    if not isinstance(error, DothiError) and not transient:
        log.error("pipelines.run_failed", run=str(run.pk), key=run.key, exc_info=error)
    told = _sentence(error) if transient and not isinstance(error, DothiError) else error
    life.fail(run, told, code=_code(error, transient), retries=flow.retries, transient=transient)
    if _again(run).state == Run.FAILED:
        Spool(spool_folder(run)).remove()


def _sentence(error: Exception) -> Exception:
    name = type(error).__name__
    return Unavailable(both(f"Cơ sở dữ liệu đang bận ({name}).", f"The database is busy ({name})."))


def _code(error: Exception, transient: bool) -> str:
    if isinstance(error, Refused):
        return "gate"
    if isinstance(error, Drifted):
        return "drift"
    if transient:
        return "away"
    return error.kind if isinstance(error, DothiError) else "internal"


def start_downstream(run: Run) -> list[Run]:
    """Queue the models that read what this run has made; each goes on with those that read it."""
    return [
        life.enqueue(flow, trigger="upstream", by=run.by, downstream=True)
        for flow in declared.all_flows()
        if not isinstance(flow, SourceDeclaration) and run.dataset in declared.inputs(flow)
    ]
