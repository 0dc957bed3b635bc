"""Every write that people and other modules ask for: running, stopping, deciding, switching."""

from __future__ import annotations

from typing import Literal

from dothi.core.errors import Conflict, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.pipelines import declared, life
from dothi.kernel.pipelines.models import FlowState, Run
from dothi.kernel.pipelines.permissions import MANAGE, RUN


def _source_unit(key: str, **_: object) -> str | None:
    return declared.unit_of(declared.source(key)) or None


def _pipeline_unit(key: str, **_: object) -> str | None:
    return declared.unit_of(declared.pipeline(key)) or None


def _run_unit(run: Run, **_: object) -> str | None:
    return run.unit or None


@action(permission=RUN, unit=_source_unit, subject=lambda key, **_: f"source:{key}")
def run_source(key: str, *, by: Actor, full: bool = False, downstream: bool = False) -> Run:
    """Ask for a run of a source; the one under way when there is one. ``full``: read everything again."""
    note(full=full)
    return life.enqueue(
        declared.source(key), trigger="manual", by=by.reference, full=full, downstream=downstream
    )


@action(permission=RUN, unit=_pipeline_unit, subject=lambda key, **_: f"pipeline:{key}")
def run_pipeline(key: str, *, by: Actor, full: bool = False, downstream: bool = False) -> Run:
    """Ask for a run of a model, and with ``downstream`` of all that is made from it."""
    note(full=full, downstream=downstream)
    return life.enqueue(
        declared.pipeline(key), trigger="manual", by=by.reference, full=full, downstream=downstream
    )


@action(permission=RUN, unit=_run_unit)
def cancel(run: Run, *, by: Actor) -> Run:
    """Stop a run: at once when nobody works on it, else when its process next looks."""
    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.state not in Run.OPEN:
        raise Conflict(both("Lần chạy này đã kết thúc.", "This run has ended."))
    held.cancel_asked = True
    held.save(update_fields=["cancel_asked"])
    if held.state != Run.RUNNING:
        life.end_waiting(held)
    return held


@action(permission=RUN, unit=_run_unit)
def retry(run: Run, *, by: Actor) -> Run:
    """A new run like one that ended without success, or at once the one that waits for its next attempt."""
    if run.state == Run.QUEUED:
        Run.objects.filter(pk=run.pk, state=Run.QUEUED).update(due_at=run.created_at)
        return Run.objects.get(pk=run.pk)
    if run.state not in (Run.FAILED, Run.CANCELLED):
        raise Conflict(both("Chỉ chạy lại lần chạy đã hỏng.", "Only a run that failed is run again."))
    flow = declared.flow(run.kind, run.key)
    return life.enqueue(flow, trigger="manual", by=by.reference, full=run.full, downstream=run.downstream)


@action(permission=MANAGE, unit=_run_unit)
def decide(run: Run, choice: Literal["add", "ignore", "fail"], *, by: Actor, reason: str = "") -> Run:
    """Say what to do about the changed columns a run waits with: take them, leave them out, or give up."""
    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.state != Run.WAITING:
        raise Conflict(both("Lần chạy này không chờ quyết định.", "This run does not wait for a decision."))
    note(choice=choice, reason=reason)
    held.decision, held.state, held.due_at = choice, Run.QUEUED, held.created_at
    held.save(update_fields=["decision", "state", "due_at"])
    data = {"key": held.key, "kind": held.kind, "choice": choice, "drift": held.drift}
    record("vn.dothi.pipelines.drift-decided", subject=held.reference, data=data, actor=by.reference)
    return held


def _flow_unit(key: str, **_: object) -> str | None:
    return declared.unit_of(declared.find(key)) or None


@action(permission=MANAGE, unit=_flow_unit, subject=lambda key, **_: f"flow:{key}")
def switch(key: str, *, on: bool, by: Actor) -> FlowState:
    """Let a source or pipeline run by its schedule, or hold it; runs that are asked for go on."""
    note(on=on)
    state = life.state_of(declared.find(key))
    state.enabled = on
    state.save(update_fields=["enabled"])
    data = {"kind": state.kind, "key": key, "on": on}
    record("vn.dothi.pipelines.flow-switched", subject=state.reference, data=data, actor=by.reference)
    return state
