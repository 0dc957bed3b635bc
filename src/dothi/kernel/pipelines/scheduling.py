"""Which flows are due: by their cron expression, because they never ran, or because what they read has changed."""

from __future__ import annotations

from collections.abc import Iterable

from dothi.core.clock import now
from dothi.kernel.packs.flows import PipelineDeclaration
from dothi.kernel.pipelines import declared, life, rules
from dothi.kernel.pipelines.declared import Flow
from dothi.kernel.pipelines.models import FlowState, Run
from dothi.kernel.warehouse.models import DatasetVersion


def enqueue_due() -> list[Run]:
    """Queue a run of every flow that is due; the runs."""
    states = {(state.kind, state.key): state for state in FlowState.objects.all()}
    versions = _published()
    made = []
    for flow in declared.all_flows():
        kind = declared.kind_of(flow)
        state = states.get((kind, flow.key)) or life.state_of(flow)
        if state.enabled:
            trigger = _due(flow, state) or _changed(flow, versions)
            if trigger:
                made.append(life.enqueue(flow, trigger=trigger, by="system"))
    return made


def _published() -> dict[str, int]:
    rows = DatasetVersion.objects.filter(state=DatasetVersion.PUBLISHED)
    return dict(rows.values_list("dataset__key", "number"))


def _due(flow: Flow, state: FlowState) -> str:
    """``schedule`` when its time has come. Writes down when it comes next."""
    digest = rules.digest(flow, declared.dataset(flow.dataset))
    if state.digest != digest:
        changed = state.digest != ""
        state.digest = digest
        state.next_run_at = rules.first_time(
            flow.schedule, now(), succeeded=state.succeeded_at is not None, changed=changed
        )
        state.save(update_fields=["digest", "next_run_at"])
    if state.next_run_at is None or state.next_run_at > now():
        return ""
    state.next_run_at = rules.next_time(flow.schedule, now())
    state.save(update_fields=["next_run_at"])
    return "schedule"


def _changed(flow: Flow, versions: dict[str, int]) -> str:
    """``change`` when a model's inputs are others than those of its last run, and all are there."""
    if not isinstance(flow, PipelineDeclaration) or flow.schedule != "on-change":
        return ""
    inputs = declared.inputs(flow)
    if not inputs or any(key not in versions for key in inputs):
        return ""
    last = Run.objects.filter(kind="pipeline", key=flow.key).first()
    if last is None:
        return "change"
    if last.state in Run.OPEN:
        return ""
    return "" if _same(last.inputs, ((key, versions[key]) for key in inputs)) else "change"


def _same(kept: list[dict[str, object]], inputs: Iterable[tuple[str, int]]) -> bool:
    return {(each["dataset"], each["version"]) for each in kept} == set(inputs)
