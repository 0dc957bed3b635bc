"""The life of a run, written down: asked for, taken by one process, renewed, put back, ended. Events go with it.

Only the process that holds a run (``owner``, until ``leased_until``) may write about it: one that was thought dead
finds that it no longer holds the run and stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from dothi.core.clock import now
from dothi.core.errors import DothiError, both
from dothi.kernel.events import leases
from dothi.kernel.events.actions import record
from dothi.kernel.pipelines import declared, openlineage, rules
from dothi.kernel.pipelines.declared import Flow
from dothi.kernel.pipelines.models import FlowState, Run, RunLine, RunStep

LEASE: Final = timedelta(seconds=60)
RUNS_KEPT: Final = 200
MOST_DEATHS: Final = 10
_EVENT: Final = "vn.dothi.pipelines.run-"


class RunLost(Exception):
    """Another process works on this run now."""


def state_of(flow: Flow) -> FlowState:
    """Where a flow stands; its row is made when it has none."""
    return FlowState.objects.get_or_create(kind=declared.kind_of(flow), key=flow.key)[0]


def enqueue(flow: Flow, *, trigger: str, by: str, full: bool = False, downstream: bool = False) -> Run:
    """A run of ``flow`` that waits for its turn; the open one when there is one already."""
    kind = declared.kind_of(flow)
    there = Run.objects.filter(kind=kind, key=flow.key, state__in=Run.OPEN)
    if found := there.first():
        return found
    try:
        with transaction.atomic():
            made = Run.objects.create(
                kind=kind, key=flow.key, dataset=flow.dataset, unit=declared.unit_of(flow), trigger=trigger,
                by=by, full=full, downstream=downstream,
            )  # fmt: skip
            FlowState.objects.update_or_create(kind=kind, key=flow.key, defaults={"last_run": made.pk})
            return made
    except IntegrityError:  # somebody else asked at the same moment
        return there.get()


@transaction.atomic
def take(owner: str, run: Run | None = None) -> Run | None:
    """The next run that is due (or just ``run``), now held by ``owner``; None when there is nothing to do."""
    waiting = Run.objects.select_for_update().filter(state=Run.QUEUED)
    chosen = (
        waiting.filter(due_at__lte=now()).order_by("due_at", "id")
        if run is None
        else waiting.filter(pk=run.pk)
    )
    found = chosen.first()
    if found is None:
        return None
    found.state, found.owner, found.leased_until = Run.RUNNING, owner, now() + LEASE
    found.attempt += 1
    found.started_at = found.started_at or now()
    found.error_code = found.error_vi = found.error_en = ""
    found.save()
    _tell(found, "started")
    return found


def renew(run: Run) -> bool:
    """Hold on to the run; whether somebody asked it to stop. Raises :class:`RunLost`."""
    mine = Run.objects.filter(pk=run.pk, owner=run.owner, state=Run.RUNNING)
    if not mine.update(leased_until=now() + LEASE):
        raise RunLost(str(run.pk))
    return mine.filter(cancel_asked=True).exists()


def put_back() -> int:
    """Queue again the runs whose process is gone (ended for good when that happened too often); how many."""
    count = 0
    for run in Run.objects.filter(state=Run.RUNNING):
        if leases.is_dead(run.owner) or (run.leased_until is not None and run.leased_until < now()):
            if run.attempt >= MOST_DEATHS:
                _give_up(run)
                continue
            mine = Run.objects.filter(pk=run.pk, state=Run.RUNNING, owner=run.owner)
            count += mine.update(state=Run.QUEUED, owner="", due_at=now())
    return count


def _give_up(run: Run) -> None:
    """A run that ends its process every time (out of memory, say) must not do so for ever."""
    vi = f"Tiến trình đã chết {run.attempt} lần khi chạy; không thử lại nữa."
    en = f"Its process has died {run.attempt} times; it is not tried again."
    with transaction.atomic():
        held = _mine(run)
        say(held, vi, en, "error")
        _end(held, Run.FAILED, error_code="died", error_vi=vi, error_en=en)
        _tell(held, "failed")


def say(run: Run, vi: str, en: str, level: str = "info") -> None:
    """A line of the run's log."""
    RunLine.objects.create(run=run, level=level, vi=vi[:4000], en=en[:4000])


def step(run: Run, name: str, state: str, rows: int = 0) -> None:
    """A step of the run began (``running``) or ended (``done``, ``failed``)."""
    if state == "running":
        begun = {"state": state, "started_at": now(), "ended_at": None}
        RunStep.objects.update_or_create(run=run, name=name, defaults=begun)
    else:
        RunStep.objects.filter(run=run, name=name).update(state=state, ended_at=now(), rows=rows)


def _mine(run: Run) -> Run:
    """The run's row, locked; raises :class:`RunLost` when it is no longer ours."""
    held = Run.objects.select_for_update().filter(pk=run.pk, owner=run.owner, state=Run.RUNNING).first()
    if held is None:
        raise RunLost(str(run.pk))
    return held


def note(run: Run, **fields: Any) -> None:
    """Write facts about a run that is under way. Raises :class:`RunLost`."""
    for name, value in fields.items():
        setattr(run, name, value)
    if not Run.objects.filter(pk=run.pk, owner=run.owner, state=Run.RUNNING).update(**fields):
        raise RunLost(str(run.pk))


@transaction.atomic
def succeed(run: Run, *, position: Mapping[str, Any] | None, unchanged: bool = False, **facts: Any) -> None:
    """The run has done its work: its place is kept in the same transaction (None: the place stays)."""
    _mine(run)
    _end(run, Run.UNCHANGED if unchanged else Run.SUCCEEDED, **facts)
    flow = FlowState.objects.select_for_update().get(kind=run.kind, key=run.key)
    if position is not None:
        flow.position = dict(position)
    flow.succeeded_at, flow.failures = now(), 0
    flow.save(update_fields=["position", "succeeded_at", "failures"])
    _tell(run, "succeeded")
    _prune(run)


def fail(run: Run, error: Exception, *, code: str, retries: int, transient: bool) -> None:
    """The run could not do its work: tried again later when waiting may help, else ended."""
    text = error.detail if isinstance(error, DothiError) else _fault(error)
    again = rules.may_retry(run.attempt, retries, transient=transient)
    with transaction.atomic():
        _mine(run)
        told = {"error_code": code, "error_vi": text["vi"], "error_en": text["en"]}
        say(run, text["vi"], text["en"], "warning" if again else "error")
        if again:
            due = now() + rules.retry_delay(run.attempt)
            note(run, **told)
            Run.objects.filter(pk=run.pk).update(state=Run.QUEUED, owner="", due_at=due)
            return
        _end(run, Run.FAILED, **told)
        FlowState.objects.filter(kind=run.kind, key=run.key).update(failures=run.attempt)
        _tell(run, "failed")


def _fault(error: Exception) -> dict[str, str]:
    """A fault of ours: the log of the platform has it, people get its name."""
    name = type(error).__name__
    return both(f"Lỗi hệ thống ({name}).", f"An internal error ({name}).")


@transaction.atomic
def wait(run: Run, drift: Mapping[str, Any], why: Mapping[str, str]) -> None:
    """The run waits for a person to decide about changed columns."""
    _mine(run)
    say(run, why["vi"], why["en"], "warning")
    note(run, drift=dict(drift))
    run.state, run.owner = Run.WAITING, ""
    run.save(update_fields=["state", "owner"])
    _tell(run, "waiting")


@transaction.atomic
def stop(run: Run) -> None:
    """The run ends because somebody asked for it."""
    _mine(run)
    say(run, "Đã dừng theo yêu cầu.", "Stopped as asked.", "warning")
    _end(run, Run.CANCELLED)
    _tell(run, "cancelled")


def lay_down(run: Run) -> None:
    """The process ends: another goes on with the run."""
    Run.objects.filter(pk=run.pk, owner=run.owner, state=Run.RUNNING).update(
        state=Run.QUEUED, owner="", due_at=now(), attempt=max(run.attempt - 1, 0)
    )


def end_waiting(run: Run) -> None:
    """End a run that nobody works on. In the caller's transaction."""
    _end(run, Run.CANCELLED)
    _tell(run, "cancelled")


def _end(run: Run, state: str, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(run, name, value)
    run.state, run.ended_at, run.owner, run.leased_until = state, now(), "", None
    run.save()


def _tell(run: Run, what: str) -> None:
    record(f"{_EVENT}{what}", subject=run.reference, data=openlineage.event(run, what), actor=run.by)


def _prune(run: Run) -> None:
    ended = Run.objects.filter(kind=run.kind, key=run.key).exclude(state__in=Run.OPEN)
    oldest = ended.values_list("pk", flat=True)[RUNS_KEPT : RUNS_KEPT + 1]
    for last in list(oldest):
        Run.objects.filter(Q(pk__lte=last), kind=run.kind, key=run.key).exclude(state__in=Run.OPEN).delete()
